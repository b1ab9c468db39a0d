package org

import (
	"cohort/db"
)

// totp is the second factor of an account; account 0 is none.
type totp struct {
	account int64
	sealed  string
	since   int64 // 0: not yet confirmed
}

func totpOf(tx *db.Tx, account int64) (t totp, err error) {
	err = tx.QueryRow(`SELECT account_id, secret, since FROM account_totp WHERE account_id = $1`, account).Scan(&t.account, &t.sealed, &t.since)
	if db.NoRows(err) {
		return totp{}, nil
	}
	return t, err
}

// putTotp begins a second factor, in place of one that was not confirmed.
func putTotp(tx *db.Tx, account int64, sealed string) error {
	_, err := tx.Exec(`INSERT INTO account_totp (account_id, secret, created_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET secret = $2, since = 0, last_step = 0, created_at = $3`, account, sealed, db.Millis(tx.Now))
	return err
}

func confirmTotp(tx *db.Tx, account int64) error {
	_, err := tx.Exec(`UPDATE account_totp SET since = $2 WHERE account_id = $1`, account, db.Millis(tx.Now))
	return err
}

// useStep marks a code's step as used; done is false where it, or a later one,
// was used before.
func useStep(tx *db.Tx, account, step int64) (done bool, err error) {
	return one(tx.Exec(`UPDATE account_totp SET last_step = $2 WHERE account_id = $1 AND last_step < $2`, account, step))
}

func useRecovery(tx *db.Tx, account int64, hash string) (done bool, err error) {
	return one(tx.Exec(`UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at = 0`, account, hash, db.Millis(tx.Now)))
}

func replaceRecovery(tx *db.Tx, account int64, hashes []string) error {
	if _, err := tx.Exec(`DELETE FROM recovery_codes WHERE account_id = $1`, account); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := tx.Exec(`INSERT INTO recovery_codes (account_id, hash, created_at) VALUES ($1, $2, $3)`, account, h, db.Millis(tx.Now)); err != nil {
			return err
		}
	}
	return nil
}

func dropTotp(tx *db.Tx, account int64) (done bool, err error) {
	if err := replaceRecovery(tx, account, nil); err != nil {
		return false, err
	}
	return one(tx.Exec(`DELETE FROM account_totp WHERE account_id = $1`, account))
}

func recoveryLeft(tx *db.Tx, account int64) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at = 0`, account).Scan(&n)
	return n, err
}

// mustEnroll says whether a role wants a second factor that the account lacks.
func mustEnroll(tx *db.Tx, account int64) (bool, error) {
	required, err := secondRequired(tx, account)
	if err != nil || !required {
		return false, err
	}
	t, err := totpOf(tx, account)
	return t.since == 0, err
}

// secondRequired says whether a role of the account wants a second factor.
func secondRequired(tx *db.Tx, account int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM account_roles ar JOIN roles r ON r.id = ar.role_id WHERE ar.account_id = $1 AND r.second_factor = 1)`, account).Scan(&yes)
	return yes, err
}
