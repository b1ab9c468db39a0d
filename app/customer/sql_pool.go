package customer

import (
	"database/sql"
	"time"

	"cohort/db"
)

// countAct adds one to what an account did on a day, unless it did as many as it
// may. The condition is asked again on the newest row where two come at once.
func countAct(tx *db.Tx, account int64, day, act string, most int64) (bool, error) {
	var n int64
	err := tx.QueryRow(`INSERT INTO daily_acts (account_id, day, act, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (account_id, day, act) DO UPDATE SET n = daily_acts.n + 1 WHERE daily_acts.n < $4 RETURNING n`,
		account, day, act, most).Scan(&n)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func actsOf(tx *db.Tx, account int64, day, act string) (n int64, err error) {
	err = tx.QueryRow(`SELECT n FROM daily_acts WHERE account_id = $1 AND day = $2 AND act = $3`, account, day, act).Scan(&n)
	if db.NoRows(err) {
		return 0, nil
	}
	return n, err
}

// lastOwnership is the newest line of a customer's ledger; zeros where there is none.
func lastOwnership(tx *db.Tx, customer int64) (at time.Time, from, to int64, err error) {
	var ms int64
	var giver, taker sql.NullInt64
	err = tx.QueryRow(`SELECT at, from_id, to_id FROM ownerships WHERE customer_id = $1 ORDER BY id DESC LIMIT 1`, customer).Scan(&ms, &giver, &taker)
	if db.NoRows(err) {
		return at, 0, 0, nil
	}
	return db.Moment(ms), giver.Int64, taker.Int64, err
}

// lastLoss is when and why an account lost a customer; zero where it never did.
func lastLoss(tx *db.Tx, customer, account int64) (at time.Time, reason string, err error) {
	var ms int64
	err = tx.QueryRow(`SELECT at, reason FROM ownerships WHERE customer_id = $1 AND from_id = $2 ORDER BY id DESC LIMIT 1`,
		customer, account).Scan(&ms, &reason)
	if db.NoRows(err) {
		return at, "", nil
	}
	return db.Moment(ms), reason, err
}

// openOf counts, up to a bound, the customers not enrolled of an account.
func openOf(tx *db.Tx, account, most int64) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' AND never_contact = 0 LIMIT $2) AS held`,
		account, most).Scan(&n)
	return n, err
}
