package ui

import (
	"context"

	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// standing is what is read for an enrollment's account.
type standing struct {
	payment.Account
	may map[string]error
}

// payAccount is how an enrollment stands: what was agreed, paid and is owed, the
// instalments, and every entry.
func (d *desk) payAccount(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.pay.account", Watch: []string{"payments", "instalments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			acc, err := d.app.Payments.Account(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			x := standing{acc, map[string]error{}}
			for _, action := range []string{"add", "refund", "plan"} {
				x.may[action] = d.app.Payments.May(ctx, by, action, id)
			}
			return kit.DetailPage{Title: d.p().T("ui.pay.account_of", "name", acc.Customer), Data: x, Sections: d.accountPage(acc, d.openPayment)}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			x, ok := page.Data.(standing)
			if !ok {
				return nil
			}
			return []kit.Action{
				{ID: "ui.pay.take", Keys: []string{"n"}, Weight: 9, WhyNot: x.may["add"], Run: func() kit.Cmd { return kit.Push(d.takePayment(x.Account, false)) }},
				{ID: "ui.pay.plan", Keys: []string{"p"}, Weight: 7, WhyNot: x.may["plan"], Run: func() kit.Cmd { return kit.Push(d.planPayments(x.Account)) }},
				{ID: "ui.pay.refund", Keys: []string{"r"}, Weight: 5, WhyNot: x.may["refund"], Run: func() kit.Cmd { return kit.Push(d.takePayment(x.Account, true)) }},
			}
		}})
}

func (d *desk) openPayment(r kit.Row) kit.Cmd { return kit.Push(d.payment(r.ID)) }

func (d *desk) accountPage(acc payment.Account, open func(kit.Row) kit.Cmd) []kit.Section {
	p := d.p()
	pairs := []kit.Pair{{Name: "field.price", Value: p.Money(acc.Price)}, {Name: "field.paid", Value: p.Money(acc.Paid), Tone: kit.Strong},
		{Name: "field.owing", Value: p.Money(acc.Owing), Tone: owingTone(acc)}}
	if acc.Overdue > 0 {
		pairs = append(pairs, kit.Pair{Name: "field.overdue", Value: p.Money(acc.Overdue), Tone: kit.Bad})
	}
	list := []kit.Section{{Name: "ui.pay.of", Args: []any{"class", acc.Class, "course", acc.Course}, Pairs: pairs}}
	if len(acc.Plan) > 0 {
		s := kit.Section{Name: "ui.pay.instalments", Table: d.planTable(acc.Plan)}
		if !acc.PlanFits {
			s.Draw = func(e kit.Env, w int) kit.Drawn {
				return kit.Drawn{Lines: []string{"  " + e.Theme.Paint(kit.Warn, e.T("payment.plan_unfit"))}}
			}
		}
		list = append(list, s)
	}
	return append(list, kit.Section{Name: "ui.study.paid", Table: d.paymentTable(acc.Entries, open), Empty: "ui.pay.none"})
}

func owingTone(acc payment.Account) kit.Tone {
	switch {
	case acc.Overdue > 0:
		return kit.Bad
	case acc.Owing > 0:
		return kit.Warn
	}
	return kit.Good
}

func (d *desk) planTable(list []payment.Instalment) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "instalment", Name: "field.instalment", Width: 6, Right: true},
		{Key: "due_on", Name: "field.due_on", Width: 10},
		{Key: "amount", Name: "field.amount", Width: 12, Right: true},
		{Key: "left", Name: "field.left", Width: 12, Right: true},
		{Key: "state", Name: "field.state", Width: 10},
	}}
	for _, i := range list {
		state := kit.Cell{Text: d.p().T("ui.pay.state.open")}
		switch {
		case i.Left == 0:
			state = kit.Cell{Text: d.p().T("ui.pay.state.paid"), Tone: kit.Good}
		case i.Late:
			state = kit.Cell{Text: d.p().T("field.overdue"), Tone: kit.Bad}
		}
		t.Rows = append(t.Rows, kit.Row{ID: int64(i.Number), Cells: []kit.Cell{{Text: kit.ID(int64(i.Number))}, {Text: i.Due}, {Text: d.p().Money(i.Amount)}, {Text: d.p().Money(i.Left)}, state}})
	}
	return t
}

func (d *desk) paymentTable(list []payment.Payment, open func(kit.Row) kit.Cmd) *kit.Table {
	t := &kit.Table{Open: open, Columns: []kit.Column{
		{Key: "at", Name: "ui.study.paid_at", Width: 16},
		{Key: "payment", Name: "field.payment", Width: 8},
		{Key: "amount", Name: "field.amount", Width: 12, Right: true},
		{Key: "receipt", Name: "field.receipt", Width: 11},
		{Key: "method", Name: "field.method", Width: 13, Drop: 2},
		{Key: "taken_by", Name: "field.taken_by", Width: 10, Share: 1, Max: 16, Drop: 3},
		{Key: "remark", Name: "field.remark", Width: 10, Share: 2, Drop: 1},
	}}
	for _, x := range list {
		note, tone := x.Note, kit.Plain
		if x.CorrectedBy != 0 {
			note, tone = d.p().T("ui.pay.taken_back"), kit.Muted
		}
		t.Rows = append(t.Rows, kit.Row{ID: x.ID, Cells: []kit.Cell{{Text: d.p().DateTime(x.At), Tone: tone}, {Text: d.p().T("choice.payment." + x.Kind), Tone: tone},
			{Text: d.p().Money(x.Amount), Tone: tone}, {Text: x.Receipt, Tone: tone}, {Text: d.p().Or("choice.method."+x.Method, x.Method)}, {Text: x.TakenBy}, {Text: note, Tone: tone}}})
	}
	return t
}

// takePayment takes money, or gives it back. What is due next stands there
// already.
func (d *desk) takePayment(acc payment.Account, refund bool) kit.Screen {
	res, _ := d.app.Engine.Get("payments")
	kind, _ := res.Field("payment")
	kind.Choices = []string{payment.Deposit, payment.Tuition}
	method, _ := res.Field("method")
	show := func(name, text string) kit.Field {
		return kit.Field{Name: name, Kind: kit.KindShow, Value: kit.Value{Text: text}}
	}
	spec := kit.FormSpec{Name: "ui.pay.take_title", SaveID: "ui.pay.take", Fields: []kit.Field{
		show("customer", acc.Customer), show("class", acc.Class), show("owing", d.p().Money(acc.Owing))}}
	amount := kit.Field{Name: "amount", Kind: kit.KindMoney, Required: true}
	note := kit.Field{Name: "remark", Limit: 200}
	if refund {
		spec.Name, spec.SaveID, spec.Fields[2] = "ui.pay.refund_title", "ui.pay.refund", show("paid", d.p().Money(acc.Paid))
		note.Required, note.Label = true, "ui.pay.why"
	} else {
		amount.Value = kit.Fen(due(acc))
		preset := payment.Tuition
		if acc.Paid == 0 && acc.State != "approved" {
			preset, amount.Value = payment.Deposit, kit.Value{}
		}
		spec.Fields = append(spec.Fields, kit.Field{Name: "payment", Kind: kit.KindChoice, Required: true, Options: d.choices(kind), Value: kit.Value{Text: preset}})
	}
	spec.Fields = append(spec.Fields, amount, kit.Field{Name: "method", Kind: kit.KindChoice, Required: true, Options: d.choices(method)}, note)
	spec.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
			n := payment.NewPayment{Enrollment: acc.Enrollment, Kind: in.Values.Text("payment"), Amount: in.Values.Fen("amount"),
				Method: in.Values.Text("method"), Note: in.Values.Text("remark")}
			enter := d.app.Payments.Take
			if refund {
				enter = d.app.Payments.Refund
			}
			made, err := enter(ctx, by, n)
			return d.entered(made), err
		})(ctx)
	}
	return kit.NewForm(spec)
}

// due is what one probably pays now: the next instalment's rest, or all.
func due(acc payment.Account) int64 {
	if acc.Next.Left > 0 {
		return min(acc.Next.Left, acc.Owing)
	}
	return max(acc.Owing, 0)
}

// planPayments edits the instalments, one in a line.
func (d *desk) planPayments(acc payment.Account) kit.Screen {
	text := ""
	for _, i := range acc.Plan {
		text += i.Due + "=" + payment.Yuan(i.Amount) + "\n"
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.pay.plan_title", Args: []any{"name", acc.Customer, "class", acc.Class}, Intro: "ui.pay.plan_intro", SaveID: "ui.pay.plan",
		Fields: []kit.Field{
			{Name: "price", Kind: kit.KindShow, Value: kit.Value{Text: d.p().Money(acc.Price)}},
			{Name: "plan", Kind: kit.KindArea, Rows: 8, Limit: 2000, Value: kit.Value{Text: text}, Help: "ui.pay.plan_help"},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return kit.Close(kit.Toast(kit.Good, "ui.saved")), does(d, func(ctx context.Context, by policy.Actor) error {
				now := d.app.DB.Now().In(d.app.Zone)
				list, err := payment.ParsePlan(in.Values.Text("plan"), func(s string) (string, bool) { return resource.ParseDay(s, now) })
				if err == nil {
					_, err = d.app.Payments.SetPlan(ctx, by, acc.Enrollment, list)
				}
				return err
			})(ctx)
		}})
}
