package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/input"
	"cohort/app/when"
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

// load reads the queue from its beginning.
func (s *callsScreen) load() kit.Cmd {
	type day struct {
		q customer.Queue
		d customer.Day
	}
	return kit.Work[day]{Name: "calls", Label: "kit.loading",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (x day, err error) {
			if x.q, err = s.d.app.Customers.Calls(ctx, by, customer.Place{}, 50); err == nil {
				x.d, err = s.d.app.Customers.Day(ctx, by)
			}
			return x, err
		}),
		Then: func(x day, err error) kit.Cmd {
			if s.err = err; err != nil {
				return nil
			}
			s.calls, s.more, s.day, s.loaded = x.q.Calls, x.q.More, x.d, true
			s.calls = slices.DeleteFunc(s.calls, func(c customer.Call) bool { return s.gone[c.Customer] })
			s.at = max(0, slices.IndexFunc(s.calls, func(c customer.Call) bool { return !s.skipped[c.Customer] }))
			return s.take()
		}}.Cmd()
}

// readOn reads the stretch behind what is held.
func (s *callsScreen) readOn() kit.Cmd {
	if !s.more || len(s.calls) == 0 || s.at+10 < len(s.calls) {
		return nil
	}
	after := s.calls[len(s.calls)-1].Place
	return kit.Work[customer.Queue]{Name: "more", Quiet: true,
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (customer.Queue, error) {
			return s.d.app.Customers.Calls(ctx, by, after, 50)
		}),
		Then: func(q customer.Queue, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			if len(s.calls) > 0 && s.calls[len(s.calls)-1].Place == after {
				s.calls, s.more = append(s.calls, q.Calls...), q.More
			}
			return nil
		}}.Cmd()
}

// count reads how the day stands.
func (s *callsScreen) count() kit.Cmd {
	return kit.Work[customer.Day]{Name: "day", Quiet: true, Do: asks(s.d, s.d.app.Customers.Day),
		Then: func(day customer.Day, err error) kit.Cmd {
			if err == nil {
				s.day = day
			}
			return nil
		}}.Cmd()
}

// current is whom the screen shows; ok is false where the queue is empty.
func (s *callsScreen) current() (c customer.Call, ok bool) {
	if s.at < 0 || s.at >= len(s.calls) {
		return c, false
	}
	return s.calls[s.at], true
}

// take reads the customer whose turn it is, and tells others that one talks to
// him. Who cannot be worked any more has been dealt with by somebody else.
func (s *callsScreen) take() kit.Cmd {
	c, ok := s.current()
	if !ok {
		s.card = callCard{}
		return nil
	}
	return kit.Work[callCard]{Name: "card", Label: "kit.loading",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (x callCard, err error) {
			x.id = c.Customer
			if x.at, err = s.d.app.Customers.TakeUp(ctx, by, c.Customer, 3); err != nil {
				return x, err
			}
			x.enroll = s.d.app.Enrollments.MayAdd(ctx, by, c.Customer)
			x.row, x.fields, err = s.d.app.Engine.Show(ctx, by, "customers", c.Customer)
			return x, err
		}),
		Then: func(x callCard, err error) kit.Cmd {
			switch k := fault.Of(err); {
			case err == nil:
				s.card = x
				return s.readOn()
			case k == fault.Forbidden || k == fault.NotFound:
				s.gone[c.Customer] = true
				s.drop(c.Customer)
				return kit.Batch(kit.Toast(kit.Warn, "calls.gone", "name", c.Row.Title), s.turn())
			}
			return kit.Fail(err)
		}}.Cmd()
}

// drop takes a customer out of what is held of the queue.
func (s *callsScreen) drop(id int64) {
	s.calls = slices.DeleteFunc(s.calls, func(c customer.Call) bool { return c.Customer == id })
	s.card = callCard{}
}

// turn shows whoever stands at the present place; behind the last the queue is
// read again, for what has come in meanwhile.
func (s *callsScreen) turn() kit.Cmd {
	s.clear()
	for s.at < len(s.calls) && s.skipped[s.calls[s.at].Customer] {
		s.at++
	}
	if s.at < len(s.calls) {
		return s.take()
	}
	return s.load()
}

// step looks at the next or the one before.
func (s *callsScreen) step(by int) kit.Cmd {
	to := s.at + by
	switch {
	case to < 0:
		return kit.Toast(kit.Plain, "calls.first")
	case to >= len(s.calls):
		return kit.Toast(kit.Plain, "calls.last")
	}
	s.at = to
	s.card = callCard{}
	s.clear()
	return s.take()
}

// skip leaves a customer for later: he stays in the queue, but does not come up
// by himself again while this screen is open.
func (s *callsScreen) skip() kit.Cmd {
	c, ok := s.current()
	if !ok {
		return nil
	}
	s.skipped[c.Customer] = true
	if s.at+1 >= len(s.calls) && !s.more {
		return kit.Toast(kit.Plain, "calls.last")
	}
	s.at++
	s.card = callCard{}
	return kit.Batch(s.turn(), kit.Toast(kit.Plain, "calls.skipped", "name", c.Row.Title))
}

// choose takes how the call ended, and goes on to the note.
func (s *callsScreen) choose(o customer.Outcome) kit.Cmd {
	begin := func() {
		s.outcome, s.stage, s.said = o, asksNote, nil
		s.next.Set(o.Next)
	}
	if o.Name != "never_contact" {
		begin()
		return nil
	}
	return kit.Show(&kit.Confirm{Name: "calls.never", Body: []any{i18n.W("calls.never_ask", "name", s.card.row.Title)}, Yes: "calls.never_yes", Danger: true,
		Then: func() kit.Cmd { begin(); return nil }})
}

// enter goes on to the next date, or saves.
func (s *callsScreen) enter() kit.Cmd {
	switch {
	case s.saving:
		return nil
	case s.stage == asksNote && strings.TrimSpace(s.note.Value()) == "" && !s.outcome.NoAnswer:
		s.said = fault.Field("note", "fault.required")
		return nil
	case s.stage == asksNote && s.outcome.Name != "never_contact":
		s.said, s.stage = nil, asksNext
		return nil
	}
	return s.save()
}

// back goes a stage back; what was typed stays.
func (s *callsScreen) back() kit.Cmd {
	s.said = nil
	s.stage--
	return nil
}

// moment reads the next date as it is typed.
func (s *callsScreen) moment() (when.Moment, error) {
	now := s.now()
	m, err := when.Parse(s.next.Value(), now, now.Location())
	if f, ok := fault.As(err); ok {
		return m, f.On("next")
	}
	return m, err
}

func (s *callsScreen) now() time.Time { return s.d.app.DB.Now().In(s.d.app.Zone) }

// save writes the call and goes on. A refusal leaves everything as it was typed;
// what somebody else has written meanwhile is shown with it.
func (s *callsScreen) save() kit.Cmd {
	m, err := s.moment()
	if err != nil {
		s.said = err
		return nil
	}
	n := customer.NewFollowUp{Customer: s.card.id, Channel: s.channel, Note: strings.TrimSpace(s.note.Value()), Intention: s.outcome.Intention,
		NoAnswer: s.outcome.NoAnswer, Next: m.Day, NextTime: m.Clock, Watch: true, Seen: s.card.at.Seen}
	if n.Note == "" {
		n.Note = s.d.p().T("calls.outcome." + s.outcome.Name)
	}
	s.saving = true
	return kit.Work[customer.FollowUp]{Name: "save", Write: true, Label: "kit.saving",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (customer.FollowUp, error) {
			return s.d.app.Customers.FollowUp(ctx, by, n)
		}),
		Then: func(f customer.FollowUp, err error) kit.Cmd {
			s.saving = false
			if err != nil {
				s.said = err
				if fault.Is(err, "customer.just_followed") {
					return s.take() // with what the other wrote; one more enter saves
				}
				return nil
			}
			return s.saved(n, m)
		}}.Cmd()
}

// saved goes on to the next customer, by way of the enrollment where there is one.
func (s *callsScreen) saved(n customer.NewFollowUp, m when.Moment) kit.Cmd {
	name, enrolls, why := s.card.row.Title, s.outcome.Name == "enrolled", s.card.enroll
	s.drop(n.Customer)
	s.at = max(0, min(s.at, len(s.calls)))
	next := m.String()
	if next == "" {
		next = "-"
	}
	done := kit.Batch(s.turn(), s.count(), kit.Toast(kit.Good, "calls.noted", "name", name, "next", next))
	switch {
	case enrolls && why == nil:
		return kit.Batch(done, kit.Push(s.d.newEnrollment(n.Customer)))
	case enrolls:
		return kit.Batch(done, kit.Fail(why))
	}
	return done
}

// turnChannel takes the next way of talking to somebody.
func (s *callsScreen) turnChannel() kit.Cmd {
	i := slices.Index(customer.Channels, s.channel)
	s.channel = customer.Channels[(i+1)%len(customer.Channels)]
	return nil
}

// contact is the field that holds what the channel needs.
func (s *callsScreen) contact() string {
	if slices.Contains(customer.Kinds, s.channel) {
		return s.channel
	}
	return customer.Phone
}

// reveal shows the masked contact of the channel, here and now; it is written down.
func (s *callsScreen) reveal() kit.Cmd {
	id, field := s.card.id, s.contact()
	return kit.Work[string]{Name: "reveal", Write: true,
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (string, error) {
			return s.d.app.Customers.Reveal(ctx, by, id, field)
		}),
		Then: func(text string, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			if s.card.id == id {
				s.shown[field] = text
			}
			return nil
		}}.Cmd()
}

// Actions is kit.Screen's.
func (s *callsScreen) Actions() []kit.Action {
	if s.Typing() {
		return s.typingActions()
	}
	list := []kit.Action{{ID: "kit.reload", Keys: []string{"ctrl+r"}, Weight: -1, Run: s.load}}
	if s.card.id == 0 {
		return list
	}
	for _, o := range customer.Outcomes {
		list = append(list, kit.Action{ID: "calls.outcome." + o.Name, Keys: []string{string(rune('0' + o.Digit))}, Weight: -1, Danger: o.Name == "never_contact",
			Run: func() kit.Cmd { return s.choose(o) }})
	}
	list = append(list,
		kit.Action{ID: "calls.skip", Keys: []string{"s"}, Weight: 9, Run: s.skip},
		kit.Action{ID: "calls.next", Keys: []string{"n"}, Weight: 8, Run: func() kit.Cmd { return s.step(1) }},
		kit.Action{ID: "calls.prev", Keys: []string{"p"}, Weight: 7, Run: func() kit.Cmd { return s.step(-1) }},
		kit.Action{ID: "calls.channel", Keys: []string{"c"}, Weight: 6, Run: s.turnChannel},
		kit.Action{ID: "calls.open", Keys: []string{"enter", "o"}, Weight: 5, Run: func() kit.Cmd { return kit.Push(s.d.customer(s.card.id)) }},
		kit.Action{ID: "calls.back", Keys: []string{"u"}, Weight: 4, Run: s.takeBack},
	)
	draw := callsDraw{s: s}
	if text, masked := draw.contactText(s.contact()); text != "" && !masked {
		list = append(list, kit.Action{ID: "calls.copy", Keys: []string{"y"}, Weight: 3, Run: func() kit.Cmd { return kit.Copy(text) }})
	}
	if s.masked(s.contact()) {
		list = append(list, kit.Action{ID: "calls.reveal", Keys: []string{"v"}, Weight: 10, Run: s.reveal})
	}
	return list
}

func (s *callsScreen) typingActions() []kit.Action {
	enter := "calls.enter_next"
	if s.stage == asksNext || s.outcome.Name == "never_contact" {
		enter = "calls.enter_save"
	}
	return []kit.Action{
		{ID: enter, Keys: []string{"enter"}, Weight: 10, Run: s.enter},
		{ID: "calls.esc", Keys: []string{"esc"}, Weight: 9, Run: s.back},
		{ID: "calls.channel", Keys: []string{"ctrl+t"}, Weight: 8, Run: s.turnChannel},
	}
}

// takeBack undoes the last follow-up that one has written, after asking.
func (s *callsScreen) takeBack() kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "calls.back", Body: []any{i18n.W("calls.back_ask")}, Yes: "calls.back_yes", Then: func() kit.Cmd {
		return kit.Work[customer.FollowUp]{Name: "back", Write: true,
			Do: asks(s.d, func(ctx context.Context, by policy.Actor) (customer.FollowUp, error) {
				return s.d.app.Customers.TakeBack(ctx, by, 0)
			}),
			Then: func(f customer.FollowUp, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				delete(s.skipped, f.Customer)
				delete(s.gone, f.Customer)
				return kit.Batch(s.load(), kit.Toast(kit.Good, "calls.taken_back", "id", f.Customer, "note", f.Note))
			}}.Cmd()
	}})
}
