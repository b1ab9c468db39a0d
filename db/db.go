// Package db is the only door to the database: many read-only snapshots at once, one write transaction at a time.
//
// [DB.Read] runs a function on a reader connection inside one snapshot. [DB.Write] queues a function for the single
// writer connection; functions that wait at the same time share one transaction and one disk sync (group commit), each
// inside its own savepoint, so that one may fail without the others. No other package imports a database driver.
package db

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// Errors that the package itself returns, besides those of the driver and of the functions it runs.
var (
	ErrClosed   = errors.New("db: closed")
	ErrNested   = errors.New("db: Write inside a transaction: pass the transaction down instead of its context")
	ErrEnded    = errors.New("db: the transaction has ended")
	ErrGroup    = errors.New("db: the shared write transaction was rolled back")
	errNoPath   = errors.New("db: no path to the database file")
	errNoMemory = errors.New("db: an in-memory database has one copy per connection; give a file")
)

// Dialect says which engine's SQL a transaction speaks.
type Dialect int

// The engines.
const (
	SQLite Dialect = iota
	Postgres
)

// Options say which database to open and how. Only Path is required.
type Options struct {
	Path       string           // SQLite's file on a local disk (no network disk), or postgres://…
	Patience   time.Duration    // how long PostgreSQL may be silent before it is asked whether it is still there; 0: the address's connect_timeout, else 5 s
	Readers    int              // reader connections; 0: two per core, at least four
	Clock      func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: slog.Default()
	Migrations fs.FS            // numbered files at the top level; nil: those of the engine in package migrations
}

func (o Options) withDefaults() (Options, error) {
	switch o.Path {
	case "":
		return o, errNoPath
	case ":memory:":
		return o, errNoMemory
	}
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if o.Patience <= 0 {
		o.Patience = patienceOf(o.Path)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o, nil
}

// DB is an open database. All its methods may be called from many goroutines.
type DB struct {
	opt     Options
	engine  engine
	writer  *sql.DB // one connection, used by migrations and then by the write loop only
	reader  *sql.DB
	readers *readers
	writes  *writes
	count   counters
	shape   shape
	sealer  Sealer // of private columns; nil: kept in the clear
}

// Open opens the database, creating the file (readable by its owner only) when there is none, and brings its tables to
// this program's version. A database that a newer program has migrated is refused.
func Open(ctx context.Context, o Options) (*DB, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	d := &DB{opt: o, engine: engineOf(o.Path)}
	if err := d.engine.prepare(o); err != nil {
		return nil, err
	}
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, d.closeHandles())
	}
	d.readers = newReaders(d.reader, o.Readers)
	d.writes = newWrites(d)
	go d.writes.loop()
	return d, nil
}

// open opens both handles. The writer goes first: it creates what is not there, and migrates.
func (d *DB) open(ctx context.Context) (err error) {
	if d.writer, err = d.engine.handle(d.opt, true); err != nil {
		return err
	}
	d.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, d.writer, d.engine, d.opt); err != nil {
		return err
	}
	if d.reader, err = d.engine.handle(d.opt, false); err != nil {
		return err
	}
	d.reader.SetMaxOpenConns(d.opt.Readers + 1) // one is for what is not a read, see Say
	return nil
}

// Dialect says which engine the database is.
func (d *DB) Dialect() Dialect { return d.engine.dialect() }

// Close finishes the writes that are queued and the reads that are running, then closes the file. Later calls to Read
// and Write return [ErrClosed]. It must not be called from inside a transaction.
func (d *DB) Close() error {
	if !d.writes.close() {
		return nil
	}
	return errors.Join(d.readers.close(), d.closeHandles())
}

// closeHandles closes the readers first: the last connection to close folds the WAL into the file, and readers may not.
func (d *DB) closeHandles() error {
	var errs []error
	for _, h := range []*sql.DB{d.reader, d.writer} {
		if h != nil {
			errs = append(errs, h.Close())
		}
	}
	return errors.Join(errs...)
}

// Now returns the present instant in UTC, cut to the milliseconds that the database stores.
func (d *DB) Now() time.Time {
	return d.opt.Clock().UTC().Truncate(time.Millisecond)
}
