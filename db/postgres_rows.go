package db

import (
	"bytes"
	"database/sql/driver"
	"io"
	"strconv"
)

// pgRows are rows on their way from the server. A connection of PostgreSQL brings one answer at a time: when another
// statement is to run before these are read, the rest of them is taken into memory first.
type pgRows struct {
	conn *pgConn
	from driver.Rows
	once driver.Stmt      // to be closed with the rows
	kept [][]driver.Value // taken in, not yet read
	in   bool             // all that is left is in kept
	err  error            // by which taking in ended

	numeric []bool // columns of NUMERIC, which a sum of BIGINT is; nil: not yet asked
}

func (r *pgRows) Columns() []string { return r.from.Columns() }

func (r *pgRows) Next(dest []driver.Value) error {
	if !r.in {
		err := r.next(dest)
		if err != nil {
			r.done()
		}
		return err
	}
	if len(r.kept) == 0 {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	copy(dest, r.kept[0])
	r.kept = r.kept[1:]
	return nil
}

// takeIn reads what is left. What goes wrong on the way is told to whoever reads on.
func (r *pgRows) takeIn() error {
	r.in = true
	for {
		row := make([]driver.Value, len(r.from.Columns()))
		if err := r.next(row); err != nil {
			if err != io.EOF {
				r.err = err
			}
			r.done()
			return r.from.Close()
		}
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				row[i] = bytes.Clone(b)
			}
		}
		r.kept = append(r.kept, row)
	}
}

// next reads one row and gives its values as SQLite's driver would: whole numbers as such, true and false as 1 and 0.
func (r *pgRows) next(dest []driver.Value) error {
	if err := r.from.Next(dest); err != nil {
		return err
	}
	if r.numeric == nil {
		r.numeric = make([]bool, len(dest))
		kinds, ok := r.from.(driver.RowsColumnTypeDatabaseTypeName)
		for i := range dest {
			r.numeric[i] = ok && kinds.ColumnTypeDatabaseTypeName(i) == "NUMERIC"
		}
	}
	for i, v := range dest {
		switch x := v.(type) {
		case bool:
			dest[i] = int64(0)
			if x {
				dest[i] = int64(1)
			}
		case string:
			if r.numeric[i] {
				dest[i] = number(x)
			}
		}
	}
	return nil
}

func number(text string) driver.Value {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return text
}

// done tells the connection that it is free.
func (r *pgRows) done() {
	if r.conn.reading == r {
		r.conn.reading = nil
	}
}

func (r *pgRows) Close() error {
	r.kept = nil
	r.done()
	err := r.from.Close()
	if r.once != nil {
		once := r.once
		r.once = nil
		_ = once.Close()
	}
	return err
}
