package ui

import (
	"context"
	"strings"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// addCustomer is the form for a new customer. contact, if any, is a contact
// that was just looked up; it goes into the field that it fits.
func (d *desk) addCustomer(contact string) kit.Screen {
	form := d.recordForm("customers", 0, func(s *kit.FormSpec) {
		s.Name = "ui.customers.add"
		d.shapeCustomerForm(s, 0)
	}, func(id int64) kit.Cmd {
		return kit.Batch(kit.Replace(d.customer(id)), kit.Toast(kit.Good, "ui.customers.added"))
	})
	if contact == "" {
		return form
	}
	for _, kind := range customer.Kinds {
		if _, bad := customer.Normalize(kind, contact); bad == nil {
			form.Set(kind, kit.Value{Text: contact})
			break
		}
	}
	return form
}

func (d *desk) editCustomer(id int64) kit.Screen {
	return d.recordForm("customers", id, func(s *kit.FormSpec) { d.shapeCustomerForm(s, id) },
		func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved")) })
}

// shapeCustomerForm orders the fields as one asks on the phone, and checks
// contacts while they are typed.
func (d *desk) shapeCustomerForm(s *kit.FormSpec, id int64) {
	var fields []kit.Field
	for _, f := range s.Fields {
		switch f.Name {
		case "phone", "qq", "wechat", "email":
			f.Check = d.checkWhileTyping(f.Name, id)
			if f.Name == "phone" {
				f.Help = "ui.customers.contact_help"
			}
		case "owner":
			if d.can("assign", "customers") != nil {
				continue
			}
		case "referred_by":
			f.Hidden = func(v kit.Values) bool { return v["source"].Label != "" && !d.isReferral(v["source"].Label) }
		case "never_contact":
			if id == 0 {
				continue
			}
		}
		fields = append(fields, f)
	}
	s.Fields = fields
}

func (d *desk) isReferral(label string) bool { return label == d.p().T("choice.source.referral") }

// checkWhileTyping says below a contact who has it already, once what is typed
// could be one. Saving would be refused with the same words.
func (d *desk) checkWhileTyping(kind string, id int64) func(context.Context, kit.Value) kit.Notice {
	return func(ctx context.Context, v kit.Value) kit.Notice {
		text := strings.TrimSpace(v.Text)
		if text == "" {
			return kit.Notice{}
		}
		if _, bad := customer.Normalize(kind, text); bad != nil {
			return kit.Notice{} // still being typed; saving says what is wrong
		}
		found, err := asks(d, func(ctx context.Context, by policy.Actor) (customer.Clue, error) {
			return d.app.Customers.Taken(ctx, by, kind, text, id)
		})(ctx)
		if err != nil || found.Free {
			if f, ok := fault.As(err); ok {
				return kit.Notice{Err: f, Tone: kit.Warn}
			}
			return kit.Notice{Tone: kit.Good, Text: d.p().T("ui.customers.free_short")}
		}
		n := kit.Notice{Err: found.Why, Tone: kit.Bad, Stops: true}
		if found.Notify {
			n.Action = &kit.Action{ID: "ui.customers.notify", Keys: []string{"ctrl+n"}, Weight: 9, Run: func() kit.Cmd { return d.notifyOwner(text) }}
		}
		return n
	}
}

// followUp is the form for what was said to a customer.
func (d *desk) followUp(id int64) kit.Screen {
	res, _ := d.app.Engine.Get("follow_ups")
	choices := func(name string) []kit.Option { f, _ := res.Field(name); return d.choices(f) }
	return kit.NewForm(kit.FormSpec{Name: "ui.customers.follow_up",
		Fields: []kit.Field{
			{Name: "channel", Kind: kit.KindChoice, Options: choices("channel"), Value: kit.Value{Text: "phone"}},
			{Name: "note", Kind: kit.KindArea, Rows: 5, Required: true, Limit: 5000},
			{Name: "intention", Kind: kit.KindChoice, Options: choices("intention"), Required: true},
			{Name: "no_answer", Kind: kit.KindBool},
			{Name: "next", Kind: kit.KindDate, Clock: true, Help: "ui.customers.next_help"},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			v := in.Values
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				day, clock, _ := strings.Cut(v.Text("next"), " ")
				_, err := d.app.Customers.FollowUp(ctx, by, customer.NewFollowUp{Customer: id, Channel: v.Text("channel"), Note: v.Text("note"),
					Intention: v.Text("intention"), Next: day, NextTime: clock, NoAnswer: v.Bool("no_answer")})
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.customers.followed_up")), err
		}})
}
