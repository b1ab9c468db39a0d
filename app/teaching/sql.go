package teaching

import (
	"cohort/app/policy"
	"cohort/db"
)

const lessonColumns = `lessons.id, lessons.version, lessons.class_id, classes.code, courses.name, lessons.number, lessons.lecturer_id,
	accounts.name, accounts.login, lessons.held_on, lessons.title, lessons.content, lessons.homework, lessons.due_at, lessons.cutoff_at,
	lessons.called_at, lessons.released_at`

const lessonFrom = `lessons JOIN classes ON classes.id = lessons.class_id JOIN courses ON courses.id = classes.course_id
	JOIN accounts ON accounts.id = lessons.lecturer_id`

type scanner interface{ Scan(...any) error }

func scanLesson(r scanner) (l Lesson, err error) {
	var due, cutoff, called, released int64
	err = r.Scan(&l.ID, &l.Version, &l.Class, &l.ClassCode, &l.CourseName, &l.Number, &l.Lecturer, &l.LecturerName, &l.LecturerLogin,
		&l.Held, &l.Title, &l.Content, &l.Homework, &due, &cutoff, &called, &released)
	l.Due, l.Cutoff, l.Called, l.Released = db.Moment(due), db.Moment(cutoff), db.Moment(called), db.Moment(released)
	return l, err
}

func lessonOf(tx *db.Tx, id int64) (Lesson, error) {
	return scanLesson(tx.QueryRow("SELECT "+lessonColumns+" FROM "+lessonFrom+" WHERE lessons.id = $1", id))
}

func lessonID(tx *db.Tx, class string, n int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT lessons.id FROM lessons JOIN classes ON classes.id = lessons.class_id
		WHERE classes.code = $1 AND lessons.number = $2`, class, n).Scan(&id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return id, err
}

const recordColumns = `study_records.id, study_records.version, study_records.lesson_id, study_records.class_id, study_records.student_id,
	accounts.id, COALESCE(student_classes.roll, 0), accounts.name, accounts.login, study_records.before_join, study_records.attendance,
	study_records.minutes_late, study_records.note, COALESCE(study_records.marked_by, 0), study_records.marked_at, study_records.score,
	study_records.comment, COALESCE(study_records.graded_by, 0), COALESCE(graders.name, ''), study_records.graded_at,
	lessons.number, lessons.title, lessons.released_at, classes.code, COALESCE(markers.name, '')`

const recordFrom = `study_records JOIN lessons ON lessons.id = study_records.lesson_id JOIN classes ON classes.id = study_records.class_id
	JOIN students ON students.id = study_records.student_id JOIN accounts ON accounts.id = students.account_id
	LEFT JOIN student_classes ON student_classes.student_id = study_records.student_id AND student_classes.class_id = study_records.class_id
	LEFT JOIN accounts AS graders ON graders.id = study_records.graded_by LEFT JOIN accounts AS markers ON markers.id = study_records.marked_by`

func scanRecord(r scanner) (x StudyRecord, err error) {
	var before, marked, graded, released int64
	err = r.Scan(&x.ID, &x.Version, &x.Lesson, &x.Class, &x.Student, &x.Account, &x.Roll, &x.Name, &x.Login, &before, &x.Attendance,
		&x.Minutes, &x.Note, &x.MarkedBy, &marked, &x.Score, &x.Comment, &x.GradedBy, &x.GraderName, &graded,
		&x.Number, &x.LessonTitle, &released, &x.ClassCode, &x.markerName)
	x.BeforeJoin, x.Marked, x.Graded, x.Released = before == 1, db.Moment(marked), db.Moment(graded), db.Moment(released)
	return x, err
}

func recordOf(tx *db.Tx, id int64) (StudyRecord, error) {
	return scanRecord(tx.QueryRow("SELECT "+recordColumns+" FROM "+recordFrom+" WHERE study_records.id = $1", id))
}

// recordsOf lists the records of a lesson that by may list, in the order of the
// roll.
func (s *Service) recordsOf(tx *db.Tx, by policy.Actor, lesson int64) ([]StudyRecord, error) {
	return s.recordsWhere(tx, by, "list", lesson)
}

func myRecordID(tx *db.Tx, account int64, class string, n int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT study_records.id FROM study_records JOIN lessons ON lessons.id = study_records.lesson_id
		JOIN classes ON classes.id = lessons.class_id JOIN students ON students.id = study_records.student_id
		WHERE classes.code = $1 AND lessons.number = $2 AND students.account_id = $3`, class, n, account).Scan(&id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return id, err
}

// aroundRecord reads what row rules may ask of a record's class and student.
func aroundRecord(tx *db.Tx, r StudyRecord) (course, campus, customer int64, err error) {
	err = tx.QueryRow(`SELECT classes.course_id, classes.campus_id, students.customer_id FROM classes, students
		WHERE classes.id = $1 AND students.id = $2`, r.Class, r.Student).Scan(&course, &campus, &customer)
	return course, campus, customer, err
}

func lecturersOf(tx *db.Tx, class int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT account_id FROM class_lecturers WHERE class_id = $1 ORDER BY account_id`, class)
	return db.ColumnOf[int64](rows, err)
}
