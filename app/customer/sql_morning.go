package customer

import (
	"database/sql"
	"time"

	"cohort/db"
)

func morningDone(tx *db.Tx, day string) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM mornings WHERE day = $1`, day).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func markMorning(tx *db.Tx, day string) error {
	_, err := tx.Exec(`INSERT INTO mornings (day, done_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, day, db.Millis(tx.Now))
	return err
}

func wantDigest(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT c.account_id FROM notify_choices c JOIN accounts a ON a.id = c.account_id
		WHERE c.kind = 'digest' AND a.active = 1 ORDER BY c.account_id`)
	return db.ColumnOf[int64](rows, err)
}

// countDue counts as the queue of calls does, by the index customers_due.
func countDue(tx *db.Tx, owner int64, day string) (due, overdue int, err error) {
	const counted = `SELECT count(*) FROM (SELECT 1 FROM customers WHERE ` + isDue + ` AND customers.owner_id = $1 AND customers.next_follow_up_on `
	if err = tx.QueryRow(counted+`= $2 LIMIT 10000) AS found`, owner, day).Scan(&due); err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(counted+`< $2 LIMIT 10000) AS found`, owner, day).Scan(&overdue)
	return due, overdue, err
}

// countNewlyStale counts an owner's leads that became stale in a stretch of time.
func countNewlyStale(tx *db.Tx, owner int64, from, until time.Time) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' AND never_contact = 0
		AND touched_at >= $2 AND touched_at < $3 LIMIT 10000) AS found`, owner, db.Millis(from), db.Millis(until)).Scan(&n)
	return n, err
}

func namesDue(tx *db.Tx, owner int64, day string, limit int) ([]string, error) {
	return names(tx.Query(`SELECT name FROM customers WHERE `+isDue+` AND customers.owner_id = $1 AND customers.next_follow_up_on = $2
		ORDER BY `+clockKey+`, `+warmth+`, touched_at, id LIMIT $3`, owner, day, limit))
}

func namesUntouched(tx *db.Tx, owner int64, from, until time.Time, limit int) ([]string, error) {
	return names(tx.Query(`SELECT name FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' AND never_contact = 0
		AND touched_at > $2 AND touched_at <= $3 ORDER BY touched_at DESC, id DESC LIMIT $4`, owner, db.Millis(from), db.Millis(until), limit))
}

func names(rows *sql.Rows, err error) ([]string, error) {
	return db.ColumnOf[string](rows, err)
}

// ladderMarks gives how far each step has come.
func ladderMarks(tx *db.Tx) (map[int]time.Time, error) {
	marks := map[int]time.Time{}
	rows, err := tx.Query(`SELECT step, mark FROM ladder_marks`)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (x struct{}, err error) {
		var step int
		var mark int64
		err = r.Scan(&step, &mark)
		marks[step] = db.Time(mark)
		return x, err
	})
	return marks, err
}

func firstMark(tx *db.Tx, step int, mark time.Time) error {
	_, err := tx.Exec(`INSERT INTO ladder_marks (step, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING`, step, db.Millis(mark))
	return err
}

// moveMark fails where another program has moved it meanwhile: what this one would tell has been told.
func moveMark(tx *db.Tx, step int, from, to time.Time) error {
	r, err := tx.Exec(`UPDATE ladder_marks SET mark = $1 WHERE step = $2 AND mark = $3`, db.Millis(to), step, db.Millis(from))
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return errMoved
	}
	return err
}

// leftUntouched counts by owner the leads last touched in a stretch of time, by the index customers_status_touched: it
// costs what passed the step since the last time, however many customers there are.
func leftUntouched(tx *db.Tx, from, to time.Time) ([]untouched, error) {
	rows, err := tx.Query(`SELECT a.id, a.name, a.active, COALESCE(a.department_id, 0), u.n, u.first
		FROM (SELECT owner_id, count(*) AS n, min(id) AS first FROM customers
			WHERE status = 'not_enrolled' AND touched_at > $1 AND touched_at <= $2 AND never_contact = 0 AND owner_id IS NOT NULL GROUP BY owner_id) AS u
		JOIN accounts a ON a.id = u.owner_id ORDER BY a.id`, db.Millis(from), db.Millis(to))
	return db.Collect(rows, err, func(r *sql.Rows) (u untouched, err error) {
		var active int64
		err = r.Scan(&u.owner, &u.name, &active, &u.dept, &u.n, &u.first)
		u.active = active != 0
		return u, err
	})
}

func departmentTree(tx *db.Tx) (map[int64]department, error) {
	tree := map[int64]department{}
	rows, err := tx.Query(`SELECT d.id, COALESCE(d.parent_id, 0), COALESCE(a.id, 0) FROM departments d
		LEFT JOIN accounts a ON a.id = d.manager_id AND a.active = 1`)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (x struct{}, err error) {
		var id int64
		var d department
		err = r.Scan(&id, &d.parent, &d.manager)
		tree[id] = d
		return x, err
	})
	return tree, err
}

func administrators(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT a.id FROM accounts a JOIN account_roles ar ON ar.account_id = a.id
		JOIN roles r ON r.id = ar.role_id WHERE r.name = 'admin' AND a.active = 1 ORDER BY a.id`)
	return db.ColumnOf[int64](rows, err)
}
