package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server, or the way to it, may fall silent without closing anything: a partition, a frozen machine, a balancer that
// swallows bytes. TCP does not tell that from a statement that takes long, nor does a fixed time. So a connection whose
// statement is not answered for as long as patience lasts asks the server, by a connection of its own, what it is doing:
// at work, it is waited for; resting, then question or answer was swallowed; no answer at all, then the server is gone.
// It costs nothing while answers come.

// patience is how long an answer may take before somebody asks, and how long that may take.
const patience = 5 * time.Second

// patienceOf takes it from the address, where that says how long to wait for the server.
func patienceOf(address string) time.Duration {
	if !IsPostgres(address) {
		return patience
	}
	if c, err := pgx.ParseConfig(address); err == nil && c.ConnectTimeout > 0 {
		return c.ConnectTimeout
	}
	return patience
}

// How soon the kernel finds out that the other end has died without a word, here and on the server.
const (
	keepIdle     = 10 * time.Second
	keepInterval = 5 * time.Second
	keepCount    = 3
)

// errLost is an error of the wire. It hides what it was: pgx would go on with a connection after a time-out.
type errLost struct{ text string }

func (e *errLost) Error() string { return "db: the connection to the server is lost: " + e.text }

// wire is one connection to the server under pgx's own.
type wire struct {
	net.Conn
	patience time.Duration
	ask      func(backend string, twice bool) verdict

	mu      sync.Mutex
	bound   time.Time // pgx's own deadline, zero for none
	backend string    // which process of the server is at the other end; "" until it is known
}

// dialWire is pgx's DialFunc.
func dialWire(patience time.Duration, ask func(string, bool) verdict, opened func(*wire)) func(context.Context, string, string) (net.Conn, error) {
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepIdle, Interval: keepInterval, Count: keepCount}}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		w := &wire{Conn: c, patience: patience, ask: ask}
		if opened != nil {
			opened(w)
		}
		return w, nil
	}
}

func (w *wire) is(backend string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.backend = backend
}

// arm sets how long the next bytes may take, where pgx has not set a bound of its own.
func (w *wire) arm(set func(time.Time) error) (backend string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.bound.IsZero() || w.backend == "" {
		return "", nil
	}
	return w.backend, set(time.Now().Add(w.patience))
}

func (w *wire) bounded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.bound.IsZero()
}

// Read waits for bytes as long as the server says that it is at work.
func (w *wire) Read(b []byte) (int, error) {
	for resting := false; ; {
		backend, err := w.arm(w.Conn.SetReadDeadline)
		n := 0
		if err == nil {
			n, err = w.Conn.Read(b)
		}
		switch {
		case n > 0 || err == nil:
			return n, nil // an error comes again
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, &errLost{err.Error()}
		case w.bounded() || backend == "":
			return 0, err
		}
		switch v := w.ask(backend, resting); {
		case v == working:
			resting = false
		case v == atRest && !resting:
			resting = true // its answer may just be on its way
		default:
			_ = w.Conn.Close()
			return 0, &errLost{fmt.Sprintf("no answer within %v, and the server %s", w.patience, v)}
		}
	}
}

// Write gives up when no byte is taken for as long as patience lasts.
func (w *wire) Write(b []byte) (done int, err error) {
	for done < len(b) {
		backend, err := w.arm(w.Conn.SetWriteDeadline)
		n := 0
		if err == nil {
			n, err = w.Conn.Write(b[done:])
		}
		done += n
		switch {
		case err == nil, n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && !w.bounded():
		case errors.Is(err, os.ErrDeadlineExceeded) && (w.bounded() || backend == ""):
			return done, err
		default:
			_ = w.Conn.Close()
			return done, &errLost{err.Error()}
		}
	}
	return done, nil
}

// SetDeadline keeps pgx's bound, by which it interrupts what runs.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bound = t
	return w.Conn.SetDeadline(t)
}

// verdict is what a server says of one of its processes.
type verdict int

const (
	working verdict = iota // or it does not say
	atRest                 // it waits for us
	absent                 // there is no such process any more
	mute                   // it says nothing at all
)

func (v verdict) String() string {
	return [...]string{"is at work", "waits for us", "knows nothing of it", "does not answer"}[v]
}

// backendOf names the process that serves a connection; started when, since numbers of processes come again.
const backendOf = `CAST(pid AS text) || ' ' || CAST(EXTRACT(EPOCH FROM backend_start) AS text)`

// asker asks the server about one of its processes, by a new connection. One found at rest twice is ended, so that
// nothing stays locked behind a connection that nobody uses any more.
func asker(config *pgx.ConnConfig) func(backend string, twice bool) verdict {
	return func(backend string, twice bool) verdict {
		ctx, cancel := context.WithTimeout(context.Background(), config.ConnectTimeout)
		defer cancel()
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			if e := serverError(err); e != nil && (!Gone(err) || e.Code == pgTooMany) {
				return working // it answers, though it does not let us in
			}
			return mute
		}
		defer func() { _ = c.Close(ctx) }()
		var pid int
		var rests bool
		err = c.QueryRow(ctx, `SELECT pid, COALESCE(state LIKE 'idle%' OR wait_event_type = 'Client', FALSE) FROM pg_stat_activity
			WHERE `+backendOf+` = $1`, backend).Scan(&pid, &rests)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return absent
		case err != nil && serverError(err) == nil:
			return mute
		case !rests:
			return working
		case twice:
			_, _ = c.Exec(ctx, "SELECT pg_terminate_backend($1)", pid)
		}
		return atRest
	}
}
