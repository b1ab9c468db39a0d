package blob

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// none says that no row names anything.
func none([]string) (map[string]bool, error) { return nil, nil }

func TestSweep(t *testing.T) {
	s, dir := open(t)
	put := func(n int) string {
		b, err := s.Write(ctx, bytes.NewReader(content(n)), 100)
		if err != nil {
			t.Fatal(err)
		}
		return b.Stored
	}
	named, orphan, young := put(1), put(2), put(3)
	age(t, dir, named, 48*time.Hour)
	age(t, dir, orphan, 48*time.Hour)
	under := create(t, s, 10) // an upload that is still going on
	defer under.Abort()
	age(t, dir, under.name, 48*time.Hour)
	foreign := []string{"README", "tmp/left", "tmp/fresh", orphan[:2] + "/notes.txt"}
	for _, name := range foreign {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	age(t, dir, "tmp/left", 48*time.Hour)
	age(t, dir, "README", 48*time.Hour)
	age(t, dir, foreign[3], 48*time.Hour)

	n, err := s.Sweep(ctx, func([]string) (map[string]bool, error) { return map[string]bool{named: true}, nil }, 24*time.Hour)
	if err != nil || n != 2 {
		t.Errorf("removed %d, %v; want 2", n, err)
	}
	want := []string{named, young, under.name, "README", "tmp/fresh", foreign[3]}
	got := files(t, dir)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("left %v, want %v", got, want)
	}
}

func TestSweepStopsAtErrors(t *testing.T) {
	s, dir := open(t)
	b, err := s.Write(ctx, bytes.NewReader(content(9)), 100)
	if err != nil {
		t.Fatal(err)
	}
	age(t, dir, b.Stored, 48*time.Hour)
	no := errors.New("no database")
	if _, err := s.Sweep(ctx, func([]string) (map[string]bool, error) { return nil, no }, time.Hour); !errors.Is(err, no) {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Sweep(ended, none, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if list := files(t, dir); len(list) != 1 {
		t.Errorf("left %v", list)
	}
}

// The same bytes come again while a sweep has just learned that nobody names the old ones.
func TestSweepSparesWhatComesBack(t *testing.T) {
	s, dir := open(t)
	b, err := s.Write(ctx, bytes.NewReader(content(9)), 100)
	if err != nil {
		t.Fatal(err)
	}
	age(t, dir, b.Stored, 48*time.Hour)
	n, err := s.Sweep(ctx, func([]string) (map[string]bool, error) {
		_, err := s.Write(ctx, bytes.NewReader(content(9)), 100)
		return nil, err
	}, 24*time.Hour)
	if n != 0 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if got := read(t, s, b.Stored); !bytes.Equal(got, content(9)) {
		t.Error("others come back")
	}
}

func TestSweepWhileUploadsGoOn(t *testing.T) {
	s, _ := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 10 {
				b, err := s.Write(ctx, bytes.NewReader(content(100+i*10+j)), 1000)
				if err != nil {
					t.Error(err)
					return
				}
				read(t, s, b.Stored)
			}
		})
	}
	all.Go(func() {
		for range 20 {
			if _, err := s.Sweep(ctx, none, time.Hour); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
}
