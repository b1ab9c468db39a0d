package cli

import (
	"slices"
	"strings"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
)

// customerCommands are what one does with customers besides keeping them.
func customerCommands() []command {
	return []command{
		{path: "customers check", use: "CONTACT", min: 1, max: -1, may: right("check", "customers"), flags: kindFlag, run: checkContact,
			example: []string{"customers check 13800138000 --json"}},
		{path: "customers notify-owner", use: "CONTACT", min: 1, max: -1, may: right("check", "customers"), run: notifyOwner,
			example: []string{"customers notify-owner 13800138000"}},
		{path: "customers reveal", use: "ID [FIELD…]", min: 1, max: -1, may: right("reveal", "customers"), run: revealCustomer,
			example: []string{"customers reveal 42 phone"}},
		{path: "customers assign", use: "ID LOGIN", min: 2, max: 2, may: right("assign", "customers"), run: assignCustomer,
			example: []string{"customers assign 42 sales_b"}},
		{path: "customers tag", use: "ID TAG…", min: 2, max: -1, may: right("change", "customers"), run: tagging(true),
			example: []string{"customers tag 42 vip"}},
		{path: "customers untag", use: "ID TAG…", min: 2, max: -1, may: right("change", "customers"), run: tagging(false)},
		{path: "customers tags", use: "[TEXT]", max: 1, may: right("list", "customers"), run: customerTags, example: []string{"customers tags v"}},
		{path: "customers history", use: "ID", min: 1, max: 1, may: right("view", "customers"), run: customerHistory},
	}
}

func kindFlag(_ *call, f flags) { f.text("kind", "phone|qq|wechat|email") }

// contactOf is a contact, which may be typed with blanks in it: ssh takes the
// quotes off.
func contactOf(in input) string { return strings.Join(in.args, " ") }

func checkContact(c *call, in input) error {
	found, err := c.app.Customers.Check(c.ctx, c.by, in.str("kind"), contactOf(in))
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(foundJSON(found))
	}
	if !found.Exists {
		c.say("cli.check.free")
		return nil
	}
	owner := any(found.Owner)
	if found.Owner == "" {
		owner = i18n.W("cli.check.nobody")
	}
	c.say("cli.check.exists", "name", found.Name, "contact", found.Contact, "owner", owner)
	if found.LastFollowUp.IsZero() {
		c.say("cli.check.never", "ago", i18n.Ago(found.Created))
	} else {
		c.say("cli.check.last", "ago", i18n.Ago(found.LastFollowUp))
	}
	c.sayOffers(found, short(contactOf(in)))
	return nil
}

// sayOffers says what can be done now with who was found.
func (c *call) sayOffers(found customer.Found, contact string) {
	if found.Stale {
		c.say("cli.check.stale")
	}
	if found.Notify {
		c.say("cli.check.notify", "contact", contact)
	}
	switch {
	case found.Claim:
		c.say("cli.check.claim", "id", found.Customer)
	case found.Why != nil:
		c.say("cli.check.no_claim", "why", c.reason(found.Why))
	}
	if found.Mine && found.Customer != 0 {
		c.say("cli.check.open", "id", found.Customer)
	}
}

// foundJSON has the same names whether somebody was found or not.
func foundJSON(f customer.Found) object {
	out := object{"exists": f.Exists, "owner": nil, "last_follow_up": stamp(f.LastFollowUp), "contact": nil, "stale": f.Stale,
		"can": object{"notify": f.Notify, "claim": f.Claim, "open": f.Customer != 0, "add": f.Add}}
	if f.Exists {
		out["contact"], out["kind"], out["name"], out["mine"] = f.Contact, f.Kind, f.Name, f.Mine
	}
	if f.Owner != "" {
		out["owner"] = f.Owner
	}
	if f.Customer != 0 {
		out["customer"] = f.Customer
	}
	return out
}

func notifyOwner(c *call, in input) error {
	n, err := c.app.Customers.NotifyOwner(c.ctx, c.by, contactOf(in))
	if err != nil {
		return err
	}
	key := "cli.notified"
	if n.Mailed {
		key = "cli.notified_mailed"
	}
	return c.done(object{"owner": n.Owner, "at": stamp(n.At), "mailed": n.Mailed}, key, "owner", n.Owner)
}

func assignCustomer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	owner := org.Account{}
	if in.args[1] != "none" {
		if owner, err = c.account(in.args[1]); err != nil {
			return err
		}
	}
	if _, err := c.app.Customers.Assign(c.ctx, c.by, []int64{id}, owner.ID); err != nil {
		return err
	}
	if owner.ID == 0 {
		return c.done(object{"id": id, "owner": nil}, "cli.assigned_none", "id", id)
	}
	return c.done(object{"id": id, "owner": owner.Login}, "cli.assigned", "id", id, "who", owner.Name)
}

// tagging adds tags or takes them away.
func tagging(add bool) func(c *call, in input) error {
	return func(c *call, in input) error {
		id, err := parseID(in.args[0])
		if err != nil {
			return err
		}
		do := c.app.Customers.Untag
		if add {
			do = c.app.Customers.Tag
		}
		if err := do(c.ctx, c.by, id, resource.Words(strings.Join(in.args[1:], ","))...); err != nil {
			return err
		}
		row, _, err := c.app.Engine.Show(c.ctx, c.by, "customers", id)
		if err != nil {
			return err
		}
		tags, _ := row.Values["tags"].Raw.([]string)
		return c.done(object{"id": id, "tags": orEmpty(tags)}, "cli.tagged", "id", id, "tags", tags)
	}
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// revealCustomer shows fields that are masked for the actor; each is written
// down. Without a field it shows all that are masked and not empty.
func revealCustomer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	row, fields, err := c.app.Engine.Show(c.ctx, c.by, "customers", id)
	if err != nil {
		return err
	}
	if err := c.app.Engine.May(c.ctx, c.by, "reveal", "customers", id); err != nil {
		return err
	}
	shown, err := c.revealed(id, row, fields, in.args[1:])
	if err != nil {
		return err
	}
	out, list := object{"id": id}, [][2]string{}
	for _, f := range fields {
		if text, ok := shown[f.Name]; ok {
			out[f.Name], list = text, append(list, [2]string{c.label(f), text})
		}
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.nothing_masked")
	}
	pairs(c.out, list)
	return nil
}

// revealed asks for the values of the fields named, or of all that are masked.
func (c *call) revealed(id int64, row resource.Row, fields []resource.Field, names []string) (map[string]string, error) {
	shown := map[string]string{}
	for _, f := range fields {
		if !wanted(f, row.Values[f.Name], names) {
			continue
		}
		text, err := c.app.Customers.Reveal(c.ctx, c.by, id, f.Name)
		if err != nil {
			return nil, err
		}
		shown[f.Name] = text
	}
	for _, n := range names {
		if _, ok := shown[n]; !ok {
			return nil, fault.Field(short(n), "customer.not_masked")
		}
	}
	return shown, nil
}

func wanted(f resource.Field, v resource.Value, names []string) bool {
	if len(names) > 0 {
		return slices.Contains(names, f.Name)
	}
	return v.Mode == policy.Masked && v.Label != ""
}

// customerTags lists tags with how many customers have them.
func customerTags(c *call, in input) error {
	begins := ""
	if len(in.args) > 0 {
		begins = in.args[0]
	}
	list, err := c.app.Customers.Tags(c.ctx, c.by, begins)
	if err != nil {
		return err
	}
	rows := []object{}
	for _, t := range list {
		rows = append(rows, object{"tag": t.Tag, "count": t.N, "capped": t.Capped})
	}
	if c.json {
		return c.printJSON(rows)
	}
	for _, t := range list {
		more := ""
		if t.Capped {
			more = "+"
		}
		c.text(t.Tag + "  " + i18n.Group(uint64(t.N)) + more)
	}
	return nil
}
