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
	return remembered(&tx.db.shape.columns, table, false, func() ([]Column, error) { return tx.db.engine.columns(tx, table) })
}

// References lists the foreign keys of all tables that point to a table, in the
// order of their names.
func (tx *Tx) References(table string) ([]Reference, error) {
	columns, err := tx.Columns(table)
	if err != nil {
		return nil, err
	}
	return remembered(&tx.db.shape.references, table, len(columns) > 0, func() ([]Reference, error) { return tx.db.engine.references(tx, table) })
}

func scanReference(r *sql.Rows) (x Reference, err error) {
	return x, r.Scan(&x.Table, &x.Column)
}

// Tables lists the tables of the school in the order of their names.
func (tx *Tx) Tables() ([]string, error) {
	all, err := tx.db.engine.tables(tx)
	return slices.DeleteFunc(all, func(name string) bool { return name == versions }), err
}

// versions is the table in which the migrations that have run are noted.
const versions = "goose_db_version"

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }
