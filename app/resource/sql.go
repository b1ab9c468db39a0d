package resource

import (
	"regexp"
	"strings"

	"cohort/db"
)

// column is one column of a written row; its name is the program's own.
type column struct {
	name  string
	value any
}

var plainColumn = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// columnOf gives the column behind a field, "" where it has none of its own.
func (r *Resource) columnOf(f Field) string {
	if r.Table != nil {
		if c := r.Table.Columns[f.Name]; c != "" {
			return c
		}
	}
	c, ok := strings.CutPrefix(f.SQL, r.Name+".")
	if !ok || !plainColumn.MatchString(c) || f.Kind == Relations || f.Kind == Strings {
		return ""
	}
	return c
}

// columns gives the columns of values, in the order of the declaration so that
// statements are prepared once.
func (r *Resource) columns(v Values) []column {
	var out []column
	for _, f := range r.Fields {
		if col := r.columnOf(f); col != "" && v.Has(f.Name) {
			out = append(out, column{col, stored(f, v[f.Name])})
		}
	}
	return out
}

// stored is a value as a column holds it.
func stored(f Field, v any) any {
	switch x := v.(type) {
	case bool:
		return boolInt(x)
	case int64:
		if f.Kind == Relation && x == 0 {
			return nil
		}
	}
	return v
}

// takenField names the field of a unique key, "" where none is known.
func (r *Resource) takenField(key string) string {
	if r.Table != nil && r.Table.Taken[key] != "" {
		return r.Table.Taken[key]
	}
	last := key[strings.LastIndexByte(key, ',')+1:]
	for _, f := range r.Fields {
		if c := r.columnOf(f); c != "" && r.Name+"."+c == last {
			return f.Name
		}
	}
	return ""
}

// stamps are the columns that the engine itself fills in where a table has them.
func stamps(tx *db.Tx, table string) (has map[string]bool, err error) {
	cols, err := tx.Columns(table)
	has = map[string]bool{}
	for _, c := range cols {
		has[c.Name] = true
	}
	return has, err
}

func insertRow(tx *db.Tx, table string, cols []column) (id int64, err error) {
	has, err := stamps(tx, table)
	if err != nil {
		return 0, err
	}
	fresh, err := FreshID(tx, table)
	if err != nil {
		return 0, err
	}
	if fresh != 0 {
		cols = append(cols, column{"id", fresh})
	}
	var args db.Args
	var names, marks []string
	for _, c := range []string{"created_at", "updated_at"} {
		if has[c] {
			cols = append(cols, column{c, db.Millis(tx.Now)})
		}
	}
	for _, c := range cols {
		names, marks = append(names, c.name), append(marks, args.Add(c.value))
	}
	err = tx.QueryRow("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") RETURNING id",
		args...).Scan(&id)
	return id, err
}

func updateRow(tx *db.Tx, res *Resource, id int64, cols []column) error {
	has, err := stamps(tx, res.Name)
	if err != nil {
		return err
	}
	var args db.Args
	var set []string
	if has["version"] {
		set = append(set, "version = version + 1")
	}
	if has["updated_at"] {
		set = append(set, "updated_at = "+args.Add(db.Millis(tx.Now)))
	}
	for _, c := range cols {
		set = append(set, c.name+" = "+args.Add(c.value))
	}
	if len(set) == 0 {
		return nil
	}
	_, err = tx.Exec("UPDATE "+res.Name+" SET "+strings.Join(set, ", ")+" WHERE id = "+args.Add(id), args...)
	return err
}
