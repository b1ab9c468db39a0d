package ui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// customers is the list that sales live in.
func (d *desk) customers(query string) kit.Screen {
	return d.recordList("customers", query, func(s *kit.ListSpec) {
		s.Name, s.Empty = "ui.place.customers", "ui.customers.empty"
		s.NoneOf = shortContact
		s.Select, s.LookUp = true, d.lookUps(d.actor())
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.customer(r.ID)) }
		s.Views = []kit.ListView{
			{ID: "ui.customers.mine", Query: "owner:me"},
			{ID: "ui.customers.due", Query: "owner:me next:<=today sort:next"},
			{ID: "ui.customers.stale", Query: "stale:yes sort:last"},
			{ID: "ui.customers.new", Query: "created:7d"},
		}
		s.Actions = d.customerListActions
	})
}

// shortContact says that a word is too short to be looked for in phones, QQ,
// WeChat names and addresses.
func shortContact(words []string) string {
	if slices.ContainsFunc(words, customer.ShortContact) {
		return "ui.customers.short_contact"
	}
	return ""
}

func (d *desk) customerListActions(l *kit.List) []kit.Action {
	list := []kit.Action{
		{ID: "ui.customers.add", Keys: []string{"n"}, Weight: 9, WhyNot: d.can("add", "customers"), Run: func() kit.Cmd { return kit.Push(d.addCustomer("")) }},
		{ID: "ui.customers.check", Keys: []string{"c"}, Weight: 7, WhyNot: d.can("check", "customers"), Run: func() kit.Cmd { return d.checkContact("") }},
	}
	r, ok := l.Current()
	if !ok {
		return list
	}
	list = append(list,
		kit.Action{ID: "ui.customers.follow_up", Keys: []string{"a"}, Weight: 8, WhyNot: d.can("follow_up", "customers"), Run: func() kit.Cmd { return kit.Push(d.followUp(r.ID)) }},
		kit.Action{ID: "ui.customers.next", Keys: []string{"b"}, Weight: 6, WhyNot: d.can("add", "enrollments"), Run: func() kit.Cmd { return kit.Push(d.newEnrollment(r.ID)) }},
		kit.Action{ID: "ui.customers.edit", Keys: []string{"e"}, Weight: 5, WhyNot: d.can("change", "customers"), Run: func() kit.Cmd { return kit.Push(d.editCustomer(r.ID)) }},
		kit.Action{ID: "ui.customers.assign", Keys: []string{"o"}, Weight: 4, WhyNot: d.can("assign", "customers"), Run: func() kit.Cmd {
			return d.assign(l.Marked(), func() kit.Cmd { l.Unmark(); return l.Reload() })
		}},
	)
	list = append(append(list, d.claimRow(l, r)...), d.mergeActions(l)...)
	return append(list, d.manyActions(l, "customers")...)
}

// assign gives customers to somebody else; then runs once they are.
func (d *desk) assign(ids []int64, then func() kit.Cmd) kit.Cmd {
	return kit.Show(&kit.Picker{Name: "ui.customers.assign_to", Args: []any{"n", len(ids)}, Search: d.pick("accounts", false), Then: func(o []kit.Option) kit.Cmd {
		to := (kit.Values{"to": {Text: o[0].Value}}).Int("to")
		return kit.Work[int]{Name: "assign", Write: true, Label: "kit.saving",
			Do: asks(d, func(ctx context.Context, by policy.Actor) (int, error) {
				return d.app.Customers.Assign(ctx, by, ids, to)
			}),
			Then: func(n int, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				done := kit.Toast(kit.Good, "ui.customers.assigned", "n", n, "to", o[0].Label)
				if then == nil {
					return done
				}
				return kit.Batch(then(), done)
			}}.Cmd()
	}})
}

// checkContact asks for a contact and says whether the school knows it.
func (d *desk) checkContact(typed string) kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.customers.check", Body: []any{d.p().T("ui.customers.check_intro")}, Value: typed, Limit: 254, Then: func(text string) kit.Cmd {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		return d.lookUp(text)
	}})
}

// notifyOwner tells the owner of a contact that he came up here.
func (d *desk) notifyOwner(contact string) kit.Cmd {
	return kit.Work[customer.Notified]{Name: "notify", Write: true,
		Do: asks(d, func(ctx context.Context, by policy.Actor) (customer.Notified, error) {
			return d.app.Customers.NotifyOwner(ctx, by, contact)
		}),
		Then: func(n customer.Notified, err error) kit.Cmd {
			switch {
			case err != nil:
				return kit.Fail(err)
			case n.Mailed:
				return kit.Toast(kit.Good, "ui.customers.notified_mail", "owner", n.Owner)
			}
			return kit.Toast(kit.Good, "ui.customers.notified", "owner", n.Owner)
		}}.Cmd()
}

// customer is one customer with his whole history.
func (d *desk) customer(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.customers", Addr: "customers/" + kit.ID(id), Watch: []string{"customers", "follow_ups", "enrollments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) { return d.loadCustomer(ctx, by, id) }),
		Actions: func(p *kit.Detail) []kit.Action {
			page, ok := p.Page()
			if !ok {
				return nil
			}
			data, _ := page.Data.(customerData)
			return d.customerActions(cmp.Or(data.row.ID, id), data)
		}})
}

// customerData is what the actions of a customer's page depend on.
type customerData struct {
	row                                    resource.Row
	change, followUp, assign, reveal, next error // nil, or why not
	masked                                 []string
	pool                                   pool
}

func (d *desk) loadCustomer(ctx context.Context, by policy.Actor, id int64) (kit.DetailPage, error) {
	row, fields, err := d.app.Engine.Show(ctx, by, "customers", id)
	if err != nil {
		if to, gone := d.app.Customers.Successor(ctx, by, id); gone == nil && to != 0 {
			page, err := d.loadCustomer(ctx, by, to)
			page.Title += "  " + d.p().T("customer.merged_into", "id", id, "to", to)
			return page, err
		}
		return kit.DetailPage{}, err
	}
	history, err := d.app.Customers.History(ctx, by, id)
	if err != nil {
		return kit.DetailPage{}, err
	}
	data := customerData{row: row}
	for _, a := range []struct {
		action string
		to     *error
	}{{"change", &data.change}, {"follow_up", &data.followUp}, {"assign", &data.assign}, {"reveal", &data.reveal}} {
		*a.to = d.may(ctx, by, a.action, "customers", id)
	}
	data.next = d.app.Enrollments.MayAdd(ctx, by, id)
	for _, f := range fields {
		if row.Values[f.Name].Mode == policy.Masked && row.Values[f.Name].Label != "" {
			data.masked = append(data.masked, f.Name)
		}
	}
	if data.pool, err = d.loadPool(ctx, by, id); err != nil {
		return kit.DetailPage{}, err
	}
	return kit.DetailPage{Title: row.Title, Data: data, Sections: append(append(d.customerSections(row, fields), d.ownersSection(id, data.pool.owners)...), d.historySection(history))}, nil
}

// customerOrder is what one looks for on the phone, first things first. Long
// texts follow by themselves; a "no" is not worth a line.
var customerOrder = []string{"name", "status", "phone", "owner", "qq", "last", "wechat", "next", "email", "intention", "source", "courses", "tags",
	"campaign", "referred_by", "sex", "id_number", "emergency", "department", "created", "stale", "never_contact", "said", "memo"}

func (d *desk) customerSections(row resource.Row, fields []resource.Field) []kit.Section {
	byName := map[string]resource.Field{}
	for _, f := range fields {
		if yes, is := row.Values[f.Name].Raw.(bool); !is || yes {
			byName[f.Name] = f
		}
	}
	var ordered []resource.Field
	for _, name := range customerOrder {
		if f, ok := byName[name]; ok {
			ordered = append(ordered, f)
		}
	}
	return []kit.Section{{Pairs: d.recordPairs("customers", withClocks(row, fields), ordered)}}
}

// withClocks shows a day together with its time.
func withClocks(row resource.Row, fields []resource.Field) resource.Row {
	values := maps.Clone(row.Values)
	for _, f := range fields {
		day, _ := values[f.Name].Raw.(string)
		clock, _ := values[f.Clock].Raw.(string)
		if v := values[f.Name]; day != "" && clock != "" {
			v.Raw = day + " " + clock
			values[f.Name] = v
		}
	}
	row.Values = values
	return row
}

func (d *desk) historySection(list []customer.Event) kit.Section {
	s := kit.Section{Name: "ui.customers.history", Empty: "ui.customers.no_history"}
	for _, e := range list {
		m := kit.Moment{When: d.p().DateTime(e.At), Who: e.Who, Head: d.p().Or("history."+e.Kind, e.Kind), Body: e.Note}
		switch e.Kind {
		case "follow_up":
			m.Head = d.p().T("choice.channel."+e.Channel) + " - " + d.p().T("choice.intention."+e.Intention)
			if e.NoAnswer {
				m.Head = d.p().T("choice.channel."+e.Channel) + " - " + d.p().T("field.no_answer")
			}
			if e.Next != "" {
				m.Head += " - " + d.p().T("field.next") + " " + e.Next
			}
			m.Tone = kit.Strong
		case "enrollment":
			m.Head += " " + e.Class + " - " + d.p().T("choice.state."+e.State)
			m.Open = func() kit.Cmd { return kit.Open("enrollments/" + kit.ID(e.ID)) }
			m.Tone = kit.Accent
		default:
			m.Body, m.Tone = d.changesText(e), kit.Muted
		}
		s.Timeline = append(s.Timeline, m)
	}
	return s
}

// changesText says a change in one line: field: old > new.
func (d *desk) changesText(e customer.Event) string {
	res, _ := d.app.Engine.Get("customers")
	var out []string
	for _, c := range e.Changes {
		f, _ := res.Field(c.Field)
		say := func(v string) string {
			return orDash(d.saidChange(f, v))
		}
		out = append(out, d.p().Or("field."+c.Field, c.Field)+": "+say(c.Old)+" > "+say(c.New))
	}
	return d.erasedOr(e.Erased, strings.Join(out, "; "))
}

func (d *desk) customerActions(id int64, data customerData) []kit.Action {
	list := []kit.Action{
		{ID: "ui.customers.follow_up", Keys: []string{"a"}, Weight: 9, WhyNot: data.followUp, Run: func() kit.Cmd { return kit.Push(d.followUp(id)) }},
		{ID: "ui.customers.next", Keys: []string{"b"}, Weight: 8, WhyNot: data.next, Run: func() kit.Cmd { return kit.Push(d.newEnrollment(id)) }},
		{ID: "ui.customers.edit", Keys: []string{"e"}, Weight: 7, WhyNot: data.change, Run: func() kit.Cmd { return kit.Push(d.editCustomer(id)) }},
		{ID: "ui.customers.tag", Keys: []string{"t"}, Weight: 4, WhyNot: data.change, Run: func() kit.Cmd { return d.tags(id, data) }},
		{ID: "ui.customers.assign", Keys: []string{"o"}, Weight: 4, WhyNot: data.assign, Run: func() kit.Cmd { return d.assign([]int64{id}, nil) }},
		{ID: "ui.customers.copy", Keys: []string{"c"}, Weight: 3, Run: func() kit.Cmd { return d.copyContact(data) }},
	}
	if len(data.masked) > 0 {
		list = append(list, kit.Action{ID: "ui.customers.reveal", Keys: []string{"v"}, Weight: 6, WhyNot: data.reveal, Run: func() kit.Cmd { return d.reveal(id, data.masked) }})
	}
	if d.canDelete("customers") && d.can("delete", "customers") == nil {
		list = append(list, d.deletePage("customers", data.row, nil))
	}
	list = append(append(list, d.poolActions(id, data.pool)...), d.historyAction("customers", id), d.addressAction("customers", id))
	return append(list, d.personActions(id, data.row.Title)...)
}

// reveal shows one masked value; that it was shown is written down.
func (d *desk) reveal(id int64, fields []string) kit.Cmd {
	var options []kit.Option
	for _, f := range fields {
		options = append(options, kit.Option{Value: f, Label: d.p().T("field." + f)})
	}
	show := func(o kit.Option) kit.Cmd {
		return kit.Work[string]{Name: "reveal", Write: true,
			Do: asks(d, func(ctx context.Context, by policy.Actor) (string, error) {
				return d.app.Customers.Reveal(ctx, by, id, o.Value)
			}),
			Then: func(text string, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				return kit.Say("ui.customers.reveal", o.Label+": "+text, d.p().T("ui.customers.revealed"))
			}}.Cmd()
	}
	if len(options) == 1 {
		return show(options[0])
	}
	return kit.Choose("ui.customers.reveal", options, show)
}

// copyContact puts one of the contacts that are shown on the person's clipboard.
func (d *desk) copyContact(data customerData) kit.Cmd {
	var options []kit.Option
	for _, f := range []string{"phone", "qq", "wechat", "email"} {
		if text, _ := data.row.Values[f].Raw.(string); text != "" {
			options = append(options, kit.Option{Value: text, Label: d.p().T("field."+f) + " " + text})
		}
	}
	switch len(options) {
	case 0:
		return kit.Toast(kit.Warn, "ui.customers.nothing_to_copy")
	case 1:
		return kit.Copy(options[0].Value)
	}
	return kit.Choose("ui.customers.copy", options, func(o kit.Option) kit.Cmd { return kit.Copy(o.Value) })
}

// tags sets a customer's tags, separated by commas.
func (d *desk) tags(id int64, data customerData) kit.Cmd {
	old, _ := data.row.Values["tags"].Raw.([]string)
	return kit.Show(&kit.Prompt{Name: "ui.customers.tag", Body: []any{d.p().T("ui.customers.tag_help")}, Value: strings.Join(old, ", "), Then: func(text string) kit.Cmd {
		return d.act("tags", func(ctx context.Context, by policy.Actor) error {
			return d.app.Engine.Change(ctx, by, "customers", id, data.row.Version, map[string]string{"tags": text})
		}, "ui.saved")
	}})
}
