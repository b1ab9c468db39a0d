package survey

import (
	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/resource"
)

// rules are the row-rule fields of surveys. lecturer is whom it is about.
var rules = policy.Fields{
	"class":    {Cond: "surveys.class_id {in}"},
	"lecturer": {Cond: "surveys.lecturer_id {in}"},
	"course":   {Cond: "classes.course_id {in}"},
	"campus":   {Cond: "classes.campus_id {in}"},
	"state":    {Cond: "surveys.state {in}", Text: true},
}

// Shown is the condition of the surveys whose results are shown at all.
const Shown = "(surveys.state = 'closed' AND surveys.answers >= surveys.least)"

// From are the tables that surveys are listed from.
const From = "surveys LEFT JOIN classes ON classes.id = surveys.class_id"

func (s *Service) register() {
	s.Engine.Register(&resource.Resource{
		Name: "surveys", Ver: "surveys.version", Order: "-opened", Rules: rules, Rights: []string{"close", "answer", "results", "report"},
		From:  From + " LEFT JOIN accounts AS about ON about.id = surveys.lecturer_id",
		Title: "classes.code || ' ' || about.name",
		Fields: []resource.Field{
			{Name: "class", Kind: resource.Relation, SQL: "surveys.class_id", Label: "classes.code", Code: "classes.code", Ref: "classes",
				Lookup: catalog.LookupClass, Column: true, Width: 14, Input: true, AddOnly: true, Required: true},
			{Name: "lecturer", Kind: resource.Relation, SQL: "surveys.lecturer_id", Label: "about.name", Code: "about.login", Ref: "accounts",
				Lookup: catalog.LookupAccount, Column: true, Width: 12, Input: true, AddOnly: true},
			{Name: "survey_state", Kind: resource.Choice, SQL: "surveys.state", Choices: []string{Open, Closed}, Column: true, Width: 8},
			{Name: "opened", Kind: resource.Day, SQL: "surveys.opened_on", Column: true, Priority: 2},
			{Name: "closes", Kind: resource.Day, SQL: "surveys.closes_on", Column: true, Input: true, AddOnly: true},
			{Name: "closed", Kind: resource.Day, SQL: "surveys.closed_on", Column: true, Priority: 1},
			{Name: "answers", Kind: resource.Int, SQL: "CASE WHEN surveys.state = 'closed' THEN surveys.answers END", Void: "survey.counted", Column: true, Width: 8},
			{Name: "students", Kind: resource.Int, SQL: "CASE WHEN surveys.state = 'closed' THEN surveys.invited END", Void: "survey.counted", Column: true, Width: 8, Priority: 2},
			{Name: "least", Kind: resource.Int, SQL: "surveys.least", Detail: true},
			{Name: "shown", Kind: resource.Bool, SQL: "CASE WHEN " + Shown + " THEN 1 ELSE 0 END", Filter: Shown, Detail: true},
			{Name: "course", Kind: resource.Relation, SQL: "classes.course_id", Label: "(SELECT name FROM courses WHERE courses.id = classes.course_id)",
				Ref: "courses", Lookup: catalog.LookupCourse, Detail: true},
			{Name: "campus", Kind: resource.Relation, SQL: "classes.campus_id", Label: "(SELECT name FROM campuses WHERE campuses.id = classes.campus_id)",
				Ref: "campuses", Lookup: catalog.LookupCampus, Detail: true},
		},
		Add:     s.add,
		Actions: []resource.Action{{Name: "close", Danger: true, Run: s.closing}},
		Untold:  []string{"answer"}, // the audit trail says who answered; a history would show it to the lecturer
	})
}
