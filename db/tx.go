package db

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Tx is one transaction, valid until the function that received it returns.
type Tx struct {
	Now time.Time // one clock reading for the whole transaction, UTC, cut to milliseconds

	db    *DB
	conn  *conn
	ctx   context.Context
	ended atomic.Bool

	writes bool // not a read-only snapshot
	inPart bool // a part of it runs, see Join

	mu    sync.Mutex
	rows  []*sql.Rows // handed out and perhaps still open
	after []func()
}

type txKey struct{ db *DB }

// newTx makes the transaction's context, by which nested calls are recognised.
func (d *DB) newTx(ctx context.Context, c *conn) *Tx {
	tx := &Tx{Now: d.nowFor(ctx), db: d, conn: c}
	tx.ctx = context.WithValue(ctx, txKey{d}, tx)
	return tx
}

// running returns the transaction of this database in which ctx was handed out, if it still runs.
func (d *DB) running(ctx context.Context) *Tx {
	tx, _ := ctx.Value(txKey{d}).(*Tx)
	if tx == nil || tx.ended.Load() {
		return nil
	}
	return tx
}

// Ctx is the context to pass down. In a write it does not end with the caller's: an interrupted statement would roll back
// everybody else in the group.
func (tx *Tx) Ctx() context.Context { return tx.ctx }

// Dialect says which engine's SQL this transaction speaks.
func (tx *Tx) Dialect() Dialect { return tx.db.engine.dialect() }

// AfterCommit keeps f for after the commit. The functions run in order, in the goroutine that called Read or Write, and
// not at all when the transaction is rolled back.
func (tx *Tx) AfterCommit(f func()) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.after = append(tx.after, f)
}

// Exec runs a statement that returns no rows.
func (tx *Tx) Exec(query string, args ...any) (sql.Result, error) {
	if err := tx.ready(args); err != nil {
		return nil, err
	}
	return tx.conn.exec(tx.ctx, query, args, true)
}

// Query runs a statement that returns rows; [Collect] closes them. Rows left open are closed with the transaction.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if err := tx.ready(args); err != nil {
		return nil, err
	}
	rows, err := tx.conn.query(tx.ctx, query, args)
	if err == nil {
		tx.keep(rows)
	}
	return rows, err
}

// QueryRow runs a statement of which one row is wanted. It never returns nil.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	rows, err := tx.Query(query, args...)
	return &Row{rows: rows, err: err}
}

// ready refuses a transaction that has ended, by its own function's return or by itself, and arguments that hold a time.
func (tx *Tx) ready(args []any) error {
	switch {
	case tx.ended.Load():
		return ErrEnded
	case tx.conn.rolledBack.Load():
		return ErrGroup
	}
	tx.db.count.statements.Add(1)
	return noTimes(args)
}

// keep remembers rows, forgetting closed ones from time to time.
func (tx *Tx) keep(rows *sql.Rows) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if len(tx.rows) >= 32 && len(tx.rows) == cap(tx.rows) {
		tx.rows = slices.DeleteFunc(tx.rows, closed)
	}
	tx.rows = append(tx.rows, rows)
}

// end closes what the function left open: a forgotten SELECT would hold its snapshot, and with it the WAL, for ever.
func (tx *Tx) end() {
	tx.ended.Store(true)
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for _, r := range tx.rows {
		_ = r.Close()
	}
	tx.rows = nil
}

// committed runs the AfterCommit functions. What they do wrong cannot undo the commit, so a panic is only logged.
func (tx *Tx) committed() {
	for _, f := range tx.after {
		tx.db.calm(f)
	}
}

func (d *DB) calm(f func()) {
	defer func() {
		if p := recover(); p != nil {
			d.opt.Log.Error("db: panic after commit", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	f()
}

// Row is the result of [Tx.QueryRow]. It is sql.Row but for one thing: a row that is never scanned is closed with its
// transaction.
type Row struct {
	rows *sql.Rows
	err  error
}

// Err returns the error of the query without reading the row.
func (r *Row) Err() error { return r.err }

// Scan copies the first row's columns and closes the query. It returns sql.ErrNoRows when there is no row.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer func() { _ = r.rows.Close() }()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}
