package ui

import (
	"context"
	"slices"

	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

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
