package ui

import (
	"context"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// lookUps looks a contact up, wherever "?138..." is typed; nil for who may not.
func (d *desk) lookUps(by policy.Actor) *kit.LookUp {
	if !by.Can("check", "customers") {
		return nil
	}
	return &kit.LookUp{Name: "ui.customers.ask", Run: d.lookUp}
}

// lookUp asks the whole library for a contact and says what can be done now.
func (d *desk) lookUp(text string) kit.Cmd {
	return kit.Work[customer.Found]{Name: "check", Write: true,
		Do: asks(d, func(ctx context.Context, by policy.Actor) (customer.Found, error) {
			return d.app.Customers.Check(ctx, by, "", text)
		}),
		Then: func(f customer.Found, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return kit.Show(&kit.Offer{Name: "ui.customers.check", Body: d.foundText(f), Acts: d.foundActs(f, text)})
		}}.Cmd()
}

// foundText says who was found, masked.
func (d *desk) foundText(f customer.Found) []any {
	if !f.Exists {
		return []any{d.p().T("ui.customers.free")}
	}
	owner := f.Owner
	switch {
	case f.Mine:
		owner = d.p().T("customer.you")
	case owner == "":
		owner = d.p().T("handover.pool")
	}
	body := []any{d.p().T("ui.customers.found", "name", f.Name, "contact", f.Contact, "owner", owner)}
	if f.LastFollowUp.IsZero() {
		body = append(body, i18n.W("customer.never_followed", "ago", i18n.Ago(f.Created)))
	} else {
		body = append(body, i18n.W("customer.last", "ago", i18n.Ago(f.LastFollowUp)))
	}
	if f.Stale {
		body = append(body, d.p().T("ui.customers.found_stale"))
	}
	return body
}

// foundActs are what can be done with who was found, or with a contact that is
// free; what serves best comes first.
func (d *desk) foundActs(f customer.Found, contact string) (list []kit.Action) {
	if f.Add {
		list = append(list, kit.Action{ID: "ui.customers.add", Keys: []string{"n"}, Run: func() kit.Cmd { return kit.Push(d.addCustomer(contact)) }})
	}
	notify := kit.Action{ID: "ui.customers.notify", Keys: []string{"n"}, Run: func() kit.Cmd { return d.notifyOwner(contact) }}
	if f.Notify && !f.Stale {
		list = append(list, notify)
	}
	if f.Claim || f.Why != nil {
		list = append(list, kit.Action{ID: "ui.customers.claim", Keys: []string{"w"}, WhyNot: f.Why, Run: func() kit.Cmd {
			return d.claim(f.Customer, func() kit.Cmd { return kit.Push(d.customer(f.Customer)) })
		}})
	}
	if f.Customer != 0 {
		list = append(list, kit.Action{ID: "kit.open", Keys: []string{"o"}, Run: func() kit.Cmd { return kit.Push(d.customer(f.Customer)) }})
	}
	if f.Notify && f.Stale {
		list = append(list, notify)
	}
	return list
}

// claims says whether the school claims and the person may.
func (d *desk) claims() bool {
	return d.app.Settings.Flag("claim") && d.actor().Can("claim", "customers")
}

// claim makes a customer the person's own; then runs once he is.
func (d *desk) claim(id int64, then func() kit.Cmd) kit.Cmd {
	return kit.Work[struct{}]{Name: "claim", Write: true,
		Do: asks(d, func(ctx context.Context, by policy.Actor) (struct{}, error) {
			return struct{}{}, d.app.Customers.Claim(ctx, by, id)
		}),
		Then: func(_ struct{}, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			done := kit.Toast(kit.Good, "ui.customers.claimed")
			if then == nil {
				return done
			}
			return kit.Batch(then(), done)
		}}.Cmd()
}

// claimRow claims the highlighted customer, or all that are marked, one by one.
func (d *desk) claimRow(l *kit.List, r kit.Row) []kit.Action {
	if !d.claims() {
		return nil
	}
	return []kit.Action{{ID: "ui.customers.claim", Keys: []string{"w"}, Weight: 4, Run: func() kit.Cmd {
		if a, ok := d.app.Engine.Action("customers", "claim"); ok && len(l.Marked()) > 1 {
			return d.bulk(l, "customers", a)
		}
		return d.claim(r.ID, l.Reload)
	}}}
}

// pool is what a customer's page knows of who looks after him.
type pool struct {
	offered        bool  // claiming
	claim, release error // nil, or why not
	owners         []customer.Ownership
}

func (d *desk) loadPool(ctx context.Context, by policy.Actor, id int64) (p pool, err error) {
	if p.offered = d.app.Settings.Flag("claim") && by.Can("claim", "customers"); p.offered {
		if p.claim, err = refusal(d.app.Customers.MayClaim(ctx, by, id)); err != nil {
			return p, err
		}
	}
	if p.release, err = refusal(d.app.Customers.MayRelease(ctx, by, id)); err != nil {
		return p, err
	}
	if by.Can("list", "ownerships") {
		p.owners, err = d.app.Customers.Owners(ctx, by, id)
	}
	return p, err
}

// refusal tells what is said to a person from what went wrong.
func refusal(err error) (why, broken error) {
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal {
		return err, nil
	}
	return nil, err
}

func (d *desk) poolActions(id int64, p pool) (list []kit.Action) {
	if p.offered {
		list = append(list, kit.Action{ID: "ui.customers.claim", Keys: []string{"w"}, Weight: 4, WhyNot: p.claim, Run: func() kit.Cmd { return d.claim(id, nil) }})
	}
	if d.can("release", "customers") == nil {
		list = append(list, kit.Action{ID: "ui.customers.release", Keys: []string{"r"}, Weight: 2, WhyNot: p.release, Run: func() kit.Cmd { return d.releaseCustomer(id) }})
	}
	return list
}

// releaseCustomer puts a customer back to the pool, once it is said why.
func (d *desk) releaseCustomer(id int64) kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.customers.release", Body: []any{d.p().T("ui.customers.release_why")}, Then: func(text string) kit.Cmd {
		return d.act("release", func(ctx context.Context, by policy.Actor) error {
			return d.app.Customers.Release(ctx, by, id, text)
		}, "ui.customers.released")
	}})
}

// maxOwners are the lines of the ledger on a customer's page.
const maxOwners = 5

// ownersSection tells who looked after a customer, since when and why, the newest
// first; older lines are in the list of all.
func (d *desk) ownersSection(id int64, list []customer.Ownership) []kit.Section {
	if len(list) == 0 {
		return nil
	}
	t := &kit.Table{Columns: []kit.Column{
		{Key: "at", Name: "field.at", Width: 16, Max: 16}, {Key: "to", Name: "field.owner", Width: 10, Max: 20, Tone: kit.Strong},
		{Key: "why", Name: "field.why", Width: 10, Share: 1, Max: 22}, {Key: "by", Name: "field.by_account", Width: 10, Max: 16, Tone: kit.Muted},
		{Key: "note", Name: "field.note", Width: 8, Share: 2, Tone: kit.Muted},
	}, Open: func(kit.Row) kit.Cmd { return kit.Push(d.listOf("ownerships", "customer:#"+kit.ID(id))) }}
	for i, o := range list {
		if i == maxOwners {
			t.Rows = append(t.Rows, kit.Row{ID: -1, Cells: []kit.Cell{{Text: d.p().T("ui.customers.owners_more", "n", len(list)-i)}, {}, {}, {}, {}}})
			break
		}
		t.Rows = append(t.Rows, kit.Row{ID: o.ID, Cells: []kit.Cell{{Text: d.p().DateTime(o.At)}, {Text: d.keeper(o.To)},
			{Text: d.p().T("choice.why." + o.Reason)}, {Text: o.By.Name}, {Text: o.Note}}})
	}
	return []kit.Section{{Name: "ui.customers.owners", Table: t}}
}

// keeper names somebody in the ledger; nobody is the pool.
func (d *desk) keeper(k customer.Keeper) string {
	if k.ID == 0 {
		return d.p().T("customer.pool")
	}
	return k.Name
}
