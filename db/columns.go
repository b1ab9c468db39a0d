package db

import (
	"database/sql"
	"slices"
	"sync"
)

// Column is one column of a table, as any engine would tell it.
type Column struct {
	Name    string
	Number  bool   // whole numbers; else text
	Flag    bool   // a number that is 0 or 1
	Key     bool   // the primary key, or part of it
	NotNull bool   // NULL is refused
	Preset  bool   // has a default
	Unique  bool   // has a unique key of its own
	Refers  string // the table whose rows it points to, "" for none
}

// Reference is a foreign key that points to a table.
type Reference struct {
	Table, Column string // where it is
}

// shape remembers what was asked of the tables: they stay as the migrations have
// made them, and asking takes longer than deleting a row.
type shape struct{ columns, references sync.Map }

// remembered gives the list of a table, read once. One that is empty is read
// again, unless the table is there: it may be still to come.
func remembered[T any](of *sync.Map, table string, there bool, read func() ([]T, error)) ([]T, error) {
	if list, ok := of.Load(table); ok {
		return slices.Clone(list.([]T)), nil
	}
	list, err := read()
	if err == nil && (there || len(list) > 0) {
		of.Store(table, slices.Clone(list))
	}
	return list, err
}

// Columns lists the columns of a table in their order; none where there is no
// such table.
func (tx *Tx) Columns(table string) ([]Column, error) {
	return remembered(&tx.db.shape.columns, table, false, func() ([]Column, error) { return tx.columns(table) })
}

func (tx *Tx) columns(table string) ([]Column, error) {
	rows, err := tx.Query(`SELECT c.name, c.type, s.sql LIKE '%CHECK (' || c.name || ' IN (0, 1))%', c.pk > 0, c."notnull", c.dflt_value IS NOT NULL,
		COALESCE((SELECT f."table" FROM pragma_foreign_key_list($1) AS f WHERE f."from" = c.name), ''),
		EXISTS (SELECT 1 FROM pragma_index_list($1) AS l WHERE l."unique" = 1 AND l.partial = 0
			AND (SELECT count(*) FROM pragma_index_info(l.name)) = 1 AND (SELECT i.name FROM pragma_index_info(l.name) AS i) = c.name)
		FROM pragma_table_info($1) AS c JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = $1 ORDER BY c.cid`, table)
	return Collect(rows, err, func(r *sql.Rows) (c Column, err error) {
		var kind string
		err = r.Scan(&c.Name, &kind, &c.Flag, &c.Key, &c.NotNull, &c.Preset, &c.Refers, &c.Unique)
		c.Number = kind == "INTEGER"
		return c, err
	})
}

// References lists the foreign keys of all tables that point to a table, in the
// order of their names.
func (tx *Tx) References(table string) ([]Reference, error) {
	columns, err := tx.Columns(table)
	if err != nil {
		return nil, err
	}
	return remembered(&tx.db.shape.references, table, len(columns) > 0, func() ([]Reference, error) { return tx.referencesTo(table) })
}

func (tx *Tx) referencesTo(table string) ([]Reference, error) {
	rows, err := tx.Query(`SELECT s.name, f."from" FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
		WHERE s.type = 'table' AND f."table" = $1 ORDER BY s.name, f."from"`, table)
	return Collect(rows, err, func(r *sql.Rows) (x Reference, err error) {
		return x, r.Scan(&x.Table, &x.Column)
	})
}

// Tables lists the tables of the school in the order of their names.
func (tx *Tx) Tables() ([]string, error) {
	rows, err := tx.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY name`)
	return Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
}
