package db

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgConn is a connection of pgx that behaves as SQLite's driver does in three things that services rely on: a statement
// may run while the rows of another are still being read (see pgRows), whole numbers and texts are taken for each other
// in arguments as the column wants them, and true and false are 1 and 0 in columns of numbers.
//
// database/sql calls it under a lock of its own.
type pgConn struct {
	*stdlib.Conn
	reading *pgRows // rows that are not read to their end
	names   int     // of prepared statements given so far
	xact    string  // number of the write transaction
}

// xactColumn is how the answer with a transaction's number is called.
const xactColumn = "cohort_xact"

func (c *pgConn) wire() *pgconn.PgConn { return c.Conn.Conn().PgConn() }

// status is the transaction's: I none, T open, E failed.
func (c *pgConn) status() byte { return c.wire().TxStatus() }

// Prepare prepares under a name of our own. Statements that steer the transaction are few and short: they go as text.
func (c *pgConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if noSteering(text) != nil {
		return &pgStmt{conn: c, text: text}, nil
	}
	if err := c.free(); err != nil {
		return nil, err
	}
	c.names++
	sd, err := c.Conn.Conn().Prepare(ctx, "c"+strconv.Itoa(c.names), text)
	if err != nil {
		return nil, err
	}
	return &pgStmt{conn: c, text: text, sd: sd}, nil
}

// ExecContext runs a text that may hold several statements, where it has no arguments.
func (c *pgConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.several(ctx, text)
	}
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	return s.(*pgStmt).ExecContext(ctx, args)
}

// QueryContext prepares the text for this once.
func (c *pgConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.(*pgStmt).QueryContext(ctx, args)
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	rows.(*pgRows).once = s
	return rows, nil
}

// several runs statements one after the other with one message.
func (c *pgConn) several(ctx context.Context, text string) (driver.Result, error) {
	if err := c.free(); err != nil {
		return nil, err
	}
	results, err := c.wire().Exec(ctx, text).ReadAll()
	if err != nil {
		return nil, err
	}
	var n int64
	for _, r := range results {
		n = r.CommandTag.RowsAffected()
		if len(r.FieldDescriptions) == 1 && r.FieldDescriptions[0].Name == xactColumn && len(r.Rows) == 1 {
			c.xact = string(r.Rows[0][0])
		}
	}
	return driver.RowsAffected(n), nil
}

// free takes in what is left of rows that are still being read, so that the connection can serve another statement.
func (c *pgConn) free() error {
	if c.reading == nil {
		return nil
	}
	return c.reading.takeIn()
}

// pgStmt is one prepared statement; sd is nil for one that goes as text.
type pgStmt struct {
	conn *pgConn
	text string
	sd   *pgconn.StatementDescription
}

func (s *pgStmt) NumInput() int { return -1 }

func (s *pgStmt) Close() error {
	if s.sd == nil || s.conn.wire().IsClosed() {
		return nil
	}
	if err := s.conn.free(); err != nil {
		return err
	}
	return s.conn.Conn.Conn().Deallocate(context.Background(), s.sd.Name)
}

func (s *pgStmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }
func (s *pgStmt) Query([]driver.Value) (driver.Rows, error)  { return nil, driver.ErrSkip }

func (s *pgStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.sd == nil {
		return s.conn.several(ctx, s.text)
	}
	if err := s.conn.free(); err != nil {
		return nil, err
	}
	return s.conn.Conn.ExecContext(ctx, s.sd.Name, s.fit(args))
}

func (s *pgStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.conn.free(); err != nil {
		return nil, err
	}
	text := s.text
	if s.sd != nil {
		text = s.sd.Name
	}
	rows, err := s.conn.Conn.QueryContext(ctx, text, s.fit(args))
	if err != nil {
		return nil, err
	}
	r := &pgRows{conn: s.conn, from: rows}
	s.conn.reading = r
	return r, nil
}

// CheckNamedValue leaves arguments as Go's own converter makes them: numbers, texts, bytes, true and false.
func (s *pgStmt) CheckNamedValue(v *driver.NamedValue) error { return checkValue(v) }

// CheckNamedValue is the same for a statement that is not kept.
func (c *pgConn) CheckNamedValue(v *driver.NamedValue) error { return checkValue(v) }

func checkValue(v *driver.NamedValue) (err error) {
	v.Value, err = driver.DefaultParameterConverter.ConvertValue(v.Value)
	return err
}

// fit gives each argument the kind that its place wants.
func (s *pgStmt) fit(args []driver.NamedValue) []driver.NamedValue {
	if s.sd == nil {
		return args
	}
	for i := range args {
		if i < len(s.sd.ParamOIDs) {
			args[i].Value = fitted(args[i].Value, s.sd.ParamOIDs[i])
		}
	}
	return args
}

func fitted(v driver.Value, oid uint32) driver.Value {
	switch x := v.(type) {
	case bool:
		switch {
		case oid == pgtype.BoolOID:
		case x:
			return fitted(int64(1), oid)
		default:
			return fitted(int64(0), oid)
		}
	case int64:
		switch oid {
		case pgtype.TextOID, pgtype.VarcharOID:
			return strconv.FormatInt(x, 10)
		case pgtype.BoolOID:
			return x != 0
		}
	case string:
		if oid == pgtype.ByteaOID {
			return []byte(x)
		}
	case []byte:
		if oid == pgtype.TextOID {
			return strings.ToValidUTF8(string(x), "�")
		}
	}
	return v
}
