package kit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/ui/kit/input"
)

// Cell is one value in a row.
type Cell struct {
	Text string
	Tone Tone
}

// Row is one line of a list.
type Row struct {
	ID     int64
	Cells  []Cell // in the order of the columns
	Tone   Tone   // of the whole row: Muted, Warn
	Cursor any    // the row's place in the order, for the Source; opaque
	Data   any    // whatever the caller wants to find again
}

// cell is what stands in column i; a row may have fewer cells than there are columns.
func (r Row) cell(i int) string {
	if i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i].Text
}

// Request asks a Source for a stretch of rows.
type Request struct {
	Query string
	After any  // the Cursor of a row: the rows behind it; nil: from the beginning
	Back  bool // the rows before After instead (nil: the last rows), in list order
	Limit int
	Count bool // say Total too
	// Columns are the keys of the columns that are shown, in their order: a
	// row's cells are to be these.
	Columns []string
}

// Page is a Source's answer.
type Page struct {
	Rows   []Row
	More   bool // there are rows behind (before, when going back)
	Total  int  // -1: not counted
	Capped bool // there are more than Total
}

// Source gives the rows of a list.
type Source interface {
	Page(ctx context.Context, q Request) (Page, error)
}

// Counter is a Source that counts apart from its pages: the rows are shown at
// once, and their number follows, however long counting takes.
type Counter interface {
	Count(ctx context.Context, query string) (total int, capped bool, err error)
}

// SourceFunc is a function as a Source.
type SourceFunc func(ctx context.Context, q Request) (Page, error)

// Page is Source's.
func (f SourceFunc) Page(ctx context.Context, q Request) (Page, error) { return f(ctx, q) }

// ListSpec says what a list shows and does.
type ListSpec struct {
	Name    string // message key of the title
	Args    []any
	Addr    string // address, such as "customers"
	Columns []Column
	Source  Source
	Query   string   // at first
	Filters []Filter // what the filter menu offers
	Views   []ListView
	Watch   []string // resources at whose events the list is read again; "*": any
	// Open is called with the highlighted row on enter.
	Open func(Row) Cmd
	// OpenAs is the message key of what enter does; "" opens.
	OpenAs string
	// Actions are the caller's own, before the list's.
	Actions func(l *List) []Action
	// Empty says what to do next when the list is empty without a query.
	Empty     string // message key
	EmptyArgs []any
	// None says what to do next when nothing matches the query; "": the kit's own.
	None string
	// NoneOf says it of a query's words, where they are why nothing is found; "":
	// they are not.
	NoneOf   func(words []string) string
	NoSearch bool // no query: a short fixed list
	// LookUp is what a query that begins with "?" asks; nil: nothing.
	LookUp *LookUp
	Select bool // rows can be marked for actions
	// All gives the ids of everything that matches, for "mark all" of more than
	// what is on screen; nil: only what was read so far is marked.
	All    func(ctx context.Context, query string) ([]int64, error)
	Saved  *SavedLists // lists kept by name; nil: none
	Edit   *RowEdit    // editing in the row; nil: none
	Tailor *Tailor     // columns and page size of one's own; nil: fixed
}

// ListView is a query with a name, offered first in the filter menu.
type ListView struct {
	ID    string // message key
	Query string
}

// List is a screen of rows.
type List struct {
	Spec ListSpec

	env        Env
	w, h       int
	rows       []Row // a stretch of the whole
	offset     int   // how many rows lie before it; -1 when not known
	before     bool  // there are rows before it
	behind     bool  // there are rows behind it
	total      int
	capped     bool
	loaded     bool
	at, top    int // highlighted row, first row shown
	query      string
	sent       string   // the query that the rows belong to
	words      []string // of that query, to be set off in the rows
	line       *input.Line
	old        string // the query before it was edited
	err        error
	gen        int // of the rows: answers to older ones are dropped
	more, less bool
	marked     map[int64]bool
	typed      ahead
	usual      []Column // the columns before the person chose
	edit       *rowEdit // the highlighted row is edited
	opening    int64    // the row that is being opened at this moment
}

// NewList makes a list.
func NewList(spec ListSpec) *List {
	l := &List{Spec: spec, query: spec.Query, total: -1, marked: map[int64]bool{}}
	l.tailor()
	return l
}

// Title is Screen's.
func (l *List) Title(p i18n.Printer) string { return Label(p, l.Spec.Name, l.Spec.Args...) }

// Address is Addresser's.
func (l *List) Address() string { return l.Spec.Addr }

// Init is Screen's.
func (l *List) Init() Cmd { return l.load(0) }

// Typing is Screen's.
func (l *List) Typing() bool { return l.line != nil || l.edit != nil }

// Dirty is Dirtier's: a row may be half edited.
func (l *List) Dirty() error {
	if l.edit == nil {
		return nil
	}
	return l.edit.form.Dirty()
}

// Query gives the text that is shown and asked for.
func (l *List) Query() string { return l.query }

// SetQuery asks for something else.
func (l *List) SetQuery(q string) Cmd {
	if l.query == q {
		return nil
	}
	l.query = q
	return l.load(0)
}

// Current gives the highlighted row.
func (l *List) Current() (Row, bool) {
	if l.at < 0 || l.at >= len(l.rows) {
		return Row{}, false
	}
	return l.rows[l.at], true
}

// AnyMarked says whether any row is marked.
func (l *List) AnyMarked() bool { return len(l.marked) > 0 }

// Marked gives the ids marked for an action; where none is, the highlighted
// one.
func (l *List) Marked() []int64 {
	var out []int64
	for _, r := range l.rows {
		if l.marked[r.ID] {
			out = append(out, r.ID)
		}
	}
	if len(out) < len(l.marked) { // some are on pages no longer held
		seen := map[int64]bool{}
		for _, id := range out {
			seen[id] = true
		}
		for id := range l.marked {
			if !seen[id] {
				out = append(out, id)
			}
		}
	}
	if r, ok := l.Current(); ok && len(out) == 0 {
		out = append(out, r.ID)
	}
	return out
}

// Unmark forgets the marks.
func (l *List) Unmark() { clear(l.marked) }

// Rows gives the rows that are held now.
func (l *List) Rows() []Row { return l.rows }

// Update is Screen's.
func (l *List) Update(msg tea.Msg) Cmd {
	if s, ok := msg.(Resized); ok {
		again := l.loaded && l.env.Lang != s.Env.Lang
		l.env, l.w, l.h = s.Env, s.W, s.H
		if l.edit != nil {
			l.edit.form.env = s.Env
		}
		l.scroll()
		if again {
			return l.Reload() // in another language everything is said anew
		}
		return nil
	}
	if l.edit != nil {
		return l.edit.form.Update(msg)
	}
	if l.line == nil && !l.loaded && l.err == nil {
		l.typed.keep(msg)
	}
	if l.line == nil || !l.line.Update(msg) {
		return nil
	}
	if _, asked := l.question(); asked {
		return nil // it narrows nothing
	}
	l.query = l.line.Value()
	return l.load(120 * time.Millisecond)
}

// Changed is Watcher's: what is shown is read again, in place.
func (l *List) Changed(events []bus.Event, lost bool) Cmd {
	for _, e := range events {
		for _, w := range l.Spec.Watch {
			lost = lost || e.Resource == w || w == "*"
		}
	}
	if !lost {
		return nil
	}
	if l.edit != nil {
		l.edit.late = true
		return nil
	}
	return l.Reload()
}

// room is the number of rows that can be shown.
func (l *List) room() int {
	n := max(1, l.h-1-l.queryLines()-len(l.rowErrors(l.env, l.w))-len(l.foot(l.env, l.w)))
	if p := l.pageSize(); p > 0 {
		n = min(n, p)
	}
	return n
}

// queryLines is the number of lines above the heading.
func (l *List) queryLines() int {
	n := 0
	if l.line != nil || l.query != "" {
		n++
	}
	if l.err != nil {
		n += len(said(l.env.Printer, []any{l.err}, max(20, l.w-2)))
	}
	return n
}

// move highlights another row and reads ahead.
func (l *List) move(to int) Cmd {
	l.at = max(0, min(to, len(l.rows)-1))
	l.scroll()
	return l.ahead()
}

// page moves by whole windows.
func (l *List) page(by int) Cmd {
	n := l.room()
	l.at = max(0, min(l.at+by*n, len(l.rows)-1))
	l.top = max(0, min(l.top+by*n, l.lastTop()))
	l.scroll()
	return l.ahead()
}

// scroll keeps the highlighted row in sight.
func (l *List) scroll() {
	n := l.room()
	l.top = max(l.top, l.at-n+1)
	l.top = max(0, min(l.top, l.at, l.lastTop()))
}

// lastTop is how far down the first row shown may be: a full window above the
// end, unless the rest has not been read yet.
func (l *List) lastTop() int {
	if l.behind {
		return len(l.rows) - 1
	}
	return len(l.rows) - l.room()
}
