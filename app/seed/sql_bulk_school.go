package seed

import (
	"cohort/db"
)

// classroomTables is the table whose indexes are made last; the other steps need
// theirs.
var classroomTables = []string{"study_records"}

func anyPeople(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT id FROM accounts WHERE active = 1 ORDER BY id LIMIT 40`)
	return db.ColumnOf[int64](rows, err)
}

// day is a day in milliseconds, in SQL.
const day = "86400000"

// enrollments approves customers in turn within three weeks of their coming.
func (c *classroom) enrollments(tx *db.Tx) error {
	n := max(1, c.Enrollments/classSize)
	_, err := tx.Exec(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, email, agreed_at, contract,
		contract_sha256, signed_at, submitted_at, approved_by, approved_at, created_at, updated_at)
		SELECT $1 + x.k, x.id, $2 + x.k * $3 / $4, COALESCE(x.owner_id, $5), 'approved', 1980000 - x.k % 5 * 100000, 'bulk' || x.id, x.at, 'x@example.com', x.at, 'x',
			'x', x.at, x.at, $5, x.at, x.created_at, x.at
		FROM (SELECT customers.id, customers.owner_id, customers.created_at, customers.created_at + (customers.id * 7919 % 21) * `+day+` AS at,
			row_number() OVER (ORDER BY customers.created_at, customers.id) - 1 AS k
			FROM customers WHERE customers.status = 'enrolled' AND customers.created_at < $6
			AND NOT EXISTS (SELECT 1 FROM enrollments WHERE enrollments.customer_id = customers.id)
			ORDER BY customers.created_at, customers.id LIMIT $4) AS x`,
		c.enrollment, c.class, n, c.Enrollments, c.people[0], db.Millis(c.now.AddDate(0, 0, -21)))
	if err != nil {
		return err
	}
	return tx.QueryRow(`SELECT count(*) FROM enrollments WHERE id >= $1`, c.enrollment).Scan(&c.rows)
}

// students have an account each, which nobody can log in with.
func (c *classroom) students(tx *db.Tx) error {
	for _, text := range []string{
		`INSERT INTO accounts (login, name, active, created_at, updated_at) SELECT 'bulk-' || customers.id, customers.name, 0, enrollments.approved_at, enrollments.approved_at
			FROM enrollments JOIN customers ON customers.id = enrollments.customer_id WHERE enrollments.id >= $1`,
		`INSERT INTO students (customer_id, account_id, created_at) SELECT customer_id, (SELECT accounts.id FROM accounts WHERE accounts.login = 'bulk-' || enrollments.customer_id), approved_at
			FROM enrollments WHERE id >= $1`,
		`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at) SELECT (SELECT students.id FROM students WHERE students.customer_id = enrollments.customer_id), class_id, id, approved_at
			FROM enrollments WHERE id >= $1`,
	} {
		if _, err := tx.Exec(text, c.enrollment); err != nil {
			return err
		}
	}
	return nil
}

// payments are a deposit, tuition, and a second tuition a month later; every
// hundredth gives something back instead.
func (c *classroom) payments(tx *db.Tx) error {
	left := int64(c.Payments)
	for turn, amount := range []string{"50000", "930000", "CASE WHEN id % 100 = 0 THEN -30000 ELSE 500000 END"} {
		kind := []string{"'deposit'", "'tuition'", "CASE WHEN id % 100 = 0 THEN 'refund' ELSE 'tuition' END"}[turn]
		n := min(left, c.rows)
		if n <= 0 {
			break
		}
		_, err := tx.Exec(`INSERT INTO payments (enrollment_id, kind, amount, method, receipt, taken_by, at)
			SELECT id, `+kind+`, `+amount+`, 'cash', 'B' || id || '-' || CAST($1 AS TEXT), consultant_id, approved_at + $2 FROM enrollments
			WHERE id >= $3 AND approved_at + $2 <= $4 ORDER BY id LIMIT $5`, turn+1, int64(turn)*10*86_400_000, c.enrollment, db.Millis(c.now), n)
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// records mark and grade every student in every lesson of his class.
func (c *classroom) records(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO study_records (lesson_id, class_id, student_id, attendance, minutes_late, score, points, graded_at, created_at, updated_at)
		SELECT lesson_id, class_id, student_id, CASE WHEN h < 80 THEN 'present' WHEN h < 86 THEN 'late' WHEN h < 92 THEN 'absent' WHEN h < 96 THEN 'excused' ELSE 'left_early' END,
			CASE WHEN h >= 80 AND h < 86 THEN 5 ELSE 0 END,
			CASE h % 7 WHEN 0 THEN 'A+' WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'C' WHEN 4 THEN 'C-' WHEN 5 THEN 'D' ELSE 'N/A' END,
			CASE h % 7 WHEN 0 THEN 100 WHEN 1 THEN 90 WHEN 2 THEN 80 WHEN 3 THEN 60 WHEN 4 THEN 40 WHEN 5 THEN -50 ELSE 0 END,
			CASE h % 7 WHEN 6 THEN 0 ELSE created_at END, created_at, created_at
		FROM (SELECT lessons.id AS lesson_id, lessons.class_id, student_classes.student_id, lessons.created_at,
			(lessons.id * 31 + student_classes.student_id * 17) % 100 AS h
			FROM lessons CROSS JOIN student_classes WHERE student_classes.class_id = lessons.class_id AND lessons.id >= $1) AS x`, c.lesson)
	return err
}

// leftOver takes the status from those who have no enrollment. It does not ask
// for the state, which would lead through all that were ever approved.
func (c *classroom) leftOver(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE customers SET status = 'not_enrolled' WHERE status = 'enrolled'
		AND NOT EXISTS (SELECT 1 FROM enrollments WHERE enrollments.customer_id = customers.id)`)
	return err
}
