package org

import (
	"database/sql"

	"cohort/db"
)

func keyHolder(tx *db.Tx, login, fingerprint string) (account int64, err error) {
	err = tx.QueryRow(`
SELECT a.id FROM accounts a JOIN account_keys k ON k.account_id = a.id AND k.fingerprint = $2
WHERE a.login = $1 AND a.active = 1`, login, fingerprint).Scan(&account)
	return account, err
}

// touchKey records the use of a key; known is false if the account has no such
// key.
func touchKey(tx *db.Tx, account int64, fingerprint string) (known bool, err error) {
	return one(tx.Exec(`UPDATE account_keys SET last_used_at = $3 WHERE account_id = $1 AND fingerprint = $2`,
		account, fingerprint, db.Millis(tx.Now)))
}

const selectKeys = `SELECT id, account_id, fingerprint, public_key, comment, created_at, last_used_at FROM account_keys `

func scanKey(r *sql.Rows) (k Key, err error) {
	var created, used int64
	err = r.Scan(&k.ID, &k.Account, &k.Fingerprint, &k.Public, &k.Comment, &created, &used)
	k.Created, k.LastUsed = instant(created), instant(used)
	return k, err
}

func keysOf(tx *db.Tx, account int64) ([]Key, error) {
	rows, err := tx.Query(selectKeys+`WHERE account_id = $1 ORDER BY created_at, id`, account)
	return db.Collect(rows, err, scanKey)
}

func keyOf(tx *db.Tx, id int64) ([]Key, error) {
	rows, err := tx.Query(selectKeys+`WHERE id = $1`, id)
	return db.Collect(rows, err, scanKey)
}

func insertKey(tx *db.Tx, k Key) (id int64, err error) {
	err = tx.QueryRow(`
INSERT INTO account_keys (account_id, fingerprint, public_key, comment, created_at)
VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		k.Account, k.Fingerprint, k.Public, k.Comment, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func deleteKey(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM account_keys WHERE id = $1`, id)
	return err
}
