package kit

import (
	"context"
	"slices"
	"strconv"
)

// ListPrefs is how a person likes a list: which columns in which order, and how
// many rows to a page.
type ListPrefs struct {
	Columns []string // keys; none: the usual ones
	Page    int      // 0: as many as the window has room for
}

// Tailor lets people choose columns and page size, and keeps what they chose.
type Tailor struct {
	Columns []Column // every column there is
	Prefs   ListPrefs
	Keep    func(ctx context.Context, p ListPrefs) error
}

// pageSizes are what is offered; the window bounds what is seen at once.
var pageSizes = []int{0, 10, 20, 50, 100}

// tailored gives the columns a person likes; keys of columns that are no more
// are passed over.
func (l *List) tailored(keys []string) []Column {
	var out []Column
	for _, k := range keys {
		if i := slices.IndexFunc(l.Spec.Tailor.Columns, func(c Column) bool { return c.Key == k }); i >= 0 {
			out = append(out, l.Spec.Tailor.Columns[i])
		}
	}
	if len(out) == 0 {
		return l.usual
	}
	return out
}

// tailor takes the person's columns and page size when the list is made.
func (l *List) tailor() {
	l.usual = l.Spec.Columns
	if t := l.Spec.Tailor; t != nil {
		l.Spec.Columns = l.tailored(t.Prefs.Columns)
	}
}

func (l *List) pageSize() int {
	if l.Spec.Tailor == nil {
		return 0
	}
	return l.Spec.Tailor.Prefs.Page
}

func (l *List) tailorActions() []Action {
	if l.Spec.Tailor == nil {
		return nil
	}
	return []Action{
		{ID: "kit.columns", Keys: []string{"C"}, Weight: -1, Run: l.chooseColumns},
		{ID: "kit.page_size", Keys: []string{"P"}, Weight: -1, Run: l.choosePage},
	}
}

func (l *List) columnOptions(list []Column) []Option {
	var out []Option
	for _, c := range list {
		out = append(out, Option{Value: c.Key, Label: l.env.Label(c.Name), Note: c.Key})
	}
	return out
}

// chooseColumns lets the person say which columns stand there, and in which
// order.
func (l *List) chooseColumns() Cmd {
	return Show(&Picker{Name: "kit.columns", Many: true, Ordered: true, Options: l.columnOptions(l.Spec.Tailor.Columns),
		Chosen: l.columnOptions(l.Spec.Columns), Usual: l.columnOptions(l.usual), Then: func(list []Option) Cmd {
			p := l.Spec.Tailor.Prefs
			p.Columns = nil
			for _, o := range list {
				p.Columns = append(p.Columns, o.Value)
			}
			if slices.EqualFunc(list, l.usual, func(o Option, c Column) bool { return o.Value == c.Key }) {
				p.Columns = nil
			}
			return l.keep(p)
		}})
}

func (l *List) choosePage() Cmd {
	var options []Option
	for _, n := range pageSizes {
		o := Option{Value: strconv.Itoa(n), Label: l.env.T("kit.page_size.n", "n", n)}
		if n == 0 {
			o.Label = l.env.T("kit.page_size.window")
		}
		options = append(options, o)
	}
	return Show(&Picker{Name: "kit.page_size", Options: options, Chosen: []Option{{Value: strconv.Itoa(l.pageSize())}}, Then: func(o []Option) Cmd {
		p := l.Spec.Tailor.Prefs
		p.Page, _ = strconv.Atoi(o[0].Value)
		return l.keep(p)
	}})
}

// keep shows the list as the person wants it from now on, and keeps that.
func (l *List) keep(p ListPrefs) Cmd {
	l.Spec.Tailor.Prefs = p
	l.Spec.Columns = l.tailored(p.Columns)
	for i := range l.rows {
		l.rows[i].Cells = nil // they belong to other columns; the same rows come anew
	}
	l.gen++
	l.scroll()
	cmds := []Cmd{l.Reload()}
	if l.Spec.Tailor.Keep != nil {
		cmds = append(cmds, Do("keep", func(ctx context.Context) error { return l.Spec.Tailor.Keep(ctx, p) }, func(err error) Cmd {
			if err != nil {
				return Fail(err)
			}
			return Toast(Good, "kit.columns.kept")
		}))
	}
	return Batch(cmds...)
}
