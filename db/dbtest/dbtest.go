// Package dbtest gives tests a school's database of their own: an SQLite file, or, where COHORT_TEST_DATABASE names a
// PostgreSQL server, a database there. So the nouns' tests run on both without knowing.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"cohort/db"
	"cohort/db/pgtest"
	"cohort/migrations"
)

// Path is the address of an empty database, for db.Options; it goes with the test.
func Path(t testing.TB) string {
	t.Helper()
	if !onServer(t) {
		return filepath.Join(t.TempDir(), "school.db")
	}
	name, err := template()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.Copy(t, name)
}

// SQLiteOnly says that a test is about SQLite itself (its plans, its file): its databases are files, also where all the
// others are on a server. Call it before the database is made.
func SQLiteOnly(t testing.TB) {
	t.Helper()
	sqliteOnly.Store(root(t), true)
}

var sqliteOnly sync.Map

func onServer(t testing.TB) bool {
	_, only := sqliteOnly.Load(root(t))
	return pgtest.On() && !only
}

// root is the name of the test that t is or belongs to.
func root(t testing.TB) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	return name
}

// template is a database with all migrations, which the test databases are copied from: made by whichever test of all
// comes first, under a name that changes with the migrations.
var template = sync.OnceValues(func() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Postgres(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.Postgres(), path)
		sum.Write(text)
		return err
	})
	if err != nil {
		return "", err
	}
	name := "template_" + hex.EncodeToString(sum.Sum(nil))[:16]
	return name, pgtest.With(func(c *pgx.Conn) error { return makeTemplate(c, name) })
})

// lock is the key under which one process makes the template while the others wait.
const lock = 7_046_2001

func makeTemplate(c *pgx.Conn, name string) error {
	ctx := context.Background()
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	var there bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return err
	}
	raw := name + "_raw"
	for _, text := range []string{"DROP DATABASE IF EXISTS " + raw + " WITH (FORCE)", "CREATE DATABASE " + raw} {
		if _, err := c.Exec(ctx, text); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, db.Options{Path: pgtest.Of(raw), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "ALTER DATABASE "+raw+" RENAME TO "+name)
	return err
}
