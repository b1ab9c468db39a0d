package home

import (
	"time"

	"cohort/db"
)

// loginFailures counts, out of an index of nothing else, the entries of failed
// log-ins since a moment.
func loginFailures(tx *db.Tx, since time.Time) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM audit WHERE action = 'login_failed' AND at >= $1`, db.Millis(since)).Scan(&n)
	return n, err
}
