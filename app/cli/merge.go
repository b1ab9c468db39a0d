package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/resource"
)

// mergeCommands make one customer of two, and find those who may be one.
func mergeCommands() []command {
	return []command{
		{path: "customers merge", use: "KEEP LOSE", min: 2, max: 2, may: right("merge", "customers"), run: mergeCustomers,
			flags: func(_ *call, f flags) {
				f.many("take", "FIELD,…")
				f.flag("dry-run")
			},
			example: []string{"customers merge 42 57 --dry-run", "customers merge 42 57 --take phone,qq"}},
		{path: "customers unmerge", use: "ID", min: 1, max: 1, may: right("merge", "customers"), run: unmergeCustomer,
			example: []string{"customers unmerge 57"}},
		{path: "customers duplicates", may: right("merge", "customers"), run: duplicates,
			flags: func(_ *call, f flags) {
				f.number("limit", "N", presetLimit)
				f.number("before", "ID", 0)
			},
			example: []string{"customers duplicates --json"}},
	}
}

func mergeCustomers(c *call, in input) error {
	keep, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	lose, err := parseID(in.args[1])
	if err != nil {
		return err
	}
	m, err := c.app.Customers.Merge(c.ctx, c.by, keep, lose, resource.Words(strings.Join(in.list("take"), ",")), in.yes("dry-run"))
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"keep": keep, "lose": lose, "merge": m.ID, "changes": changed(m), "moved": m.Moved, "dry_run": m.ID == 0})
	}
	c.sayMerged(m)
	if m.ID == 0 {
		c.say("cli.merge.tried", "name", m.Lost, "lose", lose, "keep", keep)
		return nil
	}
	c.say("cli.merge.done", "name", m.Lost, "lose", lose, "keep", keep)
	return nil
}

// sayMerged says field by field what becomes of the one who stays, and what came
// over.
func (c *call) sayMerged(m customer.Merged) {
	res, _ := c.app.Engine.Get("customers")
	for _, f := range res.Fields {
		if m.Was[f.Name] != m.Now[f.Name] && f.Input {
			c.text(c.label(f) + ": " + orNothing(m.Was[f.Name]) + " > " + orNothing(m.Now[f.Name]))
		}
	}
	for _, table := range slices.Sorted(maps.Keys(m.Moved)) {
		if i18n.Has("resource." + table) {
			c.say("cli.merge.moved", "n", m.Moved[table], "records", i18n.W("resource."+table))
		}
	}
}

func orNothing(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// changed are the fields of the one who stays that became others, old and new.
func changed(m customer.Merged) object {
	out := object{}
	for name := range m.Now {
		if m.Was[name] != m.Now[name] {
			out[name] = []string{m.Was[name], m.Now[name]}
		}
	}
	return out
}

func unmergeCustomer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	keep, err := c.app.Customers.Unmerge(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": id, "keep": keep}, "cli.unmerge.done", "id", id, "keep", keep)
}

func duplicates(c *call, in input) error {
	list, next, err := c.app.Customers.Duplicates(c.ctx, c.by, in.num("before"), int(in.num("limit")))
	if err != nil {
		return err
	}
	rows := []object{}
	for _, p := range list {
		rows = append(rows, object{"keep": p.Keep.ID, "lose": p.Lose.ID, "name": p.Keep.Name, "kind": p.Kind,
			"keep_contact": p.Keep.Contact(p.Kind), "lose_contact": p.Lose.Contact(p.Kind)})
	}
	if c.json {
		return c.printJSON(object{"rows": rows, "next": next})
	}
	for _, p := range list {
		c.text(fmt.Sprintf("%d  %d  %s  %s  %s", p.Keep.ID, p.Lose.ID, p.Keep.Name, contactsLine(p.Keep), contactsLine(p.Lose)))
	}
	c.say("cli.duplicates.count", "n", len(list))
	if next != 0 {
		c.say("cli.duplicates.more", "id", next)
	}
	return nil
}

// contactsLine are the contacts of one, for comparing.
func contactsLine(c customer.Customer) string {
	out := ""
	for _, kind := range customer.Kinds {
		if s := c.Contact(kind); s != "" {
			if out != "" {
				out += ","
			}
			out += s
		}
	}
	return out
}

// mergedInto tells where a customer who was merged is now; 0 where he is not.
func (c *call) mergedInto(res *resource.Resource, id int64) int64 {
	if res.Name != "customers" {
		return 0
	}
	to, err := c.app.Customers.Successor(c.ctx, c.by, id)
	if err != nil || to == 0 {
		return 0
	}
	c.line(c.err, c.p.T("customer.merged_into", "id", id, "to", to))
	return to
}
