package app

import (
	"context"

	"cohort/app/keyring"
	"cohort/db"
)

// newestAudit gives the latest time of an audit entry in UTC milliseconds, 0 when there is none. It is not the last
// entry's: after a clock was set back, that is an earlier one.
func newestAudit(ctx context.Context, d *db.DB) (at int64, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COALESCE(max(at), 0) FROM audit`).Scan(&at)
	})
	return at, err
}

// outbox counts the mails that wait and those that were given up.
func outbox(ctx context.Context, d *db.DB) (waiting, dead int, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COALESCE(sum(CASE state WHEN 'queued' THEN 1 ELSE 0 END), 0),
			COALESCE(sum(CASE state WHEN 'dead' THEN 1 ELSE 0 END), 0) FROM mails`).Scan(&waiting, &dead)
	})
	return waiting, dead, err
}

// departmentAbove gives the department that one is part of, 0 for none.
func departmentAbove(tx *db.Tx, id int64) (above int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(parent_id, 0) FROM departments WHERE id = $1`, id).Scan(&above)
	if db.NoRows(err) {
		return 0, nil
	}
	return above, err
}

// ageKey is a key that something may be sealed with.
type ageKey struct{ id, recipient string }

// ageKeys lists the keys in use, the newest first: two while they are being changed.
func ageKeys(tx *db.Tx) ([]ageKey, error) {
	rows, err := tx.Query(`SELECT id, recipient FROM age_keys WHERE retired_at = 0 ORDER BY created_at DESC, id`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []ageKey
	for rows.Next() {
		var k ageKey
		if err := rows.Scan(&k.id, &k.recipient); err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

func addAgeKey(tx *db.Tx, k keyring.Key) error {
	_, err := tx.Exec(`INSERT INTO age_keys (id, recipient, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET retired_at = 0`,
		k.ID, k.Recipient(), db.Millis(tx.Now))
	return err
}

func retireAgeKeys(tx *db.Tx, current string) error {
	_, err := tx.Exec(`UPDATE age_keys SET retired_at = $1 WHERE id <> $2 AND retired_at = 0`, db.Millis(tx.Now), current)
	return err
}

// sealedRows reads a private column behind a row, as it is stored.
func sealedRows(tx *db.Tx, c private, last int64, limit int) ([]sealed, error) {
	rows, err := tx.Query(`SELECT id, `+c.column+` FROM `+c.table+` WHERE id > $1 AND `+c.column+` <> '' ORDER BY id LIMIT $2`, last, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []sealed
	for rows.Next() {
		var s sealed
		if err := rows.Scan(&s.id, &s.text); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// swapSealed writes a private text over what was read; done is false where somebody has written meanwhile.
func swapSealed(tx *db.Tx, c private, was sealed, text string) (done bool, err error) {
	r, err := tx.Exec(`UPDATE `+c.table+` SET `+c.column+` = $1 WHERE id = $2 AND `+c.column+` = $3`, text, was.id, was.text)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// firstShared keeps the hash of a key file where none is kept, and gives the one that is.
func firstShared(tx *db.Tx, name, hash string) (kept string, err error) {
	if _, err := tx.Exec(`INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, "shared."+name, hash); err != nil {
		return "", err
	}
	err = tx.QueryRow(`SELECT value FROM settings WHERE key = $1`, "shared."+name).Scan(&kept)
	return kept, err
}
