package db

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestJoin runs writes as parts of one transaction: what fails is undone alone, the rest is there after the commit.
func TestJoin(t *testing.T) {
	d := open(t)
	var told []string
	err := d.Write(context.Background(), func(tx *Tx) error {
		ctx := tx.Join()
		part := func(name string, fails error) error {
			return d.Write(ctx, func(in *Tx) error {
				if in.Now != tx.Now {
					t.Error("a part has a clock of its own")
				}
				in.AfterCommit(func() { told = append(told, name) })
				return errors.Join(insert(name)(in), fails)
			})
		}
		if err := part("a", nil); err != nil {
			return err
		}
		if err := part("b", errWanted); !errors.Is(err, errWanted) {
			t.Errorf("b: %v", err)
		}
		if err := d.Write(ctx, func(*Tx) error { panic("oh") }); err == nil || !strings.Contains(err.Error(), "oh") {
			t.Errorf("a panic gave %v", err)
		}
		if err := d.Read(ctx, func(r *Tx) error {
			var n int
			return errors.Join(r.QueryRow("SELECT count(*) FROM things WHERE name = 'a'").Scan(&n), map[bool]error{false: errors.New("a is not seen")}[n == 1])
		}); err != nil {
			t.Error(err)
		}
		if len(told) > 0 {
			t.Errorf("told before the commit: %v", told)
		}
		return part("c", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, names(t, d), "a", "c")
	same(t, told, "a", "c")
}

// TestJoinDryRun undoes everything when the outer function fails.
func TestJoinDryRun(t *testing.T) {
	d := open(t)
	told := false
	err := d.Write(context.Background(), func(tx *Tx) error {
		err := d.Write(tx.Join(), func(in *Tx) error {
			in.AfterCommit(func() { told = true })
			return d.Write(in.Join(), insert("deep")) // parts may have parts
		})
		return errors.Join(err, errWanted)
	})
	if !errors.Is(err, errWanted) || strings.Contains(err.Error(), "db:") {
		t.Errorf("%v", err)
	}
	if told {
		t.Error("told of what never was")
	}
	same(t, names(t, d))
}

// TestJoinRefused: only the innermost running write transaction can be joined.
func TestJoinRefused(t *testing.T) {
	d := open(t)
	bg := context.Background()
	var left context.Context
	err := d.Write(bg, func(tx *Tx) error {
		left = tx.Join()
		if err := d.Write(tx.Ctx(), insert("x")); !errors.Is(err, ErrNested) {
			t.Errorf("by the plain context: %v", err)
		}
		return d.Write(left, func(in *Tx) error {
			if err := d.Write(left, insert("y")); !errors.Is(err, ErrNested) {
				t.Errorf("by the outer's context while a part of it runs: %v", err)
			}
			if err := d.Write(in.Ctx(), insert("z")); !errors.Is(err, ErrNested) {
				t.Errorf("by the part's plain context: %v", err)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Read(bg, func(tx *Tx) error { return d.Write(tx.Join(), insert("r")) }); !errors.Is(err, ErrNested) {
		t.Errorf("inside a read: %v", err)
	}
	if err := d.Write(left, insert("late")); err != nil {
		t.Errorf("after the transaction a joined context is a plain one: %v", err)
	}
	same(t, names(t, d), "late")
}
