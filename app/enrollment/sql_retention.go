package enrollment

import (
	"database/sql"
	"time"

	"cohort/db"
)

// outlived lists documents of enrollments that were approved before an instant, whose bytes are still there.
func outlived(tx *db.Tx, before time.Time, limit int) ([]Document, error) {
	rows, err := tx.Query(documentColumns+` WHERE stored <> '' AND enrollment_id IN
		(SELECT id FROM enrollments WHERE approved_at > 0 AND approved_at < $1 AND state NOT IN ('invited', 'submitted', 'returned'))
		ORDER BY id LIMIT $2`, db.Millis(before), limit)
	return db.Collect(rows, err, scanDocument)
}

func markRemoved(tx *db.Tx, id int64, why string) error {
	_, err := tx.Exec(`UPDATE documents SET stored = '', removed_at = $1, removed_why = $2 WHERE id = $3`, db.Millis(tx.Now), why, id)
	return err
}

// seenOf reads from the audit trail who but the student himself has read what he sent.
func seenOf(tx *db.Tx, customer, account int64) ([]Seen, error) {
	rows, err := tx.Query(`SELECT at, who, what, action, class FROM (
			SELECT a.id AS id, a.at AS at, COALESCE(p.name, a.login) AS who, d.name AS what, a.action AS action, c.code AS class
			FROM enrollments e JOIN classes c ON c.id = e.class_id JOIN documents d ON d.enrollment_id = e.id
			JOIN audit a ON a.resource = 'documents' AND a.record_id = d.id LEFT JOIN accounts p ON p.id = a.account_id
			WHERE e.customer_id = $1 AND a.action = 'download' AND a.account_id <> $2
			UNION ALL
			SELECT a.id, a.at, COALESCE(p.name, a.login), '', a.action, c.code
			FROM enrollments e JOIN classes c ON c.id = e.class_id
			JOIN audit a ON a.resource = 'enrollments' AND a.record_id = e.id LEFT JOIN accounts p ON p.id = a.account_id
			WHERE e.customer_id = $1 AND a.action IN ('view', 'reveal') AND a.account_id <> $2) AS seen
		ORDER BY id DESC LIMIT $3`, customer, account, mostSeen)
	return db.Collect(rows, err, func(r *sql.Rows) (s Seen, err error) {
		var at int64
		err = r.Scan(&at, &s.Who, &s.What, &s.Act, &s.Class)
		s.At = db.Time(at)
		return s, err
	})
}

// keptOf lists a customer's documents whose bytes are there.
func keptOf(tx *db.Tx, customer int64) ([]Document, error) {
	rows, err := tx.Query(documentColumns+` WHERE stored <> '' AND enrollment_id IN (SELECT id FROM enrollments WHERE customer_id = $1) ORDER BY id`, customer)
	return db.Collect(rows, err, scanDocument)
}
