package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/input"
)

// callsScreen is the day of somebody who telephones: one customer after the
// other, from a queue. A digit says how the call ended, then a line of note, then
// when to call again; enter goes on to the next.
type callsScreen struct {
	d *desk

	calls   []customer.Call // what was read of the queue so far
	more    bool            // there are others behind
	at      int             // which of calls is shown
	skipped map[int64]bool
	gone    map[int64]bool // whom others have dealt with
	day     customer.Day
	loaded  bool
	err     error

	card    callCard // of the customer shown; its id is 0 until it is read
	shown   map[string]string
	stage   stage
	outcome customer.Outcome
	channel string
	note    *input.Line
	next    *input.Line
	said    error // why the last save was refused
	saving  bool

	env  kit.Env
	w, h int
}

// stage is what the person is asked.
type stage int

const (
	asksOutcome stage = iota
	asksNote
	asksNext
)

// callCard is all that the screen tells of one customer.
type callCard struct {
	id     int64
	row    resource.Row
	fields []resource.Field
	at     customer.At
	enroll error // nil, or why he cannot be enrolled
}

// callsDay is the screen of the day's calls.
func (d *desk) callsDay() kit.Screen {
	s := &callsScreen{d: d, skipped: map[int64]bool{}, gone: map[int64]bool{}}
	s.clear()
	return s
}

// clear begins a new call.
func (s *callsScreen) clear() {
	s.stage, s.outcome, s.said, s.channel = asksOutcome, customer.Outcome{}, nil, customer.Channels[0]
	s.note, s.next, s.shown = input.NewLine(2000), input.NewLine(60), map[string]string{}
}

// Title is kit.Screen's.
func (s *callsScreen) Title(p i18n.Printer) string { return p.T("ui.place.calls") }

// Address is kit.Addresser's.
func (s *callsScreen) Address() string { return "calls" }

// Init is kit.Screen's.
func (s *callsScreen) Init() kit.Cmd { return s.load() }

// Typing is kit.Screen's.
func (s *callsScreen) Typing() bool { return s.stage != asksOutcome }

// Dirty is kit.Dirtier's.
func (s *callsScreen) Dirty() error {
	if strings.TrimSpace(s.note.Value()) == "" {
		return nil
	}
	return fault.New(fault.Conflict, "calls.dirty", "name", s.card.row.Title)
}

// Update is kit.Screen's.
func (s *callsScreen) Update(msg tea.Msg) kit.Cmd {
	if z, ok := msg.(kit.Resized); ok {
		again := s.loaded && s.env.Lang != z.Env.Lang
		s.env, s.w, s.h = z.Env, z.W, z.H
		if again { // the same customer, whatever the queue is now: what is typed is about him
			return s.take()
		}
		return nil
	}
	switch s.stage {
	case asksNote:
		s.note.Update(msg)
	case asksNext:
		s.next.Update(msg)
	}
	return nil
}

// Changed is kit.Watcher's: the counts follow at once; the queue stays under
// one's hands, and each customer is read anew when his turn comes.
func (s *callsScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	mine := false
	for _, e := range events {
		lost = lost || e.Resource == "customers" || e.Resource == "follow_ups"
		mine = mine || e.ID == s.card.id && e.Resource == "customers" && e.ID != 0
	}
	switch {
	case !lost || s.saving:
		return nil
	case mine && s.stage == asksOutcome:
		return kit.Batch(s.count(), s.take())
	}
	return s.count()
}
