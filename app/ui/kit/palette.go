package kit

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
)

// offered is every action of the top screen and the Root, as it can be chosen
// from a list.
func (r *Root) offered() (*layer, []Action) {
	t := r.top()
	if t == nil {
		return nil, nil
	}
	list := append([]Action(nil), t.screen.Actions()...)
	return t, append(list, r.global(t, false)...)
}

// palette shows what can be done, to be found by typing.
func (r *Root) palette() tea.Cmd {
	t, list := r.offered()
	var options []Option
	var acts []Action
	seen := map[string]bool{}
	for _, a := range list {
		label := a.Label(r.o.Printer)
		if a.Quiet || a.Run == nil || seen[label] {
			continue
		}
		seen[label] = true
		note := ""
		if len(a.Keys) > 0 {
			note = KeyName(r.o.Printer, a.Keys[0])
		}
		options = append(options, Option{Value: strconv.Itoa(len(acts)), Label: label, Note: note, Off: a.WhyNot})
		acts = append(acts, a)
	}
	for i := 9; i < len(r.o.Menu); i++ {
		e := r.o.Menu[i]
		options = append(options, Option{Value: strconv.Itoa(len(acts)), Label: r.o.Printer.T(e.ID)})
		acts = append(acts, Action{ID: e.ID, Run: func() Cmd { return func(*Root, *layer) tea.Cmd { return r.choose(i) } }})
	}
	return r.push(&Picker{Name: "kit.palette", Options: options, Then: func(o []Option) Cmd {
		i, _ := strconv.Atoi(o[0].Value)
		return func(*Root, *layer) tea.Cmd { return r.act(t, acts[i]) }
	}}, t, true)
}

// help lists every key that works on this screen.
func (r *Root) help() tea.Cmd {
	t, list := r.offered()
	return r.push(&Keys{of: r.o.Printer.T("kit.keys"), list: list}, t, true)
}

// Keys is the list of keys of a screen.
type Keys struct {
	of   string
	list []Action
	Viewer
}

// Title is Screen's.
func (k *Keys) Title(p i18n.Printer) string { return p.T("kit.keys") }

// View is Screen's.
func (k *Keys) View(e Env, w, h int) View {
	var rows []string
	for _, a := range k.list {
		if len(a.Keys) == 0 {
			continue
		}
		names := make([]string, 0, len(a.Keys))
		for _, s := range a.Keys {
			names = append(names, KeyName(e.Printer, s))
		}
		rows = append(rows, keyRow(strings.Join(names, " "), a.Label(e.Printer)))
	}
	k.Viewer.Lines = nil
	v := Viewer{Lines: rows, top: k.top, h: k.h}
	return v.View(e, min(w, 56), h)
}

func keyRow(keys, label string) string { return fit(keys, 20) + " " + label }
