package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
)

// DetailSpec says what a record's page shows.
type DetailSpec struct {
	Name string // message key of the title until it is loaded
	Args []any
	Addr string
	// Load reads the page; it is asked again at the events of Watch.
	Load    func(ctx context.Context) (DetailPage, error)
	Watch   []string
	Actions func(d *Detail) []Action
}

// DetailPage is the content of a Detail.
type DetailPage struct {
	Title    string // the record's own name, for the place line
	Sections []Section
	Data     any // what the caller wants to find again in Actions
}

// Section is one part of a page: any of its parts may be there, drawn in this
// order.
type Section struct {
	Name     string // message key of the heading; "" for none
	Args     []any
	Pairs    []Pair
	Text     string // plain, wrapped
	Markdown string
	Table    *Table
	Timeline []Moment
	Draw     func(e Env, w int) Drawn // anything else
	Empty    string                   // message key, said when nothing of the above is there
}

// Pair is a label and its value.
type Pair struct {
	Name  string // message key of the label
	Value string
	Tone  Tone
	Link  string     // address that the value leads to on the person's machine, see line.Link; "": none
	Wide  bool       // takes the whole width: long texts
	Open  func() Cmd // enter on it; nil: it cannot be chosen
}

// Table is a short related list, all of it at once.
type Table struct {
	Columns []Column
	Rows    []Row
	Open    func(Row) Cmd // enter on a row; nil: rows cannot be chosen
}

// Moment is one entry of a timeline.
type Moment struct {
	When string // said by the caller: "2026-11-22 16:04", "3 days ago"
	Who  string
	Head string
	Body string
	Tone Tone
	Open func() Cmd
}

// Drawn is what a Section draws by itself.
type Drawn struct {
	Lines    []string
	Pictures []line.Picture // placed from the first line
}

// Detail is a screen that shows one record.
type Detail struct {
	Spec DetailSpec

	env    Env
	w, h   int
	page   DetailPage
	loaded bool
	err    error
	lines  []drawnLine
	spots  []spot // what can be opened, in reading order
	heads  []int  // lines of the sections' headings
	pics   []line.Picture
	top    int
	at     int // the chosen spot; -1: none
	ahead  ahead
	of     *List // the list that it was opened from; nil: none
	row    int64 // its row there
}

// NewDetail makes a detail page.
func NewDetail(spec DetailSpec) *Detail { return &Detail{Spec: spec, at: -1} }

// Title is Screen's.
func (d *Detail) Title(p i18n.Printer) string {
	if d.page.Title != "" {
		return d.page.Title
	}
	return Label(p, d.Spec.Name, d.Spec.Args...)
}

// Address is Addresser's.
func (d *Detail) Address() string { return d.Spec.Addr }

// Init is Screen's.
func (d *Detail) Init() Cmd { return d.Reload() }

// Page gives what is shown; ok is false until it is loaded.
func (d *Detail) Page() (DetailPage, bool) { return d.page, d.loaded }

// Reload reads the page again and keeps the place.
func (d *Detail) Reload() Cmd {
	return Work[DetailPage]{Name: "page", Label: "kit.loading", Do: d.Spec.Load, Then: func(p DetailPage, err error) Cmd {
		switch d.err = err; {
		case err == nil:
			d.page, d.loaded = p, true
		case gone(err):
			d.page, d.loaded, d.lines, d.spots, d.heads, d.pics = DetailPage{}, false, nil, nil, nil, nil
		}
		d.layout()
		return d.ahead.replay()
	}}.Cmd()
}

// Changed is Watcher's.
func (d *Detail) Changed(events []bus.Event, lost bool) Cmd {
	for _, e := range events {
		for _, w := range d.Spec.Watch {
			lost = lost || e.Resource == w
		}
	}
	if !lost {
		return nil
	}
	return d.Reload()
}

// Typing is Screen's.
func (d *Detail) Typing() bool { return false }

// Update is Screen's.
func (d *Detail) Update(msg tea.Msg) Cmd {
	if s, ok := msg.(Resized); ok {
		again := d.loaded && d.env.Lang != s.Env.Lang
		d.env, d.w, d.h = s.Env, s.W, s.H
		d.layout()
		if again {
			return d.Reload() // in another language everything is said anew
		}
	} else if !d.loaded && d.err == nil {
		d.ahead.keep(msg)
	}
	return nil
}

// Actions is Screen's.
func (d *Detail) Actions() []Action {
	if !d.loaded {
		return nil
	}
	var list []Action
	if open := d.open(); open != nil {
		list = append(list, Action{ID: "kit.open", Keys: []string{"enter", "l", "right"}, Weight: 10, Run: open})
	}
	if d.Spec.Actions != nil {
		list = append(list, d.Spec.Actions(d)...)
	}
	list = append(list, d.neighbourActions()...)
	n := max(1, d.h-2)
	act := func(id string, run func() Cmd, keys ...string) Action {
		return Action{ID: id, Keys: keys, Weight: -1, Quiet: true, Run: run}
	}
	by := func(n int) func() Cmd { return func() Cmd { d.scroll(d.top + n); return nil } }
	return append(list,
		act("kit.up", func() Cmd { d.step(-1); return nil }, "up", "k"),
		act("kit.down", func() Cmd { d.step(1); return nil }, "down", "j"),
		act("kit.next_item", func() Cmd { d.jump(1); return nil }, "tab"),
		act("kit.prev_item", func() Cmd { d.jump(-1); return nil }, "shift+tab"),
		act("kit.next_section", func() Cmd { d.toSection(1); return nil }, "]"),
		act("kit.prev_section", func() Cmd { d.toSection(-1); return nil }, "["),
		act("kit.page_up", by(-n), "pgup", "ctrl+u"),
		act("kit.page_down", by(n), "pgdown", "ctrl+d", "space"),
		act("kit.top", by(-1<<30), "g", "home"),
		act("kit.bottom", by(1<<30), "G", "end"),
		Action{ID: "kit.reload", Keys: []string{"ctrl+r"}, Weight: -1, Run: d.Reload})
}

// open gives what enter does on the chosen spot; nil where there is nothing.
func (d *Detail) open() func() Cmd {
	if d.at < 0 || d.at >= len(d.spots) || !d.inSight(d.at) {
		return nil
	}
	return d.spots[d.at].open
}

func (d *Detail) inSight(i int) bool {
	n := d.spots[i].line
	return n >= d.top && n < d.top+d.h
}

// step chooses the next spot if it is in sight or near, and scrolls by a line
// otherwise.
func (d *Detail) step(by int) {
	if i := d.at + by; i >= 0 && i < len(d.spots) && d.spots[i].line >= d.top-1 && d.spots[i].line <= d.top+d.h {
		d.at = i
		d.show(d.spots[i].line)
		return
	}
	d.scroll(d.top + by)
}

// jump chooses the next spot, wherever it is.
func (d *Detail) jump(by int) {
	if i := d.at + by; i >= 0 && i < len(d.spots) {
		d.at = i
		d.show(d.spots[i].line)
	}
}

// toSection goes to the heading of the next section, or the one before.
func (d *Detail) toSection(by int) {
	to := -1
	for _, n := range d.heads {
		if by > 0 && n > d.top && to < 0 || by < 0 && n < d.top {
			to = n
		}
	}
	switch {
	case to >= 0:
		d.scroll(to)
	case by < 0:
		d.scroll(0)
	default:
		d.scroll(len(d.lines))
	}
	if i := d.firstSpot(d.top); i >= 0 && d.inSight(i) {
		d.at = i
	}
}

// firstSpot gives the first spot on a line or below it; -1 for none.
func (d *Detail) firstSpot(line int) int {
	for i, s := range d.spots {
		if s.line >= line {
			return i
		}
	}
	return -1
}

func (d *Detail) show(i int) {
	if i < d.top {
		d.top = i
	}
	if i >= d.top+d.h {
		d.top = i - d.h + 1
	}
}

// scroll moves the window over the lines; a chosen spot that leaves it is let
// go for the nearest in sight.
func (d *Detail) scroll(to int) {
	d.top = max(0, min(to, len(d.lines)-d.h))
	if d.at < 0 || d.at >= len(d.spots) || d.inSight(d.at) {
		return
	}
	near := d.firstSpot(d.top)
	if d.spots[d.at].line >= d.top+d.h { // it has gone below: the last that is left
		near = len(d.spots) - 1
		if i := d.firstSpot(d.top + d.h); i >= 0 {
			near = i - 1
		}
	}
	if near >= 0 && d.inSight(near) {
		d.at = near
	}
}
