package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"cohort/migrations"
)

// sqliteEngine is SQLite in a file of this machine.
type sqliteEngine struct{}

func (sqliteEngine) dialect() Dialect { return SQLite }

// prepare creates the file by hand: SQLite would make it readable by everybody, and it gives the -wal and -shm files the
// permissions of the database file.
func (sqliteEngine) prepare(o Options) error {
	f, err := os.OpenFile(o.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return f.Close()
}

func (sqliteEngine) handle(o Options, writer bool) (*sql.DB, error) {
	if writer {
		return sql.Open("sqlite", writerDSN(o.Path))
	}
	return sql.Open("sqlite", readerDSN(o.Path))
}

func (sqliteEngine) provider(writer *sql.DB, files fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, writer, files, goose.WithDisableGlobalRegistry(true))
}

func (sqliteEngine) migrations() fs.FS { return migrations.SQLite() }

// migrated checks the foreign keys: a table that was rebuilt with foreign keys off may have left orphans.
func (sqliteEngine) migrated(ctx context.Context, writer *sql.DB, ran bool) error {
	if !ran {
		return nil
	}
	return checkKeys(ctx, writer)
}

func (sqliteEngine) beginRead() string  { return "BEGIN" }
func (sqliteEngine) beginWrite() string { return "BEGIN IMMEDIATE" }

// guard makes SQLite ask before each commit and tell after each rollback of the whole transaction. Some failures (disk
// full, I/O error, no memory, interrupt, INSERT OR ROLLBACK) end the transaction by themselves
// (sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction); each later statement would then commit on
// its own. With the guard up such a commit becomes a rollback (sqlite.org/c3ref/commit_hook.html).
func (sqliteEngine) guard(c *conn) error {
	return c.c.Raw(func(dc any) error {
		h, ok := dc.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("db: driver connection %T has no hooks", dc)
		}
		h.RegisterCommitHook(func() int32 {
			if c.guarded.Load() {
				return 1
			}
			return 0
		})
		h.RegisterRollbackHook(func() { c.rolledBack.Store(true) })
		return nil
	})
}

// spoilt tells whether a foreign key that is checked late (DEFERRABLE) is broken now. It would fail the COMMIT, and
// with it everybody in the group.
func (sqliteEngine) spoilt(c *conn) error {
	broken := false
	err := c.c.Raw(func(dc any) error {
		n, _, err := dc.(sqlite.DBStatus).Status(sqlite.DBStatusDeferredFKs, false)
		broken = n > 0
		return err
	})
	if broken || err != nil {
		return errKeys
	}
	return nil
}

func (sqliteEngine) columns(tx *Tx, table string) ([]Column, error) {
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

func (sqliteEngine) references(tx *Tx, table string) ([]Reference, error) {
	rows, err := tx.Query(`SELECT s.name, f."from" FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
		WHERE s.type = 'table' AND f."table" = $1 ORDER BY s.name, f."from"`, table)
	return Collect(rows, err, scanReference)
}

func (sqliteEngine) uniqueKeys(tx *Tx, table string) ([][]string, error) {
	rows, err := tx.Query(`SELECT (SELECT group_concat(COALESCE(name, ''), ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
		FROM pragma_index_list($1) AS l WHERE l."unique" = 1 ORDER BY l.name`, table)
	return Collect(rows, err, func(r *sql.Rows) (list []string, err error) {
		var names string
		err = r.Scan(&names)
		return strings.Split(names, ","), err
	})
}

func (sqliteEngine) tables(tx *Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	return Collect(rows, err, scanText)
}

func (sqliteEngine) check(tx *Tx) error {
	found, err := wrong(tx, "PRAGMA integrity_check(20)")
	if err != nil {
		return err
	}
	rows, err := tx.Query(orphansSQL)
	orphans, err := Collect(rows, err, scanOrphan)
	if err != nil {
		return err
	}
	return complaints(append(found, orphans...))
}

// quickCheck is the half of check that reads each page once.
func quickCheck(tx *Tx) error {
	found, err := wrong(tx, "PRAGMA quick_check(20)")
	if err != nil {
		return err
	}
	return complaints(found)
}

// wrong gives what a check of SQLite complains of; nil is nothing.
func wrong(tx *Tx, pragma string) ([]string, error) {
	rows, err := tx.Query(pragma)
	found, err := Collect(rows, err, scanText)
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	return found, err
}
