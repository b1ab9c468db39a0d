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
		*q.to, err = db.ColumnOf[int64](rows, err)
		if err != nil {
			return err
		}
	}
	if len(g.sources) == 0 {
		return errors.New("seed: the school has no sources")
	}
	if g.taken, err = contacts(tx); err != nil {
		return err
	}
	return tx.QueryRow(`SELECT COALESCE((SELECT max(id) FROM customers), 0) + 1, COALESCE((SELECT max(id) FROM follow_ups), 0) + 1`).Scan(&g.next, &g.fid)
}

func (r *rows) insert(tx *db.Tx) error {
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{`customers (id, name, name_key, sounds, sex, phone, qq, wechat, email, source_id, said, status, owner_id, never_contact, last_follow_up_at,
			touched_at, next_follow_up_on, intention, created_by, created_at, updated_at)`, r.customers},
		{`name_grams (gram, customer_id)`, r.grams},
		{`name_sounds (sound, customer_id)`, r.sounds},
		{`contact_parts (kind, part, ahead, customer_id)`, r.parts},
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

// contacts reads the phones and QQ numbers that are taken.
func contacts(tx *db.Tx) (map[string]bool, error) {
	taken := map[string]bool{}
	rows, err := tx.Query(`SELECT phone FROM customers WHERE phone <> '' UNION ALL SELECT qq FROM customers WHERE qq <> ''`)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
		err = r.Scan(&s)
		taken[s] = true
		return s, err
	})
	return taken, err
}

// bulkTables are what Bulk fills.
var bulkTables = []string{"customers", "name_grams", "customer_courses", "customer_tags", "follow_ups"}

// withoutIndexes takes away the indexes of the tables that a bulk fills, but
// for those that keep keys unique, and makes them anew afterwards. On another
// engine it does not.
func withoutIndexes(tx *db.Tx, tables []string, do func() error) error {
	if tx.Dialect() != db.SQLite {
		return do()
	}
	rows, err := tx.Query(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%'
		AND tbl_name IN ('` + strings.Join(tables, "', '") + `') ORDER BY rowid`)
	indexes, err := db.Collect(rows, err, func(r *sql.Rows) (x [2]string, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	})
	if err != nil {
		return err
	}
	for _, x := range indexes {
		if _, err := tx.Exec("DROP INDEX " + x[0]); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("PRAGMA cache_size = -262144"); err != nil {
		return err
	}
	err = do()
	for _, x := range indexes {
		if err == nil {
			_, err = tx.Exec(x[1])
		}
	}
	_, usual := tx.Exec("PRAGMA cache_size = -2000")
	return errors.Join(err, usual)
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
