package resource

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// contents are the rows that a deletion took, table by table, the record's own
// first.
type contents []tableRows

type tableRows struct {
	Table string           `json:"table"`
	Rows  []map[string]any `json:"rows"`
}

// gone is one deleted record.
type gone struct {
	id, record, account int64
	resource            string
	contents            contents
}

// takeOut reads and deletes a record and what goes with it.
func takeOut(tx *db.Tx, res *Resource, id int64) (contents, error) {
	var out contents
	for _, o := range append([]Owned{{res.Name, "id"}}, res.Trash.Owns...) {
		rows, err := wholeRows(tx, o, id)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			out = append(out, tableRows{o.Table, rows})
		}
	}
	for i := len(res.Trash.Owns) - 1; i >= 0; i-- {
		o := res.Trash.Owns[i]
		if _, err := tx.Exec("DELETE FROM "+o.Table+" WHERE "+o.Column+" = $1", id); err != nil {
			return nil, err
		}
	}
	_, err := tx.Exec("DELETE FROM "+res.Name+" WHERE id = $1", id)
	return out, err
}

func wholeRows(tx *db.Tx, o Owned, id int64) ([]map[string]any, error) {
	cols, err := tx.Columns(o.Table)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	rows, err := tx.Query("SELECT "+strings.Join(names, ", ")+" FROM "+o.Table+" WHERE "+o.Column+" = $1", id)
	return db.Collect(rows, err, func(r *sql.Rows) (map[string]any, error) {
		cells, at := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			at[i] = &cells[i]
		}
		row := map[string]any{}
		err := r.Scan(at...)
		for i, n := range names {
			row[n] = keyOf(cells[i])
		}
		return row, err
	})
}

// putBack writes the rows again, as they were.
func putBack(tx *db.Tx, c contents) error {
	for i, t := range c {
		for _, row := range t.Rows {
			if i > 0 {
				if err := freeNumber(tx, t.Table, row); err != nil {
					return err
				}
			}
			if err := putRow(tx, t.Table, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// freeNumber lets a row that only belongs to a record come back under another
// number where its own has been given again meanwhile.
func freeNumber(tx *db.Tx, table string, row map[string]any) error {
	id, numbered := row["id"]
	if !numbered {
		return nil
	}
	var n int
	err := tx.QueryRow("SELECT count(*) FROM "+table+" WHERE id = $1", plainValue(id)).Scan(&n)
	if n > 0 {
		delete(row, "id")
	}
	return err
}

// putRow writes one row. A column that the table no longer has is left out.
func putRow(tx *db.Tx, table string, row map[string]any) error {
	cols, err := tx.Columns(table)
	if err != nil {
		return err
	}
	var args db.Args
	var names, marks []string
	for _, c := range cols {
		if v, has := row[c.Name]; has {
			names, marks = append(names, c.Name), append(marks, args.Add(plainValue(v)))
		}
	}
	_, err = tx.Exec("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

func plainValue(v any) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, _ := n.Float64()
	return f
}

func insertTrash(tx *db.Tx, by policy.Actor, resource string, record int64, title string, c contents) (id int64, err error) {
	text, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	return insertRow(tx, "trash", []column{{"resource", resource}, {"record_id", record}, {"title", title}, {"parts", c.parts()},
		{"contents", string(text)}, {"account_id", by.Account}, {"login", by.Login}, {"at", db.Millis(tx.Now)}})
}

// parts says how many rows of which tables: "customers 1, follow_ups 3".
func (c contents) parts() string {
	var out []string
	for _, t := range c {
		out = append(out, fmt.Sprintf("%s %d", t.Table, len(t.Rows)))
	}
	sort.Strings(out[min(1, len(out)):])
	return strings.Join(out, ", ")
}

func trashed(tx *db.Tx, id int64) (g gone, err error) {
	var text string
	err = tx.QueryRow(`SELECT id, resource, record_id, account_id, contents FROM trash WHERE id = $1`, id).
		Scan(&g.id, &g.resource, &g.record, &g.account, &text)
	if db.NoRows(err) {
		return g, policy.NotFound()
	}
	if err != nil {
		return g, err
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	return g, d.Decode(&g.contents)
}

func dropTrash(tx *db.Tx, id int64) error {
	if err := spend(tx, "trash", id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM trash WHERE id = $1`, id)
	return err
}

func trashBefore(tx *db.Tx, t time.Time, limit int) ([]int64, error) {
	rows, err := tx.Query(`SELECT id FROM trash WHERE at < $1 ORDER BY at, id LIMIT $2`, db.Millis(t), limit)
	return db.ColumnOf[int64](rows, err)
}

// spend remembers that a number was given, so that it is not given again.
func spend(tx *db.Tx, table string, id int64) error {
	_, err := tx.Exec(`INSERT INTO spent_ids (name, last) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last =
		CASE WHEN excluded.last > spent_ids.last THEN excluded.last ELSE spent_ids.last END`, table, id)
	return err
}

// spend remembers the numbers of all rows, that those come back under them, too.
func (c contents) spend(tx *db.Tx) error {
	for _, t := range c {
		var last int64
		for _, row := range t.Rows {
			id, _ := row["id"].(int64)
			last = max(last, id)
		}
		if last == 0 {
			continue
		}
		if err := spend(tx, t.Table, last); err != nil {
			return err
		}
	}
	return nil
}

// FreshID gives the number for a new row of a table some of whose rows may have
// been deleted: 0 where the database chooses rightly by itself.
func FreshID(tx *db.Tx, table string) (int64, error) {
	var spent, last int64
	err := tx.QueryRow(`SELECT last FROM spent_ids WHERE name = $1`, table).Scan(&spent)
	if db.NoRows(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow("SELECT COALESCE(max(id), 0) FROM " + table).Scan(&last); err != nil || last > spent {
		return 0, err
	}
	return spent + 1, nil
}

// Fresh gives a row that has just been inserted another number where a deleted
// one had it, before anything points to it.
func Fresh(tx *db.Tx, table string, id int64) (int64, error) {
	var spent int64
	err := tx.QueryRow(`SELECT last FROM spent_ids WHERE name = $1`, table).Scan(&spent)
	if db.NoRows(err) || err == nil && id > spent {
		return id, nil
	}
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec("UPDATE "+table+" SET id = $1 WHERE id = $2", spent+1, id)
	return spent + 1, err
}

func owned(tx *db.Tx, o Owned, id int64) ([]int64, error) {
	rows, err := tx.Query("SELECT id FROM "+o.Table+" WHERE "+o.Column+" = $1 ORDER BY id", id)
	return db.ColumnOf[int64](rows, err)
}

func countRows(tx *db.Tx, ref db.Reference, id int64) (n int, err error) {
	err = tx.QueryRow("SELECT count(*) FROM "+ref.Table+" WHERE "+ref.Column+" = $1", id).Scan(&n)
	return n, err
}

// trashTitle is what a deleted record was called, or a stand-in once it is gone.
func trashTitle(tx *db.Tx, id int64, otherwise string) string {
	var title string
	if err := tx.QueryRow(`SELECT title FROM trash WHERE id = $1`, id).Scan(&title); err != nil {
		return otherwise
	}
	return title
}

func countBehind(tx *db.Tx, ref db.Reference, o Owned, id int64) (n int, err error) {
	err = tx.QueryRow("SELECT count(*) FROM "+ref.Table+" WHERE "+ref.Column+" IN (SELECT id FROM "+o.Table+" WHERE "+o.Column+" = $1)", id).Scan(&n)
	return n, err
}
