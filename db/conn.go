package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
)

// cachedStatements is how many prepared texts one connection keeps.
const cachedStatements = 512

// conn is one connection, held for as long as it is healthy, with its prepared statements. Statements start one at a
// time under mu.
type conn struct {
	c    *sql.Conn
	mu   sync.Mutex
	memo *statements

	guarded    atomic.Bool // a commit now would not be ours: refuse it
	rolledBack atomic.Bool // the transaction is gone, and soon the connection
}

func openConn(ctx context.Context, pool *sql.DB) (*conn, error) {
	c, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, memo: newStatements(cachedStatements)}, nil
}

// close finalises the prepared statements and gives the connection back to its pool, which then closes it whole. With
// statements left over SQLite would keep it as a zombie, and the last one to go could not empty the log into the file.
func (c *conn) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.memo.clear()
	return c.c.Close()
}

// discard closes the connection for good instead of giving it back to its pool. It rolls back by hand: with a statement
// left over, SQLite would keep the closed connection, and its locks, as a zombie (sqlite.org/c3ref/close.html).
func (c *conn) discard() {
	_ = c.control(context.Background(), "ROLLBACK")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.memo.clear()
	_ = c.c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.c.Close()
}

// control runs one of this package's own statements, such as COMMIT.
func (c *conn) control(ctx context.Context, text string) error {
	_, err := c.exec(ctx, text, nil, false)
	return err
}

func (c *conn) exec(ctx context.Context, text string, args []any, foreign bool) (sql.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.prepare(ctx, text, foreign)
	if err != nil {
		return nil, err
	}
	if err := s.fits(args); err != nil {
		return nil, err
	}
	if s.busy() {
		return c.c.ExecContext(ctx, text, args...)
	}
	return s.stmt.ExecContext(ctx, args...)
}

func (c *conn) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.prepare(ctx, text, true)
	if err != nil {
		return nil, err
	}
	if err := s.fits(args); err != nil {
		return nil, err
	}
	if s.busy() {
		return c.c.QueryContext(ctx, text, args...)
	}
	rows, err := s.stmt.QueryContext(ctx, args...)
	if err == nil {
		s.rows = rows
	}
	return rows, err
}

// prepare finds the statement or prepares it. Texts that come from outside this package may not steer the transaction.
func (c *conn) prepare(ctx context.Context, text string, foreign bool) (*statement, error) {
	if s := c.memo.get(text); s != nil {
		return s, nil
	}
	if foreign {
		if err := noSteering(text); err != nil {
			return nil, err
		}
	}
	stmt, err := c.c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return c.memo.put(text, stmt), nil
}

var errSteering = errors.New("db: a function may not begin, commit or roll back; return an error instead")

func noSteering(text string) error {
	word := strings.TrimLeft(text, " \t\r\n;")
	if i := strings.IndexFunc(word, func(r rune) bool { return r < 'A' || r > 'z' }); i >= 0 {
		word = word[:i]
	}
	switch strings.ToUpper(word) {
	case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return errSteering
	}
	return nil
}
