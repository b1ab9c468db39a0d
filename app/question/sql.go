package question

import (
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

const questionColumns = `questions.id, questions.version, questions.author_id, authors.login, authors.name, questions.course_id, courses.code,
	courses.name, questions.title, questions.body, questions.state, questions.votes, questions.answer_count, questions.accepted_id,
	questions.created_at, questions.updated_at`

const questionFrom = `questions JOIN accounts AS authors ON authors.id = questions.author_id JOIN courses ON courses.id = questions.course_id`

func scanQuestion(r interface{ Scan(...any) error }) (q Question, err error) {
	var created, updated int64
	var accepted sql.NullInt64
	err = r.Scan(&q.ID, &q.Version, &q.Author, &q.AuthorLogin, &q.AuthorName, &q.Course, &q.CourseCode, &q.CourseName, &q.Title, &q.Body,
		&q.State, &q.Votes, &q.AnswerCount, &accepted, &created, &updated)
	q.Accepted, q.Created, q.Updated = accepted.Int64, db.Moment(created), db.Moment(updated)
	return q, err
}

func questionOf(tx *db.Tx, id int64) (Question, error) {
	return scanQuestion(tx.QueryRow("SELECT "+questionColumns+" FROM "+questionFrom+" WHERE questions.id = $1", id))
}

// questionsAmong reads those of the questions that by may list.
func questionsAmong(tx *db.Tx, by policy.Actor, ids []int64) (map[int64]Question, error) {
	args := &db.Args{}
	where := by.Where("list", "questions", questionRules, args)
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = args.Add(id)
	}
	rows, err := tx.Query("SELECT "+questionColumns+" FROM "+questionFrom+" WHERE "+where+" AND questions.id IN ("+strings.Join(marks, ", ")+")", *args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Question, error) { return scanQuestion(r) })
	out := map[int64]Question{}
	for _, q := range list {
		out[q.ID] = q
	}
	return out, err
}

func insertQuestion(tx *db.Tx, author, course int64, title, body string) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO questions (author_id, course_id, title, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id`,
		author, course, title, body, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func updateQuestion(tx *db.Tx, q Question) error {
	_, err := tx.Exec(`UPDATE questions SET title = $1, body = $2, version = version + 1, updated_at = $3 WHERE id = $4`,
		q.Title, q.Body, db.Millis(tx.Now), q.ID)
	return err
}

const answerColumns = `answers.id, answers.version, answers.question_id, answers.author_id, authors.login, authors.name, answers.body,
	answers.votes, answers.created_at, answers.updated_at`

func scanAnswer(r interface{ Scan(...any) error }) (a Answer, err error) {
	var created, updated int64
	err = r.Scan(&a.ID, &a.Version, &a.Question, &a.Author, &a.AuthorLogin, &a.AuthorName, &a.Body, &a.Votes, &created, &updated)
	a.Created, a.Updated = db.Moment(created), db.Moment(updated)
	return a, err
}

func answerOf(tx *db.Tx, id int64) (Answer, error) {
	return scanAnswer(tx.QueryRow("SELECT "+answerColumns+" FROM answers JOIN accounts AS authors ON authors.id = answers.author_id WHERE answers.id = $1", id))
}

// answersOf reads the answers of a question, with what the reader voted.
func answersOf(tx *db.Tx, q Question, reader int64) ([]Answer, error) {
	rows, err := tx.Query("SELECT "+answerColumns+`, EXISTS (SELECT 1 FROM answer_votes v WHERE v.answer_id = answers.id AND v.account_id = $2)
		FROM answers JOIN accounts AS authors ON authors.id = answers.author_id WHERE answers.question_id = $1
		ORDER BY CASE WHEN answers.id = $3 THEN 0 ELSE 1 END, answers.votes DESC, answers.id LIMIT 500`, q.ID, reader, q.Accepted)
	return db.Collect(rows, err, func(r *sql.Rows) (a Answer, err error) {
		var created, updated int64
		err = r.Scan(&a.ID, &a.Version, &a.Question, &a.Author, &a.AuthorLogin, &a.AuthorName, &a.Body, &a.Votes, &created, &updated, &a.Voted)
		a.Created, a.Updated, a.Accepted = db.Moment(created), db.Moment(updated), a.ID == q.Accepted
		return a, err
	})
}

// insertAnswer adds an answer and counts it; a question that was open is
// answered now.
func insertAnswer(tx *db.Tx, question, author int64, body string) (id int64, err error) {
	now := db.Millis(tx.Now)
	err = tx.QueryRow(`INSERT INTO answers (question_id, author_id, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING id`,
		question, author, body, now).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(`UPDATE questions SET answer_count = answer_count + 1, version = version + 1, updated_at = $1,
		state = CASE WHEN state = 'open' THEN 'answered' ELSE state END WHERE id = $2`, now, question)
	return id, err
}

func updateAnswer(tx *db.Tx, id int64, body string) error {
	_, err := tx.Exec(`UPDATE answers SET body = $1, version = version + 1, updated_at = $2 WHERE id = $3`, body, db.Millis(tx.Now), id)
	return err
}

func acceptAnswer(tx *db.Tx, question, answer int64) error {
	_, err := tx.Exec(`UPDATE questions SET accepted_id = $1, state = 'solved', version = version + 1, updated_at = $2 WHERE id = $3`,
		answer, db.Millis(tx.Now), question)
	return err
}

func lecturersOf(tx *db.Tx, student, course int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT l.account_id FROM students s JOIN student_classes sc ON sc.student_id = s.id
		JOIN classes c ON c.id = sc.class_id JOIN class_lecturers l ON l.class_id = c.id JOIN accounts a ON a.id = l.account_id
		WHERE s.account_id = $1 AND c.course_id = $2 AND l.account_id <> $1 AND a.active = 1 ORDER BY l.account_id`, student, course)
	return db.Collect(rows, err, number)
}

func number(r *sql.Rows) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

// coursesOf lists the courses of classes, or all where there is no class.
func coursesOf(tx *db.Tx, classes []int64) ([]Course, error) {
	args := &db.Args{}
	where := ""
	if len(classes) > 0 {
		marks := make([]string, len(classes))
		for i, id := range classes {
			marks[i] = args.Add(id)
		}
		where = " WHERE id IN (SELECT course_id FROM classes WHERE id IN (" + strings.Join(marks, ", ") + "))"
	}
	rows, err := tx.Query("SELECT id, code, name FROM courses"+where+" ORDER BY code LIMIT 200", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (c Course, err error) {
		err = r.Scan(&c.ID, &c.Code, &c.Name)
		return c, err
	})
}
