// Package pgtest gives tests databases of their own on the PostgreSQL server that COHORT_TEST_DATABASE names.
package pgtest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Variable names the server: postgres://USER@HOST:PORT/DATABASE, of a user who may create databases.
const Variable = "COHORT_TEST_DATABASE"

// Beside names a server for the tests that are about PostgreSQL itself, while all others run on SQLite.
const Beside = "COHORT_TEST_POSTGRES"

// Address is the server's, "" where there is none.
func Address() string { return cmp.Or(os.Getenv(Variable), os.Getenv(Beside)) }

// On tells whether all tests run on PostgreSQL.
func On() bool { return os.Getenv(Variable) != "" }

// Need skips a test that is about PostgreSQL itself where there is no server.
func Need(t testing.TB) {
	t.Helper()
	if Address() == "" {
		t.Skip("needs a PostgreSQL server: " + Beside)
	}
}

// Create makes an empty database and drops it with the test.
func Create(t testing.TB) string {
	t.Helper()
	name := fresh()
	if err := Do("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, name) })
	return Of(name)
}

func fresh() string { return "t_" + strings.ToLower(rand.Text()[:16]) }

func drop(t testing.TB, name string) {
	if err := Do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
		t.Error(err)
	}
}

// Of is the address of another database on the server.
func Of(name string) string {
	u, err := url.Parse(Address())
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Do runs one statement on the server's own database.
func Do(text string) error {
	return With(func(c *pgx.Conn) error {
		_, err := c.Exec(context.Background(), text)
		return err
	})
}

// With gives f a connection to the server's own database.
func With(f func(c *pgx.Conn) error) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, Address())
	if err != nil {
		return fmt.Errorf("%s: %w", Variable, err)
	}
	defer func() { _ = c.Close(ctx) }()
	return f(c)
}

// Name is the database that an address names.
func Name(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}
