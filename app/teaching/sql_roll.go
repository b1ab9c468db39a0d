package teaching

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

// recordsWhere lists the records of a lesson on which by may do the action, in
// the order of the roll.
func (s *Service) recordsWhere(tx *db.Tx, by policy.Actor, action string, lesson int64) ([]StudyRecord, error) {
	args := &db.Args{}
	where := "study_records.lesson_id = " + args.Add(lesson) + " AND " + by.Where(action, "study_records", recordRules, args)
	rows, err := tx.Query("SELECT "+recordColumns+" FROM "+recordFrom+" WHERE "+where+" ORDER BY student_classes.roll, study_records.student_id", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (StudyRecord, error) { return scanRecord(r) })
}

func storeState(tx *db.Tx, record int64, to State, by int64) error {
	_, err := tx.Exec(`UPDATE study_records SET attendance = $2, minutes_late = $3, note = $4, marked_by = $5, marked_at = $6, updated_at = $6 WHERE id = $1`,
		record, string(to.Attendance), to.Minutes, to.Note, orNull(by), db.Millis(tx.Now))
	return err
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// storeCalled keeps when the roll was first called.
func storeCalled(tx *db.Tx, lesson, by int64) error {
	_, err := tx.Exec(`UPDATE lessons SET called_at = $2, called_by = $3 WHERE id = $1 AND called_at = 0`, lesson, db.Millis(tx.Now), orNull(by))
	return err
}

// uncalled lists lessons up to a day whose roll was not called, of the classes
// that by may mark in.
func (s *Service) uncalled(tx *db.Tx, by policy.Actor, today string) ([]Lesson, error) {
	args := &db.Args{}
	where := "lessons.called_at = 0 AND lessons.held_on <= " + args.Add(today) + " AND " + by.Where("view", "lessons", lessonRules, args) +
		" AND EXISTS (SELECT 1 FROM study_records WHERE study_records.lesson_id = lessons.id AND study_records.before_join = 0 AND " +
		by.Where("mark", "study_records", recordRules, args) + ")"
	rows, err := tx.Query("SELECT "+lessonColumns+" FROM "+lessonFrom+" WHERE "+where+" ORDER BY lessons.held_on, lessons.id LIMIT 500", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Lesson, error) { return scanLesson(r) })
}
