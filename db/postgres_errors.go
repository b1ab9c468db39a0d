package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL's codes that matter here (postgresql.org/docs/current/errcodes-appendix.html).
const (
	pgUnique     = "23505"
	pgNotNull    = "23502"
	pgForeignKey = "23503"
	pgCheck      = "23514"
	pgRaised     = "P0001" // RAISE EXCEPTION of a trigger
	pgLockWait   = "55P03"
	pgSerialize  = "40001"
	pgDeadlock   = "40P01"
	pgDiskFull   = "53100"
)

func serverError(err error) *pgconn.PgError {
	var e *pgconn.PgError
	errors.As(err, &e)
	return e
}

// pgUniqueName gives the key as SQLite names it: "table.a,table.b", or the name of the index where it is one over
// expressions. The server says "Key (a, b)=(1, 2) already exists."
func pgUniqueName(e *pgconn.PgError) string {
	key, _, found := strings.Cut(strings.TrimPrefix(e.Detail, "Key ("), ")=(")
	if !found || strings.ContainsAny(key, "()") {
		return e.ConstraintName
	}
	columns := strings.Split(key, ", ")
	for i, c := range columns {
		columns[i] = e.TableName + "." + strings.Trim(c, `"`)
	}
	return strings.Join(columns, ",")
}

// pgConstraintName gives the name of any other rule, "" where the error is of another kind.
func pgConstraintName(e *pgconn.PgError) string {
	switch e.Code {
	case pgForeignKey:
		return ForeignKey
	case pgNotNull:
		return e.TableName + "." + e.ColumnName
	case pgCheck:
		return e.ConstraintName
	case pgRaised:
		return e.Message
	}
	return ""
}

// Gone tells whether the database server, or the way to it, went away: it can be tried again, and by itself comes back.
func Gone(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e := serverError(err); e != nil {
		// connection exceptions, shutdown and recovery, idle writers ended, a server that is a standby by now
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P") || e.Code == "25P03" || e.Code == "25006" || e.Code == "53300"
	}
	var dial *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &dial) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}
