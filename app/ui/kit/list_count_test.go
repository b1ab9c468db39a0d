package kit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

// slowCounter shows rows at once and counts when it is let; the number is the
// query's length, so that a late answer would be seen.
type slowCounter struct {
	kit.Source
	let map[string]chan struct{}
}

func (s slowCounter) Count(ctx context.Context, query string) (int, bool, error) {
	select {
	case <-s.let[query]:
		return 100 + len(query), false, nil
	case <-ctx.Done():
		return 0, false, ctx.Err()
	}
}

// TestRowsDoNotWaitForTheirNumber: the rows are there, and their number follows;
// one that belongs to a query of before never appears.
func TestRowsDoNotWaitForTheirNumber(t *testing.T) {
	demo := kittest.NewDemo(400)
	l := demo.People()
	src := slowCounter{l.Spec.Source, map[string]chan struct{}{"": make(chan struct{}), "sort:-name": make(chan struct{})}}
	l.Spec.Source = src
	o := demo.Options(i18n.English)
	o.Home = func() kit.Screen { return l }
	close(src.let[""])
	d := kittest.New(t, o)
	d.See("1-20 of 100")
	d.Post(l.SetQuery("sort:-name"))
	for range 1000 {
		if d.Glance(); strings.Contains(d.Text(), "sort:-name") && !strings.Contains(d.Text(), "of 100") {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if text := d.Text(); !strings.Contains(text, "1-19") || strings.Contains(text, "of 1") {
		t.Fatalf("the rows wait for their number, or show an old one:\n%s", text)
	}
	close(src.let["sort:-name"])
	d.See("1-19 of 110")
}
