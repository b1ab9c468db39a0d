package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// noticed is how long a notice is shown.
const noticed = 10 * time.Second

// Unasked says in the status line what came unasked, such as a notification. What the person's own act had to say of
// trouble is read first: the notice follows when it is over. A newer notice takes the place of one that waits.
func Unasked(what any) Cmd {
	return func(r *Root, _ *layer) tea.Cmd {
		if r.note.what != nil && (r.note.tone == Warn || r.note.tone == Bad) {
			r.waiting = what
			return nil
		}
		return r.toastFor(noticed, Accent, what)
	}
}

// Seen takes away what [Unasked] said: the person has gone to it.
func Seen() Cmd {
	return func(r *Root, _ *layer) tea.Cmd {
		r.waiting = nil
		if r.note.tone != Accent {
			return nil
		}
		return r.noteOver()
	}
}

// noteOver takes the toast away, and shows the notice that waited for it.
func (r *Root) noteOver() tea.Cmd {
	r.note = note{n: r.note.n}
	if r.waiting == nil {
		return nil
	}
	what := r.waiting
	r.waiting = nil
	return r.toastFor(noticed, Accent, what)
}
