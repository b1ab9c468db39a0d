package db

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"cohort/db/pgtest"
)

// two opens the same database twice, as two processes do.
func two(t *testing.T) (a, b *DB) {
	t.Helper()
	pgtest.Need(t)
	path := pgtest.Create(t)
	for _, to := range []**DB{&a, &b} {
		d, err := Open(context.Background(), Options{Path: path, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		*to = d
	}
	return a, b
}

func TestOneWriterForAllProcesses(t *testing.T) {
	a, b := two(t)
	write(t, a, "INSERT INTO settings (key, value) VALUES ('n', '0')")
	var wg sync.WaitGroup
	for _, d := range []*DB{a, b} {
		for range 4 {
			wg.Go(func() {
				for range 25 { // reads, then writes what it has read plus one
					err := d.Write(context.Background(), func(tx *Tx) error {
						var n int
						if err := tx.QueryRow("SELECT value FROM settings WHERE key = 'n'").Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec("UPDATE settings SET value = $1 WHERE key = 'n'", n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	err := a.Read(context.Background(), func(tx *Tx) error {
		var n int
		err := tx.QueryRow("SELECT value FROM settings WHERE key = 'n'").Scan(&n)
		if n != 200 {
			t.Errorf("%d of 200 additions are there", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestProcessesHearEachOther(t *testing.T) {
	a, b := two(t)
	ctx, stop := context.WithCancel(context.Background())
	ready, heard := make(chan struct{}), make(chan string)
	var wg sync.WaitGroup
	wg.Go(func() {
		b.Listen(ctx, "test", func(text string) { heard <- text }, func() { close(ready) })
	})
	<-ready
	if err := a.Say(ctx, "test", "客户 42"); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "客户 42" {
		t.Errorf("heard %q", got)
	}
	stop()
	wg.Wait()
}

func TestOneLeads(t *testing.T) {
	a, b := two(t)
	led := make(chan string)
	lead := func(d *DB, name string) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			d.Lead(ctx, func(ctx context.Context) { led <- name; <-ctx.Done() })
		})
		return func() { cancel(); wg.Wait() }
	}
	stopA := lead(a, "a")
	if got := <-led; got != "a" {
		t.Fatal(got)
	}
	stopB := lead(b, "b")
	select {
	case got := <-led:
		t.Fatal("two lead:", got)
	default:
	}
	stopA()
	if got := <-led; got != "b" {
		t.Fatal(got)
	}
	stopB()
}

func TestOneHolds(t *testing.T) {
	a, b := two(t)
	release, ok, err := a.Hold(context.Background(), 7)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := b.Hold(context.Background(), 7); ok || err != nil {
		t.Error("two hold the same", err)
	}
	release()
	free, ok, err := b.Hold(context.Background(), 7)
	if err != nil || !ok {
		t.Error("not free after its release", err)
	}
	free()
}

func TestAFileIsNotShared(t *testing.T) {
	d := open(t, func(o *Options) { o.Path = filepath.Join(t.TempDir(), "x.db") })
	ran := false
	d.Lead(context.Background(), func(context.Context) { ran = true })
	if _, ok, err := d.Hold(context.Background(), 1); !ran || !ok || err != nil || d.Shared() {
		t.Error(ran, ok, err)
	}
}
