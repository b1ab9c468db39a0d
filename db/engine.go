package db

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// engine is what the package must know of the program under the database. All else is the common ground of both: the
// same text of the same statements.
type engine interface {
	dialect() Dialect

	// prepare makes what must be there before the first connection.
	prepare(o Options) error
	// handle opens the pool of the writer, or of the readers.
	handle(o Options, writer bool) (*sql.DB, error)
	// provider brings the tables to this program's version; migrations are the files for it.
	provider(writer *sql.DB, files fs.FS) (*goose.Provider, error)
	migrations() fs.FS
	// migrated looks after the tables once migrations have run.
	migrated(ctx context.Context, writer *sql.DB, ran bool) error

	// beginRead and beginWrite are the statements that open a transaction.
	beginRead() string
	beginWrite() string
	// guard prepares the writer's connection.
	guard(c *conn) error
	// spoilt tells why the savepoint that is about to be released cannot be kept, though its function returned no error.
	spoilt(c *conn) error

	columns(tx *Tx, table string) ([]Column, error)
	references(tx *Tx, table string) ([]Reference, error)
	uniqueKeys(tx *Tx, table string) ([][]string, error)
	tables(tx *Tx) ([]string, error)
	check(tx *Tx) error
	// loosen lets rows come in any order until tighten is called.
	loosen(tx *Tx) (tighten func() error, err error)
}

// engineOf tells the engine by the address: a URL is PostgreSQL's, all else the path of an SQLite file.
func engineOf(path string) engine {
	if IsPostgres(path) {
		return &postgres{}
	}
	return sqliteEngine{}
}

// IsPostgres tells whether an address of a database names a PostgreSQL server.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}
