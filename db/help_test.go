package db

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"cohort/db/pgtest"
)

// tables is the schema of the tests.
const tables = `-- +goose Up
CREATE TABLE things (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  size BIGINT NOT NULL DEFAULT 0 CONSTRAINT size_positive CHECK (size >= 0),
  parent_id BIGINT REFERENCES things(id)
);
CREATE UNIQUE INDEX things_name ON things(name);
CREATE TABLE pairs (a BIGINT, b BIGINT, label TEXT, state BIGINT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE UNIQUE INDEX pairs_label_lower ON pairs(lower(label));
CREATE UNIQUE INDEX pairs_state_open ON pairs(state) WHERE state > 0;
CREATE TABLE late (id INTEGER PRIMARY KEY, thing_id BIGINT REFERENCES things(id) DEFERRABLE INITIALLY DEFERRED);
-- +goose StatementBegin
CREATE TRIGGER things_frozen BEFORE UPDATE OF name ON things WHEN old.name = 'frozen'
BEGIN SELECT RAISE(ABORT, 'thing_frozen'); END;
-- +goose StatementEnd
`

// tablesPostgres is the same for PostgreSQL.
const tablesPostgres = `-- +goose Up
CREATE TABLE things (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  size BIGINT NOT NULL DEFAULT 0 CONSTRAINT size_positive CHECK (size >= 0),
  parent_id BIGINT REFERENCES things(id)
);
CREATE UNIQUE INDEX things_name ON things(name);
CREATE TABLE pairs (a BIGINT, b BIGINT, label TEXT, state BIGINT, PRIMARY KEY (a, b));
CREATE UNIQUE INDEX pairs_label_lower ON pairs(lower(label));
CREATE UNIQUE INDEX pairs_state_open ON pairs(state) WHERE state > 0;
CREATE TABLE late (id BIGINT PRIMARY KEY, thing_id BIGINT REFERENCES things(id) DEFERRABLE INITIALLY DEFERRED);
-- +goose StatementBegin
CREATE FUNCTION things_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.name = 'frozen' THEN RAISE EXCEPTION 'thing_frozen'; END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER things_frozen BEFORE UPDATE OF name ON things FOR EACH ROW EXECUTE FUNCTION things_frozen();
`

// file keeps a test on SQLite where the others run on PostgreSQL: it is about the file, or about what that engine says.
func file(t testing.TB) func(*Options) {
	path := filepath.Join(t.TempDir(), "test.db")
	return func(o *Options) { o.Path, o.Migrations = path, files(tables) }
}

func files(texts ...string) fs.FS {
	m := fstest.MapFS{}
	for i, text := range texts {
		m["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// open gives a database of the test's own, closed and checked at its end.
func open(t testing.TB, change ...func(*Options)) *DB {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "test.db"), Migrations: files(tables), Log: slog.New(slog.DiscardHandler)}
	if pgtest.On() && len(change) == 0 {
		o.Path, o.Migrations = pgtest.Create(t), files(tablesPostgres)
	}
	for _, f := range change {
		f(&o)
	}
	d, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Check(context.Background()); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func write(t testing.TB, d *DB, text string, args ...any) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// names lists the things that are there.
func names(t testing.TB, d *DB) (list []string) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *Tx) (err error) {
		rows, err := tx.Query("SELECT name FROM things ORDER BY name")
		list, err = Collect(rows, err, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func text(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// blocked runs f while a write holds the writer, so that what f queues forms one group. f gets a function to call once
// everything is queued; it returns when n writes wait. The holder belongs to the same group, and its outcome is returned.
func blocked(t testing.TB, d *DB, f func(waitFor func(n int))) error {
	t.Helper()
	d.writes.work = time.Hour
	hold, held := make(chan struct{}), make(chan error, 1)
	started := make(chan struct{})
	go func() {
		held <- d.Write(context.Background(), func(*Tx) error {
			close(started)
			<-hold
			return nil
		})
	}()
	<-started
	f(func(n int) {
		for len(d.writes.queue) < n {
			if t.Failed() {
				return
			}
		}
	})
	close(hold)
	return <-held
}
