package teaching

import (
	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/resource"
)

// homeworkRules are the row-rule fields of homework: those of its study record.
var homeworkRules = policy.Fields{
	"class":    recordRules["class"],
	"lecturer": recordRules["lecturer"],
	"course":   recordRules["course"],
	"campus":   recordRules["campus"],
	"customer": recordRules["customer"],
}

const homeworkFrom = `homework LEFT JOIN study_records ON study_records.id = homework.study_record_id LEFT JOIN lessons ON lessons.id = study_records.lesson_id
	LEFT JOIN classes ON classes.id = study_records.class_id LEFT JOIN students ON students.id = study_records.student_id
	LEFT JOIN accounts AS who ON who.id = students.account_id`

// lastOnly says that no later version was handed in.
const lastOnly = `NOT EXISTS (SELECT 1 FROM homework AS later WHERE later.study_record_id = homework.study_record_id AND later.version > homework.version)`

func homeworks() *resource.Resource {
	return &resource.Resource{
		Name: "homework", Title: "homework.receipt", Order: "-handed_in", Rights: []string{"download", "report"}, Rules: homeworkRules, From: homeworkFrom,
		Fields: []resource.Field{
			{Name: "class", Kind: resource.Relation, SQL: "study_records.class_id", Label: "classes.code", Code: "classes.code", Ref: "classes",
				Lookup: catalog.LookupClass, Column: true, Width: 14},
			{Name: "lesson", Kind: resource.Relation, SQL: "study_records.lesson_id", Label: "lessons.title", Code: lessonTitle, Ref: "lessons",
				Lookup: lookupLesson, Column: true, Width: 20},
			{Name: "student", Kind: resource.Relation, SQL: "study_records.student_id", Label: "who.name", Code: "who.login", Ref: "students",
				Lookup: lookupStudent, Column: true, Width: 12},
			{Name: "version", Kind: resource.Int, SQL: "homework.version", Column: true, Width: 4},
			{Name: "latest", Kind: resource.Bool, SQL: "(CASE WHEN " + lastOnly + " THEN 1 ELSE 0 END)", Filter: lastOnly, Detail: true},
			{Name: "files", Kind: resource.Int, SQL: "homework.files", Column: true, Width: 5, Priority: 2},
			{Name: "size", Kind: resource.Int, SQL: "homework.size", Bytes: true, Column: true, Width: 10, Priority: 2},
			{Name: "handed_in", Kind: resource.Time, SQL: "homework.handed_in_at", Column: true, Sort: true, Width: 16},
			{Name: "late_minutes", Kind: resource.Int, SQL: "((homework.late_ms + 59999) / 60000)", Column: true, Width: 6, Priority: 1},
			{Name: "receipt", SQL: "homework.receipt", Column: true, Width: 24, Priority: 3, Search: func(w string, args policy.Args) string { return resource.Prefix("homework.receipt", w, args) }},
			{Name: "sha256", SQL: "homework.sha256", Detail: true},
		},
		Indexes: []resource.Index{{Name: "homework_handed_in", Order: "handed_in"}},
	}
}
