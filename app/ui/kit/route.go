package kit

import (
	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
)

// key finds out whom a key is for: the root's own, the dialog or screen on top,
// the menu.
func (r *Root) key(k tea.KeyPressMsg) tea.Cmd {
	r.touched()
	if r.bye != "" {
		return tea.Quit
	}
	s := k.String()
	switch s {
	case "ctrl+c":
		return r.quit()
	case "ctrl+l":
		return tea.ClearScreen
	}
	t := r.top()
	if t == nil {
		return nil
	}
	if t.grace {
		return nil
	}
	if r.menu.focused {
		return r.menuKey(s)
	}
	typing := t.screen.Typing()
	if typing && k.Text != "" {
		return r.run(t, t.screen.Update(k))
	}
	if a, ok := find(t.screen.Actions(), s); ok {
		return r.act(t, a)
	}
	if a, ok := find(r.global(t, typing), s); ok {
		return r.act(t, a)
	}
	return r.run(t, t.screen.Update(k))
}

// act runs an action, or says why not.
func (r *Root) act(l *layer, a Action) tea.Cmd {
	switch {
	case a.WhyNot != nil:
		return r.toast(Warn, a.WhyNot)
	case a.Run == nil:
		return nil
	case a.Confirm != nil:
		q := a.Confirm
		return r.push(&Confirm{Name: a.ID, Args: a.Args, Body: []any{i18n.W(q.Key, q.Args...)}, Yes: q.Yes, Danger: a.Danger, Type: q.Type, Then: a.Run}, l, true)
	}
	return r.run(l, a.Run())
}

// paste is text for whoever is typing; elsewhere it is nothing.
func (r *Root) paste(p tea.PasteMsg) tea.Cmd {
	r.touched()
	t := r.top()
	if t == nil || r.bye != "" || r.menu.focused || !t.screen.Typing() {
		return nil
	}
	return r.run(t, t.screen.Update(p))
}

// global is the Root's own actions, as far as they make sense over this layer.
func (r *Root) global(t *layer, typing bool) []Action {
	list := make([]Action, 0, 20+len(r.o.Globals))
	back, menu := []string{"esc"}, []string{"m"}
	switch { // to the left is where one came from, or the menu
	case typing || t.dialog:
	case len(r.stack) > 1:
		back = append(back, "left", "h")
	default:
		menu = append(menu, "left", "h")
	}
	if len(r.stack) > 1 {
		list = append(list, Action{ID: "kit.back", Keys: back, Weight: 3, Quiet: true, Run: r.does(r.back)})
	}
	if t.dialog {
		return list
	}
	list = append(list,
		Action{ID: "kit.palette", Keys: []string{":", "ctrl+k"}, Weight: 2, Quiet: true, Run: r.does(r.palette)},
		Action{ID: "kit.keys", Keys: []string{"?", "f1"}, Weight: 1, Quiet: true, Run: r.does(r.help)},
		Action{ID: "kit.quit", Keys: []string{"q"}, Weight: 1, Run: r.does(r.quit)},
		Action{ID: "kit.redraw", Keys: []string{"ctrl+l"}, Weight: -1, Run: Redraw})
	list = append(append(list, r.o.Globals...), r.toMenu(menu)...)
	if typing {
		for i := range list {
			list[i].Keys = textless(list[i].Keys)
		}
	}
	return list
}

// toMenu is how the menu is reached, and each of its entries.
func (r *Root) toMenu(keys []string) []Action {
	if len(r.o.Menu) == 0 {
		return nil
	}
	list := []Action{
		{ID: "kit.menu", Keys: keys, Weight: 2, Quiet: true, Run: r.does(r.focusMenu)},
		{ID: "kit.menu.toggle", Keys: []string{"ctrl+b"}, Weight: -1, Run: r.does(r.toggleMenu)},
	}
	for i := range min(9, len(r.o.Menu)) {
		list = append(list, Action{ID: r.o.Menu[i].ID, Args: r.o.Menu[i].Args, Keys: []string{string(rune('1' + i))}, Weight: -1,
			Run: r.does(func() tea.Cmd { return r.choose(i) })})
	}
	return list
}

// does makes a thing the Root does the run of an action.
func (r *Root) does(f func() tea.Cmd) func() Cmd {
	return func() Cmd { return func(*Root, *layer) tea.Cmd { return f() } }
}

// textless leaves the keys that are no letters.
func textless(keys []string) []string {
	var out []string
	for _, k := range keys {
		if len(k) > 1 {
			out = append(out, k)
		}
	}
	return out
}
