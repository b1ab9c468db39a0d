package kit

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// offered is every action of the top screen and the Root, as it can be chosen
// from a list.
func (r *Root) offered() (*layer, []Action) {
	t := r.top()
	if t == nil {
		return nil, nil
	}
	return t, merged(t.screen.Actions(), r.global(t, false))
}

// merged puts the Root's actions behind a screen's own, without the keys that
// the screen uses itself.
func merged(own, global []Action) []Action {
	list := append(make([]Action, 0, len(own)+len(global)), own...)
	for _, g := range global {
		var left []string
		for _, k := range g.Keys {
			if _, taken := find(own, k); !taken {
				left = append(left, k)
			}
		}
		if len(left) > 0 || len(g.Keys) == 0 {
			g.Keys = left
			list = append(list, g)
		}
	}
	return list
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
		options = append(options, Option{Value: strconv.Itoa(len(acts)), Label: label, Note: note, Also: lastOf(a.ID), Off: a.WhyNot})
		acts = append(acts, a)
	}
	for i := 9; i < len(r.o.Menu); i++ {
		e := r.o.Menu[i]
		options = append(options, Option{Value: strconv.Itoa(len(acts)), Label: r.o.Printer.T(e.ID, e.Args...), Also: lastOf(e.ID)})
		acts = append(acts, Action{ID: e.ID, Args: e.Args, Run: func() Cmd { return func(*Root, *layer) tea.Cmd { return r.choose(i) } }})
	}
	return r.push(&Picker{Name: "kit.palette", Options: options, ask: r.question, Then: func(o []Option) Cmd {
		if text, asked := r.o.LookUp.of(o[0].Value); asked {
			return r.o.LookUp.Run(text)
		}
		i, _ := strconv.Atoi(o[0].Value)
		return func(*Root, *layer) tea.Cmd { return r.act(t, acts[i]) }
	}}, t, true)
}

// lastOf is the last part of a key: a place is found by its address in every
// language.
func lastOf(key string) string { return key[strings.LastIndex(key, ".")+1:] }

// question offers to ask what is typed behind a question mark.
func (r *Root) question(typed string) ([]Option, bool) {
	text, asked := r.o.LookUp.of(typed)
	if text == "" {
		return nil, asked
	}
	return []Option{{Value: "?" + text, Label: r.o.Printer.T(r.o.LookUp.Name, "text", text)}}, true
}

// help lists every key that works on this screen.
func (r *Root) help() tea.Cmd {
	t := r.top()
	list := merged(t.screen.Actions(), r.global(t, t.screen.Typing()))
	return r.push(&keys{list: list, Viewer: Viewer{Key: "kit.keys"}}, t, true)
}

// keys is the list of keys of a screen: a Viewer in the reader's words.
type keys struct {
	Viewer
	list []Action
}

// Update is Screen's.
func (k *keys) Update(msg tea.Msg) Cmd {
	s, ok := msg.(Resized)
	if !ok {
		return nil
	}
	k.Lines = nil
	for _, a := range k.list {
		if len(a.Keys) == 0 {
			continue
		}
		var names []string
		for _, key := range a.Keys {
			names = append(names, KeyName(s.Env.Printer, key))
		}
		k.Lines = append(k.Lines, width.Fit(strings.Join(names, "  "), 22)+" "+a.Label(s.Env.Printer))
	}
	return k.Viewer.Update(msg)
}
