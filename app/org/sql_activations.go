package org

import (
	"time"

	"cohort/db"
)

func insertActivation(tx *db.Tx, account, by int64, hash string, until time.Time) error {
	_, err := tx.Exec(`INSERT INTO activations (account_id, token_hash, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		account, hash, ref(by), db.Millis(tx.Now), db.Millis(until))
	return err
}

// revokeActivations kills the address an account has; done is false where it
// has none.
func revokeActivations(tx *db.Tx, account int64) (done bool, err error) {
	return one(tx.Exec(`UPDATE activations SET revoked_at = $2 WHERE account_id = $1 AND used_at = 0 AND revoked_at = 0`,
		account, db.Millis(tx.Now)))
}

func useActivation(tx *db.Tx, account int64) error {
	_, err := tx.Exec(`UPDATE activations SET used_at = $2 WHERE account_id = $1 AND used_at = 0 AND revoked_at = 0`,
		account, db.Millis(tx.Now))
	return err
}

// activation is an address that still may be used; account 0 is none.
type activation struct {
	account int64
	expires time.Time
}

func activationBy(tx *db.Tx, hash string) (a activation, err error) {
	var until int64
	err = tx.QueryRow(`SELECT account_id, expires_at FROM activations WHERE token_hash = $1 AND used_at = 0 AND revoked_at = 0`, hash).
		Scan(&a.account, &until)
	if db.NoRows(err) {
		return activation{}, nil
	}
	a.expires = db.Time(until)
	return a, err
}

// setOwnPassword stores a password that the person chose without an old one.
func setOwnPassword(tx *db.Tx, id int64, hash string) error {
	_, err := tx.Exec(`
UPDATE accounts SET version = version + 1, password_hash = $2, must_change = $3, demo = $3, updated_at = $4
WHERE id = $1`, id, hash, false, db.Millis(tx.Now))
	return err
}
