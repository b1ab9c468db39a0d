package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

const all = "SELECT name FROM things ORDER BY name"

func TestReadSnapshot(t *testing.T) {
	d := open(t)
	write(t, d, "INSERT INTO things(name) VALUES ('a')")
	err := d.Read(context.Background(), func(tx *Tx) error {
		for range 2 {
			var n int
			if err := tx.QueryRow("SELECT count(*) FROM things").Scan(&n); err != nil || n != 1 {
				t.Errorf("%d things: %v", n, err)
			}
			write(t, d, "INSERT INTO things(name) VALUES ($1)", fmt.Sprint(n, time.Now().UnixNano()))
		}
		return nil
	})
	if err != nil || len(names(t, d)) != 3 {
		t.Fatal(err, names(t, d))
	}
}

// TestReadLeavesNoSnapshot forgets open rows in a read; the same connection must see what is written later.
func TestReadLeavesNoSnapshot(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 1 })
	ctx := context.Background()
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b')")
	err := d.Read(ctx, func(tx *Tx) error {
		tx.QueryRow("SELECT name FROM things")
		tx.QueryRow("SELECT name FROM things")
		rows, err := tx.Query("SELECT id FROM things")
		rows.Next()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, "INSERT INTO things(name) VALUES ('c')")
	same(t, names(t, d), "a", "b", "c")
}

func TestReadOnly(t *testing.T) {
	d := open(t, file(t))
	for _, text := range []string{
		"INSERT INTO things(name) VALUES ('x')", "DELETE FROM things", "CREATE TABLE x (a)", "DROP TABLE things",
	} {
		err := d.Read(context.Background(), func(tx *Tx) error { _, err := tx.Exec(text); return err })
		if err == nil || !strings.Contains(err.Error(), "readonly") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestReadInterrupted(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 1 })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	err := d.Read(ctx, func(tx *Tx) error {
		var n int
		return tx.QueryRow(endless).Scan(&n)
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	same(t, names(t, d)) // the only reader still works
}

// TestReadCancelledAtRandom ends contexts while statements start and stop; no connection may be left in a bad state.
func TestReadCancelledAtRandom(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 2 })
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b')")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 100 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*time.Microsecond)
				err := d.Read(ctx, func(tx *Tx) error {
					rows, err := tx.Query(all)
					list, err := Collect(rows, err, text)
					if err == nil && ctx.Err() == nil && len(list) != 2 {
						t.Errorf("%q", list)
					}
					return err
				})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	write(t, d, "DELETE FROM things WHERE name = 'a'")
	for range 10 {
		same(t, names(t, d), "b")
	}
}

func TestReadersAreShared(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 2 })
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { names(t, d) })
	}
	wg.Wait()
	if n := len(d.readers.idle); n == 0 || n > 2 {
		t.Fatalf("%d readers", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := d.Read(context.Background(), func(*Tx) error {
		return d.Read(context.Background(), func(*Tx) error {
			cancel()
			return d.Read(ctx, func(*Tx) error { return nil }) // no seat left
		})
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestReadJoinsRead(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 1 }) // a second reader would wait for ever
	err := d.Read(context.Background(), func(out *Tx) error {
		return d.Read(out.Ctx(), func(in *Tx) error {
			if in != out {
				t.Error("another transaction")
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadPanicGivesBack(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 1 })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_ = d.Read(context.Background(), func(*Tx) error { panic("mine") })
	}()
	same(t, names(t, d))
}

func TestTxEnded(t *testing.T) {
	d := open(t)
	var kept *Tx
	if err := d.Write(context.Background(), func(tx *Tx) error { kept = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	_, exec := kept.Exec("DELETE FROM things")
	_, query := kept.Query("SELECT 1")
	row := kept.QueryRow("SELECT 1").Scan(new(int))
	for _, err := range []error{exec, query, row} {
		if !errors.Is(err, ErrEnded) {
			t.Error(err)
		}
	}
}

func TestSameTextWhileOpen(t *testing.T) {
	d := open(t)
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b'), ('c')")
	err := d.Read(context.Background(), func(tx *Tx) error {
		outer, err := tx.Query(all)
		if err != nil {
			return err
		}
		for outer.Next() {
			inner, err := tx.Query(all)
			list, err := Collect(inner, err, text)
			if err != nil || len(list) != 3 {
				t.Errorf("inner: %q %v", list, err)
			}
		}
		first, second := tx.QueryRow(all), tx.QueryRow(all)
		var a, b string
		if err := errors.Join(first.Scan(&a), second.Scan(&b)); err != nil || a != "a" || b != "a" {
			t.Errorf("%q %q %v", a, b, err)
		}
		return outer.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStatementsBounded(t *testing.T) {
	d := open(t, func(o *Options) { o.Readers = 1 })
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b')")
	err := d.Read(context.Background(), func(tx *Tx) error {
		held, err := tx.Query(all)
		if err != nil {
			return err
		}
		held.Next()
		memo := tx.conn.memo
		if err := tx.QueryRow("SELECT 'hot'").Scan(new(string)); err != nil {
			return err
		}
		hot := memo.get("SELECT 'hot'")
		for i := range 3 * cachedStatements {
			if err := tx.QueryRow("SELECT 'hot'").Scan(new(string)); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := tx.QueryRow(fmt.Sprintf("SELECT %d", i)).Scan(&n); err != nil || n != i {
				t.Fatal(n, err)
			}
			if len(memo.byText) > cachedStatements || memo.order.Len() != len(memo.byText) {
				t.Fatalf("%d statements, %d in order", len(memo.byText), memo.order.Len())
			}
		}
		if !held.Next() || held.Err() != nil {
			t.Errorf("open rows lost their statement: %v", held.Err())
		}
		if memo.get(all) == nil || memo.get("SELECT 'hot'") != hot || memo.get("SELECT 1") != nil || memo.get(fmt.Sprintf("SELECT %d", 3*cachedStatements-1)) == nil {
			t.Error("not the least recently used was closed")
		}
		return held.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRowsAreForgotten(t *testing.T) {
	d := open(t)
	err := d.Read(context.Background(), func(tx *Tx) error {
		for range 1000 {
			if err := tx.QueryRow("SELECT 1").Scan(new(int)); err != nil {
				return err
			}
		}
		if len(tx.rows) > 64 {
			t.Errorf("%d closed rows kept", len(tx.rows))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTxFromManyGoroutines is not how a transaction should be used, but it must not corrupt anything.
func TestTxFromManyGoroutines(t *testing.T) {
	d := open(t)
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b')")
	err := d.Read(context.Background(), func(tx *Tx) error {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 50 {
					rows, err := tx.Query("SELECT name FROM things")
					if list, err := Collect(rows, err, text); err != nil || len(list) != 2 {
						t.Error(list, err)
					}
				}
			})
		}
		wg.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
