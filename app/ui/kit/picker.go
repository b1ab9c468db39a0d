package kit

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/input"
	"cohort/app/ui/kit/width"
)

// Option is one thing to choose.
type Option struct {
	Value string // stable: "baidu", "42"
	Label string // what is read
	Note  string // muted, beside it
	Off   error  // why it cannot be chosen now; nil if it can
}

// Picker is a dialog to choose one of some options, or several. Typing narrows
// the options: locally, or by Search, where the newest answer counts.
type Picker struct {
	Name    string // message key of the title
	Args    []any
	Options []Option
	Search  func(ctx context.Context, text string) ([]Option, error)
	Many    bool
	Chosen  []Option // marked at first
	Empty   string   // message key shown when nothing matches; "" for a general one
	// New, when given, is offered as a last line "+ new": it gets what was typed.
	New      func(typed string) Cmd
	NewLabel string // message key of that line
	// Then gets what was chosen, in the name of the screen that opened the dialog.
	Then func([]Option) Cmd

	first  string // typed before the dialog opened
	line   *input.Line
	shown  []Option
	at     int
	asking bool
	err    error
}

// Choose is a Picker of one among fixed options.
func Choose(title string, options []Option, then func(Option) Cmd) Cmd {
	return Show(&Picker{Name: title, Options: options, Then: func(o []Option) Cmd { return then(o[0]) }})
}

// Title is Screen's.
func (k *Picker) Title(p i18n.Printer) string { return p.T(k.Name, k.Args...) }

// Init is Screen's.
func (k *Picker) Init() Cmd {
	k.line = input.NewLine(100)
	k.line.Set(k.first)
	k.shown = Fuzzy(k.first, k.Options)
	if !k.Many && len(k.Chosen) == 1 {
		for i, o := range k.shown {
			if o.Value == k.Chosen[0].Value {
				k.at = i
			}
		}
	}
	if k.Search != nil {
		return k.search(0)
	}
	return nil
}

// Typing is Screen's.
func (k *Picker) Typing() bool { return true }

// Update is Screen's.
func (k *Picker) Update(msg tea.Msg) Cmd {
	if k.line == nil || !k.line.Update(msg) {
		return nil
	}
	k.at = 0
	if k.Search != nil {
		return k.search(100 * time.Millisecond)
	}
	k.shown = Fuzzy(k.line.Value(), k.Options)
	return nil
}

func (k *Picker) search(wait time.Duration) Cmd {
	text := k.line.Value()
	k.asking = true
	return Work[[]Option]{Name: "search", Wait: wait,
		Do: func(ctx context.Context) ([]Option, error) { return k.Search(ctx, text) },
		Then: func(list []Option, err error) Cmd {
			k.asking, k.err = false, err
			if err == nil {
				k.shown, k.at = list, max(0, min(k.at, len(list)-1))
			}
			return nil
		}}.Cmd()
}

// rows is the number of lines to choose from, with "+ new".
func (k *Picker) rows() int {
	n := len(k.shown)
	if k.New != nil {
		n++
	}
	return n
}

// Actions is Screen's.
func (k *Picker) Actions() []Action {
	to := func(i int) func() Cmd {
		return func() Cmd { k.at = max(0, min(i, k.rows()-1)); return nil }
	}
	list := []Action{
		{ID: "kit.choose", Keys: []string{"enter"}, Weight: 6, Run: k.enter},
		{ID: "kit.up", Keys: []string{"up", "ctrl+p", "shift+tab"}, Weight: -1, Run: to(k.at - 1)},
		{ID: "kit.down", Keys: []string{"down", "ctrl+n"}, Weight: -1, Run: to(k.at + 1)},
		{ID: "kit.page_up", Keys: []string{"pgup"}, Weight: -1, Run: to(k.at - 10)},
		{ID: "kit.page_down", Keys: []string{"pgdown"}, Weight: -1, Run: to(k.at + 10)},
		{ID: "kit.cancel", Keys: []string{"esc"}, Weight: 3, Run: func() Cmd { return Close() }},
	}
	if k.Many {
		list[0].ID = "kit.take"
		list = append(list, Action{ID: "kit.mark", Keys: []string{"tab", "ctrl+t"}, Weight: 5, Run: k.mark})
	}
	return list
}

// enter chooses what is highlighted.
func (k *Picker) enter() Cmd {
	switch {
	case k.New != nil && k.at == len(k.shown):
		typed := k.line.Value()
		return Close(after(func() Cmd { return k.New(typed) }))
	case k.Many:
		return k.take(k.Chosen)
	case k.at >= len(k.shown) || k.asking && k.Search != nil && k.line.Value() != "" && len(k.shown) == 0:
		return nil
	}
	o := k.shown[k.at]
	if o.Off != nil {
		return Fail(o.Off)
	}
	return k.take([]Option{o})
}

func (k *Picker) take(list []Option) Cmd {
	return Close(after(func() Cmd {
		if k.Then == nil {
			return nil
		}
		return k.Then(list)
	}))
}

// mark takes or leaves the highlighted option among several.
func (k *Picker) mark() Cmd {
	if k.at >= len(k.shown) {
		return nil
	}
	o := k.shown[k.at]
	if o.Off != nil {
		return Fail(o.Off)
	}
	if i := indexOf(k.Chosen, o.Value); i >= 0 {
		k.Chosen = append(append([]Option(nil), k.Chosen[:i]...), k.Chosen[i+1:]...)
	} else {
		k.Chosen = append(append([]Option(nil), k.Chosen...), o)
	}
	if k.at < len(k.shown)-1 {
		k.at++
	}
	return nil
}

func indexOf(list []Option, value string) int {
	for i, o := range list {
		if o.Value == value {
			return i
		}
	}
	return -1
}

// View is Screen's.
func (k *Picker) View(e Env, w, h int) View {
	w = min(w, 84)
	left := min(w, 60)
	if k.Many && w >= 70 {
		left = w/2 - 1
	}
	v := View{Cursor: &Pos{2 + k.line.Cursor(left-2), 0}}
	v.Lines = append(v.Lines, e.Theme.Paint(Accent, "> ")+e.Theme.Field.S(width.Fit(k.line.View(left-2, true), left-2)))
	rows := k.optionLines(e, left, max(1, h-1))
	if k.Many && w >= 70 {
		rows = k.beside(e, rows, left, w-left-3)
	}
	v.Lines = append(v.Lines, rows...)
	return v
}

// optionLines draws the options around the highlighted one, always as many as
// there is room for up to twelve, so that the box does not jump.
func (k *Picker) optionLines(e Env, w, h int) []string {
	h = min(h, 12)
	top := max(0, min(k.at-h/2, k.rows()-h))
	var out []string
	for i := top; i < k.rows() && len(out) < h; i++ {
		out = append(out, k.optionLine(e, i, w))
	}
	if len(k.shown) == 0 && len(out) < h {
		out = append(out, e.Theme.Paint(Muted, width.Fit("  "+k.nothing(e), w)))
	}
	want := min(h, max(len(k.Options), len(out), 1))
	if k.Search != nil {
		want = h
	}
	for len(out) < want {
		out = append(out, width.Spaces(w))
	}
	return out
}

func (k *Picker) nothing(e Env) string {
	switch {
	case k.err != nil:
		return strings.ReplaceAll(e.Error(k.err), "\n", " ")
	case k.asking:
		return e.T("kit.working")
	case k.Empty != "":
		return e.T(k.Empty)
	}
	return e.T("kit.nothing_found")
}

func (k *Picker) optionLine(e Env, i, w int) string {
	if i == len(k.shown) {
		text := width.Fit("  + "+e.T(k.NewLabel), w)
		if i == k.at {
			return e.Theme.Selected.S(text)
		}
		return e.Theme.Paint(Accent, text)
	}
	o := k.shown[i]
	lead := "  "
	if k.Many {
		lead = "[ ] "
		if indexOf(k.Chosen, o.Value) >= 0 {
			lead = "[x] "
		}
	}
	label := lead + width.Clean(o.Label)
	note := width.Cut(width.Clean(o.Note), max(0, w-width.Of(label)-2))
	label = width.Fit(label, w-width.Of(note)-1)
	switch {
	case i == k.at:
		return e.Theme.Selected.S(label + note + " ")
	case o.Off != nil:
		return e.Theme.Paint(Muted, label+note+" ")
	}
	return label + e.Theme.Paint(Muted, note) + " "
}

// beside puts the chosen options in a second pane.
func (k *Picker) beside(e Env, rows []string, left, w int) []string {
	edge := e.Theme.Paint(Muted, " | ")
	for i := range rows {
		s := ""
		switch {
		case i == 0:
			s = e.Theme.Paint(Muted, width.Fit(e.T("kit.chosen", "n", len(k.Chosen)), w))
		case i-1 < len(k.Chosen):
			s = width.Fit(width.Clean(k.Chosen[i-1].Label), w)
		}
		rows[i] = width.Pad(rows[i], left) + edge + s
	}
	return rows
}

// Fuzzy keeps the options whose label or note holds the letters of text in
// order, the best first: what begins with it, then what contains it.
func Fuzzy(text string, list []Option) []Option {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return list
	}
	var ranks [4][]Option
	for _, o := range list {
		s := strings.ToLower(o.Label)
		switch {
		case strings.HasPrefix(s, text):
			ranks[0] = append(ranks[0], o)
		case strings.Contains(s, text):
			ranks[1] = append(ranks[1], o)
		case strings.Contains(strings.ToLower(o.Note+" "+o.Value), text):
			ranks[2] = append(ranks[2], o)
		case inOrder(s, text):
			ranks[3] = append(ranks[3], o)
		}
	}
	var out []Option
	for _, r := range ranks {
		out = append(out, r...)
	}
	return out
}

// inOrder says whether all letters of want come in s in this order.
func inOrder(s, want string) bool {
	rest := []rune(want)
	for _, c := range s {
		if len(rest) > 0 && c == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}
