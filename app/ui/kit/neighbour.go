package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// A record that was opened from a list knows it: one key goes on to the next row
// of the list, or back to the one before, without a way through the list.

// follower is a screen that can go on to its neighbours.
type follower interface{ follow(l *List, row int64) }

// lister is a list, or a screen made of one.
type lister interface{ list() *List }

func (l *List) list() *List { return l }

// openRow opens the highlighted row; what comes up by that follows the list.
func (l *List) openRow() Cmd {
	row, ok := l.Current()
	if !ok {
		return nil
	}
	return func(r *Root, from *layer) tea.Cmd {
		l.opening = row.ID
		defer func() { l.opening = 0 }()
		return r.run(from, l.Spec.Open(row))
	}
}

// acquaint tells a screen that a list is opening which list it is.
func acquaint(s Screen, from *layer) {
	if from == nil {
		return
	}
	of, ok := from.screen.(lister)
	f, follows := s.(follower)
	if ok && follows && of.list().opening != 0 {
		f.follow(of.list(), of.list().opening)
	}
}

func (d *Detail) follow(l *List, row int64) { d.of, d.row = l, row }

// neighbourActions are the keys to the records beside this one.
func (d *Detail) neighbourActions() []Action {
	if d.of == nil {
		return nil
	}
	return []Action{
		{ID: "kit.next_record", Keys: []string{">"}, Weight: 1, Run: func() Cmd { return d.of.beside(d.row, 1) }},
		{ID: "kit.prev_record", Keys: []string{"<"}, Weight: 1, Run: func() Cmd { return d.of.beside(d.row, -1) }},
	}
}

// beside opens the row behind an opened one, or before it, in its place; where
// the list has not been read so far, it reads on. A row that has left the list
// meanwhile has made room for the one behind it.
func (l *List) beside(row int64, by int) Cmd {
	to := l.at + by
	if r, ok := l.Current(); by > 0 && (!ok || r.ID != row) {
		to = l.at
	}
	if to >= 0 && to < len(l.rows) {
		return Close(func(r *Root, from *layer) tea.Cmd { return r.run(from, Batch(l.move(to), l.openRow())) })
	}
	if by > 0 && l.behind || by < 0 && l.before {
		return l.readOn(row, by)
	}
	if by > 0 {
		return Toast(Plain, "kit.no_next_record")
	}
	return Toast(Plain, "kit.no_prev_record")
}

// readOn reads the stretch beyond what is held, and goes there. What the list
// itself is reading is dropped: it would come twice.
func (l *List) readOn(row int64, by int) Cmd {
	q := Request{Query: l.sent, Limit: max(pageRows, l.h, l.pageSize()), Columns: l.columnKeys(), Back: by < 0}
	if len(l.rows) > 0 && by > 0 {
		q.After = l.rows[len(l.rows)-1].Cursor
	} else if len(l.rows) > 0 {
		q.After = l.rows[0].Cursor
	}
	l.gen++
	l.more, l.less = false, false
	gen := l.gen
	return Work[Page]{Name: "beside", Label: "kit.loading",
		Do: func(ctx context.Context) (Page, error) { return l.Spec.Source.Page(ctx, q) },
		Then: func(p Page, err error) Cmd {
			if err != nil {
				return Fail(err)
			}
			if gen == l.gen {
				clean(p.Rows)
				if by > 0 {
					l.append(p)
				} else {
					l.prepend(p)
				}
			}
			return l.beside(row, by)
		}}.Cmd()
}
