package ui

import (
	"context"
	"slices"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

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
