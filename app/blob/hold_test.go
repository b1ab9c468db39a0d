package blob

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

func held(t *testing.T, s *Store, data []byte) Blob {
	t.Helper()
	u, err := s.Create(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	b, err := u.CommitHeld()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Bytes that an upload holds, or that any noun's row names, are not thrown away
// with those of an equal upload that was refused.
func TestDiscard(t *testing.T) {
	s, dir := open(t)
	var named string
	s.Refer(func(context.Context, []string) (map[string]bool, error) { return nil, nil })
	s.Refer(func(_ context.Context, list []string) (map[string]bool, error) {
		return map[string]bool{list[0]: list[0] == named}, nil
	})
	b := held(t, s, []byte("x"))
	again, err := s.Write(ctx, bytes.NewReader([]byte("x")), 100)
	if err != nil || again.Stored != b.Stored {
		t.Fatal(again, err)
	}
	discard := func(want int) {
		t.Helper()
		if err := s.Discard(ctx, b.Stored); err != nil {
			t.Error(err)
		}
		if n := len(files(t, dir)); n != want {
			t.Errorf("%d files, want %d", n, want)
		}
	}
	discard(1)
	age(t, dir, b.Stored, 48*time.Hour)
	if n, err := s.Sweep(ctx, func([]string) (map[string]bool, error) { return nil, nil }, time.Hour); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	named = b.Stored
	s.Release(b.Stored)
	discard(1)
	if used, err := s.Named(ctx, []string{b.Stored}); err != nil || !used[b.Stored] {
		t.Error(used, err)
	}
	named = ""
	discard(0)
	discard(0)
	if err := s.Discard(ctx, "../x"); !errors.Is(err, ErrName) {
		t.Error(err)
	}
}

// What cannot be asked is kept.
func TestDiscardKeepsWhatItCannotAsk(t *testing.T) {
	s, dir := open(t)
	no := errors.New("no")
	s.Refer(func(context.Context, []string) (map[string]bool, error) { return nil, no })
	b := held(t, s, []byte("x"))
	s.Release(b.Stored)
	if err := s.Discard(ctx, b.Stored); !errors.Is(err, no) || len(files(t, dir)) != 1 {
		t.Error(err, files(t, dir))
	}
}
