package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

type joinKey struct{ db *DB }

// Join gives a context under which [DB.Write] does not queue but runs inside this very transaction, in a savepoint of its
// own: what fails there is undone alone, and what succeeds there stands or falls with this transaction. So services that
// write by themselves can be called many times as one act, and a dry run is the same code as the run: the outer function
// returns an error at the end. Functions given to AfterCommit inside run after the outer commit, in order, or not at all.
//
// Call services one after the other: savepoints of one transaction are a stack. In a reading transaction the context is
// as good as [Tx.Ctx]: writing under it is refused with [ErrNested].
func (tx *Tx) Join() context.Context {
	if !tx.writes {
		return tx.ctx
	}
	return context.WithValue(tx.ctx, joinKey{tx.db}, tx)
}

// joined returns the transaction that ctx was made to join, if it is the innermost one that still runs.
func (d *DB) joined(ctx context.Context) *Tx {
	tx, _ := ctx.Value(joinKey{d}).(*Tx)
	if tx == nil || tx != d.running(ctx) {
		return nil
	}
	return tx
}

// part runs f as a part of tx.
func (tx *Tx) part(ctx context.Context, f func(tx *Tx) error) error {
	if err := tx.ready(nil); err != nil {
		return err
	}
	if tx.inPart {
		return ErrNested // a part is running: write under its own Join
	}
	tx.inPart = true
	defer func() { tx.inPart = false }()
	c, calm := tx.conn, context.WithoutCancel(ctx)
	if err := c.control(calm, "SAVEPOINT cohort_part"); err != nil {
		return err
	}
	inner := tx.db.newTx(calm, c)
	inner.Now, inner.writes = tx.Now, true
	err := inner.calmly(f)
	inner.end()
	if c.rolledBack.Load() {
		return errors.Join(ErrGroup, err)
	}
	if err != nil {
		if undo := c.control(calm, "ROLLBACK TO cohort_part"); undo != nil {
			return errors.Join(err, undo)
		}
	}
	if end := c.control(calm, "RELEASE cohort_part"); end != nil {
		return errors.Join(err, end)
	}
	if err == nil {
		tx.mu.Lock()
		tx.after = append(tx.after, inner.after...)
		tx.mu.Unlock()
	}
	return err
}

// calmly runs f; a panic in it becomes an error.
func (tx *Tx) calmly(f func(tx *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in a write function: %v", p)
			tx.db.opt.Log.Error("db: panic in a write function", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	return f(tx)
}
