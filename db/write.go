package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// Write runs f in the only write transaction and returns when its outcome is on the disk: nil means it will survive a
// power cut, an error means that nothing of it is there.
//
// f runs in the caller's goroutine while everybody else waits, so it must be short and must not wait for anything but
// the database. When ctx ends before its turn, f never runs; once it runs, it is not interrupted. A panic in f becomes
// an error. A Write inside a transaction is refused with [ErrNested], unless ctx comes from [Tx.Join].
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tx := d.joined(ctx); tx != nil {
		return tx.part(ctx, f)
	}
	if d.running(ctx) != nil {
		return ErrNested
	}
	j := newJob(ctx)
	if err := d.writes.submit(j); err != nil {
		return err
	}
	tx, err := j.wait()
	if tx == nil {
		return err
	}
	j.run(tx, f)
	if err := <-j.answer; err != nil {
		return err
	}
	tx.committed()
	return nil
}

// job is one call of Write. The write loop claims it and hands it a transaction (turn); the caller runs its function and
// reports (ran); the loop answers after the commit.
type job struct {
	ctx    context.Context
	taken  atomic.Bool // by the loop, or by the caller who no longer wants it
	turn   chan *Tx
	ran    chan error
	answer chan error
}

func newJob(ctx context.Context) *job {
	return &job{ctx: ctx, turn: make(chan *Tx, 1), ran: make(chan error, 1), answer: make(chan error, 1)}
}

// claim decides once and for all between running and giving up.
func (j *job) claim() bool { return j.taken.CompareAndSwap(false, true) }

// start is how the loop claims a job; one whose context has ended is answered and does not start.
func (j *job) start() bool {
	if !j.claim() {
		return false
	}
	err := j.ctx.Err()
	if err != nil {
		j.answer <- err
	}
	return err == nil
}

// wait returns the transaction when it is this job's turn, or the error for which it will never be.
func (j *job) wait() (*Tx, error) {
	done := j.ctx.Done()
	for {
		select {
		case tx := <-j.turn:
			return tx, nil
		case err := <-j.answer:
			return nil, err
		case <-done:
			if j.claim() {
				return nil, j.ctx.Err()
			}
			done = nil // too late: the loop has claimed it
		}
	}
}

var errExit = errors.New("db: the write function ended its goroutine")

// run calls f and reports its error, whichever way f ends.
func (j *job) run(tx *Tx, f func(tx *Tx) error) {
	err := errExit // runtime.Goexit, as in t.FailNow, returns nothing and cannot be recovered
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in a write function: %v", p)
			tx.db.opt.Log.Error("db: panic in a write function", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
		j.ran <- err
	}()
	err = f(tx)
}
