package db

import (
	"context"
	"testing"
)

// TestStats counts what is done, the failed among it.
func TestStats(t *testing.T) {
	d := open(t)
	before := d.Stats()
	write(t, d, "INSERT INTO things(name) VALUES ('a')")
	_ = d.Write(context.Background(), func(*Tx) error { return errWanted })
	names(t, d)
	s := d.Stats()
	if s.Writes-before.Writes != 2 || s.Failed-before.Failed != 1 || s.Reads-before.Reads != 1 || s.Statements-before.Statements != 2 || s.Queue != 0 || s.Readers != 0 {
		t.Errorf("%+v, before %+v", s, before)
	}
	if n := s.Groups - before.Groups; n < 1 || n > 2 {
		t.Errorf("%d groups", n)
	}
}
