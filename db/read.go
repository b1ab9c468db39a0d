package db

import (
	"context"
	"database/sql"
	"sync"
)

// Read runs f inside one read-only snapshot: it sees the state at its first statement, whatever is written meanwhile.
// When ctx ends, running statements are interrupted. Inside a transaction (ctx is or comes from [Tx.Ctx]) f joins it and
// also sees what that transaction has written.
func (d *DB) Read(ctx context.Context, f func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tx := d.running(ctx); tx != nil {
		return f(tx)
	}
	tx, err := d.readOnce(ctx, f)
	if err == nil {
		tx.committed()
	}
	return err
}

func (d *DB) readOnce(ctx context.Context, f func(tx *Tx) error) (*Tx, error) {
	c, err := d.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { d.readers.give(c) }()
	calm := context.WithoutCancel(ctx) // an interrupted BEGIN or ROLLBACK would leave us guessing
	if c, err = d.beginRead(calm, c); err != nil {
		d.readers.fail(err)
		return nil, err
	}
	d.count.reads.Add(1)
	tx := d.newTx(ctx, c)
	defer func() {
		tx.end()
		if err := c.control(calm, "ROLLBACK"); err != nil {
			c.discard()
			c = nil
		}
	}()
	return tx, f(tx)
}

// beginRead begins on a connection of the pool. One that has died in the pool, with a server that was restarted, is
// replaced, and so are the others that wait there. c is nil with an error.
func (d *DB) beginRead(ctx context.Context, c *conn) (*conn, error) {
	err := c.control(ctx, d.engine.beginRead())
	if err == nil {
		return c, nil
	}
	c.discard()
	if !Gone(err) {
		return nil, err
	}
	for c := d.readers.pop(); c != nil; c = d.readers.pop() {
		c.discard()
	}
	if c, err = openConn(ctx, d.reader); err != nil {
		return nil, err
	}
	if err = c.control(ctx, d.engine.beginRead()); err != nil {
		c.discard()
		return nil, err
	}
	return c, nil
}

// readers is a stack of connections: the one used last, whose cache is warm, is used next.
type readers struct {
	pool  *sql.DB
	seats chan struct{} // one per connection; full: all are in use
	shut  chan struct{}
	mu    sync.Mutex
	idle  []*conn
	fails int   // how often the server was found gone
	gone  error // how it was the last time
}

func newReaders(pool *sql.DB, n int) *readers {
	return &readers{pool: pool, seats: make(chan struct{}, n), shut: make(chan struct{})}
}

func (r *readers) take(ctx context.Context) (*conn, error) {
	select {
	case <-r.shut:
		return nil, ErrClosed
	default:
	}
	before, _ := r.failed()
	select {
	case r.seats <- struct{}{}:
	case <-r.shut:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// Who waited while others found the server gone hears so at once: each in turn would find out in as long a time.
	if now, err := r.failed(); now != before {
		<-r.seats
		return nil, err
	}
	if c := r.pop(); c != nil {
		return c, nil
	}
	c, err := openConn(ctx, r.pool)
	if err != nil {
		r.fail(err)
		<-r.seats
	}
	return c, err
}

// fail remembers that the server was found gone.
func (r *readers) fail(err error) {
	if !Gone(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fails++
	r.gone = err
}

func (r *readers) failed() (times int, last error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fails, r.gone
}

func (r *readers) pop() *conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.idle)
	if n == 0 {
		return nil
	}
	c := r.idle[n-1]
	r.idle = r.idle[:n-1]
	return c
}

// give puts a connection back; nil stands for one that was discarded.
func (r *readers) give(c *conn) {
	if c != nil {
		r.mu.Lock()
		r.idle = append(r.idle, c)
		r.mu.Unlock()
	}
	<-r.seats
}

// close waits for the running reads. It is called once.
func (r *readers) close() error {
	close(r.shut)
	for range cap(r.seats) {
		r.seats <- struct{}{}
	}
	for c := r.pop(); c != nil; c = r.pop() {
		_ = c.close()
	}
	return nil
}
