package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func create(t testing.TB, s *Store, limit int64) *Temp {
	t.Helper()
	u, err := s.Create(ctx, limit)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUploadInAnyOrder(t *testing.T) {
	s, dir := open(t)
	want := content(100_000)
	rapid.Check(t, func(r *rapid.T) {
		cuts := append(rapid.SliceOfN(rapid.IntRange(0, len(want)), 0, 12).Draw(r, "cuts"), 0, len(want))
		slices.Sort(cuts)
		var parts [][2]int
		for i := 1; i < len(cuts); i++ {
			parts = append(parts, [2]int{cuts[i-1], cuts[i]})
		}
		parts = rapid.Permutation(parts).Draw(r, "order")
		u := create(t, s, int64(len(want)))
		for _, p := range parts {
			from := max(0, p[0]-rapid.IntRange(0, 50).Draw(r, "overlap"))
			if n, err := u.WriteAt(want[from:p[1]], int64(from)); err != nil || n != p[1]-from {
				r.Fatalf("%d, %v", n, err)
			}
		}
		b, err := u.Commit()
		sum := sha256.Sum256(want)
		if err != nil || b.SHA256 != hex.EncodeToString(sum[:]) || b.Size != int64(len(want)) {
			r.Fatalf("%+v, %v", b.Size, err)
		}
	})
	if list := files(t, dir); len(list) != 1 {
		t.Errorf("on the disk %v", list)
	}
}

// What was written over is what counts, also where it had been hashed already.
func TestWriteOverOlderBytes(t *testing.T) {
	s, _ := open(t)
	u := create(t, s, 100)
	for _, w := range []struct {
		text string
		off  int64
	}{{"aaaaaa", 0}, {"bb", 2}, {"cccc", 6}} {
		if _, err := u.WriteAt([]byte(w.text), w.off); err != nil {
			t.Fatal(err)
		}
	}
	b, err := u.Commit()
	want := sha256.Sum256([]byte("aabbaacccc"))
	if err != nil || b.SHA256 != hex.EncodeToString(want[:]) || string(read(t, s, b.Stored)) != "aabbaacccc" {
		t.Errorf("%s, %v", b.SHA256, err)
	}
}

func TestLimitOfUploads(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		off  int64
		ok   bool
	}{
		"the last byte":      {1, 99, true},
		"one beyond":         {1, 100, false},
		"across":             {2, 99, false},
		"nothing at the end": {0, 100, true},
		"far beyond":         {1, math.MaxInt64, false},
		"before":             {1, -1, false},
	} {
		s, dir := open(t)
		u := create(t, s, 100)
		if _, err := u.WriteAt(content(99), 0); err != nil {
			t.Fatal(err)
		}
		_, err := u.WriteAt(content(c.size), c.off)
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = u.Commit()
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: commit: %v", name, err)
		}
		if list := files(t, dir); c.ok != (len(list) == 1) {
			t.Errorf("%s: on the disk %v", name, list)
		}
	}
}

func TestMissingBytesAreNoFile(t *testing.T) {
	for name, parts := range map[string][]int64{"in the middle": {0, 20}, "at the beginning": {10}} {
		s, dir := open(t)
		u := create(t, s, 100)
		for _, off := range parts {
			if _, err := u.WriteAt(content(10), off); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := u.Commit(); !errors.Is(err, ErrHole) {
			t.Errorf("%s: %v", name, err)
		}
		if list := files(t, dir); len(list) != 0 {
			t.Errorf("%s: keeps %v", name, list)
		}
	}
}

func TestScatteredUploadIsRefused(t *testing.T) {
	s, _ := open(t)
	u := create(t, s, 1<<20)
	defer u.Abort()
	for i := range int64(maxPieces) {
		if _, err := u.WriteAt([]byte("x"), 2*i); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := u.WriteAt([]byte("x"), 2*maxPieces); !errors.Is(err, ErrPieces) {
		t.Error(err)
	}
}

func TestAfterTheEnd(t *testing.T) {
	s, dir := open(t)
	u := create(t, s, 10)
	if _, err := u.WriteAt([]byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Commit(); err != nil {
		t.Fatal(err)
	}
	u.Abort()
	if list := files(t, dir); len(list) != 1 {
		t.Errorf("abort after commit leaves %v", list)
	}
	v := create(t, s, 10)
	if _, err := v.WriteAt([]byte("y"), 0); err != nil {
		t.Fatal(err)
	}
	v.Abort()
	v.Abort()
	if list := files(t, dir); len(list) != 1 {
		t.Errorf("abort leaves %v", list)
	}
	for _, w := range []*Temp{u, v} {
		if _, err := w.WriteAt([]byte("z"), 0); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		if _, err := w.Commit(); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
}

func TestContextEndsAnUpload(t *testing.T) {
	s, dir := open(t)
	c, cancel := context.WithCancel(ctx)
	u, err := s.Create(c, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.WriteAt([]byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := u.WriteAt([]byte("y"), 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := u.Commit(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if list := files(t, dir); len(list) != 0 {
		t.Errorf("keeps %v", list)
	}
}

// A server with several workers hands the packets of one upload over at the same time.
func TestPacketsAtTheSameTime(t *testing.T) {
	s, _ := open(t)
	want := content(1 << 20)
	u := create(t, s, 1<<20)
	const packet = 32 << 10
	var all sync.WaitGroup
	for off := 0; off < len(want); off += packet {
		all.Go(func() {
			if _, err := u.WriteAt(want[off:off+packet], int64(off)); err != nil {
				t.Error(err)
			}
			_ = u.Size()
		})
	}
	all.Wait()
	b, err := u.Commit()
	if err != nil || !bytes.Equal(read(t, s, b.Stored), want) {
		t.Error(err)
	}
}

func TestPieces(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var p pieces
		var have [40]bool
		for range rapid.IntRange(1, 20).Draw(r, "n") {
			from := rapid.IntRange(0, 39).Draw(r, "from")
			to := rapid.IntRange(from, 40).Draw(r, "to")
			if err := p.add(int64(from), int64(to)); err != nil {
				r.Fatal(err)
			}
			for i := from; i < to; i++ {
				have[i] = true
			}
		}
		var want pieces
		for i, h := range have {
			switch {
			case h && i > 0 && have[i-1]:
				want[len(want)-1].to++
			case h:
				want = append(want, piece{int64(i), int64(i + 1)})
			}
		}
		if !slices.Equal(p, want) {
			r.Fatalf("%v, want %v", p, want)
		}
	})
}
