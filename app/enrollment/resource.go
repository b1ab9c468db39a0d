package enrollment

import (
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
)

// register declares the records of this noun.
func register(g *resource.Registry) {
	e := enrollments(g)
	if c, ok := g.Get("customers"); ok {
		e.Vars = c.Vars
	}
	g.Register(e)
	g.Register(documents(g))
	g.Register(students(g))
}

// Around are the tables whose names an enrollment, and what hangs on it, is listed with. They are
// joined from the left so that the list's own order chooses the first table.
const Around = ` LEFT JOIN customers ON customers.id = enrollments.customer_id
	LEFT JOIN classes ON classes.id = enrollments.class_id
	LEFT JOIN courses ON courses.id = classes.course_id
	LEFT JOIN campuses ON campuses.id = classes.campus_id
	LEFT JOIN accounts AS consultants ON consultants.id = enrollments.consultant_id`

// Rules are the row-rule fields of everything that hangs on an enrollment.
var Rules = policy.Fields{
	"customer":   {Cond: "enrollments.customer_id {in}"},
	"consultant": {Cond: "enrollments.consultant_id {in}"},
	"department": {Cond: "enrollments.consultant_id IN (SELECT id FROM accounts WHERE department_id {in})"},
	"owner":      {Cond: "enrollments.customer_id IN (SELECT id FROM customers WHERE owner_id {in})"},
	"source":     {Cond: "customers.source_id IN (SELECT id FROM sources WHERE code {in})", Text: true},
	"state":      {Cond: "enrollments.state {in}", Text: true},
	"class":      {Cond: "enrollments.class_id {in}"},
	"course":     {Cond: "classes.course_id {in}"},
	"campus":     {Cond: "classes.campus_id {in}"},
}

// byCustomer finds rows by the name of the customer they are joined with, as
// lists of customers do.
func byCustomer(g *resource.Registry) func(string, policy.Args) string {
	return func(word string, args policy.Args) string {
		res, ok := g.Get("customers")
		if !ok {
			return ""
		}
		if f, ok := res.Field("name"); ok {
			return f.Finding(word, "customers.id", args)
		}
		return ""
	}
}

func beginsWith(column string) func(string, policy.Args) string {
	return func(word string, args policy.Args) string { return resource.Prefix(column, word, args) }
}

// lookupCustomer finds a customer by the whole name, as the search keeps it.
const lookupCustomer = "SELECT id FROM customers WHERE name_key {in}"

// Who are the fields that everything here is listed with.
func Who(g *resource.Registry) []resource.Field {
	return []resource.Field{
		{Name: "customer", Kind: resource.Relation, SQL: "enrollments.customer_id", Label: "customers.name", Ref: "customers", Lookup: lookupCustomer,
			Column: true, Width: 10, Search: byCustomer(g)},
		{Name: "class", Kind: resource.Relation, SQL: "enrollments.class_id", Label: "classes.code", Code: "classes.code", Ref: "classes",
			Lookup: catalog.LookupClass, Column: true, Width: 14,
			Search: func(w string, args policy.Args) string {
				return "enrollments.class_id IN (SELECT id FROM classes WHERE " + resource.Prefix("classes.code", w, args) + ")"
			}},
	}
}

// enrollmentRules say besides what the customer must be whom one enrolls.
func enrollmentRules() policy.Fields {
	all := policy.Fields{
		"status":        {Cond: "customers.status {in}", Text: true},
		"stale":         {Cond: "(CASE WHEN " + customer.IsStale + " THEN 1 ELSE 0 END) {in}"},
		"worker":        {Cond: customer.Worker + " {in}"},
		"never_contact": {Cond: "customers.never_contact {in}"},
	}
	for name, f := range Rules {
		all[name] = f
	}
	return all
}

func enrollments(g *resource.Registry) *resource.Resource {
	return &resource.Resource{
		Name: "enrollments", Large: true, From: "enrollments" + Around, Ver: "enrollments.version", Title: "customers.name || ' · ' || classes.code",
		Fields: append(append(Who(g), standing()...), applicant()...), Order: "-created", Rules: enrollmentRules(),
		Rights: []string{"link", "approve", "return", "cancel", "download", "report"},
		Table:  &resource.Table{NoAdd: true, NoDelete: true, Allow: mayAlter},
	}
}

// standing says where an enrollment stands.
func standing() []resource.Field {
	return []resource.Field{
		{Name: "state", Kind: resource.Choice, SQL: "enrollments.state", Choices: StateNames(), Column: true, Width: 9},
		{Name: "course", Kind: resource.Relation, SQL: "classes.course_id", Label: "courses.name", Code: "courses.code", Ref: "courses",
			Lookup: catalog.LookupCourse, Column: true, Width: 14, Priority: 3},
		{Name: "campus", Kind: resource.Relation, SQL: "classes.campus_id", Label: "campuses.name", Ref: "campuses",
			Lookup: catalog.LookupCampus, Column: true, Width: 8, Priority: 4},
		{Name: "consultant", Kind: resource.Relation, SQL: "enrollments.consultant_id", Label: "consultants.name", Code: "consultants.login",
			Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Input: true, Required: true, Width: 10, Priority: 2},
		DepartmentField(), SourceField(), CampaignField(),
		{Name: "price", Kind: resource.Money, SQL: "enrollments.price", Column: true, Input: true, Check: resource.AtLeast(0), Width: 12, Priority: 3},
		{Name: "paid", Kind: resource.Money, SQL: "enrollments.paid", Detail: true},
		{Name: "owing", Kind: resource.Money, SQL: "(enrollments.price - enrollments.paid)", Detail: true},
		{Name: "documents", Kind: resource.Int, SQL: "(SELECT count(*) FROM documents WHERE documents.enrollment_id = enrollments.id)", Column: true, Width: 5, Priority: 2},
		{Name: "created", Kind: resource.Time, SQL: "enrollments.created_at", Column: true, Sort: true, Priority: 2},
		{Name: "submitted", Kind: resource.Time, SQL: "enrollments.submitted_at", Column: true, Sort: true, Priority: 1},
		{Name: "approved", Kind: resource.Time, SQL: "enrollments.approved_at", Sort: true},
		{Name: "expires", Kind: resource.Time, SQL: "enrollments.link_expires_at"},
		{Name: "signed", Kind: resource.Time, SQL: "enrollments.signed_at", Detail: true},
		{Name: "returned", Kind: resource.Time, SQL: "enrollments.returned_at", Detail: true},
		{Name: "reason", SQL: "enrollments.reason", Detail: true, NoFilter: true},
	}
}

// applicant is what the applicant filled in. The ID number leaves the database
// masked, whoever asks: reading it whole is written down, which lists are not.
func applicant() []resource.Field {
	return []resource.Field{
		{Name: "name", SQL: "enrollments.name", Detail: true, NoFilter: true},
		{Name: "sex", Kind: resource.Choice, SQL: "enrollments.sex", Choices: []string{"male", "female"}, Detail: true, NoFilter: true},
		{Name: "id_kind", Kind: resource.Choice, SQL: "enrollments.id_kind", Choices: []string{customer.IDCard, customer.Passport}, Detail: true, NoFilter: true},
		{Name: "id_number", SQL: "enrollments.id_number", Sealed: true, Detail: true, NoFilter: true, Mask: maskID,
			Shown: func(_ policy.Actor, number string) string { return maskID(number) }},
		{Name: "phone", SQL: "enrollments.phone", Detail: true, NoFilter: true, Mask: maskPhone},
		{Name: "email", SQL: "enrollments.email", Detail: true, NoFilter: true, Mask: maskEmail},
		{Name: "emergency", SQL: "enrollments.emergency", Detail: true, NoFilter: true, Mask: maskPhone},
		{Name: "contract_sha256", SQL: "enrollments.contract_sha256", Detail: true, NoFilter: true},
	}
}

func documents(g *resource.Registry) *resource.Resource {
	return &resource.Resource{
		Name: "documents", Large: true, From: "documents LEFT JOIN enrollments ON enrollments.id = documents.enrollment_id" + Around,
		Title: "documents.name", Order: "-id", Rules: Rules, Rights: []string{"download"},
		Fields: append([]resource.Field{
			{Name: "enrollment", Kind: resource.Relation, SQL: "documents.enrollment_id", Label: "customers.name || ' · ' || classes.code", Ref: "enrollments", Column: true, Width: 8},
			{Name: "name", SQL: "documents.name", Column: true, Width: 24},
			{Name: "type", SQL: "documents.type", Column: true, Width: 16, Priority: 2},
			{Name: "size", Kind: resource.Int, SQL: "documents.size", Bytes: true, Column: true, Width: 9, Priority: 1},
			{Name: "uploaded", Kind: resource.Time, SQL: "documents.uploaded_at", Column: true, Priority: 1},
			{Name: "remark", SQL: "documents.remark", Column: true, Width: 20, Priority: 3, NoFilter: true},
			{Name: "sha256", SQL: "documents.sha256", Detail: true, NoFilter: true},
			{Name: "removed", Kind: resource.Time, SQL: "documents.removed_at", Detail: true},
		}, Who(g)...),
	}
}

func students(g *resource.Registry) *resource.Resource {
	const mine = "SELECT student_id FROM student_classes WHERE "
	const codes = `(SELECT string_agg(t.code, '` + resource.Sep + `') FROM (SELECT classes.code FROM student_classes AS sc
		JOIN classes ON classes.id = sc.class_id WHERE sc.student_id = students.id ORDER BY classes.code) AS t)`
	return &resource.Resource{
		Name: "students", Large: true, Title: "customers.name", Order: "-id",
		From: `students LEFT JOIN customers ON customers.id = students.customer_id
			LEFT JOIN accounts AS login ON login.id = students.account_id`,
		Fields: []resource.Field{
			{Name: "customer", Kind: resource.Relation, SQL: "students.customer_id", Label: "customers.name", Ref: "customers", Lookup: lookupCustomer,
				Column: true, Width: 12, Search: byCustomer(g)},
			{Name: "account", Kind: resource.Relation, SQL: "students.account_id", Label: "login.name", Code: "login.login", Ref: "accounts",
				Lookup: catalog.LookupAccount, Column: true, Width: 16, Search: beginsWith("login.login")},
			{Name: "classes", Kind: resource.Relations, SQL: codes, Ref: "classes", Lookup: catalog.LookupClass, Column: true, Width: 20,
				Filter: "students.id IN (" + mine + "class_id {in})"},
			{Name: "created", Kind: resource.Time, SQL: "students.created_at", Column: true},
		},
		Rules: policy.Fields{
			"customer":   {Cond: "students.customer_id {in}"},
			"account":    {Cond: "students.account_id {in}"},
			"owner":      {Cond: "customers.owner_id {in}"},
			"department": {Cond: "customers.owner_id IN (SELECT id FROM accounts WHERE department_id {in})"},
			"class":      {Cond: "students.id IN (" + mine + "class_id {in})"},
			"campus":     {Cond: "students.id IN (" + mine + "class_id IN (SELECT id FROM classes WHERE campus_id {in}))"},
		},
	}
}
