package kit

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
)

// Offer says something and offers what can be done about it, each by its key;
// enter does the first. One that cannot be done now says why.
type Offer struct {
	Name string // message key of the title
	Args []any
	Body []any // Words, errors, texts
	Acts []Action
}

// Title is Screen's.
func (o *Offer) Title(p i18n.Printer) string { return p.T(o.Name, o.Args...) }

// Init is Screen's.
func (o *Offer) Init() Cmd { return nil }

// Update is Screen's.
func (o *Offer) Update(tea.Msg) Cmd { return nil }

// Typing is Screen's.
func (o *Offer) Typing() bool { return false }

// Actions is Screen's.
func (o *Offer) Actions() []Action {
	list := make([]Action, 0, len(o.Acts)+1)
	for i, a := range o.Acts {
		run := a.Run
		a.Run = func() Cmd { return Close(after(run)) }
		if i == 0 && a.WhyNot == nil {
			a.Keys = append(append([]string{"enter"}, a.Keys...), "y")
		}
		a.Weight = 9 - i
		list = append(list, a)
	}
	return append(list, Action{ID: "kit.cancel", Keys: []string{"esc"}, Weight: 1, Run: func() Cmd { return Close() }})
}

// View is Screen's.
func (o *Offer) View(e Env, w, h int) View {
	wide := min(w, 72)
	lines := append(said(e.Printer, o.Body, wide), "")
	for _, a := range o.Acts {
		line := e.Theme.Paint(Accent, width.Fit(strings.Join(keyNames(e.Printer, a.Keys), " "), 4)) + a.Label(e.Printer)
		if a.WhyNot != nil {
			line = e.Theme.Paint(Muted, width.Fit(strings.Join(keyNames(e.Printer, a.Keys), " "), 4)+a.Label(e.Printer))
		}
		lines = append(lines, line)
		if a.WhyNot != nil {
			for _, l := range said(e.Printer, []any{a.WhyNot}, wide-4) {
				lines = append(lines, "    "+e.Theme.Paint(Muted, l))
			}
		}
	}
	return View{Lines: lines[:min(len(lines), h)]}
}

func keyNames(p i18n.Printer, keys []string) (names []string) {
	for _, k := range keys {
		names = append(names, KeyName(p, k))
	}
	return names
}
