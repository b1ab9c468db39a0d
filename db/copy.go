package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"modernc.org/sqlite"
)

// Copy writes a consistent copy of the database file at from, which may be in use by this or another process, to a new
// file at to. It is made in one step of SQLite's online backup (sqlite.org/backup.html): in small steps it begins anew
// with every write and never ends, and copying the file by hand gives a corrupt one. Writers go on meanwhile.
//
// A PostgreSQL server's database becomes such a file, too, table by table out of one snapshot: see [Transfer].
func Copy(ctx context.Context, from, to string) error {
	if IsPostgres(from) {
		return copyToFile(ctx, from, to)
	}
	h, err := sql.Open("sqlite", readerDSN(from))
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	c, err := h.Conn(ctx)
	if err != nil {
		return fmt.Errorf("db: copy: %w", err)
	}
	defer func() { _ = c.Close() }()
	return c.Raw(func(dc any) error {
		src, ok := dc.(interface {
			NewBackup(to string) (*sqlite.Backup, error)
		})
		if !ok {
			return fmt.Errorf("db: driver connection %T makes no copies", dc)
		}
		b, err := src.NewBackup(fileURI(to))
		if err != nil {
			return fmt.Errorf("db: copy: %w", err)
		}
		if _, err := b.Step(-1); err != nil {
			_ = b.Finish()
			return fmt.Errorf("db: copy: %w", err)
		}
		return b.Finish()
	})
}

func copyToFile(ctx context.Context, from, to string) error {
	src, err := Open(ctx, Options{Path: from, Readers: 1})
	if err != nil {
		return fmt.Errorf("db: copy: %w", err)
	}
	defer func() { _ = src.Close() }()
	dst, err := Open(ctx, Options{Path: to, Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("db: copy: %w", err)
	}
	_, err = Transfer(ctx, src, dst, nil)
	return errors.Join(err, dst.Close())
}

// Contents is what a database file holds, for comparing a copy with what it was made from.
type Contents struct {
	Version int64            // of the tables
	Rows    map[string]int64 // by table
}

// Inspect reads a database file that nobody uses, without bringing it to this program's version: first that it is whole
// (see [DB.Check]), then what it holds.
func Inspect(ctx context.Context, path string) (Contents, error) {
	return inspect(ctx, path, func(d *DB) error { return d.Check(ctx) })
}

// Skim is [Inspect] without its slow half: every page, row and constraint is looked at, but no index is held against its
// table and no row is asked for what it points to (sqlite.org/pragma.html#pragma_quick_check). Of 2 GB the whole check
// takes minutes, this one seconds.
func Skim(ctx context.Context, path string) (Contents, error) {
	return inspect(ctx, path, func(d *DB) error { return d.Read(ctx, quickCheck) })
}

func inspect(ctx context.Context, path string, check func(*DB) error) (c Contents, err error) {
	d, done, err := openFile(ctx, path)
	if err != nil {
		return c, err
	}
	defer done()
	if err := check(d); err != nil {
		return c, err
	}
	c.Rows = map[string]int64{}
	err = d.Read(ctx, func(tx *Tx) error {
		tables, err := tx.db.engine.tables(tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			var n int64
			if err := tx.QueryRow("SELECT count(*) FROM " + t).Scan(&n); err != nil {
				return err
			}
			c.Rows[t] = n
		}
		return tx.QueryRow("SELECT COALESCE(max(version_id), 0) FROM " + versions).Scan(&c.Version)
	})
	return c, err
}

// Each calls f with every value of the text columns of this name, in whichever tables have one, of a database file that
// nobody uses.
func Each(ctx context.Context, path, column string, f func(value string) error) error {
	d, done, err := openFile(ctx, path)
	if err != nil {
		return err
	}
	defer done()
	return d.EachText(ctx, column, f)
}

// EachText is [Each] for the open database.
func (d *DB) EachText(ctx context.Context, column string, f func(value string) error) error {
	return d.Read(ctx, func(tx *Tx) error {
		tables, err := tx.db.engine.tables(tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := eachOf(tx, t, column, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func eachOf(tx *Tx, table, column string, f func(string) error) error {
	all, err := tx.Columns(table)
	if err != nil || !slices.ContainsFunc(all, func(c Column) bool { return c.Name == column }) {
		return err
	}
	rows, err := tx.Query("SELECT " + column + " FROM " + table)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// openFile opens a file for reading only: no migration, no write loop. A check goes back and forth between tables and
// indexes, which a small page cache makes several times slower: it gets 64 MB for as long as it takes.
func openFile(ctx context.Context, path string) (*DB, func(), error) {
	h, err := sql.Open("sqlite", readerDSN(path)+"&immutable=1&_pragma=cache_size(-65536)")
	if err != nil {
		return nil, nil, err
	}
	if err := h.PingContext(ctx); err != nil {
		_ = h.Close()
		return nil, nil, fmt.Errorf("db: %w", err)
	}
	o, err := Options{Path: path, Readers: 1}.withDefaults()
	if err != nil {
		_ = h.Close()
		return nil, nil, err
	}
	d := &DB{opt: o, engine: sqliteEngine{}, reader: h}
	d.readers = newReaders(h, 1)
	return d, func() { _ = d.readers.close(); _ = h.Close() }, nil
}
