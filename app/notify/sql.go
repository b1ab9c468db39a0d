package notify

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// insert gives no rows where the account has been told dedup before.
func insert(tx *db.Tx, to int64, kind, args, link, dedup string) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO notifications (account_id, kind, args, link, dedup, forward, created_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6)
		ON CONFLICT (account_id, dedup) WHERE dedup <> '' DO NOTHING RETURNING id`,
		to, kind, args, link, dedup, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// page reads by key set, in the order of the index notifications_account.
func page(tx *db.Tx, account int64, unreadOnly bool, before int64, limit int) ([]Notification, error) {
	var args db.Args
	text := `SELECT id, kind, args, link, created_at, read_at FROM notifications WHERE account_id = ` + args.Add(account)
	if unreadOnly {
		text += ` AND read_at = 0`
	}
	if before > 0 {
		text += ` AND (created_at, id) < (SELECT created_at, id FROM notifications WHERE id = ` + args.Add(before) +
			` AND account_id = ` + args.Add(account) + `)`
	}
	text += ` ORDER BY created_at DESC, id DESC LIMIT ` + args.Add(limit)
	rows, err := tx.Query(text, args...)
	return db.Collect(rows, err, scan)
}

// newer is page in the other direction.
func newer(tx *db.Tx, account int64, unreadOnly bool, after int64, limit int) ([]Notification, error) {
	var args db.Args
	text := `SELECT id, kind, args, link, created_at, read_at FROM notifications WHERE account_id = ` + args.Add(account)
	if unreadOnly {
		text += ` AND read_at = 0`
	}
	if after > 0 {
		text += ` AND (created_at, id) > (SELECT created_at, id FROM notifications WHERE id = ` + args.Add(after) +
			` AND account_id = ` + args.Add(account) + `)`
	}
	text += ` ORDER BY created_at, id LIMIT ` + args.Add(limit)
	rows, err := tx.Query(text, args...)
	return db.Collect(rows, err, scan)
}

func scan(r *sql.Rows) (n Notification, err error) {
	var args string
	var at, readAt int64
	if err = r.Scan(&n.ID, &n.Kind, &args, &n.Link, &at, &readAt); err != nil {
		return n, err
	}
	n.At = db.Time(at)
	if readAt > 0 {
		n.ReadAt = db.Time(readAt)
	}
	if n.Args, err = decode(args); err != nil {
		return n, fmt.Errorf("notify: arguments of %d: %w", n.ID, err)
	}
	return n, nil
}

// unread is answered by the partial index notifications_unread alone.
func unread(tx *db.Tx, account int64) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM notifications WHERE account_id = $1 AND read_at = 0`, account).Scan(&n)
	return n, err
}

// tick marks the unread ones among ids, or all unread ones, and returns how many there were.
func tick(tx *db.Tx, account int64, ids []int64) (int64, error) {
	if len(ids) == 0 {
		return affected(tx.Exec(`UPDATE notifications SET read_at = $1 WHERE account_id = $2 AND read_at = 0`,
			db.Millis(tx.Now), account))
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var total int64
	for part := range slices.Chunk(ids, 500) {
		if err := own(tx, account, part); err != nil {
			return 0, err
		}
		args := db.Args{db.Millis(tx.Now), account}
		n, err := affected(tx.Exec(`UPDATE notifications SET read_at = $1 WHERE account_id = $2 AND read_at = 0 AND id IN (`+
			marks(&args, part)+`)`, args...))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// untick marks the read ones among ids as unread, and returns how many there were.
func untick(tx *db.Tx, account int64, ids []int64) (total int64, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for part := range slices.Chunk(ids, 500) {
		if err := own(tx, account, part); err != nil {
			return 0, err
		}
		args := db.Args{account}
		n, err := affected(tx.Exec(`UPDATE notifications SET read_at = 0 WHERE account_id = $1 AND read_at > 0 AND id IN (`+
			marks(&args, part)+`)`, args...))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// own refuses when one of the ids is not the account's.
func own(tx *db.Tx, account int64, ids []int64) error {
	args := db.Args{account}
	var n int
	err := tx.QueryRow(`SELECT count(*) FROM notifications WHERE account_id = $1 AND id IN (`+marks(&args, ids)+`)`, args...).Scan(&n)
	if err == nil && n < len(ids) {
		return policy.NotFound()
	}
	return err
}

func marks(args *db.Args, ids []int64) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = args.Add(id)
	}
	return strings.Join(list, ", ")
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
