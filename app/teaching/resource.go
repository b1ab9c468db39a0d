package teaching

import (
	"time"

	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/resource"
)

// lessonRules are the row-rule fields of lessons. lecturer is whoever teaches
// the class now, not who held the lesson.
var lessonRules = policy.Fields{
	"class":    {Cond: "lessons.class_id {in}"},
	"lecturer": {Cond: "lessons.class_id IN (SELECT class_id FROM class_lecturers WHERE account_id {in})"},
	"course":   {Cond: "lessons.class_id IN (SELECT id FROM classes WHERE course_id {in})"},
	"campus":   {Cond: "lessons.class_id IN (SELECT id FROM classes WHERE campus_id {in})"},
}

// recordRules are the row-rule fields of study records. released opens score and
// comment to the student.
var recordRules = policy.Fields{
	"class":    {Cond: "study_records.class_id {in}"},
	"lecturer": {Cond: "study_records.class_id IN (SELECT class_id FROM class_lecturers WHERE account_id {in})"},
	"course":   {Cond: "study_records.class_id IN (SELECT id FROM classes WHERE course_id {in})"},
	"campus":   {Cond: "study_records.class_id IN (SELECT id FROM classes WHERE campus_id {in})"},
	"customer": {Cond: "study_records.student_id IN (SELECT id FROM students WHERE customer_id {in})"},
	"released": {Cond: "(CASE WHEN (SELECT released_at FROM lessons WHERE lessons.id = study_records.lesson_id) > 0 THEN 1 ELSE 0 END) {in}"},
}

func (s *Service) register() {
	s.Engine.Register(s.lessons())
	s.Engine.Register(records())
	s.Engine.Register(homeworks())
}

// lookupLesson finds lessons as they are typed: "python-s9/3".
const lookupLesson = `SELECT lessons.id FROM lessons JOIN classes ON classes.id = lessons.class_id
	WHERE classes.code || '/' || CAST(lessons.number AS TEXT) {in}`

const lessonTitle = `classes.code || '/' || CAST(lessons.number AS TEXT)`

func (s *Service) lessons() *resource.Resource {
	const count = "(SELECT count(*) FROM study_records WHERE study_records.lesson_id = lessons.id AND study_records.before_join = 0"
	return &resource.Resource{
		Add: s.AddLesson, Change: s.ChangeLesson, Rights: []string{"release", "report"},
		Trash: &resource.Trash{Owns: []resource.Owned{{Table: "study_records", Column: "lesson_id"}}, Keep: keepLesson,
			Kept: []string{"homework", "feedback_files"}, Blocks: map[string]string{"feedback_files": "homework"}},
		Name: "lessons", Ver: "lessons.version", Title: lessonTitle + ` || ' ' || lessons.title`, Order: "-held", Rules: lessonRules,
		From: `lessons LEFT JOIN classes ON classes.id = lessons.class_id LEFT JOIN accounts AS held_by ON held_by.id = lessons.lecturer_id`,
		Fields: []resource.Field{
			{Name: "class", Kind: resource.Relation, SQL: "lessons.class_id", Label: "classes.code", Code: "classes.code", Ref: "classes",
				Lookup: catalog.LookupClass, Column: true, Width: 14, Input: true, AddOnly: true, Required: true},
			{Name: "number", Kind: resource.Int, SQL: "lessons.number", Column: true, Width: 4, Input: true},
			{Name: "held", Kind: resource.Day, SQL: "lessons.held_on", Column: true, Sort: true, Width: 10, Input: true},
			{Name: "title", SQL: "lessons.title", Column: true, Width: 28, Input: true, Max: 120, Search: resource.Contains("lessons.title", "classes.code")},
			{Name: "lecturer", Kind: resource.Relation, SQL: "lessons.lecturer_id", Label: "held_by.name", Code: "held_by.login", Ref: "accounts",
				Lookup: catalog.LookupAccount, Column: true, Width: 10, Priority: 2, Input: true},
			courseField(), campusField(),
			{Name: "students", Kind: resource.Int, SQL: count + ")", Column: true, Width: 5, Priority: 3},
			{Name: "graded", Kind: resource.Int, SQL: count + " AND study_records.score <> 'N/A')", Column: true, Width: 6, Priority: 2},
			{Name: "called", Kind: resource.Time, SQL: "lessons.called_at", Column: true, Priority: 3},
			{Name: "due", Kind: resource.Time, Until: true, SQL: "lessons.due_at", Column: true, Priority: 2, Input: true},
			{Name: "cutoff", Kind: resource.Time, Until: true, SQL: "lessons.cutoff_at", Input: true},
			{Name: "released", Kind: resource.Time, SQL: "lessons.released_at", Column: true, Priority: 3},
			{Name: "content", Kind: resource.LongText, SQL: "lessons.content", Detail: true, NoFilter: true, Markdown: true, Input: true, Max: 100_000},
			{Name: "homework", Kind: resource.LongText, SQL: "lessons.homework", Detail: true, NoFilter: true, Markdown: true, Input: true, Max: 100_000},
			{Name: "created", Kind: resource.Time, SQL: "lessons.created_at", Detail: true},
			{Name: "updated", Kind: resource.Time, SQL: "lessons.updated_at", Detail: true},
		},
	}
}

// whatCame says what became of a lesson's homework; of several versions the last
// one counts.
const (
	lastLate = "(SELECT homework.late_ms FROM homework WHERE homework.study_record_id = study_records.id ORDER BY homework.version DESC LIMIT 1)"
	whatCame = "(CASE WHEN lessons.homework = '' THEN 'no_homework' WHEN " + lastLate + " = 0 THEN 'on_time' WHEN " + lastLate + ` > 0 THEN 'late'
		WHEN lessons.due_at > 0 AND lessons.due_at <= {now} THEN 'missing' ELSE 'open' END)`
)

func courseField() resource.Field {
	return resource.Field{Name: "course", Kind: resource.Relation, SQL: "classes.course_id", Label: "(SELECT name FROM courses WHERE courses.id = classes.course_id)",
		Ref: "courses", Lookup: catalog.LookupCourse, Detail: true}
}

func campusField() resource.Field {
	return resource.Field{Name: "campus", Kind: resource.Relation, SQL: "classes.campus_id", Label: "(SELECT name FROM campuses WHERE campuses.id = classes.campus_id)",
		Ref: "campuses", Lookup: catalog.LookupCampus, Detail: true}
}

func records() *resource.Resource {
	scores := make([]string, len(scale))
	for i, x := range scale {
		scores[i] = string(x.score)
	}
	kinds := make([]string, len(Attendances))
	for i, a := range Attendances {
		kinds[i] = string(a)
	}
	return &resource.Resource{
		Rights: []string{"mark", "correct", "grade", "hand_in", "report"},
		Vars:   func(now time.Time) map[string]any { return map[string]any{"now": now.UnixMilli()} },
		Name:   "study_records", Large: true, Ver: "study_records.version", Title: lessonTitle + ` || ' ' || who.name`, Order: "-id", Rules: recordRules,
		From: `study_records LEFT JOIN lessons ON lessons.id = study_records.lesson_id LEFT JOIN classes ON classes.id = study_records.class_id
			LEFT JOIN students ON students.id = study_records.student_id LEFT JOIN accounts AS who ON who.id = students.account_id
			LEFT JOIN accounts AS graders ON graders.id = study_records.graded_by`,
		Fields: []resource.Field{
			{Name: "class", Kind: resource.Relation, SQL: "study_records.class_id", Label: "classes.code", Code: "classes.code", Ref: "classes",
				Lookup: catalog.LookupClass, Column: true, Width: 14},
			{Name: "lesson", Kind: resource.Relation, SQL: "study_records.lesson_id", Label: "lessons.title", Code: lessonTitle, Ref: "lessons",
				Lookup: lookupLesson, Column: true, Width: 20},
			{Name: "student", Kind: resource.Relation, SQL: "study_records.student_id", Label: "who.name", Code: "who.login", Ref: "students",
				Lookup: lookupStudent, Column: true, Width: 12},
			{Name: "held", Kind: resource.Day, SQL: "lessons.held_on", Detail: true},
			{Name: "released", Kind: resource.Time, SQL: "lessons.released_at", Detail: true},
			{Name: "held_by", Kind: resource.Relation, SQL: "lessons.lecturer_id", Label: "(SELECT name FROM accounts WHERE accounts.id = lessons.lecturer_id)",
				Ref: "accounts", Lookup: catalog.LookupAccount, Detail: true},
			courseField(), campusField(),
			{Name: "attendance", Kind: resource.Choice, SQL: "study_records.attendance", Choices: kinds, Column: true, Width: 10},
			{Name: "minutes_late", Kind: resource.Int, SQL: "study_records.minutes_late", Column: true, Width: 5, Priority: 3},
			{Name: "score", Kind: resource.Choice, SQL: "study_records.score", Choices: scores, Column: true, Width: 5},
			{Name: "points", Kind: resource.Int, SQL: "study_records.points", Column: true, Width: 5, Priority: 3},
			{Name: "handed", Kind: resource.Choice, SQL: whatCame, Choices: []string{"no_homework", "open", "missing", "on_time", "late"}, Detail: true},
			{Name: "comment", Kind: resource.LongText, SQL: "study_records.comment", Column: true, Width: 24, Priority: 2, NoFilter: true},
			{Name: "remark", SQL: "study_records.note", Detail: true, NoFilter: true},
			{Name: "graded_by", Kind: resource.Relation, SQL: "study_records.graded_by", Label: "graders.name", Code: "graders.login", Ref: "accounts",
				Lookup: catalog.LookupAccount, Width: 10, Priority: 4},
			{Name: "graded", Kind: resource.Time, SQL: "study_records.graded_at", Column: true, Priority: 4},
			{Name: "before_join", Kind: resource.Bool, SQL: "study_records.before_join", Detail: true, Filter: "study_records.before_join = 1"},
		},
	}
}

// lookupStudent finds a student by the login name or the whole name.
const lookupStudent = `SELECT students.id FROM students JOIN accounts ON accounts.id = students.account_id
	WHERE accounts.login {in} OR lower(accounts.name) {in}`
