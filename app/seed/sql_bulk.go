package seed

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"cohort/db"
)

func nameKey(name string) string { return strings.ToLower(name) }

// school reads what the customers of a bulk hang on.
func (g *maker) school(tx *db.Tx) (err error) {
	for _, q := range []struct {
		to   *[]int64
		text string
	}{
		{&g.sources, `SELECT id FROM sources WHERE active = 1 AND code <> 'referral' ORDER BY position, id`},
		{&g.courses, `SELECT id FROM courses ORDER BY id`},
		{&g.owners, `SELECT DISTINCT account_roles.account_id FROM account_roles JOIN roles ON roles.id = account_roles.role_id
			JOIN accounts ON accounts.id = account_roles.account_id WHERE roles.name = 'sales' AND accounts.active = 1 ORDER BY 1`},
	} {
		rows, err := tx.Query(q.text)
		*q.to, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil {
			return err
		}
	}
	if len(g.sources) == 0 {
		return errors.New("seed: the school has no sources")
	}
	return tx.QueryRow(`SELECT COALESCE((SELECT max(id) FROM customers), 0) + 1, COALESCE((SELECT max(id) FROM follow_ups), 0) + 1`).Scan(&g.next, &g.fid)
}

func (r *rows) insert(tx *db.Tx) error {
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{`customers (id, name, name_key, sex, phone, qq, wechat, email, source_id, said, status, owner_id, never_contact, last_follow_up_at,
			touched_at, next_follow_up_on, intention, created_by, created_at, updated_at)`, r.customers},
		{`name_grams (gram, customer_id)`, r.grams},
		{`customer_courses (customer_id, course_id)`, r.courses},
		{`customer_tags (customer_id, tag)`, r.tags},
		{`follow_ups (id, customer_id, author_id, at, channel, note, intention, next_on, created_at)`, r.follows},
	} {
		if err := insertMany(tx, t.into, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// roomy gives the writer a page cache for inserts all over many indexes, usual
// takes it back.
func roomy(tx *db.Tx) error { return pageCache(tx, "-262144") }
func usual(tx *db.Tx) error { return pageCache(tx, "-2000") }

func pageCache(tx *db.Tx, size string) error {
	if tx.Dialect() != db.SQLite {
		return nil
	}
	_, err := tx.Exec("PRAGMA cache_size = " + size)
	return err
}

// params is how many parameters one statement has about: the driver's time for
// them grows with their square.
const params = 200

// insertMany inserts rows, many with one statement.
func insertMany(tx *db.Tx, into string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(max(1, params/len(rows[0])), len(rows))
		var args []any
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := tx.Exec("INSERT INTO "+into+" VALUES "+marks(n, len(rows[0])), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// marks gives ($1, $2), ($3, $4) … for so many rows of so many columns.
func marks(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%columns == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String() + ")"
}
