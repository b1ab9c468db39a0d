package outbox

import (
	"context"
	"errors"
	"time"

	"cohort/app/bus"
	"cohort/db"
)

// How a worker paces itself.
const (
	poll     = 2 * time.Second // how often it looks by itself; Wake makes it look at once
	Batch    = 50              // rows over one connection
	Lease    = 15 * time.Minute
	leaseEnd = time.Minute // no row is begun with less than this left of the lease

	firstWait = time.Minute // after the first failed try of a row, doubling
	lastWait  = 6 * time.Hour
	MaxTries  = 12 // then a row is dead: some twenty hours after the first
)

// wait is the pause after the n-th failed try.
func wait(n int) time.Duration {
	if n > 16 {
		return lastWait
	}
	return min(firstWait<<max(0, n-1), lastWait)
}

// Run sends until ctx ends. A row under way at the end gets as long as its Talk gives it; the others are given back.
func (w *Worker[T]) Run(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		if w.Round(ctx) {
			continue
		}
		select {
		case <-ctx.Done():
		case <-w.waker():
		case <-tick.C:
		}
	}
}

// Round sends one batch. more says that there may be another one to send at once.
func (w *Worker[T]) Round(ctx context.Context) (more bool) {
	if !w.Ready() || w.resting() {
		return false
	}
	rows, err := w.claim(ctx)
	if err != nil && ctx.Err() == nil {
		w.Log.Error(w.Name+": cannot claim", "err", err)
	}
	if err != nil || len(rows) == 0 {
		return false
	}
	left, err := w.deliver(ctx, rows)
	if len(left) > 0 {
		w.write(ctx, "give back", func(tx *db.Tx) error { return w.Store.Release(tx, left) })
	}
	if err != nil {
		w.stop(ctx, err)
		return false
	}
	return len(rows) == Batch && len(left) == 0
}

// claim leases the rows that are due. It asks a reader first, so that an idle outbox costs the writer nothing.
func (w *Worker[T]) claim(ctx context.Context) (rows []T, err error) {
	some := false
	err = w.DB.Read(ctx, func(tx *db.Tx) (err error) {
		some, err = w.Store.Due(tx)
		return err
	})
	if err != nil || !some {
		return nil, err
	}
	err = w.DB.Write(ctx, func(tx *db.Tx) (err error) {
		rows, err = w.Store.Claim(tx, Batch, tx.Now.Add(Lease))
		return err
	})
	return rows, err
}

// deliver sends the rows over one connection, or a new one after each loss. It returns those it did not try, and why it
// cannot go on, if so.
func (w *Worker[T]) deliver(ctx context.Context, rows []T) (left []T, err error) {
	var talk Talk[T]
	defer func() {
		if talk != nil {
			talk.Close()
		}
	}()
	end := w.DB.Now().Add(Lease - leaseEnd)
	for i, row := range rows {
		if ctx.Err() != nil || w.DB.Now().After(end) {
			return rows[i:], nil
		}
		if talk == nil {
			if talk, err = w.Dial(ctx); err != nil {
				return rows[i:], err
			}
		}
		err := talk.Send(row)
		var f Failure
		if err == nil {
			w.sent(ctx, row)
		} else if errors.As(err, &f); f.Ours || f.Down {
			return rows[i:], err
		} else {
			w.failed(ctx, row, err, f.Permanent)
		}
		if f.HungUp {
			talk.Close()
			talk = nil
		}
	}
	return nil, nil
}

// sent marks a row that the other side took.
func (w *Worker[T]) sent(ctx context.Context, row T) {
	w.answered()
	w.write(ctx, "mark as sent", func(tx *db.Tx) error {
		w.changed(tx, row.Number())
		return w.Store.MarkSent(tx, row)
	})
}

// failed puts a row off or gives it up.
func (w *Worker[T]) failed(ctx context.Context, row T, cause error, permanent bool) {
	w.answered()
	o := Outcome{Tries: row.Tried() + 1, Why: w.Words(cause)}
	dead := permanent || o.Tries >= MaxTries
	w.Log.Warn(w.Name+": not sent", "id", row.Number(), "tries", o.Tries, "dead", dead, "err", o.Why)
	w.write(ctx, "mark as failed", func(tx *db.Tx) error {
		w.changed(tx, row.Number())
		o.Next = tx.Now
		if !dead {
			o.Next = tx.Now.Add(wait(o.Tries))
			return w.Store.MarkFailed(tx, row, Queued, o)
		}
		if err := w.Store.MarkFailed(tx, row, Dead, o); err != nil {
			return err
		}
		return w.Dead(tx, row, o.Why)
	})
}

func (w *Worker[T]) changed(tx *db.Tx, id int64) {
	tx.AfterCommit(func() { w.Bus.Publish(bus.Event{Resource: w.Resource, ID: id, Verb: "changed"}) })
}

// write runs one short transaction that must happen even when the program is ending.
func (w *Worker[T]) write(ctx context.Context, what string, f func(tx *db.Tx) error) {
	if err := w.DB.Write(context.WithoutCancel(ctx), f); err != nil {
		w.Log.Error(w.Name+": cannot "+what, "err", err)
	}
}
