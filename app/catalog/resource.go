package catalog

import (
	"cohort/app/policy"
	"cohort/app/resource"
)

// classRules are the row-rule fields of classes.
var classRules = policy.Fields{
	"class":    {Cond: "classes.id {in}"},
	"course":   {Cond: "classes.course_id {in}"},
	"campus":   {Cond: "classes.campus_id {in}"},
	"lecturer": {Cond: "EXISTS (SELECT 1 FROM class_lecturers l WHERE l.class_id = classes.id AND l.account_id {in})"},
}

// The look-ups by which relations to this noun's records are typed.
const (
	LookupCourse   = "SELECT id FROM courses WHERE code {in} OR lower(name) {in}"
	LookupCampus   = "SELECT id FROM campuses WHERE lower(name) {in}"
	LookupClass    = "SELECT id FROM classes WHERE code {in}"
	LookupTemplate = "SELECT id FROM contract_templates WHERE lower(name) {in}"
	LookupAccount  = "SELECT id FROM accounts WHERE login {in} OR lower(name) {in}"
)

// Kinds are the kinds of classes.
var Kinds = []string{"full_time", "weekend", "online"}

func (s *Service) register() {
	for _, r := range []*resource.Resource{campuses(), courses(), classes(), templates()} {
		s.engine.Register(r)
	}
}

// stamps are the last two fields of every record here.
func stamps(table string) []resource.Field {
	return []resource.Field{
		{Name: "created", Kind: resource.Time, SQL: table + ".created_at", Detail: true},
		{Name: "updated", Kind: resource.Time, SQL: table + ".updated_at", Detail: true},
	}
}

func campuses() *resource.Resource {
	return &resource.Resource{
		Name: "campuses", Ver: "campuses.version", Title: "campuses.name", Code: "name", Order: "name", Table: &resource.Table{},
		Fields: append([]resource.Field{
			{Name: "name", Column: true, Sort: true, Input: true, Required: true, Max: 60, Search: resource.Contains("campuses.name", "campuses.address")},
			{Name: "address", Column: true, Input: true},
			{Name: "classes", Kind: resource.Int, SQL: "(SELECT count(*) FROM classes WHERE classes.campus_id = campuses.id)", Column: true},
		}, stamps("campuses")...),
		Rules: policy.Fields{"campus": {Cond: "campuses.id {in}"}},
	}
}

func courses() *resource.Resource {
	return &resource.Resource{
		Name: "courses", Ver: "courses.version", Title: "courses.name", Code: "code", Order: "code", Table: &resource.Table{},
		Trash: &resource.Trash{Blocks: map[string]string{"customer_courses": "customers"}},
		Fields: append([]resource.Field{
			{Name: "code", Column: true, Sort: true, Input: true, Required: true, Max: 30, Width: 14, Lower: true, Check: checkCode},
			{Name: "name", Column: true, Input: true, Required: true, Max: 80, Search: resource.Contains("courses.code", "courses.name")},
			{Name: "price", Kind: resource.Money, Column: true, Sort: true, Input: true, Check: resource.AtLeast(0)},
			{Name: "months", Kind: resource.Int, Column: true, Input: true, Check: resource.AtLeast(0)},
			{Name: "classes", Kind: resource.Int, SQL: "(SELECT count(*) FROM classes WHERE classes.course_id = courses.id)", Column: true, Priority: 2},
			{Name: "outline", Kind: resource.LongText, Detail: true, Input: true, NoFilter: true, Markdown: true, Max: 100_000},
		}, stamps("courses")...),
		Rules: policy.Fields{"course": {Cond: "courses.id {in}"}},
	}
}

func classes() *resource.Resource {
	return &resource.Resource{
		Rights: []string{"rank"}, // asked by the classroom
		Name:   "classes", Ver: "classes.version", Title: "classes.code", Code: "code", Order: "-starts", Table: classTable(),
		Trash: &resource.Trash{Owns: []resource.Owned{{Table: "class_lecturers", Column: "class_id"}}, Blocks: map[string]string{"student_classes": "students", "standings": "study_records"}},
		From: `classes LEFT JOIN courses ON courses.id = classes.course_id LEFT JOIN campuses ON campuses.id = classes.campus_id
			LEFT JOIN contract_templates ON contract_templates.id = classes.template_id`,
		Fields: append(append(classMain(), classDetail()...), stamps("classes")...),
		Rules:  classRules,
	}
}

func classMain() []resource.Field {
	return []resource.Field{
		{Name: "code", Column: true, Sort: true, Input: true, Max: 40, Width: 16, Lower: true, Search: resource.Contains("classes.code", "courses.name")},
		{Name: "course", Kind: resource.Relation, SQL: "classes.course_id", Label: "courses.name", Code: "courses.code",
			Ref: "courses", Lookup: LookupCourse, Column: true, Input: true, Required: true},
		{Name: "campus", Kind: resource.Relation, SQL: "classes.campus_id", Label: "campuses.name",
			Ref: "campuses", Lookup: LookupCampus, Column: true, Input: true, Required: true},
		{Name: "kind", Kind: resource.Choice, Choices: Kinds, Column: true, Input: true, Required: true},
		{Name: "term", Kind: resource.Int, Column: true, Input: true, Required: true, Priority: 3, Check: resource.AtLeast(1)},
		{Name: "starts", Kind: resource.Day, SQL: "classes.starts_on", Column: true, Sort: true, Input: true},
		{Name: "ends", Kind: resource.Day, SQL: "classes.ends_on", Column: true, Input: true, Priority: 2},
		{Name: "capacity", Kind: resource.Int, Column: true, Input: true, Required: true, Priority: 2, Check: resource.AtLeast(1)},
		{Name: "students", Kind: resource.Int, SQL: studentCount, Column: true},
		{Name: "free", Kind: resource.Int, SQL: "(classes.capacity - " + studentCount + ")", Column: true},
	}
}

func classDetail() []resource.Field {
	const lecturers = `(SELECT string_agg(t.login, '` + resource.Sep + `') FROM (SELECT accounts.login FROM class_lecturers l
		JOIN accounts ON accounts.id = l.account_id WHERE l.class_id = classes.id ORDER BY accounts.login) AS t)`
	return []resource.Field{
		{Name: "lecturers", Kind: resource.Relations, SQL: lecturers, Ref: "accounts", Lookup: LookupAccount, Column: true, Input: true, Priority: 1,
			Filter: "classes.id IN (SELECT class_id FROM class_lecturers WHERE account_id {in})"},
		{Name: "lessons", Kind: resource.Int, SQL: "classes.planned_lessons", Detail: true, Input: true, Check: resource.AtLeast(0)},
		{Name: "room", SQL: "classes.room", Detail: true, Input: true, Max: 60},
		{Name: "open_ranking", Kind: resource.Bool, SQL: "classes.open_ranking", Filter: "classes.open_ranking = 1", Detail: true, Input: true},
		{Name: "template", Kind: resource.Relation, SQL: "classes.template_id", Label: "contract_templates.name",
			Ref: "contract_templates", Lookup: LookupTemplate, Detail: true, Input: true},
	}
}

func templates() *resource.Resource {
	return &resource.Resource{
		Name: "contract_templates", Ver: "contract_templates.version", Title: "contract_templates.name", Code: "name", Order: "name", Table: &resource.Table{},
		Fields: append([]resource.Field{
			{Name: "name", Column: true, Sort: true, Input: true, Required: true, Max: 80, Search: resource.Contains("contract_templates.name")},
			{Name: "classes", Kind: resource.Int, SQL: "(SELECT count(*) FROM classes WHERE classes.template_id = contract_templates.id)", Column: true},
			{Name: "body", Kind: resource.LongText, Detail: true, Input: true, Required: true, NoFilter: true, Markdown: true, Max: 100_000, Check: checkBody},
		}, stamps("contract_templates")...),
	}
}
