package teaching

import (
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// replaced puts the present moment into a condition.
func replaced(text, now string) string { return strings.ReplaceAll(text, "{now}", now) }

// myLessons lists the lessons of which the actor has a study record that he may
// list, the last one first.
func (s *Service) myLessons(tx *db.Tx, by policy.Actor, class int64) ([]MyLesson, error) {
	args := &db.Args{}
	where := "students.account_id = " + args.Add(by.Account) + " AND " + by.Where("list", "study_records", recordRules, args)
	if class != 0 {
		where += " AND study_records.class_id = " + args.Add(class)
	}
	rows, err := tx.Query("SELECT (SELECT count(*) FROM homework WHERE homework.study_record_id = study_records.id), study_records.lesson_id, "+
		recordColumns+" FROM "+recordFrom+" WHERE "+where+" ORDER BY lessons.held_on DESC, lessons.id DESC LIMIT 2000", *args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m MyLesson, err error) {
		m.Record, err = scanRecord(ahead{r, []any{&m.Versions, &m.ID}})
		return m, err
	})
	for i := range list {
		if err != nil {
			break
		}
		list[i].Lesson, err = lessonOf(tx, list[i].ID)
	}
	return list, err
}

// studentRecords lists one student's records in a class that by may list, the
// last lesson first.
func studentRecords(tx *db.Tx, by policy.Actor, class, student int64) ([]StudyRecord, error) {
	args := &db.Args{}
	where := "study_records.class_id = " + args.Add(class) + " AND study_records.student_id = " + args.Add(student) + " AND " +
		by.Where("list", "study_records", recordRules, args)
	rows, err := tx.Query("SELECT "+recordColumns+" FROM "+recordFrom+" WHERE "+where+" ORDER BY lessons.number DESC LIMIT 2000", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (StudyRecord, error) { return scanRecord(r) })
}
