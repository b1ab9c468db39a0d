package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Check reads the whole database and returns what is wrong with it. In SQLite that is damaged pages and indexes, broken
// constraints, rows that point to nothing (sqlite.org/pragma.html#pragma_integrity_check); a PostgreSQL server looks
// after its pages by itself, and the rows are asked for what they point to.
func (d *DB) Check(ctx context.Context) error {
	return d.Read(ctx, d.engine.check)
}

// checkKeys is the foreign key half of Check, for a handle that is not yet a DB.
func checkKeys(ctx context.Context, h *sql.DB) error {
	rows, err := h.QueryContext(ctx, orphansSQL)
	orphans, err := Collect(rows, err, scanOrphan)
	if err != nil {
		return err
	}
	return complaints(orphans)
}

const orphansSQL = `SELECT "table", coalesce(rowid, 0), parent FROM pragma_foreign_key_check LIMIT 20`

func scanOrphan(r *sql.Rows) (string, error) {
	var table, parent string
	var id int64
	err := r.Scan(&table, &id, &parent)
	return fmt.Sprintf("row %d of %s points to nothing in %s", id, table, parent), err
}

func complaints(found []string) error {
	if len(found) == 0 {
		return nil
	}
	return errors.New("db: " + strings.Join(found, "; "))
}
