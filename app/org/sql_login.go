package org

import (
	"time"

	"cohort/db"
)

const selectCredential = `SELECT id, login, password_hash, active, demo FROM accounts `

func scanCredential(r scanner) (c credential, err error) {
	err = r.Scan(&c.ID, &c.Login, &c.Hash, &c.Active, &c.Demo)
	if db.NoRows(err) {
		return credential{}, nil
	}
	return c, err
}

func credentialBy(tx *db.Tx, login string) (credential, error) {
	return scanCredential(tx.QueryRow(selectCredential+`WHERE login = $1`, login))
}

func credentialOf(tx *db.Tx, id int64) (credential, error) {
	return scanCredential(tx.QueryRow(selectCredential+`WHERE id = $1`, id))
}

// setHash stores a stronger hash of the same password.
func setHash(tx *db.Tx, id int64, hash string) error {
	_, err := tx.Exec(`UPDATE accounts SET password_hash = $2 WHERE id = $1`, id, hash)
	return err
}

// swapPassword stores a password that the person chose, if the old one is still
// what it was.
func swapPassword(tx *db.Tx, id int64, old, hash string) (done bool, err error) {
	return one(tx.Exec(`
UPDATE accounts SET version = version + 1, password_hash = $3, must_change = $4, demo = $4, updated_at = $5
WHERE id = $1 AND password_hash = $2 AND active = 1`, id, old, hash, false, db.Millis(tx.Now)))
}

// setOneTime stores a password that somebody else gave.
func setOneTime(tx *db.Tx, id int64, hash string) error {
	_, err := tx.Exec(`
UPDATE accounts SET version = version + 1, password_hash = $2, must_change = $3, demo = $4, updated_at = $5
WHERE id = $1`, id, hash, true, false, db.Millis(tx.Now))
	return err
}

// seenEvery is how often last-seen times are written: more often would be a
// write for each file of an scp.
const seenEvery = time.Minute

func touch(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`UPDATE accounts SET last_seen_at = $2 WHERE id = $1 AND last_seen_at <= $3`,
		id, db.Millis(tx.Now), db.Millis(tx.Now.Add(-seenEvery)))
	return err
}
