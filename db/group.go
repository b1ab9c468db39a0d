package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// A group takes what is waiting, up to these bounds, so that the first in it does not wait long for its answer.
const (
	groupJobs = 256
	groupTime = 5 * time.Millisecond
	slowWrite = 250 * time.Millisecond // worth a line in the log: nobody else could write meanwhile
)

// writes is the queue in front of the writer connection and the loop behind it.
type writes struct {
	db      *DB
	queue   chan *job
	stopped chan struct{}
	mu      sync.RWMutex // held for reading while sending to queue
	shut    bool
	work    time.Duration // groupTime, but in tests
	conn    *conn         // the loop's own; nil until needed, and after a failure
}

func newWrites(d *DB) *writes {
	return &writes{db: d, queue: make(chan *job, groupJobs), stopped: make(chan struct{}), work: groupTime}
}

func (w *writes) submit(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.shut {
		return ErrClosed
	}
	select {
	case w.queue <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// close lets the loop finish the queue. It returns false when somebody else has closed before.
func (w *writes) close() bool {
	w.mu.Lock()
	first := !w.shut
	if first {
		w.shut = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.stopped
	return first
}

func (w *writes) loop() {
	defer close(w.stopped)
	for j := range w.queue {
		if j.start() {
			w.serve(j)
		}
	}
	if w.conn != nil {
		_ = w.conn.close()
	}
}

// next returns a job that waits already, nil when none does. It lets other goroutines run once before giving up:
// the callers just answered are about to queue again.
func (w *writes) next() *job {
	for range 2 {
		for len(w.queue) > 0 {
			j, ok := <-w.queue
			if !ok {
				return nil
			}
			if j.start() {
				return j
			}
		}
		runtime.Gosched()
	}
	return nil
}

// serve runs one group, beginning with j, and answers everybody in it.
func (w *writes) serve(j *job) {
	g := &group{w: w}
	if err := g.begin(); err != nil {
		w.refuse(j, err)
		return
	}
	for start := time.Now(); j != nil; {
		g.run(j)
		if g.broken != nil || len(g.members) == groupJobs || time.Since(start) > w.work {
			break
		}
		j = w.next()
	}
	g.finish()
	for _, m := range g.members {
		m.job.answer <- m.err
	}
}

// refuse answers j and those who wait by now: begin has already waited for the lock as long as one may.
func (w *writes) refuse(j *job, err error) {
	waiting := len(w.queue) // before anybody is answered and comes back
	j.answer <- err
	for range waiting {
		if j := <-w.queue; j.start() {
			j.answer <- err
		}
	}
}

// group is one transaction on the writer connection.
type group struct {
	w       *writes
	members []member
	broken  error  // why the whole transaction is lost
	xact    string // the transaction's number, where its outcome can be asked for
}

type member struct {
	job *job
	err error
}

// begin opens the transaction, and the connection first when there is none. A connection that died while it waited,
// with a server that was restarted, is replaced by a new one at once.
func (g *group) begin() error {
	had, err := g.open()
	if had && Gone(err) {
		_, err = g.open()
	}
	return err
}

// open opens it; had says that there was a connection to begin with.
func (g *group) open() (had bool, err error) {
	ctx, engine := context.Background(), g.w.db.engine
	if g.w.conn == nil {
		c, err := openConn(ctx, g.w.db.writer)
		if err != nil {
			return false, err
		}
		if err := engine.guard(c); err != nil {
			c.discard()
			return false, err
		}
		g.w.conn = c
	}
	c := g.w.conn
	if err := c.control(ctx, engine.beginWrite()); err != nil {
		g.drop()
		return true, err
	}
	c.guarded.Store(true)
	if w, ok := engine.(witness); ok {
		g.xact = w.xact(c)
	}
	return true, nil
}

// run gives one job its turn inside a savepoint of its own.
func (g *group) run(j *job) {
	c := g.w.conn
	ctx := context.WithoutCancel(j.ctx)
	if err := c.control(ctx, "SAVEPOINT cohort_write"); err != nil {
		g.lose(err)
		g.members = append(g.members, member{j, nil})
		return
	}
	tx := g.w.db.newTx(ctx, c)
	tx.writes = true
	start := time.Now()
	j.turn <- tx
	err := <-j.ran
	tx.end()
	took := time.Since(start)
	if took > slowWrite {
		g.w.db.opt.Log.Warn("db: a write function held the writer", "took", took)
	}
	err = g.settle(ctx, err)
	g.w.db.wrote(took, err)
	g.members = append(g.members, member{j, err})
}

// settle keeps or undoes what the function did, and returns its outcome so far.
func (g *group) settle(ctx context.Context, err error) error {
	c := g.w.conn
	if c.rolledBack.Load() {
		g.lose(err)
		return err
	}
	if err == nil {
		err = g.w.db.engine.spoilt(c)
	}
	if err != nil {
		if undo := c.control(ctx, "ROLLBACK TO cohort_write"); undo != nil {
			g.lose(undo)
			return err
		}
	}
	if end := c.control(ctx, "RELEASE cohort_write"); end != nil {
		g.lose(end)
	}
	return err
}

// lose marks the whole transaction as lost, because of err or, when nil, of something a function kept to itself.
func (g *group) lose(err error) {
	if g.broken = ErrGroup; err != nil {
		g.broken = fmt.Errorf("%w: %w", ErrGroup, err)
	}
}

// finish commits, or rolls back a lost transaction; then nobody is told of success.
func (g *group) finish() {
	c := g.w.conn
	ctx := context.Background()
	if g.broken == nil {
		c.guarded.Store(false)
		if err := c.control(ctx, "COMMIT"); err != nil {
			if g.committed() {
				g.drop()
				return
			}
			g.lose(err)
		}
	}
	g.w.db.count.groups.Add(1)
	if g.broken == nil {
		return
	}
	g.w.db.opt.Log.Error("db: write transaction lost", "members", len(g.members), "err", g.broken)
	g.drop()
	for i, m := range g.members {
		if m.err == nil {
			g.members[i].err = g.broken
		}
	}
}

// witness is an engine that can be asked afterwards what became of a transaction.
type witness interface {
	xact(c *conn) string
	outcome(ctx context.Context, pool *sql.DB, xact string) (committed, known bool)
}

// witnessTime is how long an outcome is asked for.
const witnessTime = 20 * time.Second

// committed tells whether a COMMIT that was not answered was done all the same: the server, or the way to it, may have
// gone away in between. Nobody is to be told that something failed which is there.
func (g *group) committed() bool {
	w, ok := g.w.db.engine.(witness)
	if !ok || g.xact == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), witnessTime)
	defer cancel()
	for ctx.Err() == nil {
		if done, known := w.outcome(ctx, g.w.db.reader, g.xact); known {
			return done
		}
		pause(ctx, again/4)
	}
	return false
}

// drop closes the connection, which rolls back whatever is open; the next group opens another.
func (g *group) drop() {
	g.w.conn.discard()
	g.w.conn = nil
}

var errKeys = errors.New("db: a deferred foreign key is broken")
