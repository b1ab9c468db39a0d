package ui

import (
	"context"

	"cohort/app/fault"
	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// payments lists what was taken and given back.
func (d *desk) payments(query string) kit.Screen {
	return d.recordList("payments", query, func(s *kit.ListSpec) {
		s.Name, s.Empty = "ui.place.payments", "ui.pay.empty"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.payment(r.ID)) }
		s.Views = []kit.ListView{{ID: "ui.pay.view.today", Query: "at:today"}, {ID: "ui.pay.view.month", Query: "at:this_month"},
			{ID: "ui.pay.view.mine", Query: "taken_by:me"}, {ID: "ui.pay.view.refunds", Query: "payment:refund"}}
		s.Actions = func(*kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.pay.take", Keys: []string{"n"}, Weight: 2, WhyNot: fault.New(fault.Invalid, "ui.pay.from_enrollment")},
				{ID: "ui.pay.due", Keys: []string{"i"}, Weight: 8, WhyNot: d.can("list", "instalments"),
					Run: func() kit.Cmd { return kit.Push(d.instalments("overdue:yes")) }}}
		}
	})
}

// instalments lists what is due, the earliest first; enter opens the account.
func (d *desk) instalments(query string) kit.Screen {
	return d.recordList("instalments", query, func(s *kit.ListSpec) {
		s.Empty, s.Watch = "ui.pay.no_due", []string{"instalments", "payments"}
		s.Views = []kit.ListView{{ID: "ui.pay.view.overdue", Query: "overdue:yes"}, {ID: "ui.pay.view.week", Query: "due_on:+7d"}, {ID: "ui.pay.view.all", Query: ""}}
		s.Open = func(r kit.Row) kit.Cmd {
			return kit.Ask("account", asks(d, func(ctx context.Context, by policy.Actor) (int64, error) {
				row, _, err := d.app.Engine.Show(ctx, by, "instalments", r.ID)
				id, _ := row.Values["enrollment"].Raw.(int64)
				return id, err
			}), func(id int64, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				return kit.Push(d.payAccount(id))
			})
		}
	})
}

// payment is one payment with its receipt.
func (d *desk) payment(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.payments", Addr: "payments/" + kit.ID(id), Watch: []string{"payments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			r, err := d.app.Payments.Receipt(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: r.Receipt, Data: paid{r, d.may(ctx, by, "reverse", "payments", id)}, Sections: d.receiptPage(r)}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			x, ok := page.Data.(paid)
			if !ok {
				return nil
			}
			return []kit.Action{
				{ID: "ui.pay.account", Keys: []string{"p"}, Weight: 8, WhyNot: d.can("list", "payments"), Run: func() kit.Cmd { return kit.Push(d.payAccount(x.Enrollment)) }},
				{ID: "ui.pay.copy", Keys: []string{"c"}, Weight: 5, Run: func() kit.Cmd { return kit.Copy(x.Text(d.p())) }},
				{ID: "ui.pay.correct", Keys: []string{"x"}, Weight: 3, Danger: true, WhyNot: firstError(x.correct, payment.Correctable(x.Payment)),
					Run: func() kit.Cmd { return kit.Push(d.correctPayment(x.Payment)) }},
			}
		}})
}

// paid is what the actions of a payment's page depend on.
type paid struct {
	payment.Receipt
	correct error // nil, or why it may not be corrected
}

func (d *desk) receiptPage(r payment.Receipt) []kit.Section {
	var pairs []kit.Pair
	for _, kv := range r.Lines() {
		p := kit.Pair{Name: kv.Key, Value: kv.Say(d.p())}
		switch kv.Key {
		case "field.amount":
			p.Tone = kit.Strong
		case "payment.receipt.customer":
			p.Open = func() kit.Cmd { return kit.Open("enrollments/" + kit.ID(r.Enrollment)) }
		}
		pairs = append(pairs, p)
	}
	head := kit.Section{Pairs: pairs}
	if r.Void != "" {
		head.Draw = func(e kit.Env, w int) kit.Drawn {
			return kit.Drawn{Lines: []string{"", "  " + e.Theme.Paint(kit.Bad, e.T("payment.receipt.void", "receipt", r.Void))}}
		}
	}
	return []kit.Section{head, {Draw: command(d.p().T("ui.pay.fetch"), "$ "+d.download("", "receipts/"+r.Receipt+".pdf"))}}
}

// correctPayment asks why an entry is taken back.
func (d *desk) correctPayment(p payment.Payment) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.pay.correct_title", Args: []any{"receipt", p.Receipt}, Intro: "ui.pay.correct_intro", SaveID: "ui.pay.correct",
		Fields: []kit.Field{
			{Name: "amount", Kind: kit.KindShow, Value: kit.Value{Text: d.p().Money(-p.Amount)}},
			{Name: "remark", Label: "ui.pay.why", Required: true, Limit: 200},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				made, err := d.app.Payments.Correct(ctx, by, p.ID, in.Values.Text("remark"))
				return d.entered(made), err
			})(ctx)
		}})
}

// entered closes a form and says the number of the receipt.
func (d *desk) entered(p payment.Payment) kit.Cmd {
	return kit.Close(kit.Push(d.payment(p.ID)), kit.Toast(kit.Good, "ui.pay.entered", "receipt", p.Receipt))
}
