package db

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Millis is how an instant is stored: milliseconds since 1970 in UTC.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time is the instant that [Millis] stored.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// NullMillis stores an instant that may be missing: the zero time becomes NULL.
func NullMillis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// NullTime is the instant that [NullMillis] stored: NULL becomes the zero time.
func NullTime(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return Time(ms.Int64)
}

// Args collects the arguments of a statement whose text is built piece by piece.
type Args []any

// Add keeps v and returns its place in the text: "$1", "$2", …
func (a *Args) Add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// Collect reads all rows through scan and closes them. It takes the two results of [Tx.Query] as they are:
//
//	rows, err := tx.Query(…)
//	return db.Collect(rows, err, scanCustomer)
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (list []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// ColumnOf reads the only column of all rows, and closes them, as [Collect] does.
func ColumnOf[T any](rows *sql.Rows, err error) ([]T, error) {
	return Collect(rows, err, func(r *sql.Rows) (v T, err error) { return v, r.Scan(&v) })
}

// noTimes refuses arguments that the driver would store as the text of a time.
func noTimes(args []any) error {
	for i, a := range args {
		if holdsTime(a) {
			return fmt.Errorf("db: argument $%d is a %T: store instants with Millis or NullMillis", i+1, a)
		}
	}
	return nil
}

func holdsTime(a any) bool {
	switch v := a.(type) {
	case nil, string, int64, int, bool, []byte, float64, sql.NullInt64, sql.NullString:
		return false // the usual ones, without reflection
	case time.Time, *time.Time, sql.NullTime, sql.Null[time.Time]:
		return true
	case sql.NamedArg:
		return holdsTime(v.Value)
	case driver.Valuer:
		if r := reflect.ValueOf(a); r.Kind() == reflect.Pointer && r.IsNil() {
			return false
		}
		value, err := v.Value()
		_, is := value.(time.Time)
		return err == nil && is
	}
	return false
}
