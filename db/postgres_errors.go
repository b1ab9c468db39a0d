package db

import (
	"context"
	"database/sql/driver"
	"errors"
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
	pgTooMany    = "53300" // connections
	pgReadOnly   = "25006"
	pgDisk       = "58030" // the server cannot read or write its files
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
	var lost *errLost
	var dial *pgconn.ConnectError
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &lost), errors.Is(err, driver.ErrBadConn), errors.Is(err, pgconn.ErrConnClosed):
		return true
	}
	if e := serverError(err); e != nil {
		return goneCode(e)
	}
	return errors.As(err, &dial) // even where it took too long
}

// goneCode tells whether the server says of itself, or of the connection, that it goes.
func goneCode(e *pgconn.PgError) bool {
	switch e.Code {
	case "08000", "08003", "08006", "08001", "08004", // the connection, as balancers and poolers report it
		"57P01", "57P02", "57P03", // shut down, crashed, not up yet
		"25P03", "57P05", // ended by the server since we rested too long
		pgTooMany:
		return true
	case pgReadOnly:
		return standby(e)
	}
	return false
}

// standby tells whether the server follows another one by now. The same code comes from every read-only transaction, and
// from a database that the administrator has made read-only; messages are in the server's language, names of its routines
// are not.
func standby(e *pgconn.PgError) bool { return e.Routine == "PreventCommandDuringRecovery" }
