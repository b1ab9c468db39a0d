package kit

import (
	"cmp"
	"context"
	"strings"

	"cohort/app/ui/kit/input"
)

// Actions is Screen's.
func (l *List) Actions() []Action {
	if l.line != nil {
		return l.typingActions()
	}
	if l.edit != nil {
		return l.editActions()
	}
	if !l.loaded && l.err == nil {
		return nil
	}
	var list []Action
	_, on := l.Current()
	if l.Spec.Open != nil && on {
		list = append(list, Action{ID: cmp.Or(l.Spec.OpenAs, "kit.open"), Keys: []string{"enter", "l", "right"}, Weight: 10, Run: l.openRow})
	}
	if l.Spec.Actions != nil {
		list = append(list, l.Spec.Actions(l)...)
	}
	list = append(list, l.editAction()...)
	if !l.Spec.NoSearch {
		list = append(list, Action{ID: "kit.search", Keys: []string{"/"}, Weight: 8, Run: l.search})
	}
	if len(l.Spec.Filters)+len(l.Spec.Views) > 0 {
		list = append(list, Action{ID: "kit.filter", Keys: []string{"f"}, Weight: 8, Run: l.filterMenu})
	}
	if len(l.sortable()) > 0 {
		list = append(list, Action{ID: "kit.sort", Keys: []string{"s"}, Weight: 3, Run: l.sortMenu},
			Action{ID: "kit.sort.left", Keys: []string{"<"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.sortBy(-1) }},
			Action{ID: "kit.sort.right", Keys: []string{">"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.sortBy(1) }})
	}
	if l.query != l.Spec.Query {
		list = append(list, Action{ID: "kit.clear_query", Keys: []string{"backspace"}, Weight: 2, Run: func() Cmd { return l.SetQuery(l.Spec.Query) }})
	}
	list = append(append(list, l.savedActions()...), l.tailorActions()...)
	list = append(list, l.markActions(on)...)
	return append(list, l.moveActions()...)
}

func (l *List) markActions(on bool) []Action {
	if !l.Spec.Select || !on {
		return nil
	}
	list := []Action{
		{ID: "kit.mark", Keys: []string{"space"}, Weight: 2, Quiet: true, Run: l.mark},
		{ID: "kit.mark_all", Keys: []string{"A"}, Weight: -1, Run: l.markAll},
	}
	if len(l.marked) > 0 {
		list = append(list, Action{ID: "kit.unmark", Keys: []string{"esc"}, Weight: 4, Run: func() Cmd { l.Unmark(); return nil }})
	}
	return list
}

func (l *List) moveActions() []Action {
	act := func(id string, to int, keys ...string) Action {
		return Action{ID: id, Keys: keys, Weight: -1, Quiet: true, Run: func() Cmd { return l.move(to) }}
	}
	return []Action{
		act("kit.up", l.at-1, "up", "k"),
		act("kit.down", l.at+1, "down", "j"),
		{ID: "kit.page_up", Keys: []string{"pgup", "ctrl+u"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.page(-1) }},
		{ID: "kit.page_down", Keys: []string{"pgdown", "ctrl+d"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.page(1) }},
		{ID: "kit.top", Keys: []string{"g", "home"}, Weight: -1, Quiet: true, Run: l.first},
		{ID: "kit.bottom", Keys: []string{"G", "end"}, Weight: -1, Quiet: true, Run: l.last},
		{ID: "kit.reload", Keys: []string{"ctrl+r"}, Weight: -1, Run: l.Reload},
	}
}

// typingActions is what works while the query is typed.
func (l *List) typingActions() []Action {
	done := Action{ID: "kit.search.done", Keys: []string{"enter"}, Weight: 9, Run: func() Cmd { l.line = nil; l.scroll(); return l.sendQuery() }}
	if text, asked := l.question(); asked {
		done.ID, done.Args, done.Run = l.Spec.LookUp.Name, []any{"text", text}, func() Cmd { return l.askIt(text) }
	}
	return []Action{
		done,
		{ID: "kit.search.cancel", Keys: []string{"esc"}, Weight: 8, Run: func() Cmd {
			l.line = nil
			return l.SetQuery(l.old)
		}},
		{ID: "kit.up", Keys: []string{"up"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.leaveLine(-1) }},
		{ID: "kit.down", Keys: []string{"down"}, Weight: -1, Quiet: true, Run: func() Cmd { return l.leaveLine(1) }},
	}
}

func (l *List) leaveLine(d int) Cmd {
	l.line = nil
	return Batch(l.sendQuery(), l.move(l.at+d))
}

// sendQuery makes sure that what stands there is what was asked.
func (l *List) sendQuery() Cmd {
	if l.sent == l.query && l.loaded && l.err == nil {
		return nil
	}
	return l.load(0)
}

// search begins to type the query: words go behind what stands there.
func (l *List) search() Cmd {
	l.line, l.old = input.NewLine(500), l.query
	text := l.query
	if text != "" {
		text += " "
	}
	l.line.Set(text)
	l.scroll()
	return nil
}

func (l *List) mark() Cmd {
	r, ok := l.Current()
	if !ok {
		return nil
	}
	if l.marked[r.ID] {
		delete(l.marked, r.ID)
	} else {
		l.marked[r.ID] = true
	}
	return l.move(l.at + 1)
}

// markAll marks what is held, or nothing if that is marked already.
func (l *List) markAll() Cmd {
	all := true
	for _, r := range l.rows {
		all = all && l.marked[r.ID]
		l.marked[r.ID] = true
	}
	if all {
		clear(l.marked)
		return nil
	}
	switch more := l.behind || l.before; {
	case more && l.Spec.All != nil:
		return l.markMatching()
	case more:
		return Toast(Plain, "kit.list.marked_held", "n", len(l.rows))
	}
	return nil
}

// markMatching marks everything the query finds, also what was not read.
func (l *List) markMatching() Cmd {
	query := l.sent
	return Ask("all", func(ctx context.Context) ([]int64, error) { return l.Spec.All(ctx, query) },
		func(ids []int64, err error) Cmd {
			if err != nil {
				return Fail(err)
			}
			for _, id := range ids {
				l.marked[id] = true
			}
			return Toast(Plain, "kit.list.marked_all", "n", len(l.marked))
		})
}

// sortable lists the columns people may sort by.
func (l *List) sortable() []Column {
	var out []Column
	for _, c := range l.Spec.Columns {
		if c.Sort {
			out = append(out, c)
		}
	}
	return out
}

// sortMenu offers every order, both ways.
func (l *List) sortMenu() Cmd {
	var options []Option
	now, _ := Term(l.query, "sort")
	for _, c := range l.sortable() {
		name := l.env.Label(c.Name)
		options = append(options, Option{Value: c.Key, Label: name, Note: l.env.T("kit.sort.up")},
			Option{Value: "-" + c.Key, Label: name, Note: l.env.T("kit.sort.down")})
	}
	return Show(&Picker{Name: "kit.sort", Options: options, Chosen: []Option{{Value: now}}, Then: func(o []Option) Cmd {
		return l.SetQuery(SetTerm(l.query, "sort", o[0].Value))
	}})
}

// sortBy sorts by the next column, or the other way round when there is none.
func (l *List) sortBy(d int) Cmd {
	cols := l.sortable()
	now, _ := Term(l.query, "sort")
	at := -1
	for i, c := range cols {
		if c.Key == strings.TrimPrefix(now, "-") {
			at = i
		}
	}
	next := (at + d + len(cols)) % len(cols)
	if at < 0 && d < 0 {
		next = len(cols) - 1
	}
	key := cols[next].Key
	if len(cols) == 1 && now == key {
		key = "-" + key
	}
	return l.SetQuery(SetTerm(l.query, "sort", key))
}
