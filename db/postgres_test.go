package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"cohort/db/pgtest"
)

// both opens one database of each engine with this program's own tables.
func both(t *testing.T) (lite, post *DB) {
	t.Helper()
	pgtest.Need(t)
	for _, x := range []struct {
		to   **DB
		path string
	}{{&lite, filepath.Join(t.TempDir(), "school.db")}, {&post, pgtest.Create(t)}} {
		d, err := Open(context.Background(), Options{Path: x.path, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		*x.to = d
	}
	return lite, post
}

// described is all that the two engines must tell alike of a table.
func described(t *testing.T, d *DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := d.Read(context.Background(), func(tx *Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			columns, err := tx.Columns(table)
			if err != nil {
				return err
			}
			for i, c := range columns {
				c.NotNull = c.NotNull || c.Key // SQLite's keys are not said to be
				out[table+"."+c.Name] = fmt.Sprintf("%d %+v", i, c)
			}
			refs, err := tx.References(table)
			if err != nil {
				return err
			}
			out[table+" is referred to by"] = fmt.Sprint(refs)
			keys, err := tx.UniqueKeys(table)
			if err != nil {
				return err
			}
			slices.SortFunc(keys, slices.Compare)
			out[table+" has keys"] = fmt.Sprint(keys)
		}
		rows, err := tx.Query(map[Dialect]string{
			SQLite: `SELECT type || ' of ' || tbl_name, name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL`,
			Postgres: `SELECT 'index of ' || i.tablename, i.indexname FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename <> 'goose_db_version'
				AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conname = i.indexname)
				UNION ALL SELECT 'trigger of ' || c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
				WHERE NOT t.tgisinternal AND t.tgname <> 'cohort_number'`,
		}[tx.Dialect()])
		_, err = Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var what, name string
			err = r.Scan(&what, &name)
			out[what+" "+name] = "there"
			return none, err
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	lite, post := both(t)
	a, b := described(t, lite), described(t, post)
	if len(a) < 300 {
		t.Fatalf("only %d facts were compared", len(a))
	}
	for _, what := range slices.Sorted(maps.Keys(a)) {
		if a[what] != b[what] {
			t.Errorf("%s\n  sqlite   %s\n  postgres %s", what, a[what], b[what])
		}
		delete(b, what)
	}
	for what, is := range b {
		t.Errorf("%s is in postgres only: %s", what, is)
	}
}
