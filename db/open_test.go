package db

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefusesNoFile(t *testing.T) {
	for _, path := range []string{"", ":memory:", filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		if _, err := Open(context.Background(), Options{Path: path, Migrations: files(tables)}); err == nil {
			t.Errorf("%q opened", path)
		}
	}
}

func TestOpenPragmas(t *testing.T) {
	d := open(t, file(t))
	want := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		"wal_autocheckpoint": "10000", "journal_size_limit": "67108864", "temp_store": "2",
	}
	check := func(only string) func(tx *Tx) error {
		return func(tx *Tx) error {
			for name, value := range want {
				var got string
				if err := tx.QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != value {
					t.Errorf("%s is %s (%v), want %s", name, got, err, value)
				}
			}
			var got string
			if err := tx.QueryRow("PRAGMA query_only").Scan(&got); err != nil || got != only {
				t.Errorf("query_only is %s (%v), want %s", got, err, only)
			}
			if err := tx.QueryRow(`SELECT "typo"`).Scan(&got); err == nil {
				t.Error(`a misspelt name in double quotes became a string`)
			}
			return nil
		}
	}
	if err := errors.Join(d.Write(context.Background(), check("0")), d.Read(context.Background(), check("1"))); err != nil {
		t.Fatal(err)
	}
}

func TestOpenOddPathAndPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "学校 50%41%? #1&_pragma=x.db")
	d := open(t, func(o *Options) { o.Path = path })
	write(t, d, "INSERT INTO things(name) VALUES ('a')")
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + end)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", end, info, err)
		}
	}
}

func TestMigrateForward(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	second := "-- +goose Up\nALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';"
	one := func(o *Options) { o.Path = path }
	two := func(o *Options) { o.Path, o.Migrations = path, files(tables, second) }

	d := open(t, one)
	write(t, d, "INSERT INTO things(name) VALUES ('old')")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		d = open(t, two)
		write(t, d, "UPDATE things SET colour = 'blue' WHERE name = 'old'")
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(context.Background(), Options{Path: path, Migrations: files(tables)})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "version 2, this program knows 1") {
		t.Fatalf("an older program opened it: %v", err)
	}
}

func TestMigrateFailureLeavesTheOldVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	broken := "-- +goose Up\nALTER TABLE things ADD COLUMN colour TEXT;\nINSERT INTO nowhere VALUES (1);"
	_, err := Open(context.Background(), Options{Path: path, Migrations: files(tables, broken)})
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("got %v", err)
	}
	d := open(t, func(o *Options) { o.Path = path })
	if err := d.Write(context.Background(), func(tx *Tx) error { return tx.QueryRow("SELECT colour FROM things").Err() }); err == nil {
		t.Fatal("half of the migration is there")
	}
}

func TestMigrateRefusesOrphans(t *testing.T) {
	bad := `-- +goose NO TRANSACTION
-- +goose Up
PRAGMA foreign_keys = 0;
INSERT INTO things(name, parent_id) VALUES ('orphan', 99);
PRAGMA foreign_keys = 1;`
	_, err := Open(context.Background(), Options{Path: filepath.Join(t.TempDir(), "m.db"), Migrations: files(tables, bad)})
	if err == nil || !strings.Contains(err.Error(), "row 1 of things points to nothing in things") {
		t.Fatalf("got %v", err)
	}
}

func TestShippedMigrations(t *testing.T) {
	open(t, func(o *Options) { o.Migrations = nil })
}

func TestCheckFindsDamage(t *testing.T) {
	d := open(t, file(t))
	ctx := context.Background()
	// foreign_keys cannot change inside a transaction, so the damage is done on the bare handle after Close.
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	path := d.opt.Path
	spoil(t, path, "PRAGMA foreign_keys = 0", "INSERT INTO things(id, name, parent_id) VALUES (7, 'lost', 99)",
		"PRAGMA ignore_check_constraints = 1", "INSERT INTO things(id, name, size) VALUES (8, 'small', -1)")
	d = open(t, func(o *Options) { o.Path = path })
	err := d.Check(ctx)
	if err == nil || !strings.Contains(err.Error(), "row 7 of things points to nothing") ||
		!strings.Contains(err.Error(), "CHECK constraint failed in things") {
		t.Fatalf("got %v", err)
	}
	write(t, d, "DELETE FROM things")
}
