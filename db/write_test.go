package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var errWanted = errors.New("wanted")

func insert(name string) func(tx *Tx) error {
	return func(tx *Tx) error {
		_, err := tx.Exec("INSERT INTO things(name) VALUES ($1)", name)
		return err
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// TestWriteGroup queues good and bad functions into one group and looks at each outcome.
func TestWriteGroup(t *testing.T) {
	d := open(t, file(t))
	write(t, d, "INSERT INTO things(name) VALUES ('taken')")
	cancelled, cancel := context.WithCancel(context.Background())
	ctx := context.Background()
	after := func(err error) func(tx *Tx) error {
		return func(tx *Tx) error { return errors.Join(insert("failed")(tx), err) }
	}
	jobs := []struct {
		name string
		ctx  context.Context
		f    func(tx *Tx) error
		fine func(err error) bool
	}{
		{"good", ctx, insert("a"), func(err error) bool { return err == nil }},
		{"error", ctx, after(errWanted), func(err error) bool { return errors.Is(err, errWanted) }},
		{"panic", ctx, func(tx *Tx) error { _ = insert("panicked")(tx); panic("oh") },
			func(err error) bool { return err != nil && strings.Contains(err.Error(), "oh") }},
		{"unique", ctx, insert("taken"), func(err error) bool { n, ok := Unique(err); return ok && n == "things.name" }},
		{"swallowed", ctx, func(tx *Tx) error { _ = insert("taken")(tx); return insert("b")(tx) },
			func(err error) bool { return err == nil }},
		{"cancelled", cancelled, insert("never"), func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"late key", ctx, func(tx *Tx) error { _, err := tx.Exec("INSERT INTO late(thing_id) VALUES (99)"); return err },
			func(err error) bool { n, _ := Constraint(err); return n == ForeignKey }},
		{"steering", ctx, func(tx *Tx) error { _, err := tx.Exec(" commit"); return err },
			func(err error) bool { return errors.Is(err, errSteering) }},
		{"good", ctx, insert("c"), func(err error) bool { return err == nil }},
	}
	var wg sync.WaitGroup
	held := blocked(t, d, func(waitFor func(int)) {
		for i, j := range jobs {
			wg.Go(func() {
				if err := d.Write(j.ctx, j.f); !j.fine(err) {
					t.Errorf("%s: %v", j.name, err)
				}
			})
			waitFor(i + 1)
		}
		cancel()
	})
	wg.Wait()
	if held != nil {
		t.Error(held)
	}
	same(t, names(t, d), "a", "b", "c", "taken")
}

// TestWriteEndsGoroutine lets a function end by runtime.Goexit, as t.FailNow does.
func TestWriteEndsGoroutine(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.Write(context.Background(), func(tx *Tx) error { _ = insert("gone")(tx); runtime.Goexit(); return nil })
	})
	wg.Wait()
	write(t, d, "INSERT INTO things(name) VALUES ('next')")
	same(t, names(t, d), "next")
}

// TestWriteLost ends the shared transaction in several ways from inside one function. Nobody in the group may be told of
// success, nothing may be there, and the next group must work.
func TestWriteLost(t *testing.T) {
	fill := func(tx *Tx) error {
		if _, err := tx.Exec("PRAGMA max_page_count = 40"); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO things(name) VALUES ($1)", strings.Repeat("x", 1<<20))
		return err
	}
	ways := map[string]func(tx *Tx) error{
		"full":             fill,
		"full, kept quiet": func(tx *Tx) error { _ = fill(tx); return nil },
		"full, goes on": func(tx *Tx) error {
			if full := fill(tx); !Full(full) {
				t.Errorf("not full: %v", full)
			}
			if err := insert("alone")(tx); !errors.Is(err, ErrGroup) {
				t.Errorf("a statement after the end: %v", err)
			}
			return nil
		},
		"hidden restart": func(tx *Tx) error {
			_, _ = tx.Exec("/**/ ROLLBACK; BEGIN; SAVEPOINT cohort_write; INSERT INTO things(name) VALUES ('alone')")
			return nil
		},
		"or rollback": func(tx *Tx) error {
			_, _ = tx.Exec("INSERT OR ROLLBACK INTO things(name) VALUES ('taken')")
			return nil
		},
		"hidden commit":   func(tx *Tx) error { _, _ = tx.Exec("/* */ COMMIT"); return nil },
		"hidden rollback": func(tx *Tx) error { _, _ = tx.Exec("SELECT 1; ROLLBACK"); return nil },
		"hidden release":  func(tx *Tx) error { _, _ = tx.Exec("/* */ RELEASE cohort_write"); return nil },
		"hidden, goes on": func(tx *Tx) error {
			_, _ = tx.Exec("/**/ ROLLBACK; INSERT INTO things(name) VALUES ('alone')")
			return nil
		},
	}
	for way, f := range ways {
		t.Run(way, func(t *testing.T) {
			d := open(t, file(t))
			write(t, d, "INSERT INTO things(name) VALUES ('taken')")
			var wg sync.WaitGroup
			held := blocked(t, d, func(waitFor func(int)) {
				for i, g := range []func(*Tx) error{insert("before"), f} {
					wg.Go(func() {
						if err := d.Write(context.Background(), g); err == nil {
							t.Error("a lost transaction was answered as done")
						}
					})
					waitFor(i + 1)
				}
			})
			wg.Wait()
			if !errors.Is(held, ErrGroup) {
				t.Errorf("the first of the group got %v", held)
			}
			write(t, d, "INSERT INTO things(name) VALUES ('after')")
			same(t, names(t, d), "after", "taken")
		})
	}
}

// TestWriteMixed mixes everything at random: what was answered is there, and what failed is not.
func TestWriteMixed(t *testing.T) {
	d := open(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var mu sync.Mutex
	var kept []string
	var wg sync.WaitGroup
	for w := range 32 {
		r := rand.New(rand.NewPCG(seed, uint64(w)))
		wg.Go(func() {
			for i := range 40 {
				name := fmt.Sprintf("%02d-%02d", w, i)
				ran, err := mixed(d, r, name)
				if err == nil && !ran {
					t.Errorf("%s was answered without having run", name)
				}
				if err == nil {
					mu.Lock()
					kept = append(kept, name)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(kept)
	same(t, names(t, d), kept...)
	if len(kept) == 0 || len(kept) == 32*40 {
		t.Fatalf("%d of %d kept: nothing was mixed", len(kept), 32*40)
	}
}

// mixed writes one name and lets the write go well or badly.
func mixed(d *DB, r *rand.Rand, name string) (ran bool, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	way := r.IntN(8)
	if way == 0 {
		go cancel() // sometime before, while or after it runs
	}
	return ran, d.Write(ctx, func(tx *Tx) error {
		ran = true
		if err := insert(name)(tx); err != nil {
			return err
		}
		switch way {
		case 1:
			return errWanted
		case 2:
			panic("wanted")
		case 3:
			return insert(name)(tx) // taken
		case 4:
			rows, err := tx.Query("SELECT name FROM things") // left open
			if err == nil {
				rows.Next()
			}
			return err
		case 5:
			cancel() // too late to matter
		}
		return nil
	})
}

func TestWriteNotInterrupted(t *testing.T) {
	d := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := d.Write(ctx, func(tx *Tx) error {
		cancel()
		if tx.Ctx().Err() != nil {
			t.Error("the caller's end reached the transaction")
		}
		return insert("done")(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, names(t, d), "done")
}

func TestWriteAlreadyCancelled(t *testing.T) {
	d := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Write(ctx, func(*Tx) error { t.Error("ran"); return nil }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// TestWriteGivesUp cancels a write while another holds the writer: it returns at once and never runs.
func TestWriteGivesUp(t *testing.T) {
	d := open(t)
	held := blocked(t, d, func(waitFor func(int)) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- d.Write(ctx, insert("never")) }()
		waitFor(1)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if held != nil {
		t.Fatal(held)
	}
	same(t, names(t, d))
}

// TestJobClaim looks at the two ends of the race between a turn and a context that ends.
func TestJobClaim(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if j := newJob(ctx); j.start() || !errors.Is(<-j.answer, context.Canceled) {
		t.Error("the loop began a job whose context had ended")
	}
	for range 50 {
		j := newJob(ctx)
		j.claim()
		j.turn <- new(Tx)
		if tx, err := j.wait(); tx == nil {
			t.Fatal("the caller gave up what the loop had begun", err)
		}
	}
}

type otherKey struct{}

func TestWriteNested(t *testing.T) {
	d, other := open(t), open(t)
	inside := func(tx *Tx) error {
		return d.Write(context.WithValue(tx.Ctx(), otherKey{}, 1), func(*Tx) error { return nil })
	}
	ctx := context.Background()
	for name, outer := range map[string]func(context.Context, func(*Tx) error) error{"write": d.Write, "read": d.Read} {
		if err := outer(ctx, inside); !errors.Is(err, ErrNested) {
			t.Errorf("in a %s: %v", name, err)
		}
	}
	if err := other.Write(ctx, inside); err != nil {
		t.Errorf("another database: %v", err)
	}
	var late context.Context
	if err := d.Write(ctx, func(tx *Tx) error { late = tx.Ctx(); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(late, insert("late")); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestReadJoinsWrite(t *testing.T) {
	d := open(t)
	err := d.Write(context.Background(), func(tx *Tx) error {
		if err := insert("own")(tx); err != nil {
			return err
		}
		return d.Read(tx.Ctx(), func(in *Tx) error {
			var n int
			if err := in.QueryRow("SELECT count(*) FROM things").Scan(&n); err != nil || n != 1 {
				t.Errorf("sees %d things: %v", n, err)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAfterCommit(t *testing.T) {
	d := open(t)
	var got []int
	add := func(n int) func() { return func() { got = append(got, n) } }
	ctx := context.Background()
	_ = d.Write(ctx, func(tx *Tx) error { tx.AfterCommit(add(100)); return errWanted })
	err := d.Write(ctx, func(tx *Tx) error {
		tx.AfterCommit(add(1))
		tx.AfterCommit(func() { panic("only logged") })
		tx.AfterCommit(func() {
			if err := d.Write(tx.Ctx(), insert("b")); err != nil { // the writer is free again
				t.Error(err)
			}
			if len(names(t, d)) != 2 {
				t.Error("ran before the commit")
			}
		})
		tx.AfterCommit(add(2))
		return insert("a")(tx)
	})
	if err != nil || !slices.Equal(got, []int{1, 2}) {
		t.Fatal(got, err)
	}
	_ = d.Write(ctx, func(tx *Tx) error { tx.AfterCommit(add(101)); panic("no") })
	if len(got) != 2 {
		t.Fatal("ran after a rollback")
	}
}

func TestOneClockReading(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 123_987_654, time.FixedZone("CST", 8*3600))
	d := open(t, func(o *Options) { o.Clock = func() time.Time { at = at.Add(time.Second); return at } })
	want := at.Add(time.Second).UTC().Truncate(time.Millisecond)
	err := d.Write(context.Background(), func(tx *Tx) error {
		if tx.Now != want || tx.Now != Time(Millis(tx.Now)) {
			t.Errorf("now is %v, want %v", tx.Now, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCloseFinishesQueue(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	closing := make(chan error, 1)
	held := blocked(t, d, func(waitFor func(int)) {
		for i := range 5 {
			wg.Go(func() {
				if err := d.Write(context.Background(), insert(fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			})
		}
		waitFor(5)
		go func() { closing <- d.Close() }()
		select {
		case err := <-closing:
			t.Error("closed while writes wait", err)
		case <-time.After(20 * time.Millisecond):
		}
	})
	wg.Wait()
	if err := errors.Join(held, <-closing); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	nothing := func(*Tx) error { return nil }
	if !errors.Is(d.Write(ctx, nothing), ErrClosed) || !errors.Is(d.Read(ctx, nothing), ErrClosed) {
		t.Fatal("still open")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	same(t, names(t, open(t, func(o *Options) { o.Path = d.opt.Path })), "0", "1", "2", "3", "4")
}

// TestBusy lets another process hold the write lock: everybody gets the error, and the lock's end heals it.
func TestBusy(t *testing.T) {
	d := open(t, file(t))
	write(t, d, "PRAGMA busy_timeout = 50") // also ends the wait of this test sooner
	other, err := sql.Open("sqlite", writerDSN(d.opt.Path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	lock, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(context.Background(), insert("a")); !Busy(err) {
		t.Fatal(err)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	write(t, d, "INSERT INTO things(name) VALUES ('b')")
	same(t, names(t, d), "b")
}

func spoil(t *testing.T, path string, texts ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", fileURI(filepath.Clean(path)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	raw.SetMaxOpenConns(1)
	for _, text := range texts {
		if _, err := raw.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
}
