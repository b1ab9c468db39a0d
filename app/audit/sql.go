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

func insert(tx *db.Tx, e entry) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO audit (at, account_id, login, face, addr, action, resource, record_id, changes, hash, salt, digest, who_salt, who)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`,
		e.at, e.account, e.login, e.face, e.addr, e.action, e.resource, e.record, e.changes, e.hash, e.salt, e.digest, e.whoSalt, e.who).Scan(&id)
	return id, err
}

// empty takes a person's values out of an entry; the table allows nothing else.
func empty(tx *db.Tx, e entry) error {
	_, err := tx.Exec(`UPDATE audit SET changes = '', salt = '', login = $1, addr = $2, who_salt = $3, erased_by = $4 WHERE id = $5`,
		e.login, e.addr, e.whoSalt, e.erasedBy, e.id)
	return err
}

const columns = `id, at, account_id, login, face, addr, action, resource, record_id, changes, hash, salt, digest, who_salt, who, erased_by`

func scan(r *sql.Rows) (e entry, err error) {
	err = r.Scan(&e.id, &e.at, &e.account, &e.login, &e.face, &e.addr, &e.action, &e.resource, &e.record, &e.changes, &e.hash,
		&e.salt, &e.digest, &e.whoSalt, &e.who, &e.erasedBy)
	return e, err
}

// entriesOf reads a record's entries: only those of the actions, or, with
// except, all but those.
func entriesOf(tx *db.Tx, resource string, id int64, limit int, except bool, actions []string) ([]entry, error) {
	args := db.Args{resource, id}
	only := ""
	if len(actions) > 0 {
		marks := make([]string, len(actions))
		for i, a := range actions {
			marks[i] = args.Add(a)
		}
		in := " AND action IN ("
		if except {
			in = " AND action NOT IN ("
		}
		only = in + strings.Join(marks, ", ") + ")"
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE resource = $1 AND record_id = $2`+only+` ORDER BY id DESC LIMIT `+args.Add(limit), args...)
	return db.Collect(rows, err, scan)
}

func entriesAfter(tx *db.Tx, after int64, limit int) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return db.Collect(rows, err, scan)
}

// erasedBy reads the entries that name an erasure, in the order of the trail.
func erasedBy(tx *db.Tx, erasure int64) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE erased_by = $1 AND erased_by > 0 ORDER BY id`, erasure)
	return db.Collect(rows, err, scan)
}

func entryOf(tx *db.Tx, id int64) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE id = $1`, id)
	return db.Collect(rows, err, scan)
}

func entriesSince(tx *db.Tx, resource string, record, id int64, limit int) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE resource = $1 AND record_id = $2 AND id > $3 ORDER BY id LIMIT $4`,
		resource, record, id, limit)
	return db.Collect(rows, err, scan)
}

func entriesBy(tx *db.Tx, account, from int64, limit int) ([]entry, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM audit WHERE account_id = $1 AND at >= $2 AND changes <> '' AND record_id <> 0 ORDER BY id DESC LIMIT $3`,
		account, from, limit)
	return db.Collect(rows, err, scan)
}

// newest is the entry that was written last; id 0 where there is none.
func newest(tx *db.Tx) (e entry, err error) {
	rows, err := tx.Query(`SELECT ` + columns + ` FROM audit ORDER BY id DESC LIMIT 1`)
	list, err := db.Collect(rows, err, scan)
	if err != nil || len(list) == 0 {
		return entry{}, err
	}
	return list[0], nil
}

// hashOf is an entry's hash, "" where it is not there.
func hashOf(tx *db.Tx, id int64) (hash string, err error) {
	err = tx.QueryRow(`SELECT hash FROM audit WHERE id = $1`, id).Scan(&hash)
	if db.NoRows(err) {
		return "", nil
	}
	return hash, err
}
