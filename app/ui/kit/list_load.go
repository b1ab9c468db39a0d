package kit

import (
	"context"
	"slices"
	"time"

	"cohort/app/ui/kit/width"
)

// The rows a list holds are a stretch of the whole: it grows by a page at
// either end as one comes near, and is cut at the far end when it gets long.
const (
	pageRows = 50
	maxRows  = 500
)

// stretch is how many rows are read at first.
func (l *List) stretch() int { return max(pageRows, 3*l.h, l.pageSize()) }

// load asks for the first rows of the query.
func (l *List) load(wait time.Duration) Cmd {
	return l.fetch(wait, Request{Limit: l.stretch(), Count: true}, func(p Page) Cmd {
		l.rows, l.offset, l.before, l.behind = p.Rows, 0, false, p.More
		l.at, l.top = 0, 0
		clear(l.marked)
		return nil
	})
}

// Reload reads what is shown again, and keeps the highlighted row and its place
// on the screen.
func (l *List) Reload() Cmd {
	if !l.loaded {
		return l.load(0)
	}
	from := 0 // the first row that is read again
	was := l.total
	q := Request{Count: true}
	if l.before && len(l.rows) > 1 {
		from = max(1, l.top-pageRows)
		q.After = l.rows[from-1].Cursor
	}
	q.Limit = max(pageRows, len(l.rows)-from)
	return l.fetch(0, q, func(p Page) Cmd {
		id, line, at := int64(0), l.at-l.top, l.at-from
		if r, ok := l.Current(); ok {
			id = r.ID
		}
		offset := 0
		if from > 0 {
			if offset = -1; l.offset >= 0 && p.Total == was {
				offset = l.offset + from
			}
		}
		l.rows, l.offset, l.before, l.behind = p.Rows, offset, from > 0, p.More
		for i, r := range p.Rows {
			if r.ID == id {
				at = i
			}
		}
		l.at = max(0, min(at, len(l.rows)-1))
		if l.top > 0 || l.at >= l.room() { // at the very top what is new comes in sight
			l.top = l.at - line
		}
		l.scroll()
		return l.ahead()
	})
}

// last shows the end of the list.
func (l *List) last() Cmd {
	if !l.behind {
		return l.move(len(l.rows) - 1)
	}
	return l.fetch(0, Request{Back: true, Limit: l.stretch(), Count: true}, func(p Page) Cmd {
		l.rows, l.before, l.behind = p.Rows, p.More, false
		l.offset = -1
		if p.Total >= 0 && !p.Capped {
			l.offset = p.Total - len(p.Rows)
		}
		l.at = max(0, len(l.rows)-1)
		l.top = l.at
		l.scroll()
		return nil
	})
}

// first shows the beginning of the list.
func (l *List) first() Cmd {
	if !l.before {
		return l.move(0)
	}
	marks := l.marked
	return l.fetch(0, Request{Limit: l.stretch(), Count: true}, func(p Page) Cmd {
		l.rows, l.offset, l.before, l.behind, l.marked = p.Rows, 0, false, p.More, marks
		l.at, l.top = 0, 0
		return nil
	})
}

// fetch asks for a new stretch; the newest wins.
func (l *List) fetch(wait time.Duration, q Request, then func(Page) Cmd) Cmd {
	q.Query, q.Columns = l.query, l.columnKeys()
	counter, apart := l.Spec.Source.(Counter)
	if apart = apart && q.After == nil && !q.Back; apart {
		q.Count = false
	}
	return Work[Page]{Name: "page", Wait: wait, Label: "kit.loading",
		Do: func(ctx context.Context) (Page, error) { return l.Spec.Source.Page(ctx, q) },
		Then: func(p Page, err error) Cmd {
			l.gen++
			l.more, l.less, l.err = false, false, err
			if err != nil {
				if gone(err) {
					l.rows, l.total, l.at, l.before, l.behind = nil, -1, 0, false, false
					clear(l.marked)
				}
				l.scroll()
				return nil
			}
			switch {
			case !apart:
				l.total, l.capped = p.Total, p.Capped
			case l.sent != q.Query:
				l.total = -1 // until it is counted; of the same query the old number stands
			}
			if l.sent != q.Query {
				l.words = slices.DeleteFunc(plainWords(q.Query), everywhere)
			}
			l.loaded, l.sent = true, q.Query
			clean(p.Rows)
			cmds := []Cmd{then(p), l.typed.replay()}
			if apart {
				cmds = append(cmds, l.count(counter, q.Query))
			}
			return Batch(cmds...)
		}}.Cmd()
}

// count asks how many rows the query has, while they are on the screen already.
func (l *List) count(c Counter, query string) Cmd {
	return Work[Page]{Name: "count", Quiet: true,
		Do: func(ctx context.Context) (Page, error) {
			total, capped, err := c.Count(ctx, query)
			return Page{Total: total, Capped: capped}, err
		},
		Then: func(p Page, err error) Cmd {
			if err == nil && l.sent == query {
				l.total, l.capped = p.Total, p.Capped
			}
			return nil
		}}.Cmd()
}

// ahead reads the next page, or the one before, when the highlighted row comes
// near the end of what is held.
func (l *List) ahead() Cmd {
	margin := max(2*l.h, 40)
	var cmds []Cmd
	if l.behind && !l.more && l.at+margin >= len(l.rows) && len(l.rows) > 0 {
		l.more = true
		cmds = append(cmds, l.extend("next", Request{After: l.rows[len(l.rows)-1].Cursor}, l.append))
	}
	if l.before && !l.less && l.at-margin < 0 && len(l.rows) > 0 {
		l.less = true
		cmds = append(cmds, l.extend("prev", Request{After: l.rows[0].Cursor, Back: true}, l.prepend))
	}
	if cmds == nil {
		return nil
	}
	return Batch(cmds...)
}

func (l *List) extend(name string, q Request, then func(Page)) Cmd {
	q.Query, q.Limit, q.Columns = l.sent, max(pageRows, l.h, l.pageSize()), l.columnKeys()
	gen := l.gen
	return Work[Page]{Name: name, Quiet: true,
		Do: func(ctx context.Context) (Page, error) { return l.Spec.Source.Page(ctx, q) },
		Then: func(p Page, err error) Cmd {
			if gen != l.gen {
				return nil
			}
			if name == "next" {
				l.more = false
			} else {
				l.less = false
			}
			if err != nil {
				return Fail(err)
			}
			clean(p.Rows)
			then(p)
			return nil
		}}.Cmd()
}

func (l *List) columnKeys() []string {
	out := make([]string, len(l.Spec.Columns))
	for i, c := range l.Spec.Columns {
		out[i] = c.Key
	}
	return out
}

func (l *List) append(p Page) {
	l.rows, l.behind = append(l.rows, p.Rows...), p.More
	if over := len(l.rows) - maxRows; over > 0 && l.at-over > pageRows {
		l.rows = append([]Row(nil), l.rows[over:]...)
		l.at, l.top, l.before = l.at-over, l.top-over, true
		if l.offset >= 0 {
			l.offset += over
		}
	}
}

func (l *List) prepend(p Page) {
	n := len(p.Rows)
	l.rows, l.before = append(append([]Row(nil), p.Rows...), l.rows...), p.More
	l.at, l.top = l.at+n, l.top+n
	switch {
	case !p.More:
		l.offset = 0
	case l.offset >= 0:
		l.offset = max(0, l.offset-n)
	}
	if len(l.rows) > maxRows && l.at < maxRows-pageRows {
		l.rows, l.behind = append([]Row(nil), l.rows[:maxRows]...), true
	}
}

// clean makes the text of rows safe to draw, once.
func clean(rows []Row) {
	for _, r := range rows {
		for i := range r.Cells {
			r.Cells[i].Text = width.Clean(r.Cells[i].Text)
		}
	}
}
