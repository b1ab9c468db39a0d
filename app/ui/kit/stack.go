package kit

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
)

// grace is how long a dialog that came unasked takes no key: a person who types
// must not answer what he has not read.
const grace = 150 * time.Millisecond

type graceMsg struct{ of *layer }

// push puts a screen on the stack.
func (r *Root) push(s Screen, from *layer, dialog bool) tea.Cmd {
	return r.insert(len(r.stack), s, from, dialog)
}

// insert puts a screen into the stack at a place.
func (r *Root) insert(at int, s Screen, from *layer, dialog bool) tea.Cmd {
	if s == nil {
		return nil
	}
	acquaint(s, from)
	l := &layer{screen: s, opener: from, dialog: dialog, jobs: map[string]*job{}}
	l.ctx, l.cancel = context.WithCancel(r.ctx)
	var wait tea.Cmd
	if dialog && !r.inKey {
		l.grace = true
		wait = r.after(grace, graceMsg{l})
	}
	r.stack = slices.Insert(r.stack, at, l)
	size := r.size(l)
	if r.menu.focused {
		r.menu.focused = false
		size = r.resized()
	}
	return tea.Batch(size, r.run(l, s.Init()), wait)
}

// below is in whose name things go on when a layer has closed: the one that
// opened it, or what lies on top where that has gone too.
func (r *Root) below(l *layer) *layer {
	switch {
	case l.opener != nil && !l.opener.gone:
		return l.opener
	case r.top() != nil:
		return r.top()
	}
	return r.base
}

// remove takes a layer off the stack, with the dialogs it opened.
func (r *Root) remove(l *layer) tea.Cmd {
	if l == r.base || l.gone {
		return nil
	}
	kept := r.stack[:0]
	for _, x := range r.stack {
		if x == l || x.dialog && x.opener == l {
			r.end(x)
			continue
		}
		kept = append(kept, x)
	}
	clear(r.stack[len(kept):])
	r.stack = kept
	return nil
}

// end cancels what a layer asked. What it writes goes on.
func (r *Root) end(l *layer) {
	l.gone = true
	l.cancel()
	for _, j := range l.jobs {
		if !j.write {
			r.drop(j)
		}
	}
}

// restart empties the stack for a new first screen.
func (r *Root) restart(s Screen) tea.Cmd {
	for _, l := range r.stack {
		r.end(l)
	}
	r.stack = nil
	return r.push(s, r.base, false)
}

// back leaves the top layer; the last screen stays.
func (r *Root) back() tea.Cmd {
	t := r.top()
	if t == nil || len(r.stack) == 1 {
		return nil
	}
	d, ok := t.screen.(Dirtier)
	if !ok || d.Dirty() == nil {
		return r.remove(t)
	}
	return r.ask(d.Dirty(), 1, func() tea.Cmd { return r.remove(t) })
}

// leave does then once nothing on the stack would be lost, or the person says
// it may be.
func (r *Root) leave(then func() tea.Cmd) tea.Cmd {
	var lost []string
	var first error
	for _, l := range r.stack {
		if d, ok := l.screen.(Dirtier); ok {
			if err := d.Dirty(); err != nil {
				lost = append(lost, l.screen.Title(r.o.Printer))
				first = err
			}
		}
	}
	switch len(lost) {
	case 0:
		return then()
	case 1:
		return r.ask(first, 1, then)
	}
	return r.ask(i18nFault("kit.dirty_many", "list", strings.Join(lost, r.o.Printer.T("list.comma")), "n", len(lost)), 2, then)
}

// ask shows what would be lost; times is how often it must be answered.
func (r *Root) ask(err error, times int, then func() tea.Cmd) tea.Cmd {
	c := &Confirm{Name: "kit.leave", Body: []any{err}, Yes: "kit.leave.yes", Danger: true}
	c.Then = func() Cmd {
		return func(*Root, *layer) tea.Cmd {
			if times > 1 {
				return r.ask(err, times-1, then)
			}
			return then()
		}
	}
	return r.push(c, r.base, true)
}

// quit ends the program: not before what is being written is written, and not
// without asking for unsaved work.
func (r *Root) quit() tea.Cmd {
	if r.quitting {
		return tea.Quit
	}
	return r.leave(func() tea.Cmd {
		if r.writing() {
			r.quitting = true
			return r.toast(Plain, i18n.W("kit.finishing"))
		}
		return tea.Quit
	})
}

func (r *Root) quitWhenDone() tea.Cmd {
	if r.quitting && !r.writing() {
		return tea.Quit
	}
	return nil
}

// open puts the screen of an address on the stack.
func (r *Root) open(address string, from *layer) tea.Cmd {
	if r.o.Resolve == nil {
		return r.toast(Bad, i18n.W("kit.no_such_place", "address", address))
	}
	s, err := r.o.Resolve(address)
	if err != nil {
		return r.toast(Bad, err)
	}
	return r.push(s, from, false)
}

// resized tells every layer its room.
func (r *Root) resized() tea.Cmd {
	var cmds []tea.Cmd
	for _, l := range r.stack {
		l.w, l.h = 0, 0
		if c := r.size(l); c != nil {
			cmds = append(cmds, c)
		}
	}
	return join(cmds)
}

// size tells one layer its room when it has changed.
func (r *Root) size(l *layer) tea.Cmd {
	w, h := r.room(l)
	if w == l.w && h == l.h {
		return nil
	}
	l.w, l.h = w, h
	return r.run(l, l.screen.Update(Resized{r.env(), w, h}))
}

// room is what a layer may draw in.
func (r *Root) room(l *layer) (w, h int) {
	w, h = r.w-r.menuWidth(), r.h-chrome
	if l.dialog {
		w, h = min(r.w-8, 100), r.h-chrome-4
	}
	return max(w, 1), max(h, 1)
}
