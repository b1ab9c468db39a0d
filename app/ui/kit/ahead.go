package kit

import tea "charm.land/bubbletea/v2"

// ahead keeps the keys that are typed while a screen still reads what it will
// show; they are pressed again once it is there. They belong to this screen and
// go with it.
type ahead []tea.KeyPressMsg

// mostAhead bounds what is kept: more is somebody leaning on a key.
const mostAhead = 16

// keep notes a key; other messages are nothing to it.
func (a *ahead) keep(msg tea.Msg) {
	if k, ok := msg.(tea.KeyPressMsg); ok && len(*a) < mostAhead {
		*a = append(*a, k)
	}
}

// replay presses the keys that were kept, as long as the screen is on top.
func (a *ahead) replay() Cmd {
	keys := *a
	*a = nil
	if len(keys) == 0 {
		return nil
	}
	return func(r *Root, from *layer) tea.Cmd {
		if r.top() != from {
			return nil
		}
		defer func(was bool) { r.inKey = was }(r.inKey)
		r.inKey = true
		var cmds []tea.Cmd
		for _, k := range keys {
			if c := r.key(k); c != nil {
				cmds = append(cmds, c)
			}
		}
		return join(cmds)
	}
}
