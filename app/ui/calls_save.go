package ui

import (
	"context"
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/app/when"
)

// choose takes how the call ended, and goes on to the note.
func (s *callsScreen) choose(o customer.Outcome) kit.Cmd {
	begin := func() {
		s.outcome, s.stage, s.said = o, asksNote, nil
		s.next.Propose(o.Next)
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
