package kit

import (
	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/input"
)

// Message says something that must be read; any of enter, esc, space closes it.
type Message struct {
	Name string // message key of the title
	Args []any
	Body []any // Words, errors, texts
	Then func() Cmd
}

// Say shows a message.
func Say(title string, body ...any) Cmd { return Show(&Message{Name: title, Body: body}) }

// Title is Screen's.
func (m *Message) Title(p i18n.Printer) string { return p.T(m.Name, m.Args...) }

// Init is Screen's.
func (m *Message) Init() Cmd { return nil }

// Update is Screen's.
func (m *Message) Update(tea.Msg) Cmd { return nil }

// Typing is Screen's.
func (m *Message) Typing() bool { return false }

// Actions is Screen's.
func (m *Message) Actions() []Action {
	return []Action{{ID: "kit.ok", Keys: []string{"enter", "esc", "space"}, Weight: 5, Run: func() Cmd { return Close(after(m.Then)) }}}
}

// View is Screen's.
func (m *Message) View(e Env, w, h int) View {
	lines := said(e.Printer, m.Body, min(w, 72))
	if len(lines) > h {
		lines = lines[:h]
	}
	return View{Lines: lines}
}

// Prompt asks for one line.
type Prompt struct {
	Name  string // message key of the title
	Args  []any
	Body  []any // said above the line
	Value string
	Over  bool // typing writes over the value
	Limit int  // characters; 0: 200
	// Check refuses what was typed, before Then; may be nil.
	Check func(string) error
	Then  func(string) Cmd

	line *input.Line
	err  error
}

// Title is Screen's.
func (m *Prompt) Title(p i18n.Printer) string { return p.T(m.Name, m.Args...) }

// Init is Screen's.
func (m *Prompt) Init() Cmd {
	if m.Limit == 0 {
		m.Limit = 200
	}
	m.line = input.NewLine(m.Limit)
	if m.line.Set(m.Value); m.Over {
		m.line.Propose(m.Value)
	}
	return nil
}

// Update is Screen's.
func (m *Prompt) Update(msg tea.Msg) Cmd {
	if m.line != nil && m.line.Update(msg) {
		m.err = nil
	}
	return nil
}

// Typing is Screen's.
func (m *Prompt) Typing() bool { return true }

// Actions is Screen's.
func (m *Prompt) Actions() []Action {
	return []Action{
		{ID: "kit.ok", Keys: []string{"enter"}, Weight: 5, Run: m.enter},
		{ID: "kit.cancel", Keys: []string{"esc"}, Weight: 4, Run: func() Cmd { return Close() }},
	}
}

func (m *Prompt) enter() Cmd {
	text := m.line.Value()
	if m.Check != nil {
		if m.err = m.Check(text); m.err != nil {
			return nil
		}
	}
	return Close(after(func() Cmd {
		if m.Then == nil {
			return nil
		}
		return m.Then(text)
	}))
}

// View is Screen's.
func (m *Prompt) View(e Env, w, h int) View {
	w = min(w, 64)
	v := View{Lines: said(e.Printer, m.Body, w)}
	v.Cursor = &Pos{m.line.Cursor(w), len(v.Lines)}
	v.Lines = append(v.Lines, e.Line(m.line, w, true))
	if m.err != nil {
		for _, s := range said(e.Printer, []any{m.err}, w) {
			v.Lines = append(v.Lines, e.Theme.Paint(Bad, s))
		}
	}
	return v
}
