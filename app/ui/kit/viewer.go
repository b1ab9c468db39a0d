package kit

import (
	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// Viewer is a dialog that shows a text, which may be longer than the window.
type Viewer struct {
	Key   string // message key of the title
	Args  []any
	Lines []string
	Note  string // message key of a line below
	Clip  string // what y puts on the clipboard; "": there is no such key

	rows, note []string // wrapped for the room
	top, h     int
}

// Title is Screen's.
func (m *Viewer) Title(p i18n.Printer) string { return p.T(m.Key, m.Args...) }

// Init is Screen's.
func (m *Viewer) Init() Cmd { return nil }

// Update is Screen's.
func (m *Viewer) Update(msg tea.Msg) Cmd {
	if s, ok := msg.(Resized); ok {
		m.layout(s.Env, s.W, s.H)
	}
	return nil
}

// layout wraps the text.
func (m *Viewer) layout(e Env, w, h int) {
	m.rows, m.note = nil, nil
	for _, s := range m.Lines {
		m.rows = append(m.rows, width.Wrap(width.Clean(s), w)...)
	}
	if m.Note != "" {
		m.note = append([]string{""}, width.Wrap(e.T(m.Note), w)...)
	}
	m.h = max(1, h-len(m.note))
	m.scroll(0)
}

func (m *Viewer) scroll(by int) {
	m.top = max(0, min(m.top+by, len(m.rows)-m.h))
}

// Typing is Screen's.
func (m *Viewer) Typing() bool { return false }

// Actions is Screen's.
func (m *Viewer) Actions() []Action {
	by := func(n int) func() Cmd { return func() Cmd { m.scroll(n); return nil } }
	list := []Action{{ID: "kit.close", Keys: []string{"esc", "enter"}, Weight: 5, Run: func() Cmd { return Close() }}}
	if m.Clip != "" {
		list = append(list, Action{ID: "kit.copy", Keys: []string{"y"}, Weight: 4, Run: func() Cmd {
			return Batch(func(*Root, *layer) tea.Cmd { return line.Copy(m.Clip) }, Toast(Good, "kit.copied.sent"))
		}})
	}
	if len(m.rows) <= m.h {
		return list
	}
	return append(list,
		Action{ID: "kit.up", Keys: []string{"up", "k"}, Weight: -1, Run: by(-1)},
		Action{ID: "kit.down", Keys: []string{"down", "j"}, Weight: -1, Run: by(1)},
		Action{ID: "kit.page_up", Keys: []string{"pgup", "ctrl+u"}, Weight: -1, Run: by(-max(1, m.h-1))},
		Action{ID: "kit.page_down", Keys: []string{"pgdown", "ctrl+d", "space"}, Weight: 2, Run: by(max(1, m.h-1))},
		Action{ID: "kit.top", Keys: []string{"g", "home"}, Weight: -1, Run: by(-len(m.rows))},
		Action{ID: "kit.bottom", Keys: []string{"G", "end"}, Weight: -1, Run: by(len(m.rows))})
}

// View is Screen's.
func (m *Viewer) View(e Env, w, h int) View {
	v := View{Lines: append([]string(nil), m.rows[m.top:min(len(m.rows), m.top+m.h)]...)}
	for _, s := range m.note {
		v.Lines = append(v.Lines, e.Theme.Paint(Muted, s))
	}
	return v
}
