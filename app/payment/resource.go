package payment

import (
	"context"
	"time"

	"cohort/app/catalog"
	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/app/resource"
)

func (s *Service) register() {
	p := s.payments()
	p.Add = s.add
	s.Engine.Register(p)
	s.Engine.Register(s.instalments())
}

// add is Take behind forms and commands.
func (s *Service) add(ctx context.Context, by policy.Actor, v resource.Values) (int64, error) {
	p, err := s.Take(ctx, by, NewPayment{Enrollment: v.Int("enrollment"), Kind: v.Str("payment"), Amount: v.Int("amount"), Method: v.Str("method"), Note: v.Str("remark")})
	return p.ID, err
}

// whose says for which enrollment something is, by what people call it.
func whose(column string) resource.Field {
	return resource.Field{Name: "enrollment", Kind: resource.Relation, SQL: column, Label: "customers.name || ' · ' || classes.code", Ref: "enrollments",
		Detail: true, Input: true, AddOnly: true, Required: true}
}

// place are the filters by which the school's figures are cut.
func place() []resource.Field {
	return []resource.Field{
		{Name: "course", Kind: resource.Relation, SQL: "classes.course_id", Label: "courses.name", Code: "courses.code", Ref: "courses",
			Lookup: catalog.LookupCourse, Detail: true},
		{Name: "campus", Kind: resource.Relation, SQL: "classes.campus_id", Label: "campuses.name", Ref: "campuses",
			Lookup: catalog.LookupCampus, Detail: true},
		{Name: "consultant", Kind: resource.Relation, SQL: "enrollments.consultant_id", Label: "consultants.name", Code: "consultants.login",
			Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Width: 10, Priority: 5},
		enrollment.DepartmentField(), enrollment.SourceField(), enrollment.CampaignField(),
	}
}

func (s *Service) payments() *resource.Resource {
	fields := []resource.Field{
		whose("payments.enrollment_id"),
		{Name: "at", Kind: resource.Time, SQL: "payments.at", Column: true, Sort: true, Width: 10, Priority: 1},
		{Name: "receipt", SQL: "payments.receipt", Column: true, Sort: true, Width: 11,
			Search: func(w string, args policy.Args) string { return resource.Prefix("payments.receipt", w, args) }},
	}
	fields = append(fields, enrollment.Who(&s.Engine.Registry)...)
	fields = append(fields,
		resource.Field{Name: "payment", Kind: resource.Choice, SQL: "payments.kind", Choices: Kinds, Column: true, Width: 8, Input: true, AddOnly: true, Required: true, Flag: "kind"},
		resource.Field{Name: "amount", Kind: resource.Money, SQL: "payments.amount", Column: true, Width: 12, Input: true, AddOnly: true, Required: true},
		resource.Field{Name: "method", Kind: resource.Choice, SQL: "payments.method", Choices: Methods, Column: true, Width: 10, Priority: 3, Input: true, AddOnly: true, Required: true},
		resource.Field{Name: "taken_by", Kind: resource.Relation, SQL: "payments.taken_by", Label: "takers.name", Code: "takers.login", Ref: "accounts",
			Lookup: catalog.LookupAccount, Column: true, Width: 10, Priority: 4},
		resource.Field{Name: "remark", SQL: "payments.note", Detail: true, NoFilter: true, Input: true, AddOnly: true, Max: maxNote},
		resource.Field{Name: "corrects", Kind: resource.Relation, SQL: "payments.corrects", Label: "wrong.receipt", Ref: "payments", Detail: true},
	)
	return &resource.Resource{
		Name: "payments", Large: true, From: `payments LEFT JOIN enrollments ON enrollments.id = payments.enrollment_id` + enrollment.Around + `
			LEFT JOIN accounts AS takers ON takers.id = payments.taken_by
			LEFT JOIN payments AS wrong ON wrong.id = payments.corrects`,
		Title: "payments.receipt", Order: "-at", Rules: enrollment.Rules, Rights: []string{"refund", "reverse", "plan", "report"}, Fields: append(fields, place()...),
	}
}

// left is what of an instalment is not yet covered; cover in Go says the same. The
// database keeps what was paid, and what is due up to and with each instalment.
const left = `(CASE WHEN enrollments.paid <= instalments.upto - instalments.amount THEN instalments.amount
	WHEN enrollments.paid >= instalments.upto THEN 0 ELSE instalments.upto - enrollments.paid END)`

// isLate says that something is left of an instalment after its day; nobody owes
// for an enrollment that is over.
const isLate = "instalments.due_on < {today} AND enrollments.state NOT IN ('cancelled', 'expired') AND instalments.upto > enrollments.paid"

// instalments are read only: a plan is set as a whole.
func (s *Service) instalments() *resource.Resource {
	fields := append([]resource.Field{
		{Name: "due_on", Kind: resource.Day, SQL: "instalments.due_on", Column: true, Sort: true},
	}, enrollment.Who(&s.Engine.Registry)...)
	fields = append(fields,
		resource.Field{Name: "instalment", Kind: resource.Int, SQL: "instalments.number", Column: true, Width: 4, Priority: 2},
		resource.Field{Name: "amount", Kind: resource.Money, SQL: "instalments.amount", Column: true, Width: 12},
		resource.Field{Name: "left", Kind: resource.Money, SQL: left, Column: true, Width: 12},
		resource.Field{Name: "overdue", Kind: resource.Bool, SQL: "CASE WHEN " + isLate + " THEN 1 ELSE 0 END", Filter: isLate, Column: true, Priority: 1},
		resource.Field{Name: "state", Kind: resource.Choice, SQL: "enrollments.state", Choices: enrollment.StateNames(), Detail: true},
	)
	own := whose("instalments.enrollment_id")
	own.Input = false
	return &resource.Resource{
		Name: "instalments", Large: true, From: "instalments LEFT JOIN enrollments ON enrollments.id = instalments.enrollment_id" + enrollment.Around,
		Title: "customers.name || ' · ' || classes.code", Order: "due_on", Rules: enrollment.Rules, Fields: append(append(fields, own), place()...), Vars: s.vars,
	}
}

// vars gives the school's day to the statements of instalments.
func (s *Service) vars(now time.Time) map[string]any {
	return map[string]any{"today": now.Format(time.DateOnly)}
}
