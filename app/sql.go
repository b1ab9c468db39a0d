package app

import (
	"context"

	"cohort/db"
)

// newestAudit gives the time of the newest audit entry in UTC milliseconds, 0 when there is none.
func newestAudit(ctx context.Context, d *db.DB) (at int64, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COALESCE(max(at), 0) FROM (SELECT at FROM audit ORDER BY id DESC LIMIT 1) AS newest`).Scan(&at)
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
