package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNotEmpty means that a database which a school is to be copied to has one already.
var ErrNotEmpty = errors.New("db: there is a school in it already")

// Copied says what a transfer has copied and compared.
type Copied struct {
	Tables int
	Rows   int64
}

// Transfer copies all rows of one database into another, which must be empty and may be of another engine. It reads one
// snapshot, writes one transaction, and compares the hash of every table before that is committed: either all of it is
// there, or nothing. report is told how many rows of a table are done; nil is nobody.
func Transfer(ctx context.Context, from, to *DB, report func(table string, rows int64)) (c Copied, err error) {
	if report == nil {
		report = func(string, int64) {}
	}
	err = from.Read(ctx, func(src *Tx) error {
		tables, err := src.Tables()
		if err != nil {
			return err
		}
		return to.Write(ctx, func(dst *Tx) error {
			c = Copied{Tables: len(tables)}
			if err := emptied(dst); err != nil {
				return err
			}
			tighten, err := to.engine.loosen(dst)
			if err != nil {
				return err
			}
			for _, t := range tables {
				n, err := transferTable(src, dst, t, report)
				if err != nil {
					return fmt.Errorf("db: copying %s: %w", t, err)
				}
				c.Rows += n
			}
			return tighten()
		})
	})
	return c, err
}

// emptied refuses a database with accounts or an audit trail, and takes out what migrations have put in.
func emptied(tx *Tx) error {
	for _, t := range []string{"accounts", "audit", "settings"} {
		var one int
		err := tx.QueryRow("SELECT 1 FROM " + t + " LIMIT 1").Scan(&one)
		if err == nil {
			return ErrNotEmpty
		}
		if !NoRows(err) {
			return err
		}
	}
	return nil
}

// transferTable copies one table and compares what came in with what went out.
func transferTable(src, dst *Tx, table string, report func(string, int64)) (int64, error) {
	columns, err := src.Columns(table)
	if err != nil {
		return 0, err
	}
	there, err := dst.Columns(table)
	if err != nil {
		return 0, err
	}
	names := columnNames(columns)
	if len(columns) != len(there) || !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(columnNames(there)))) {
		return 0, errors.New("the tables differ: both databases must be of the same version of the program")
	}
	if _, err := dst.Exec("DELETE FROM " + table); err != nil { // what migrations have put in
		return 0, err
	}
	list := strings.Join(names, ", ")
	out, err := eachRow(src, table, list, len(names), inserter(dst, table, list, len(names), report))
	if err != nil {
		return 0, err
	}
	in, err := eachRow(dst, table, list, len(names), nil)
	if err == nil && out != in {
		err = fmt.Errorf("%d rows went out, %d came in, and their hashes differ: nothing was copied", out.rows, in.rows)
	}
	return in.rows, err
}

func columnNames(list []Column) (names []string) {
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}

// sum is what two tables with the same rows, in whatever order, have in common.
type sum struct {
	rows int64
	hash [4]uint64 // of the rows' SHA-256, added up
}

func (s *sum) add(row []any) {
	h := sha256.New()
	for _, v := range row {
		var kind byte
		var data []byte
		switch x := v.(type) {
		case nil:
		case int64:
			kind, data = 'i', binary.BigEndian.AppendUint64(nil, uint64(x))
		case string:
			kind, data = 't', []byte(x)
		case []byte:
			kind, data = 'b', x
		default:
			kind, data = '?', []byte(fmt.Sprint(x))
		}
		h.Write(binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(data))))
		h.Write(data)
	}
	one := h.Sum(nil)
	for i := range s.hash {
		s.hash[i] += binary.BigEndian.Uint64(one[8*i:])
	}
	s.rows++
}

// eachRow reads a table, sums it up and hands its rows to take, where there is one; a last nil says that there are no
// more.
func eachRow(tx *Tx, table, list string, width int, take func(row []any) error) (s sum, err error) {
	rows, err := tx.Query("SELECT " + list + " FROM " + table)
	if err != nil {
		return s, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		row, err := scanAny(rows, width)
		if err != nil {
			return s, err
		}
		s.add(row)
		if take != nil {
			if err := take(row); err != nil {
				return s, err
			}
		}
	}
	if err := rows.Err(); err != nil || take == nil {
		return s, err
	}
	return s, take(nil)
}

func scanAny(rows *sql.Rows, width int) ([]any, error) {
	row, at := make([]any, width), make([]any, width)
	for i := range row {
		at[i] = &row[i]
	}
	return row, rows.Scan(at...)
}

// transferArgs is about how many arguments one statement has.
const transferArgs = 240

// inserter gathers rows and inserts many with one statement.
func inserter(tx *Tx, table, list string, width int, report func(string, int64)) func(row []any) error {
	most := max(1, transferArgs/width)
	var args Args
	var done int64
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		n := len(args) / width
		_, err := tx.Exec("INSERT INTO "+table+" ("+list+") VALUES "+places(n, width), args...)
		done += int64(n)
		args = args[:0]
		report(table, done)
		return err
	}
	return func(row []any) error {
		if row == nil {
			return flush()
		}
		if args = append(args, row...); len(args) == most*width {
			return flush()
		}
		return nil
	}
}

// places gives ($1, $2), ($3, $4) … for so many rows of so many columns.
func places(rows, width int) string {
	var b strings.Builder
	for i := range rows * width {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// loosen takes the triggers away and puts foreign keys off to the end: the rows of a school that is copied come in any
// order, and were looked at when they were made.
func (sqliteEngine) loosen(tx *Tx) (tighten func() error, err error) {
	if _, err := tx.Exec("PRAGMA defer_foreign_keys = ON"); err != nil {
		return nil, err
	}
	rows, err := tx.Query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	list, err := Collect(rows, err, func(r *sql.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if _, err := tx.Exec("DROP TRIGGER " + x[0]); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, x := range list {
			if _, err := tx.Exec(x[1]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// loosen does so on PostgreSQL: foreign keys are dropped and made anew in the same transaction, which looks at all rows.
func (p *postgres) loosen(tx *Tx) (tighten func() error, err error) {
	tables, err := tx.Tables()
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		WHERE ` + here + ` AND k.contype = 'f' ORDER BY k.oid`)
	keys, err := Collect(rows, err, func(r *sql.Rows) (x [3]string, err error) { return x, r.Scan(&x[0], &x[1], &x[2]) })
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if _, err := tx.Exec("ALTER TABLE " + k[0] + " DROP CONSTRAINT " + k[1]); err != nil {
			return nil, err
		}
	}
	set := func(state string) error {
		for _, t := range tables {
			if _, err := tx.Exec("ALTER TABLE " + t + " " + state + " TRIGGER USER"); err != nil {
				return err
			}
		}
		return nil
	}
	if err := set("DISABLE"); err != nil {
		return nil, err
	}
	return func() error {
		for _, k := range keys {
			if _, err := tx.Exec("ALTER TABLE " + k[0] + " ADD CONSTRAINT " + k[1] + " " + k[2]); err != nil {
				return err
			}
		}
		return set("ENABLE")
	}, nil
}
