package survey

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

const columns = `surveys.id, surveys.version, surveys.class_id, surveys.lecturer_id, classes.code, courses.name, about.name, about.login,
	surveys.state, surveys.least, surveys.opened_on, surveys.closes_on, surveys.closed_on, surveys.invited, surveys.answers`

const tables = `surveys JOIN classes ON classes.id = surveys.class_id JOIN courses ON courses.id = classes.course_id
	JOIN accounts AS about ON about.id = surveys.lecturer_id`

type scanner interface{ Scan(...any) error }

func scan(r scanner, more ...any) (x Survey, err error) {
	err = r.Scan(append([]any{&x.ID, &x.Version, &x.Class, &x.Lecturer, &x.ClassCode, &x.CourseName, &x.LecturerName, &x.LecturerLogin,
		&x.State, &x.Least, &x.Opened, &x.Closes, &x.ClosedOn, &x.Invited, &x.Answers}, more...)...)
	return x, err
}

func surveyOf(tx *db.Tx, id int64) (Survey, error) {
	return scan(tx.QueryRow("SELECT "+columns+" FROM "+tables+" WHERE surveys.id = $1", id))
}

func insertSurvey(tx *db.Tx, x Survey) (id int64, err error) {
	now := db.Millis(tx.Now)
	err = tx.QueryRow(`INSERT INTO surveys (class_id, lecturer_id, least, opened_on, closes_on, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`, x.Class, x.Lecturer, x.Least, x.Opened, x.Closes, now).Scan(&id)
	return id, err
}

// closeSurvey counts and forgets: from then on nothing says who has answered.
func closeSurvey(tx *db.Tx, id int64, today string) error {
	_, err := tx.Exec(`UPDATE surveys SET state = 'closed', closed_on = $2, version = version + 1, updated_at = $3,
		invited = (SELECT count(*) FROM student_classes WHERE student_classes.class_id = surveys.class_id),
		answers = (SELECT count(*) FROM survey_voters WHERE survey_voters.survey_id = surveys.id)
		WHERE id = $1`, id, today, db.Millis(tx.Now))
	if err == nil {
		_, err = tx.Exec(`DELETE FROM survey_voters WHERE survey_id = $1`, id)
	}
	return err
}

func lecturersOf(tx *db.Tx, class int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT account_id FROM class_lecturers WHERE class_id = $1 ORDER BY account_id`, class)
	return db.Collect(rows, err, scanID)
}

func studentAccounts(tx *db.Tx, class int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT students.account_id FROM student_classes JOIN students ON students.id = student_classes.student_id
		WHERE student_classes.class_id = $1 ORDER BY students.account_id`, class)
	return db.Collect(rows, err, scanID)
}

func scanID(r *sql.Rows) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

// studentIn finds the student of an account in a class.
func studentIn(tx *db.Tx, account, class int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT students.id FROM students JOIN student_classes ON student_classes.student_id = students.id
		WHERE students.account_id = $1 AND student_classes.class_id = $2`, account, class).Scan(&id)
	return id, err
}

func vote(tx *db.Tx, survey, student int64) error {
	_, err := tx.Exec(`INSERT INTO survey_voters (survey_id, student_id) VALUES ($1, $2)`, survey, student)
	return err
}

func raise(tx *db.Tx, survey int64, question string, mark int64) error {
	_, err := tx.Exec(`INSERT INTO survey_tallies (survey_id, question, mark, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (survey_id, question, mark) DO UPDATE SET n = survey_tallies.n + 1`, survey, question, mark)
	return err
}

func insertWords(tx *db.Tx, survey int64, place, body string) error {
	_, err := tx.Exec(`INSERT INTO survey_words (survey_id, place, body) VALUES ($1, $2, $3)`, survey, place, body)
	return err
}

func talliesOf(tx *db.Tx, survey int64) ([]Tally, error) {
	out := make([]Tally, len(Questions))
	at := map[string]*Tally{}
	for i, q := range Questions {
		out[i].Question = q
		at[q] = &out[i]
	}
	rows, err := tx.Query(`SELECT question, mark, n FROM survey_tallies WHERE survey_id = $1`, survey)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (mark int64, err error) {
		var question string
		var n int64
		if err = r.Scan(&question, &mark, &n); err == nil {
			at[question].Marks[mark-1] = n
		}
		return mark, err
	})
	return out, err
}

func wordsOf(tx *db.Tx, survey int64) ([]string, error) {
	rows, err := tx.Query(`SELECT body FROM survey_words WHERE survey_id = $1 ORDER BY place`, survey)
	return db.ColumnOf[string](rows, err)
}

func (s *Service) forStudent(tx *db.Tx, by policy.Actor) ([]Mine, error) {
	args := &db.Args{}
	account, today := args.Add(by.Account), args.Add(s.today(tx))
	rule := by.Where("answer", "surveys", rules, args)
	rows, err := tx.Query("SELECT "+columns+`, CASE WHEN survey_voters.student_id IS NULL THEN 0 ELSE 1 END AS answered
		FROM students JOIN student_classes ON student_classes.student_id = students.id
		JOIN surveys ON surveys.class_id = student_classes.class_id AND surveys.state = 'open'
		JOIN classes ON classes.id = surveys.class_id JOIN courses ON courses.id = classes.course_id
		JOIN accounts AS about ON about.id = surveys.lecturer_id
		LEFT JOIN survey_voters ON survey_voters.survey_id = surveys.id AND survey_voters.student_id = students.id
		WHERE students.account_id = `+account+" AND surveys.closes_on >= "+today+" AND "+rule+" ORDER BY answered, surveys.closes_on, surveys.id", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (m Mine, err error) {
		var answered int64
		m.Survey, err = scan(r, &answered)
		m.Answered = answered == 1
		return m, err
	})
}

func overSurveys(tx *db.Tx, today string) ([]Survey, error) {
	rows, err := tx.Query("SELECT "+columns+" FROM "+tables+" WHERE surveys.state = 'open' AND surveys.closes_on < $1 ORDER BY surveys.id", today)
	return db.Collect(rows, err, func(r *sql.Rows) (Survey, error) { return scan(r) })
}

type taught struct{ class, lecturer int64 }

// endedClasses are the classes that ended between two days and have students,
// with each lecturer of whom there was no survey yet.
func endedClasses(tx *db.Tx, from, to string) ([]taught, error) {
	rows, err := tx.Query(`SELECT classes.id, class_lecturers.account_id FROM classes JOIN class_lecturers ON class_lecturers.class_id = classes.id
		WHERE classes.ends_on >= $1 AND classes.ends_on < $2 AND EXISTS (SELECT 1 FROM student_classes WHERE student_classes.class_id = classes.id)
		AND NOT EXISTS (SELECT 1 FROM surveys WHERE surveys.class_id = classes.id AND surveys.lecturer_id = class_lecturers.account_id)
		ORDER BY classes.id, class_lecturers.account_id`, from, to)
	return db.Collect(rows, err, func(r *sql.Rows) (x taught, err error) {
		err = r.Scan(&x.class, &x.lecturer)
		return x, err
	})
}
