package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/policy"
	"cohort/db/pgtest"
)

// onTwo opens one school in two processes, with the same keys.
func onTwo(t *testing.T) (a, b *App) {
	t.Helper()
	pgtest.Need(t)
	address, dir := pgtest.Create(t), t.TempDir()
	for i, to := range []**App{&a, &b} {
		c := Config{Data: filepath.Join(dir, string(rune('a'+i))), AgeKey: "off", Database: address}
		if i == 1 {
			must(t, os.MkdirAll(c.Data, 0o700))
			secret, err := os.ReadFile(filepath.Join(a.Config.Data, secretFile))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(c.Data, secretFile), secret, 0o600))
		}
		opened, err := Open(context.Background(), c, slog.New(slog.DiscardHandler))
		must(t, err)
		t.Cleanup(func() { _ = opened.Close() })
		*to = opened
	}
	return a, b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// running runs the workers of both until the test ends.
func running(t *testing.T, list ...*App) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, a := range list {
		all.Go(func() { a.Run(ctx) })
	}
	t.Cleanup(func() { stop(); all.Wait() })
}

func TestWhatChangesHereIsHeardThere(t *testing.T) {
	a, b := onTwo(t)
	sub := b.Bus.Subscribe()
	defer sub.Close()
	running(t, a, b)
	want := bus.Event{Resource: "customers", ID: 42, Verb: "changed"}
	for deadline := time.After(time.Minute); ; {
		a.Bus.Publish(want) // again and again: b may not listen yet
		select {
		case <-sub.C:
		case <-deadline:
			t.Fatal("not heard")
		}
		events, _ := sub.Take()
		for _, e := range events {
			if e == want {
				return
			}
		}
	}
}

// A setting that is changed in one process is in force in the other.
func TestSettingsAreTheSameEverywhere(t *testing.T) {
	a, b := onTwo(t)
	running(t, a, b)
	sub := b.Bus.Subscribe()
	defer sub.Close()
	<-sub.C // b has begun to listen, and was told to read everything again
	must(t, a.Settings.Set(context.Background(), policy.System, "target_follow_ups", "77"))
	for deadline := time.Now().Add(time.Minute); b.Settings.Int("target_follow_ups") != 77; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other process has not heard of it")
		}
	}
}

func TestProcessesMustHaveTheSameKeys(t *testing.T) {
	a, b := onTwo(t)
	ctx := context.Background()
	must(t, a.SharedKeys(ctx))
	must(t, b.SharedKeys(ctx))
	must(t, os.WriteFile(filepath.Join(b.Config.Data, secretFile), []byte(strings.Repeat("x", 32)), 0o600))
	if err := b.SharedKeys(ctx); err == nil || !strings.Contains(err.Error(), "copy secret.key") {
		t.Errorf("another secret: %v", err)
	}
}
