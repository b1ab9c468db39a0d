package db

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"syscall"

	"modernc.org/sqlite"
)

// SQLite's result codes that matter here (sqlite.org/rescode.html). An extended code carries its primary one in the
// lowest eight bits.
const (
	codeBusy       = 5
	codeReadOnly   = 8
	codeIO         = 10
	codeFull       = 13
	codeCannotOpen = 14
	codeConstraint = 19
	codePrimaryKey = 1555
	codeUnique     = 2067
	codeRowID      = 2579
	codeForeignKey = 787
)

// ForeignKey is the name that [Constraint] returns for every foreign key: SQLite does not say which one it was.
const ForeignKey = "FOREIGN KEY"

// Unique tells whether err says that a row with the same key exists, and which key: "customers.phone",
// "keys.account_id,keys.name", or the name of the index when it is one over expressions.
func Unique(err error) (name string, ok bool) {
	if e := serverError(err); e != nil {
		if e.Code != pgUnique {
			return "", false
		}
		return pgUniqueName(e), true
	}
	code, msg := describe(err)
	if code != codeUnique && code != codePrimaryKey && code != codeRowID {
		return "", false
	}
	_, name, _ = strings.Cut(msg, "constraint failed: ")
	if index, found := strings.CutPrefix(name, "index '"); found {
		return strings.TrimSuffix(index, "'"), true
	}
	return strings.ReplaceAll(name, ", ", ","), true
}

// Constraint tells whether err comes from any other rule of the tables, and which: the name (or, unnamed, the text) of a
// CHECK, the "table.column" of a NOT NULL, the message of a trigger's RAISE, or [ForeignKey].
func Constraint(err error) (name string, ok bool) {
	if errors.Is(err, errKeys) {
		return ForeignKey, true
	}
	if e := serverError(err); e != nil {
		name = pgConstraintName(e)
		return name, name != ""
	}
	code, msg := describe(err)
	if _, unique := Unique(err); unique || code&0xff != codeConstraint {
		return "", false
	}
	if code == codeForeignKey {
		return ForeignKey, true
	}
	if _, name, found := strings.Cut(msg, "constraint failed: "); found {
		return name, true
	}
	return msg, true
}

// NoRows tells whether err says that [Row.Scan] found no row.
func NoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Busy tells whether another process held the database for too long.
func Busy(err error) bool {
	if e := serverError(err); e != nil {
		return e.Code == pgLockWait || e.Code == pgSerialize || e.Code == pgDeadlock
	}
	code, _ := describe(err)
	return code&0xff == codeBusy
}

// Full tells whether the disk is full, be it the database's or that of a file.
func Full(err error) bool {
	if e := serverError(err); e != nil {
		return e.Code == pgDiskFull
	}
	code, _ := describe(err)
	return code&0xff == codeFull || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Unwritable tells whether the disk takes no writes: it is read-only, broken, or away.
func Unwritable(err error) bool {
	if e := serverError(err); e != nil {
		return e.Code == pgDisk || e.Code == pgReadOnly && !standby(e)
	}
	switch code, _ := describe(err); code & 0xff {
	case codeReadOnly, codeIO, codeCannotOpen:
		return true
	}
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EIO)
}

// describe returns SQLite's extended code, 0 when err is none of its errors, and its message. The driver writes
// "constraint failed: UNIQUE constraint failed: t.a, t.b (2067)": a general part, the message, the code.
func describe(err error) (code int, msg string) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0, ""
	}
	msg = strings.TrimSuffix(e.Error(), " ("+strconv.Itoa(e.Code())+")")
	if _, rest, found := strings.Cut(msg, ": "); found {
		msg = rest
	}
	return e.Code(), msg
}
