package db

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// leadLock is the key of the advisory lock that the leading process holds ("leader" in ASCII).
const leadLock = 0x6c6561646572

// leader is what its connection is called.
const leader = "leader"

// alive is how often the leader makes sure that it still is: when its connection is gone, so is the lock, and another
// process may lead.
const alive = 2 * time.Second

func (*postgres) dial(ctx context.Context, o Options, name string) (*pgx.Conn, error) {
	config, err := configOf(o, name)
	if err != nil {
		return nil, err
	}
	if name == leader {
		// One that is cut off without a word leads no longer: the server lets go of its lock.
		config.RuntimeParams["idle_session_timeout"] = millis(alive + 2*o.Patience)
	}
	return pgx.ConnectConfig(ctx, config)
}

// atMost is ctx for a question that must be answered soon.
func atMost(ctx context.Context, o Options) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, o.Patience)
}

func (p *postgres) listen(ctx context.Context, o Options, channel string, ready func(), heard func(string)) error {
	c, err := p.dial(ctx, o, "listener")
	if err != nil {
		return err
	}
	defer hangUp(c, o)
	begin, cancel := atMost(ctx, o)
	_, err = c.Exec(begin, "LISTEN "+channel)
	cancel()
	if err != nil {
		return err
	}
	ready()
	for {
		n, err := next(ctx, o, c)
		if err != nil {
			return err
		}
		if n != nil {
			heard(n.Payload)
		}
	}
}

// next waits for what is said next. Where nothing is for a while it makes sure that the server is still there, and gives
// nil.
func next(ctx context.Context, o Options, c *pgx.Conn) (*pgconn.Notification, error) {
	wait, cancel := context.WithTimeout(ctx, 2*o.Patience)
	defer cancel()
	n, err := c.WaitForNotification(wait)
	if err == nil || ctx.Err() != nil || wait.Err() == nil {
		return n, err
	}
	ask, done := atMost(ctx, o)
	defer done()
	return nil, c.Ping(ask)
}

// hangUp closes a connection whose other end may not answer any more.
func hangUp(c *pgx.Conn, o Options) {
	ctx, cancel := atMost(context.Background(), o)
	defer cancel()
	_ = c.Close(ctx)
}

// say has a connection of its own pool: the reader's transactions may not.
func (*postgres) say(ctx context.Context, d *DB, channel, text string) error {
	_, err := d.reader.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, text)
	return err
}

func (p *postgres) lead(ctx context.Context, o Options, f func(ctx context.Context)) error {
	c, err := p.dial(ctx, o, leader)
	if err != nil {
		return err
	}
	defer hangUp(c, o)
	for mine := false; !mine; {
		if mine, err = tryLead(ctx, o, c); err != nil {
			return err
		}
		if !mine {
			pause(ctx, again)
		}
	}
	leading, end := context.WithCancelCause(ctx)
	defer end(nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		f(leading)
		end(errors.New("db: the work has ended"))
	})
	for leading.Err() == nil {
		pause(leading, alive)
		ask, done := atMost(leading, o)
		if err := c.Ping(ask); err != nil {
			end(err)
		}
		done()
	}
	wg.Wait()
	return context.Cause(leading)
}

func tryLead(ctx context.Context, o Options, c *pgx.Conn) (mine bool, err error) {
	ctx, cancel := atMost(ctx, o)
	defer cancel()
	err = c.QueryRow(ctx, "SELECT pg_try_advisory_lock("+strconv.Itoa(leadLock)+")").Scan(&mine)
	return mine, err
}

// holdClass keeps the keys of hold apart from other advisory locks.
const holdClass = 0x686c64

func (p *postgres) hold(ctx context.Context, o Options, key int32) (release func(), ok bool, err error) {
	c, err := p.dial(ctx, o, "holder")
	if err != nil {
		return nil, false, err
	}
	release = func() {
		ctx, cancel := atMost(context.Background(), o)
		defer cancel()
		_, _ = c.Exec(ctx, "SELECT pg_advisory_unlock_all()") // closing alone frees it a moment later
		hangUp(c, o)
	}
	ask, cancel := atMost(ctx, o)
	defer cancel()
	err = c.QueryRow(ask, "SELECT pg_try_advisory_lock($1, $2)", holdClass, key).Scan(&ok)
	if err != nil || !ok {
		release()
		return func() {}, false, err
	}
	return release, true, nil
}
