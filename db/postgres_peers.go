package db

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// leadLock is the key of the advisory lock that the leading process holds ("leader" in ASCII).
const leadLock = 0x6c6561646572

// alive is how often the leader makes sure that it still is: when its connection is gone, so is the lock, and another
// process may lead.
const alive = 2 * time.Second

func (*postgres) dial(ctx context.Context, o Options, name string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(o.Path)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = dialServer
	}
	config.RuntimeParams["application_name"] = "cohort " + name
	return pgx.ConnectConfig(ctx, config)
}

func (p *postgres) listen(ctx context.Context, o Options, channel string, ready func(), heard func(string)) error {
	c, err := p.dial(ctx, o, "listener")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.Background()) }()
	if _, err := c.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	ready()
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		heard(n.Payload)
	}
}

// say has a connection of its own pool: the reader's transactions may not.
func (*postgres) say(ctx context.Context, d *DB, channel, text string) error {
	_, err := d.reader.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, text)
	return err
}

func (p *postgres) lead(ctx context.Context, o Options, f func(ctx context.Context)) error {
	c, err := p.dial(ctx, o, "leader")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.Background()) }()
	for {
		var mine bool
		if err := c.QueryRow(ctx, "SELECT pg_try_advisory_lock("+strconv.Itoa(leadLock)+")").Scan(&mine); err != nil {
			return err
		}
		if mine {
			break
		}
		pause(ctx, again)
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
		if err := c.Ping(leading); err != nil {
			end(err)
		}
	}
	wg.Wait()
	return context.Cause(leading)
}

// holdClass keeps the keys of hold apart from other advisory locks.
const holdClass = 0x686c64

func (p *postgres) hold(ctx context.Context, o Options, key int32) (release func(), ok bool, err error) {
	c, err := p.dial(ctx, o, "holder")
	if err != nil {
		return nil, false, err
	}
	release = func() {
		_, _ = c.Exec(context.Background(), "SELECT pg_advisory_unlock_all()") // closing alone frees it a moment later
		_ = c.Close(context.Background())
	}
	err = c.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", holdClass, key).Scan(&ok)
	if err != nil || !ok {
		release()
		return func() {}, false, err
	}
	return release, true, nil
}
