package audit

import (
	"database/sql"
	"strings"

	"cohort/db"
)

// lastHash is the newest entry's hash, "" when there is none.
func lastHash(tx *db.Tx) (hash string, err error) {
	err = tx.QueryRow(`SELECT hash FROM audit ORDER BY id DESC LIMIT 1`).Scan(&hash)
	if db.NoRows(err) {
		return "", nil
	}
	return hash, err
}

func insert(tx *db.Tx, e entry, hash string) error {
	_, err := tx.Exec(`INSERT INTO audit (at, account_id, login, face, addr, action, resource, record_id, changes, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.at, e.account, e.login, e.face, e.addr, e.action, e.resource, e.record, e.changes, hash)
	return err
}

const columns = `id, at, account_id, login, face, addr, action, resource, record_id, changes, hash`

func scan(r *sql.Rows) (e entry, err error) {
	err = r.Scan(&e.id, &e.at, &e.account, &e.login, &e.face, &e.addr, &e.action, &e.resource, &e.record, &e.changes, &e.hash)
	return e, err
}

func entriesOf(tx *db.Tx, resource string, id int64, limit int, actions []string) ([]entry, error) {
	args := db.Args{resource, id}
	only := ""
	if len(actions) > 0 {
		marks := make([]string, len(actions))
		for i, a := range actions {
			marks[i] = args.Add(a)
		}
		only = " AND action IN (" + strings.Join(marks, ", ") + ")"
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE resource = $1 AND record_id = $2`+only+` ORDER BY id DESC LIMIT `+args.Add(limit), args...)
	return db.Collect(rows, err, scan)
}

func entriesAfter(tx *db.Tx, after int64, limit int) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return db.Collect(rows, err, scan)
}
