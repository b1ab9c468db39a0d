package kit

import "slices"

// The pane of what is chosen: the right arrow goes there, the left one back.
// What is typed always searches the other pane.

// manyActions are those of both panes.
func (k *Picker) manyActions() []Action {
	var list []Action
	if len(k.Chosen) > 0 && k.line.AtEnd() {
		list = append(list, Action{ID: "kit.pane.right", Keys: []string{"right"}, Weight: 2, Run: func() Cmd {
			k.right, k.picked = true, max(0, min(k.picked, len(k.Chosen)-1))
			return nil
		}})
	}
	if k.Usual != nil {
		list = append(list, Action{ID: "kit.pane.usual", Keys: []string{"ctrl+r"}, Weight: 1, Run: func() Cmd {
			k.Chosen, k.picked = slices.Clone(k.Usual), 0
			return nil
		}})
	}
	return list
}

// rightActions work while the right pane has the keys.
func (k *Picker) rightActions() []Action {
	n := len(k.Chosen)
	to := func(i int) func() Cmd {
		return func() Cmd { k.picked = max(0, min(i, n-1)); return nil }
	}
	list := []Action{
		{ID: "kit.take", Keys: []string{"enter"}, Weight: 6, Run: func() Cmd { return k.take(k.Chosen) }},
		{ID: "kit.pane.remove", Keys: []string{"tab", "ctrl+t", "delete"}, Weight: 5, Run: k.unpick},
		{ID: "kit.pane.left", Keys: []string{"left", "shift+tab"}, Weight: 4, Run: func() Cmd { k.right = false; return nil }},
		{ID: "kit.up", Keys: []string{"up", "ctrl+p"}, Weight: -1, Run: to(k.picked - 1)},
		{ID: "kit.down", Keys: []string{"down", "ctrl+n"}, Weight: -1, Run: to(k.picked + 1)},
		{ID: "kit.page_up", Keys: []string{"pgup"}, Weight: -1, Run: to(k.picked - 10)},
		{ID: "kit.page_down", Keys: []string{"pgdown"}, Weight: -1, Run: to(k.picked + 10)},
		{ID: "kit.cancel", Keys: []string{"esc"}, Weight: 3, Run: func() Cmd { return Close() }},
	}
	if k.Ordered {
		list = append(list,
			Action{ID: "kit.pane.earlier", Keys: []string{"ctrl+up", "alt+up", "ctrl+u"}, Weight: 2, Run: func() Cmd { return k.shift(-1) }},
			Action{ID: "kit.pane.later", Keys: []string{"ctrl+down", "alt+down", "ctrl+d"}, Weight: 2, Run: func() Cmd { return k.shift(1) }})
	}
	return list
}

// unpick takes the highlighted one out of what is chosen.
func (k *Picker) unpick() Cmd {
	k.Chosen = slices.Delete(slices.Clone(k.Chosen), k.picked, k.picked+1)
	k.picked = max(0, min(k.picked, len(k.Chosen)-1))
	k.right = len(k.Chosen) > 0
	return nil
}

// shift moves the highlighted one among what is chosen.
func (k *Picker) shift(by int) Cmd {
	to := k.picked + by
	if to < 0 || to >= len(k.Chosen) {
		return nil
	}
	k.Chosen = slices.Clone(k.Chosen)
	k.Chosen[k.picked], k.Chosen[to] = k.Chosen[to], k.Chosen[k.picked]
	k.picked = to
	return nil
}
