package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestErrorNames(t *testing.T) {
	d := open(t)
	write(t, d, "INSERT INTO things(id, name) VALUES (1, 'a'), (2, 'frozen')")
	write(t, d, "INSERT INTO pairs VALUES (1, 1, 'Label', 5)")
	tests := []struct{ text, unique, constraint string }{
		{"INSERT INTO things(name) VALUES ('a')", "things.name", ""},
		{"INSERT INTO things(id, name) VALUES (1, 'b')", "things.id", ""},
		{"INSERT INTO pairs VALUES (1, 1, 'x', 0)", "pairs.a,pairs.b", ""},
		{"INSERT INTO pairs VALUES (1, 2, 'LABEL', 0)", "pairs_label_lower", ""},
		{"INSERT INTO pairs VALUES (1, 2, 'x', 5)", "pairs.state", ""},
		{"INSERT INTO things(name, size) VALUES ('b', -1)", "", "size_positive"},
		{"INSERT INTO things(name) VALUES (NULL)", "", "things.name"},
		{"INSERT INTO things(name, parent_id) VALUES ('b', 99)", "", ForeignKey},
		{"INSERT INTO late(thing_id) VALUES (99)", "", ForeignKey},
		{"UPDATE things SET name = 'x' WHERE id = 2", "", "thing_frozen"},
		{"INSERT INTO nowhere VALUES (1)", "", ""},
	}
	for _, test := range tests {
		err := d.Write(context.Background(), func(tx *Tx) error { _, err := tx.Exec(test.text); return err })
		wrapped := fmt.Errorf("outer: %w", err)
		unique, isUnique := Unique(wrapped)
		constraint, isConstraint := Constraint(wrapped)
		if err == nil || unique != test.unique || isUnique != (test.unique != "") ||
			constraint != test.constraint || isConstraint != (test.constraint != "") {
			t.Errorf("%s: unique %q, constraint %q, from %v", test.text, unique, constraint, err)
		}
	}
	for _, err := range []error{nil, errWanted, sql.ErrNoRows} {
		_, unique := Unique(err)
		_, constraint := Constraint(err)
		if unique || constraint || Busy(err) || Full(err) || NoRows(err) != errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%v is taken for something", err)
		}
	}
}

func TestNoRows(t *testing.T) {
	d := open(t)
	err := d.Read(context.Background(), func(tx *Tx) error {
		return tx.QueryRow("SELECT name FROM things").Scan(new(string))
	})
	if !NoRows(err) {
		t.Fatal(err)
	}
}

func TestNoTimes(t *testing.T) {
	d := open(t)
	now := time.Now()
	for _, arg := range []any{now, &now, (*time.Time)(nil), sql.NullTime{Time: now, Valid: true},
		sql.Null[time.Time]{V: now}, sql.Named("x", now), sql.Null[any]{V: now, Valid: true}} {
		err := d.Write(context.Background(), func(tx *Tx) error {
			_, exec := tx.Exec("INSERT INTO things(name, size) VALUES ($2, $1)", arg, "x")
			row := tx.QueryRow("SELECT $1", arg).Scan(new(any))
			if exec == nil || row == nil {
				t.Errorf("%T: %v, %v", arg, exec, row)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var none *sql.NullInt64
	for _, arg := range []any{nil, 1, "x", none, NullMillis(now), NullMillis(time.Time{})} {
		if err := noTimes([]any{arg}); err != nil {
			t.Error(err)
		}
	}
}

func TestArgumentCount(t *testing.T) {
	for text, want := range map[string]int{
		"SELECT 1": 0, "SELECT $1, $2, $1": 2, "SELECT $2 - $10": 10, "SELECT '$3', \"$4\", 'it''s $5', $1": 1,
		"SELECT $1 -- owner's $7\n, $2": 2, "SELECT /* don't\n$9 */ $1": 1,
	} {
		if got := params(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	d := open(t)
	err := d.Read(context.Background(), func(tx *Tx) error {
		_, many := tx.Exec("SELECT $1", 1, 2)
		few := tx.QueryRow("SELECT $1 + $2", 1).Err()
		if many == nil || few == nil {
			t.Errorf("too many: %v; too few: %v", many, few)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestValues(t *testing.T) {
	at := time.Date(2026, 2, 28, 23, 59, 59, 999_000_000, time.UTC)
	if Time(Millis(at)) != at || NullTime(NullMillis(at)) != at || !NullTime(NullMillis(time.Time{})).IsZero() {
		t.Error("an instant does not come back")
	}
	if NullMillis(time.Time{}).Valid {
		t.Error("the zero time is not NULL")
	}
	var args Args
	where := "a = " + args.Add(5) + " AND b = " + args.Add("x")
	if where != "a = $1 AND b = $2" || len(args) != 2 || args[1] != "x" {
		t.Error(where, args)
	}
	d := open(t)
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b'), ('c')")
	err := d.Read(context.Background(), func(tx *Tx) error {
		var args Args
		second, first := args.Add("b"), args.Add("a") // numbers, not order, decide
		rows, err := tx.Query("SELECT name FROM things WHERE name >= "+first+" AND name < "+second, args...)
		got, err := Collect(rows, err, text)
		if err != nil || len(got) != 1 || got[0] != "a" {
			t.Error(got, err)
		}
		rows, err = tx.Query("SELECT name FROM things")
		if _, err := Collect(rows, err, func(*sql.Rows) (int, error) { return 0, errWanted }); !errors.Is(err, errWanted) || !closed(rows) {
			t.Error("a failing scan left the rows open", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
