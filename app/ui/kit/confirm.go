package kit

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/input"
	"cohort/app/ui/kit/width"
)

// Confirm asks before something happens. What is dangerous is answered with y,
// never with enter; what cannot be undone is answered by typing a word.
type Confirm struct {
	Name   string // message key
	Args   []any  // of the title
	Body   []any  // what is said: Words, errors, texts
	Yes    string // message key of the "yes" label
	Danger bool
	Type   string // what must be typed
	Then   func() Cmd
	No     func() Cmd

	line *input.Line
}

// Title is Screen's.
func (c *Confirm) Title(p i18n.Printer) string { return p.T(c.Name, c.Args...) }

// Init is Screen's.
func (c *Confirm) Init() Cmd {
	if c.Type != "" {
		c.line = input.NewLine(200)
	}
	return nil
}

// Update is Screen's.
func (c *Confirm) Update(msg tea.Msg) Cmd {
	if c.line != nil {
		c.line.Update(msg)
	}
	return nil
}

// Typing is Screen's.
func (c *Confirm) Typing() bool { return c.line != nil }

// View is Screen's.
func (c *Confirm) View(e Env, w, h int) View {
	v := View{Lines: said(e.Printer, c.Body, min(w, 72))}
	if c.line != nil {
		v.Lines = append(v.Lines, "", width.Cut(e.T("kit.type_to_confirm", "word", c.Type), w))
		fw := min(w, 40)
		v.Lines = append(v.Lines, e.Theme.Field.S(width.Fit(c.line.View(fw, true), fw)))
		v.Cursor = &Pos{c.line.Cursor(fw), len(v.Lines) - 1}
	}
	return v
}

// Actions is Screen's.
func (c *Confirm) Actions() []Action {
	yes := Action{ID: "kit.yes", Keys: []string{"y", "enter"}, Weight: 5, Danger: c.Danger, Run: func() Cmd { return Close(after(c.Then)) }}
	if c.Yes != "" {
		yes.ID = c.Yes
	}
	switch {
	case c.Type != "":
		yes.Keys = []string{"enter"}
		if c.line != nil && strings.TrimSpace(c.line.Value()) != c.Type {
			yes.WhyNot = i18nFault("kit.type_to_confirm", "word", c.Type)
		}
	case c.Danger:
		yes.Keys = []string{"y"}
	}
	no := Action{ID: "kit.no", Keys: []string{"esc", "n"}, Weight: 4, Run: func() Cmd { return Close(after(c.No)) }}
	return []Action{yes, no}
}

// after calls a callback that may be nil, when its time comes.
func after(f func() Cmd) Cmd {
	if f == nil {
		return nil
	}
	return func(r *Root, from *layer) tea.Cmd { return r.run(from, f()) }
}
