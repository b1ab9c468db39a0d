// Package ui is the screens: one file for each part of the school, on the engine
// of package kit. A screen asks services and draws what they answer; it decides
// no right and knows no SQL.
package ui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/app/ui/kit"
)

// idleOut logs out who has not touched a key for so long: a terminal left open
// shows people's data.
const idleOut = 60 * time.Minute

// desk is what one person sits at: his session, his words and the school.
type desk struct {
	app     *app.App
	sess    *session.Session
	printer atomic.Pointer[i18n.Printer] // work off the loop speaks too while the loop changes the language
	theme   *kit.Theme
	start   string      // address to begin at; "" once used
	whose   int64       // the account of whose desk it is; 0: an applicant's
	latest  latest      // notice
	nolinks atomic.Bool // he wants no links to contacts
}

// p speaks to the person, in his language as it is now.
func (d *desk) p() i18n.Printer { return *d.printer.Load() }

// speak changes the person's language.
func (d *desk) speak(p i18n.Printer) { d.printer.Store(&p) }

// New makes the screens of a session, and what to call when they have ended.
func New(a *app.App, s *session.Session) (tea.Model, func()) {
	d := &desk{app: a, sess: s, start: s.Start, theme: kit.NewTheme(kit.ProfileOf(s.Term, s.Getenv))}
	d.speak(a.Printer(s.Lang(context.Background())))
	by, ok := s.Actor(context.Background())
	if !ok || by.Unsure != nil {
		return nil, func() {}
	}
	root := kit.New(d.options(by))
	return root, root.Close
}

func (d *desk) options(by policy.Actor) kit.Options {
	d.whose = by.Account
	d.learnWishes(context.Background(), by)
	o := kit.Options{Printer: d.p(), Theme: d.theme, Name: "Cohort", Person: by.Name, Bus: d.app.Bus,
		Idle: idleOut, Resolve: d.resolve, OnEvents: d.events,
		Anew: func(e bus.Event) bool { return e.Resource == "policy" }}
	switch {
	case by.Enrollment != 0:
		o.Person = ""
		o.Home = d.applicant
		o.Globals = d.languageAction()
	case by.Rights.Activating:
		o.Home = d.activate
	case by.Rights.MustEnroll && !by.Rights.MustChange:
		o.Home = d.firstSecond
	case by.Rights.MustChange:
		o.Home = d.firstPassword
	default:
		o.Menu = d.menu(by)
		o.Home = d.home
		o.Globals = d.globals()
		o.LookUp = d.lookUps(by)
		o.Unread = func(ctx context.Context) (int, error) {
			by, err := d.by(ctx)
			if err != nil {
				return 0, err
			}
			return d.app.Notify.Unread(ctx, by)
		}
		o.UnreadOn, o.UnreadKey = "notifications", "ui.unread"
	}
	return o
}

// by gives the actor with his rights as they are now.
func (d *desk) by(ctx context.Context) (policy.Actor, error) {
	by, ok := d.sess.Actor(ctx)
	if !ok {
		return by, fault.New(fault.Forbidden, "org.session_ended")
	}
	if by.Unsure != nil {
		return by, d.app.Explain(ctx, by.Unsure)
	}
	return by, nil
}

// drawWithin bounds how long a screen waits for the rights it is drawn by.
const drawWithin = 2 * time.Second

// actor is by for drawing, where there is no error to show: nobody may do
// anything once the session has ended. While the database does not answer it
// is drawn by the rights last known.
func (d *desk) actor() policy.Actor {
	ctx, cancel := context.WithTimeout(context.Background(), drawWithin)
	defer cancel()
	by, ok := d.sess.Actor(ctx)
	if !ok {
		return policy.Actor{}
	}
	return by
}

// can is nil where the actor may do the action on at least some row, else the
// very error that the service would give: it greys actions out.
func (d *desk) can(action, resource string) error { return d.actor().NeedAny(action, resource) }

// may is can for one row.
func (d *desk) may(ctx context.Context, by policy.Actor, action, resource string, id int64) error {
	return d.app.Engine.May(ctx, by, action, resource, id)
}

// asks wraps a call of a service for kit.Ask and specs: it finds the actor, and
// turns an error that is no fault into one with a reference in the log.
func asks[T any](d *desk, do func(ctx context.Context, by policy.Actor) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		var none T
		by, err := d.by(ctx)
		if err != nil {
			return none, err
		}
		v, err := do(ctx, by)
		if err != nil {
			d.app.Refused(ctx, by, "", err)
			return v, d.app.Explain(ctx, err)
		}
		return v, nil
	}
}

// does is asks for a call that only may fail.
func does(d *desk, do func(ctx context.Context, by policy.Actor) error) func(context.Context) error {
	f := asks(d, func(ctx context.Context, by policy.Actor) (struct{}, error) { return struct{}{}, do(ctx, by) })
	return func(ctx context.Context) error { _, err := f(ctx); return err }
}

// act does one thing off the loop and says that it was done.
func (d *desk) act(name string, do func(ctx context.Context, by policy.Actor) error, doneKey string, args ...any) kit.Cmd {
	return kit.Do(name, does(d, do), func(err error) kit.Cmd {
		if err != nil {
			return kit.Fail(err)
		}
		return kit.Toast(kit.Good, doneKey, args...)
	})
}

// home is the first screen: the address asked for, else the first of the menu.
func (d *desk) home() kit.Screen {
	if by := d.actor(); by.Rights != nil && by.Rights.MustEnroll {
		return d.firstSecond()
	}
	if d.start != "" {
		address := d.start
		d.start = ""
		if s, err := d.resolve(address); err == nil {
			return s
		}
	}
	by := d.actor()
	if menu := d.menu(by); len(menu) > 0 {
		return menu[0].Open()
	}
	return d.me()
}

// events hears the bus before the screens do: rights, names or language may
// have changed.
func (d *desk) events(events []bus.Event, lost bool) kit.Cmd {
	changed := lost
	for _, e := range events {
		switch e.Resource {
		case "accounts", "roles", "policy":
			changed = true
		case "wishes":
			changed = changed || e.Account == d.whose
		}
	}
	if !changed || d.actor().Account == 0 {
		return d.notices(events)
	}
	return kit.Batch(d.refresh(), d.notices(events))
}

// refresh takes the person's language, name and menu as they are now.
func (d *desk) refresh() kit.Cmd {
	return kit.Configure(func(o *kit.Options) {
		d.speak(d.app.Printer(d.sess.Lang(context.Background())))
		n := d.options(d.actor())
		o.Printer, o.Person, o.Menu, o.Globals, o.Unread, o.UnreadOn, o.UnreadKey = n.Printer, n.Person, n.Menu, n.Globals, n.Unread, n.UnreadOn, n.UnreadKey
	})
}

// begin leads from the first password into the school.
func (d *desk) begin() kit.Cmd {
	return kit.Batch(d.refresh(), kit.Ask("begin", func(context.Context) (struct{}, error) { return struct{}{}, nil },
		func(struct{}, error) kit.Cmd { return kit.Start(d.home()) }))
}

// globals are the actions that work on every screen.
func (d *desk) globals() []kit.Action {
	list := []kit.Action{
		{ID: "ui.notifications", Keys: []string{noticeKey}, Weight: -1, Run: d.toNotice},
		{ID: "ui.me", Keys: []string{"ctrl+o"}, Weight: -1, Run: func() kit.Cmd { return kit.Push(d.me()) }},
	}
	if d.actor().Can("list", "trash") { // in no menu: what one looks for by its name
		list = append(list, kit.Action{ID: "resource.trash", Weight: -1, Run: func() kit.Cmd { return kit.Push(d.trash("")) }})
	}
	return append(list, d.undoActions()...)
}
