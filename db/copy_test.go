package db

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// TestCopyWhileWriting copies a database that is being written to: each copy is whole and holds a state that was.
func TestCopyWhileWriting(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "from?#.db")
	d := open(t, func(o *Options) { o.Path = path })
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ { // always two things in one transaction
			_ = d.Write(ctx, func(tx *Tx) error {
				if err := insert(fmt.Sprintf("a%d", i))(tx); err != nil {
					return err
				}
				return insert(fmt.Sprintf("b%d", i))(tx)
			})
		}
	})
	for i := range 5 {
		to := filepath.Join(dir, fmt.Sprintf("copy%d.db", i))
		if err := Copy(context.Background(), path, to); err != nil {
			t.Fatal(err)
		}
		c, err := Inspect(context.Background(), to)
		if err != nil {
			t.Fatal(err)
		}
		if c.Rows["things"]%2 != 0 || c.Version != 1 {
			t.Errorf("copy %d: %+v", i, c)
		}
	}
	cancel()
	wg.Wait()
}

// TestInspect tells a damaged file from a whole one, and changes neither.
func TestInspect(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t.db")
	d := open(t, func(o *Options) { o.Path = path })
	write(t, d, "INSERT INTO things(name) VALUES ('a'), ('b')")
	to := filepath.Join(dir, "copy.db")
	if err := Copy(context.Background(), path, to); err != nil {
		t.Fatal(err)
	}
	c, err := Inspect(context.Background(), to)
	if err != nil || c.Rows["things"] != 2 || !slices.Contains(slices.Collect(maps.Keys(c.Rows)), "pairs") {
		t.Errorf("%+v %v", c, err)
	}
	if skimmed, err := Skim(context.Background(), to); err != nil || !maps.Equal(skimmed.Rows, c.Rows) || skimmed.Version != c.Version {
		t.Errorf("%+v %v", skimmed, err)
	}
	var names []string
	if err := Each(context.Background(), to, "name", func(s string) error { names = append(names, s); return nil }); err != nil {
		t.Fatal(err)
	}
	same(t, names, "a", "b")
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i += 64 { // in every page but the first
		b[i] = 0xff
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, look := range []func(context.Context, string) (Contents, error){Inspect, Skim} {
		if c, err := look(context.Background(), to); err == nil {
			t.Errorf("damaged, and yet %+v", c)
		}
	}
	if _, err := Inspect(context.Background(), filepath.Join(dir, "none.db")); err == nil {
		t.Error("there is no such file")
	}
}
