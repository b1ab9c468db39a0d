package ui

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/handover"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// handoverActions hand over what an account looks after, and show what was.
func (d *desk) handoverActions(a org.Account) []kit.Action {
	list := []kit.Action{{ID: "ui.handover", Keys: []string{"t"}, Weight: 5, WhyNot: d.can("handover", "accounts"), Run: func() kit.Cmd { return kit.Push(d.handOver(a)) }}}
	if d.actor().Can("list", "handovers") {
		list = append(list, kit.Action{ID: "ui.handover.receipts", Weight: 1, Run: func() kit.Cmd {
			return kit.Push(d.receipts("from_account:" + a.Login))
		}})
	}
	return list
}

// handOver asks to whom, and shows how much would move before anything does.
func (d *desk) handOver(a org.Account) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.handover.of", Args: []any{"name", a.Name}, Intro: "ui.handover.intro", SaveID: "ui.handover.preview",
		Fields: []kit.Field{
			{Name: "to", Label: "field.to_account", Kind: kit.KindRelation, Search: d.pick("accounts", false), Help: "ui.handover.to_help"},
			{Name: "enrollments_to", Kind: kit.KindRelation, Search: d.pick("accounts", false), Help: "ui.handover.enrollments_help"},
			{Name: "query", Limit: 200, Help: "ui.handover.query_help"},
			{Name: "parts", Label: "ui.handover.parts", Kind: kit.KindSeveral, Options: d.handoverParts(), Help: "ui.handover.parts_help"},
			{Name: "reason", Limit: 200},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			p := planOf(a, in.Values)
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				r, err := d.app.Handovers.Preview(ctx, by, p)
				if err != nil {
					return nil, err
				}
				return d.confirmHandover(p, r), nil
			})(ctx)
		}})
}

func planOf(a org.Account, v kit.Values) handover.Plan {
	p := handover.Plan{From: a.ID, To: v.Int("to"), EnrollmentsTo: v.Int("enrollments_to"), Query: v.Text("query"), Reason: v.Text("reason")}
	for _, part := range v.List("parts") {
		switch part {
		case "customers":
			p.Customers = true
		case "enrollments":
			p.Enrollments = true
		case "classes":
			p.Classes = true
		}
	}
	return p
}

func (d *desk) handoverParts() (out []kit.Option) {
	for _, name := range []string{"customers", "enrollments", "classes"} {
		out = append(out, kit.Option{Value: name, Label: d.p().T("resource." + name)})
	}
	return out
}

// confirmHandover shows the counts and does it when that is what was meant.
func (d *desk) confirmHandover(p handover.Plan, r handover.Receipt) kit.Cmd {
	body := []any{i18n.W("ui.handover.ask", "from", r.From.Name, "to", d.taker(r)), i18n.W("ui.handover.counts",
		"customers", r.Customers, "due", r.Due, "enrollments", r.Enrollments, "classes", r.Classes)}
	if r.Consultant.ID != 0 && r.Consultant.ID != r.To.ID {
		body = append(body, i18n.W("ui.handover.consultant", "name", r.Consultant.Name))
	}
	return kit.Show(&kit.Confirm{Name: "ui.handover", Body: body, Danger: true, Then: func() kit.Cmd {
		return kit.Work[handover.Receipt]{Name: "handover", Write: true, Label: "kit.saving",
			Do: asks(d, func(ctx context.Context, by policy.Actor) (handover.Receipt, error) {
				return d.app.Handovers.HandOver(ctx, by, p)
			}),
			Then: func(r handover.Receipt, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				return kit.Batch(kit.Replace(d.receipt(r.ID)), kit.Toast(kit.Good, "ui.handover.done", "number", r.Number()))
			}}.Cmd()
	}})
}

func (d *desk) taker(r handover.Receipt) string {
	if r.To.ID == 0 {
		return d.p().T("handover.pool")
	}
	return r.To.Name
}

// receipts lists the hand-overs.
func (d *desk) receipts(query string) kit.Screen {
	return d.recordList("handovers", query, func(s *kit.ListSpec) {
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.receipt(r.ID)) }
	})
}

// receipt shows one hand-over with all that moved.
func (d *desk) receipt(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.handovers", Addr: "handovers/" + kit.ID(id), Watch: []string{"handovers"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			r, err := d.app.Handovers.Get(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			page := kit.DetailPage{Title: r.Number(), Data: r, Sections: []kit.Section{{Pairs: d.receiptPairs(r)}}}
			for _, name := range []string{"customers", "enrollments", "classes"} {
				if ids := r.IDs(name); len(ids) > 0 {
					page.Sections = append(page.Sections, kit.Section{Name: "ui.handover.moved", Args: []any{"records", i18n.W("resource." + name), "n", len(ids)}, Text: numbers(ids)})
				}
			}
			return page, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			r, ok := page.Data.(handover.Receipt)
			if !ok || !r.Undone.IsZero() {
				return nil
			}
			return []kit.Action{{ID: "ui.handover.undo", Keys: []string{"u"}, Weight: 8, Danger: true, WhyNot: d.can("handover", "accounts"),
				Confirm: &kit.Question{Key: "ui.handover.undo_ask", Args: []any{"number", r.Number(), "name", r.From.Name}}, Run: func() kit.Cmd {
					return d.act("undo", func(ctx context.Context, by policy.Actor) error {
						_, err := d.app.Handovers.Undo(ctx, by, id)
						return err
					},
						"ui.handover.undone", "number", r.Number())
				}}}
		}})
}

func (d *desk) receiptPairs(r handover.Receipt) []kit.Pair {
	n := func(n int) string { return strconv.Itoa(n) }
	list := []kit.Pair{
		{Name: "field.handover_no", Value: r.Number(), Tone: kit.Strong}, {Name: "field.at", Value: d.p().DateTime(r.At)},
		{Name: "field.by_account", Value: r.By.Name}, {Name: "field.from_account", Value: r.From.Name}, {Name: "field.to_account", Value: d.taker(r)},
		{Name: "field.enrollments_to", Value: r.Consultant.Name}, {Name: "field.customers", Value: n(r.Customers)}, {Name: "field.with_next", Value: n(r.Due)},
		{Name: "field.enrollments", Value: n(r.Enrollments)}, {Name: "field.classes", Value: n(r.Classes)},
		{Name: "field.query", Value: r.Query}, {Name: "field.reason", Value: r.Reason, Wide: true},
	}
	if !r.Undone.IsZero() {
		list = append(list, kit.Pair{Name: "field.undone", Value: d.p().DateTime(r.Undone) + "  " + r.UndoneBy.Name, Tone: kit.Warn})
	}
	var out []kit.Pair
	for _, p := range list {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	return out
}

// numbers writes ids in one text.
func numbers(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = kit.ID(id)
	}
	return strings.Join(words, " ")
}
