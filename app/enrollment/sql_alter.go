package enrollment

import "cohort/db"

func activeAccount(tx *db.Tx, id int64) (active bool, err error) {
	err = tx.QueryRow(`SELECT active FROM accounts WHERE id = $1`, id).Scan(&active)
	if db.NoRows(err) {
		return false, nil
	}
	return active, err
}

// moneyOf gives what was paid for an enrollment, in fen, and how many
// instalments are planned.
func moneyOf(tx *db.Tx, id int64) (got, planned int64, err error) {
	err = tx.QueryRow(`SELECT (SELECT COALESCE(CAST(sum(amount) AS BIGINT), 0) FROM payments WHERE enrollment_id = $1),
		(SELECT count(*) FROM instalments WHERE enrollment_id = $1)`, id).Scan(&got, &planned)
	return got, planned, err
}
