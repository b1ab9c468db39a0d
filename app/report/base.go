package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/policy"
)

// base is a kind of row that is counted: where it is read from, by which time,
// and what it can be cut by.
type base struct {
	resource string
	rights   string // the resource whose right to report limits it, where it is not resource
	from     string
	at       string            // the column of the time; "" has none
	day      bool              // which is a day of the calendar and no instant
	also     []string          // resources whose right to report must cover the row, too
	field    string            // of the list, for the same time
	same     [2]string         // two columns that always say the same: a row rule on the first is asked of the second, which is read earlier
	always   string            // condition that always holds
	terms    string            // the same for the list
	cuts     map[string]string // dimension → expression of its id; "" of its list field is its name
	fields   map[string]string // dimension → field of the list, where it has another name
}

const ofOwner = "(SELECT %s FROM accounts WHERE accounts.id = customers.owner_id)"

// What is counted. All of an enrollment's figures go to its consultant, as the
// credit does; leads go to their owner.
var (
	leads = base{
		resource: "customers", from: "customers", at: "customers.created_at", field: "created",
		cuts: map[string]string{"source": "customers.source_id", "campaign": "customers.campaign_id", "person": "customers.owner_id",
			"department": strings.Replace(ofOwner, "%s", "department_id", 1)},
		fields: map[string]string{"person": "owner"},
	}
	// asked counts a customer once for each course he asked about.
	asked = base{
		resource: "customers", from: "customers JOIN customer_courses ON customer_courses.customer_id = customers.id", at: "customers.created_at", field: "created",
		cuts: map[string]string{"course": "customer_courses.course_id"}, fields: map[string]string{"course": "courses"},
	}
	enrolled = base{
		resource: "enrollments", from: "enrollments" + enrollment.Around, at: "enrollments.approved_at", field: "approved",
		always: "enrollments.state = 'approved'", terms: "state:approved", cuts: ofEnrollment, fields: consultantField,
	}
	paid = base{
		resource: "payments", from: "payments LEFT JOIN enrollments ON enrollments.id = payments.enrollment_id" + enrollment.Around,
		at: "payments.at", field: "at", cuts: ofPayment, fields: consultantField,
	}
	followUps = base{
		resource: "follow_ups", from: "follow_ups LEFT JOIN customers ON customers.id = follow_ups.customer_id", at: "follow_ups.at", field: "at",
		cuts: map[string]string{"person": "follow_ups.author_id"}, fields: map[string]string{"person": "author"},
	}
)

var consultantField = map[string]string{"person": "consultant"}

var ofEnrollment = map[string]string{"source": "customers.source_id", "campaign": "customers.campaign_id", "person": "enrollments.consultant_id",
	"department": "consultants.department_id", "course": "classes.course_id", "campus": "classes.campus_id", "class": "enrollments.class_id"}

var ofPayment = map[string]string{"source": "customers.source_id", "campaign": "customers.campaign_id", "person": "enrollments.consultant_id",
	"department": "consultants.department_id", "course": "classes.course_id", "campus": "classes.campus_id", "class": "enrollments.class_id",
	"taken_by": "payments.taken_by"}

// cutTerm is the list's condition for one value of a dimension; 0 is none.
func (b base) cutTerm(cut string, id int64) string {
	field := cut
	if f, ok := b.fields[cut]; ok {
		field = f
	}
	if id == 0 {
		return field + ":none"
	}
	return field + ":#" + strconv.FormatInt(id, 10)
}

// open is the address of the list of what is counted; "" where the actor's own
// limits cannot be written as conditions of the list.
func (q *query) open(b base, p Period, more ...string) string {
	limits, ok := q.limits(cmp.Or(b.rights, b.resource), b.resource)
	if !ok || !q.by.Can("list", b.resource) {
		return ""
	}
	terms := []string{b.terms}
	if !p.IsZero() {
		terms = append(terms, b.field+":"+p.Text())
	}
	terms = append(append(terms, more...), limits...)
	terms = slices.DeleteFunc(terms, func(s string) bool { return s == "" })
	return b.resource + "?" + strings.Join(terms, " ")
}

// limits are the conditions by which a list, which has a row rule of its own that
// may be wider, shows what the right to report covers. Where the right is that
// of another resource its rule is written out, if it is one that the list has
// fields for.
func (q *query) limits(rights, list string) (terms []string, ok bool) {
	e := q.by.Explain("report", rights, nil)
	grants := e.Grants
	if rights == list {
		if len(e.Denials) == 0 && slices.ContainsFunc(grants, func(g policy.Grant) bool { return len(g.Rows) == 0 }) {
			return nil, true
		}
		return []string{"may:report"}, true
	}
	if len(e.Denials) > 0 {
		return nil, false
	}
	if len(grants) > 0 && slices.ContainsFunc(grants, func(g policy.Grant) bool { return len(g.Rows) == 0 }) {
		return nil, true
	}
	if len(grants) != 1 {
		return nil, false
	}
	res, _ := q.s.Engine.Get(list)
	for _, c := range grants[0].Rows {
		f, known := res.Field(c.Field)
		values := q.values(c.Values)
		if !known || f.NoFilter || len(values) == 0 {
			return nil, false
		}
		for i, v := range values {
			if _, err := strconv.ParseInt(v, 10, 64); err == nil && f.Ref != "" {
				values[i] = "#" + v
			}
		}
		terms = append(terms, c.Field+":"+strings.Join(values, ","))
	}
	return terms, true
}

// values puts the actor's own in the place of $me and the like.
func (q *query) values(list []string) (out []string) {
	scope := q.by.Rights.Scope
	for _, v := range list {
		switch v {
		case "$me":
			out = append(out, policy.Int(scope.Me)...)
		case "$my_department":
			out = append(out, policy.Int(scope.Departments...)...)
		case "$my_campus":
			out = append(out, policy.Int(scope.Campus)...)
		case "$my_classes":
			out = append(out, policy.Int(scope.Classes...)...)
		default:
			out = append(out, v)
		}
	}
	return out
}
