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

	line   *input.Line
	top, h int // of a body longer than the window
	long   int // its lines
}

// Dangerous says that the box is drawn as a warning.
func (c *Confirm) Dangerous() bool { return c.Danger }

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
	if s, ok := msg.(Resized); ok {
		c.h = max(1, s.H)
		if c.Type != "" {
			c.h = max(1, s.H-3)
		}
		c.long = len(said(s.Env.Printer, c.Body, min(s.W, 72)))
		c.scroll(0)
	}
	if c.line != nil {
		c.line.Update(msg)
	}
	return nil
}

func (c *Confirm) scroll(by int) { c.top = max(0, min(c.top+by, c.long-c.h)) }

// Typing is Screen's.
func (c *Confirm) Typing() bool { return c.line != nil }

// View is Screen's.
func (c *Confirm) View(e Env, w, h int) View {
	v := View{Lines: said(e.Printer, c.Body, min(w, 72))}
	if c.h > 0 && len(v.Lines) > c.h {
		v.Lines = v.Lines[c.top:min(len(v.Lines), c.top+c.h)]
	}
	if c.line != nil {
		v.Lines = append(v.Lines, "", width.Cut(e.T("kit.type_to_confirm", "word", c.Type), w))
		fw := min(w, 40)
		v.Lines = append(v.Lines, e.Line(c.line, fw, true))
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
	if c.long <= c.h {
		return []Action{yes, no}
	}
	by := func(n int) func() Cmd { return func() Cmd { c.scroll(n); return nil } }
	return []Action{yes, no,
		{ID: "kit.up", Keys: []string{"up", "k"}, Weight: -1, Run: by(-1)},
		{ID: "kit.down", Keys: []string{"down", "j"}, Weight: -1, Run: by(1)},
		{ID: "kit.page_up", Keys: []string{"pgup", "ctrl+u"}, Weight: -1, Run: by(-max(1, c.h-1))},
		{ID: "kit.page_down", Keys: []string{"pgdown", "ctrl+d"}, Weight: 2, Run: by(max(1, c.h-1))}}
}

// Later is what f gives, asked on the loop when its turn comes: for a Cmd that is
// made off the loop, as in a form's Save, and touches a screen.
func Later(f func() Cmd) Cmd { return after(f) }

// after calls a callback that may be nil, when its time comes.
func after(f func() Cmd) Cmd {
	if f == nil {
		return nil
	}
	return func(r *Root, from *layer) tea.Cmd { return r.run(from, f()) }
}
