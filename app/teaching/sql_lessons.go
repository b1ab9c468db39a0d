package teaching

import (
	"database/sql"
	"time"

	"cohort/app/resource"
	"cohort/db"
)

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func lastNumber(tx *db.Tx, class int64) (n int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(number), 0) FROM lessons WHERE class_id = $1`, class).Scan(&n)
	return n, err
}

// lecturerFor is the account itself where it teaches the class, else the class's
// first lecturer, else the account.
func lecturerFor(tx *db.Tx, class, account int64) (int64, error) {
	list, err := lecturersOf(tx, class)
	if err != nil {
		return 0, err
	}
	for _, id := range list {
		if id == account {
			return id, nil
		}
	}
	if len(list) > 0 {
		return list[0], nil
	}
	return account, nil
}

// accountName is what an account is called; "" where there is none.
func accountName(tx *db.Tx, id int64) (name string, err error) {
	err = tx.QueryRow(`SELECT name FROM accounts WHERE id = $1`, id).Scan(&name)
	if db.NoRows(err) {
		err = nil
	}
	return name, err
}

func activeAccount(tx *db.Tx, id int64) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM accounts WHERE id = $1 AND active = 1`, id).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func insertLesson(tx *db.Tx, l Lesson) (id int64, err error) {
	now := db.Millis(tx.Now)
	err = tx.QueryRow(`INSERT INTO lessons (class_id, number, lecturer_id, held_on, title, content, homework, due_at, cutoff_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id`,
		l.Class, l.Number, l.Lecturer, l.Held, l.Title, l.Content, l.Homework, db.Stamp(l.Due), db.Stamp(l.Cutoff), now).Scan(&id)
	if err != nil {
		return 0, err
	}
	return resource.Fresh(tx, "lessons", id)
}

func updateLesson(tx *db.Tx, l Lesson) error {
	_, err := tx.Exec(`UPDATE lessons SET number = $2, lecturer_id = $3, held_on = $4, title = $5, content = $6, homework = $7, due_at = $8,
		cutoff_at = $9, version = version + 1, updated_at = $10 WHERE id = $1`,
		l.ID, l.Number, l.Lecturer, l.Held, l.Title, l.Content, l.Homework, db.Stamp(l.Due), db.Stamp(l.Cutoff), db.Millis(tx.Now))
	return err
}

func lessonsOf(tx *db.Tx, class int64) ([]Lesson, error) {
	rows, err := tx.Query("SELECT "+lessonColumns+" FROM "+lessonFrom+" WHERE lessons.class_id = $1 ORDER BY lessons.number", class)
	return db.Collect(rows, err, func(r *sql.Rows) (Lesson, error) { return scanLesson(r) })
}

func insertRecord(tx *db.Tx, lesson, class, student int64, before bool) error {
	_, err := tx.Exec(`INSERT INTO study_records (lesson_id, class_id, student_id, before_join, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (lesson_id, student_id) DO NOTHING`, lesson, class, student, asFlag(before), db.Millis(tx.Now))
	return err
}

func setBefore(tx *db.Tx, record int64, before bool) error {
	_, err := tx.Exec(`UPDATE study_records SET before_join = $2, updated_at = $3 WHERE id = $1`, record, asFlag(before), db.Millis(tx.Now))
	return err
}

func asFlag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const memberColumns = `SELECT student_classes.student_id, students.account_id, student_classes.joined_at FROM student_classes
	JOIN students ON students.id = student_classes.student_id WHERE student_classes.class_id = $1`

func scanMember(r scanner) (m member, err error) {
	var joined int64
	err = r.Scan(&m.student, &m.account, &joined)
	m.joined = db.Time(joined)
	return m, err
}

func members(tx *db.Tx, class int64) ([]member, error) {
	rows, err := tx.Query(memberColumns+` ORDER BY student_classes.roll, student_classes.student_id`, class)
	return db.Collect(rows, err, func(r *sql.Rows) (member, error) { return scanMember(r) })
}

func memberOf(tx *db.Tx, student, class int64) (member, error) {
	return scanMember(tx.QueryRow(memberColumns+` AND student_classes.student_id = $2`, class, student))
}

func studentAccounts(tx *db.Tx, class int64) (out []int64, err error) {
	list, err := members(tx, class)
	for _, m := range list {
		out = append(out, m.account)
	}
	return out, err
}

func recordOfStudent(tx *db.Tx, lesson, student int64) (StudyRecord, error) {
	return scanRecord(tx.QueryRow("SELECT "+recordColumns+" FROM "+recordFrom+" WHERE study_records.lesson_id = $1 AND study_records.student_id = $2", lesson, student))
}

// usedLesson says whether a grade or homework hangs on a lesson.
func usedLesson(tx *db.Tx, id int64) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM study_records WHERE lesson_id = $1 AND (graded_at > 0 OR marked_at > 0
		OR EXISTS (SELECT 1 FROM homework WHERE homework.study_record_id = study_records.id)
		OR EXISTS (SELECT 1 FROM feedback_files WHERE feedback_files.study_record_id = study_records.id))`, id).Scan(&n)
	return n > 0, err
}
