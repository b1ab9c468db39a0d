package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cohort/db/pgtest"
)

// short is a patience that a test can wait for. To connect takes longer on a busy machine: see silent.
const short = 300 * time.Millisecond

// silent opens a database by a way that can fall silent.
func silent(t *testing.T) (*pgtest.Way, *DB) {
	t.Helper()
	pgtest.Need(t)
	w, address := pgtest.NewWay(t, pgtest.Create(t))
	d, err := Open(context.Background(), Options{Path: address + "?connect_timeout=2", Patience: short, Readers: 4, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Speak(); _ = d.Close() })
	return w, d
}

func put(d *DB, key string) error {
	return d.Write(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ($1, '')", key)
		return err
	})
}

func one(d *DB) error {
	return d.Read(context.Background(), func(tx *Tx) error { return tx.QueryRow("SELECT 1").Scan(new(int)) })
}

// A server that says nothing any more, while its connections stay open, holds nobody up for ever: readers and writers are
// told that it is gone, however many wait, and when it speaks again all goes on by itself.
func TestTheServerFallsSilent(t *testing.T) {
	w, d := silent(t)
	if err := errors.Join(put(d, "before"), one(d)); err != nil {
		t.Fatal(err)
	}
	w.Hush()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if i%4 == 0 {
				if err := put(d, fmt.Sprint("lost ", i)); !Gone(err) {
					t.Errorf("a write while nobody answers: %v", err)
				}
			} else if err := one(d); !Gone(err) {
				t.Errorf("a read while nobody answers: %v", err)
			}
		})
	}
	all.Wait()
	w.Speak()
	if err := errors.Join(put(d, "after"), one(d)); err != nil {
		t.Errorf("back again, but: %v", err)
	}
}

// It may fall silent in the middle of a write. Nobody else is locked out by what is left of it at the server: the
// connection that was cut off in the middle is ended there, as soon as the server can be asked.
func TestSilenceInTheMiddleOfAWrite(t *testing.T) {
	w, d := silent(t)
	other, err := Open(context.Background(), Options{Path: pgtest.Of(pgtest.Name(d.opt.Path)), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	err = d.Write(context.Background(), func(tx *Tx) error {
		if _, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('half', '')"); err != nil {
			return err
		}
		w.Swallow()
		_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('other half', '')")
		return err
	})
	if !Gone(err) {
		t.Errorf("cut off in the middle: %v", err)
	}
	if err := put(other, "another process"); err != nil {
		t.Errorf("the lock stays taken: %v", err)
	}
	if err := put(d, "again"); err != nil {
		t.Error(err)
	}
	var n int
	err = d.Read(context.Background(), func(tx *Tx) error {
		return tx.QueryRow("SELECT count(*) FROM settings WHERE key IN ('half', 'other half')").Scan(&n)
	})
	if n != 0 || err != nil {
		t.Errorf("%d rows of a write that failed, %v", n, err)
	}
}

// The answer to a COMMIT, or the COMMIT itself, is swallowed: what is told is what became of it.
func TestASilentCommit(t *testing.T) {
	w, d := silent(t)
	for what, kept := range map[pgtest.Swallowing]bool{pgtest.Question: false, pgtest.Answer: true} {
		w.AtCommit(what)
		key := fmt.Sprint("asked ", what)
		if err := put(d, key); (err == nil) != kept {
			t.Errorf("%s: told %v", key, err)
		}
		var n int
		err := d.Read(context.Background(), func(tx *Tx) error {
			return tx.QueryRow("SELECT count(*) FROM settings WHERE key = $1", key).Scan(&n)
		})
		if err != nil || (n == 1) != kept {
			t.Errorf("%s: %d rows, %v", key, n, err)
		}
	}
}

// A statement that takes long is no silence, however long: the server says that it is at work.
func TestALongStatementIsWaitedFor(t *testing.T) {
	_, d := silent(t)
	err := d.Read(context.Background(), func(tx *Tx) error {
		return tx.QueryRow("SELECT 1 FROM (SELECT pg_sleep($1)) AS s", 6*short.Seconds()).Scan(new(int))
	})
	if err != nil {
		t.Error(err)
	}
}

// Who leads, and who listens, finds out, and begins anew.
func TestSilencePeers(t *testing.T) {
	w, d := silent(t)
	ctx, cancel := context.WithCancel(context.Background())
	led, heard, ready := make(chan context.Context), make(chan string, 1), make(chan struct{}, 9)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	all.Go(func() { d.Lead(ctx, func(ctx context.Context) { led <- ctx; <-ctx.Done() }) })
	all.Go(func() { d.Listen(ctx, "test", func(s string) { heard <- s }, func() { ready <- struct{}{} }) })
	first := <-led
	<-ready
	w.Hush()
	<-first.Done() // it no longer leads
	w.Speak()
	<-led
	<-ready
	if err := d.Say(ctx, "test", "here"); err != nil {
		t.Fatal(err)
	}
	if s := <-heard; s != "here" {
		t.Errorf("heard %q", s)
	}
}

// Only what says that the server goes, or has gone, is taken for it.
func TestGone(t *testing.T) {
	code := func(code, routine string) error {
		return fmt.Errorf("outer: %w", &pgconn.PgError{Code: code, Routine: routine})
	}
	for _, test := range []struct {
		err              error
		gone, unwritable bool
	}{
		{code("57P01", ""), true, false},
		{code("57P03", ""), true, false},
		{code("53300", ""), true, false},
		{code("25P03", ""), true, false},
		{code("08006", ""), true, false},
		{code("08P01", ""), false, false}, // a fault of ours, in the protocol
		{code("57P04", ""), false, false}, // the database was dropped: it does not come back by itself
		{code("57014", ""), false, false}, // interrupted
		{code("25006", "PreventCommandDuringRecovery"), true, false},
		{code("25006", "PreventCommandIfReadOnly"), false, true},
		{code("58030", ""), false, true},
		{code("28P01", ""), false, false}, // a wrong password
		{context.Canceled, false, false},
		{context.DeadlineExceeded, false, false},
		{&errLost{"x"}, true, false},
	} {
		if Gone(test.err) != test.gone || Unwritable(test.err) != test.unwritable {
			t.Errorf("%v: gone %v, unwritable %v", test.err, Gone(test.err), Unwritable(test.err))
		}
	}
}

// A write in a snapshot is a fault of ours, and a database made read-only by its administrator is not gone.
func TestReadOnlyIsNotGone(t *testing.T) {
	_, d := silent(t)
	err := d.Read(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('a', '')")
		return err
	})
	if err == nil || Gone(err) {
		t.Errorf("a write in a snapshot: %v", err)
	}
	name := pgx.Identifier{pgtest.Name(d.opt.Path)}.Sanitize()
	if err := pgtest.Do("ALTER DATABASE " + name + " SET default_transaction_read_only = on"); err != nil {
		t.Fatal(err)
	}
	cut(t, d)
	if err := put(d, "b"); !Unwritable(err) || Gone(err) {
		t.Errorf("the database is read-only: %v", err)
	}
}
