package kit_test

import (
	"context"
	"fmt"
	"testing"

	"cohort/app/fault"
	"cohort/app/ui/kit"
)

// book is a source whose later pages are held back by the test.
type book struct {
	gate  chan struct{}
	asked []string // queries of later pages
}

func (b *book) Page(_ context.Context, q kit.Request) (kit.Page, error) {
	from, _ := q.After.(int)
	if q.After != nil {
		b.asked = append(b.asked, q.Query)
		<-b.gate
	}
	if q.Query == "bad" {
		return kit.Page{}, fault.New(fault.Invalid, "list.open_quote")
	}
	p := kit.Page{More: true, Total: 1000}
	for i := from + 1; i <= from+q.Limit; i++ {
		p.Rows = append(p.Rows, kit.Row{ID: int64(i), Cursor: i, Cells: []kit.Cell{{Text: fmt.Sprintf("%s-%d", q.Query, i)}}})
	}
	return p, nil
}

func bookList(b *book) *kit.List {
	return kit.NewList(kit.ListSpec{Name: "kit.ok", Source: b, Query: "old", Columns: []kit.Column{{Name: "kit.ok", Width: 20}}})
}

// A page that was asked for before the query changed does not land among the
// rows of the new one.
func TestLatePageIsDropped(t *testing.T) {
	b := &book{gate: make(chan struct{})}
	l := bookList(b)
	d := rootOf(t, l)
	d.Press("pgdown", "pgdown").Glance() // the next page is asked for, and held
	d.Press("/", "ctrl+u").Press("n", "e", "w", "enter").Glance()
	d.See("new-1")
	held := len(l.Rows())
	close(b.gate)
	d.Settle()
	if len(b.asked) == 0 {
		t.Fatal("no later page was asked for")
	}
	for i, r := range l.Rows() {
		if r.ID != int64(i+1) || r.Cells[0].Text[:3] != "new" {
			t.Fatalf("row %d is %q; %d rows before", i, r.Cells[0].Text, held)
		}
	}
}

// While a query is wrong, the rows of the last good one stay and go on.
func TestRowsOfTheLastGoodQueryGoOn(t *testing.T) {
	b := &book{gate: make(chan struct{})}
	close(b.gate)
	d := rootOf(t, bookList(b))
	d.Burst("/", "ctrl+u", "b", "a", "d", "enter").See("not closed", "old-1")
	for range 8 {
		d.Keys("pgdown")
	}
	d.See("old-15", "not closed")
	for _, q := range b.asked {
		if q != "old" {
			t.Errorf("a later page was asked for %q", q)
		}
	}
}
