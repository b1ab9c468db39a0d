package kit

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/fault"
	"cohort/app/i18n"
)

type eventsMsg struct{}

// listen waits for the next events of the bus.
func (r *Root) listen() tea.Cmd {
	if r.o.Bus == nil {
		return nil
	}
	if r.sub == nil {
		r.sub = r.o.Bus.Subscribe()
	}
	c := r.sub.C
	return func() tea.Msg {
		select {
		case <-r.ctx.Done():
			return nil
		case <-c:
			return eventsMsg{}
		}
	}
}

// events takes what happened and tells the screens that watch.
func (r *Root) events() tea.Cmd {
	list, lost := r.sub.Take()
	if len(list) == 0 && !lost {
		return nil
	}
	var cmds []tea.Cmd
	if r.o.OnEvents != nil {
		cmds = append(cmds, r.run(r.base, r.o.OnEvents(list, lost)))
	}
	for _, e := range list {
		if r.o.UnreadOn != "" && e.Resource == r.o.UnreadOn || lost {
			cmds = append(cmds, r.countUnread())
			break
		}
	}
	lost = lost || r.o.Anew != nil && slices.ContainsFunc(list, r.o.Anew)
	for _, l := range append([]*layer(nil), r.stack...) {
		if w, ok := l.screen.(Watcher); ok && !l.gone {
			cmds = append(cmds, r.run(l, w.Changed(list, lost)))
		}
	}
	return tea.Batch(cmds...)
}

// gone says that what was read is no longer there for the person: nothing of it
// may stay on his screen.
func gone(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.NotFound || f.Kind == fault.Forbidden)
}

func (r *Root) countUnread() tea.Cmd {
	if r.o.Unread == nil {
		return nil
	}
	return r.run(r.base, Work[int]{Name: "unread", Quiet: true, Do: r.o.Unread, Then: func(n int, err error) Cmd {
		if err == nil {
			r.unread = n
		}
		return nil
	}}.Cmd())
}

// idle logs out who does nothing.
type idle struct {
	last   time.Time // the last key
	warned bool      // the warning is shown
}

type idleMsg struct{}

func (r *Root) startIdle() tea.Cmd {
	if r.o.Idle <= 0 {
		return nil
	}
	if r.o.IdleWarn <= 0 {
		r.o.IdleWarn = time.Minute
	}
	r.o.IdleWarn = min(r.o.IdleWarn, r.o.Idle/2)
	r.idle.last = r.now()
	return r.after(r.o.Idle-r.o.IdleWarn, idleMsg{})
}

// touched notes a key; it also takes the warning away.
func (r *Root) touched() {
	r.idle.last = r.now()
	if r.idle.warned {
		r.idle.warned, r.note.what = false, nil
	}
}

// idleTick warns or logs out when nothing was typed for long enough, and sets
// the next tick. It is the only timer of an idle session.
func (r *Root) idleTick() tea.Cmd {
	quiet := r.now().Sub(r.idle.last)
	switch {
	case quiet >= r.o.Idle:
		return r.goodbye(Goodbye{Text: i18n.W("kit.idle.out")})
	case quiet < r.o.Idle-r.o.IdleWarn:
		return r.after(r.o.Idle-r.o.IdleWarn-quiet, idleMsg{})
	}
	left := r.o.Idle - quiet
	r.idle.warned = true
	return tea.Batch(r.toastFor(left, Warn, i18n.W("kit.idle.warn", "left", left)), r.after(left, idleMsg{}))
}
