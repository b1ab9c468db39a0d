package kit

import (
	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// menu is the state of the side menu.
type menu struct {
	focused bool
	hidden  bool // switched off by the person, or on where the window is narrow
	shown   bool
	at      int // highlighted while focused
	open    int // the entry the stack began with; -1: none of them
}

// menuFrom is the width of the window from which the menu shows by itself.
const menuFrom = 100

// menuWidth is what the menu takes now, with its edge; 0 when it is not shown.
func (r *Root) menuWidth() int {
	if len(r.o.Menu) == 0 || r.w < MinW {
		return 0
	}
	wide := r.w >= menuFrom
	if !r.menu.focused && (wide && r.menu.hidden || !wide && !r.menu.shown) {
		return 0
	}
	n := 10
	for _, e := range r.o.Menu {
		n = max(n, width.Of(r.o.Printer.T(e.ID, e.Args...))+2)
		if e.Badge != nil {
			n = max(n, width.Of(r.o.Printer.T(e.ID, e.Args...))+2+1+width.Of(e.Badge()))
		}
	}
	return min(n, 20) + 4
}

// menuLines draws the menu with its edge.
func (r *Root) menuLines(h int) []string {
	p, th := r.o.Printer, r.o.Theme
	w := r.menuWidth() - 2
	edge := th.Paint(Muted, "|") + " "
	var rows []string
	at, group := 0, ""
	for i, e := range r.o.Menu {
		if e.Group != "" && e.Group != group {
			if len(rows) > 0 {
				rows = append(rows, width.Spaces(w)+edge)
			}
			rows = append(rows, th.Paint(Muted, width.Fit(" "+p.T(e.Group), w))+edge)
		}
		group = e.Group
		if i == r.menu.at {
			at = len(rows)
		}
		rows = append(rows, r.menuRow(i, e, w)+edge)
	}
	top := max(0, min(at-h/2, len(rows)-h))
	rows = rows[top:min(len(rows), top+h)]
	for len(rows) < h {
		rows = append(rows, width.Spaces(w)+edge)
	}
	return rows
}

func (r *Root) menuRow(i int, e Entry, w int) string {
	th := r.o.Theme
	key := "  "
	if i < 9 {
		key = string(rune('1'+i)) + " "
	}
	badge := ""
	if e.Badge != nil {
		if badge = e.Badge(); badge != "" {
			badge += " "
		}
	}
	label := width.Fit(r.o.Printer.T(e.ID, e.Args...), w-3-width.Of(badge))
	switch {
	case r.menu.focused && i == r.menu.at:
		return th.Selected.S(" " + key + label + badge)
	case i == r.menu.open:
		return " " + th.Paint(Muted, key) + th.Tone(Accent).And("1").S(label) + th.Paint(Accent, badge)
	}
	return " " + th.Paint(Muted, key) + label + th.Paint(Accent, badge)
}

func (r *Root) focusMenu() tea.Cmd {
	r.menu.focused, r.menu.at = true, max(0, r.menu.open)
	return r.resized()
}

// entryOf finds the entry that a first screen belongs to: the one of its name.
func (r *Root) entryOf(s Screen) int {
	for i, e := range r.o.Menu {
		if s != nil && r.o.Printer.T(e.ID, e.Args...) == s.Title(r.o.Printer) {
			return i
		}
	}
	return -1
}

func (r *Root) toggleMenu() tea.Cmd {
	if r.w >= menuFrom {
		r.menu.hidden = !r.menu.hidden
	} else {
		r.menu.shown = !r.menu.shown
	}
	return r.resized()
}

func (r *Root) unfocusMenu() tea.Cmd {
	r.menu.focused = false
	return r.resized()
}

// menuKey moves in the menu.
func (r *Root) menuKey(k string) tea.Cmd {
	if a, ok := find(r.menuActions(), k); ok {
		return r.run(r.base, a.Run())
	}
	for i := range min(9, len(r.o.Menu)) {
		if k == string(rune('1'+i)) {
			return r.choose(i)
		}
	}
	return nil
}

func (r *Root) menuActions() []Action {
	n := len(r.o.Menu)
	to := func(i int) func() Cmd {
		return r.does(func() tea.Cmd { r.menu.at = max(0, min(i, n-1)); return nil })
	}
	return []Action{
		{ID: "kit.open", Keys: []string{"enter", "l", "right", "space"}, Weight: 5, Run: r.does(func() tea.Cmd { return r.choose(r.menu.at) })},
		{ID: "kit.up", Keys: []string{"up", "k", "ctrl+p"}, Weight: -1, Run: to(r.menu.at - 1)},
		{ID: "kit.down", Keys: []string{"down", "j", "ctrl+n"}, Weight: -1, Run: to(r.menu.at + 1)},
		{ID: "kit.top", Keys: []string{"g", "home"}, Weight: -1, Run: to(0)},
		{ID: "kit.bottom", Keys: []string{"G", "end"}, Weight: -1, Run: to(n - 1)},
		{ID: "kit.back", Keys: []string{"esc", "m", "h", "left", "tab"}, Weight: 3, Run: r.does(r.unfocusMenu)},
		{ID: "kit.quit", Keys: []string{"q"}, Weight: 1, Run: Quit},
	}
}

// choose opens an entry of the menu in place of all that is open.
func (r *Root) choose(i int) tea.Cmd {
	if i < 0 || i >= len(r.o.Menu) {
		return nil
	}
	return tea.Batch(r.unfocusMenu(), r.leave(func() tea.Cmd {
		r.menu.open = i
		return r.restart(r.o.Menu[i].Open())
	}))
}
