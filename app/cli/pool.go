package cli

import (
	"strings"

	"cohort/app/customer"
)

// poolCommands are about who looks after a customer: taking him, putting him
// back, who had him; and who has looked up how many contacts.
func poolCommands() []command {
	return []command{
		{path: "customers claim", use: "ID", min: 1, max: 1, may: right("claim", "customers"), run: claimCustomer, example: []string{"customers claim 42"}},
		{path: "customers release", use: "ID REASON…", min: 2, max: -1, may: right("release", "customers"), run: releaseCustomer,
			example: []string{"customers release 42 'wrong number'"}},
		{path: "customers owners", use: "ID", min: 1, max: 1, may: right("list", "ownerships"), run: customerOwners, example: []string{"customers owners 42 --json"}},
		{path: "customers checks", use: "[QUERY…]", max: -1, query: true, may: right("list", "daily_acts"), run: customerChecks,
			example: []string{"customers checks", "customers checks day:7d account:sales_a --json"}},
	}
}

func claimCustomer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Customers.Claim(c.ctx, c.by, id); err != nil {
		return err
	}
	return c.done(object{"id": id, "owner": c.by.Login}, "cli.customer_claimed", "id", id)
}

func releaseCustomer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Customers.Release(c.ctx, c.by, id, strings.Join(in.args[1:], " ")); err != nil {
		return err
	}
	return c.done(object{"id": id, "owner": nil}, "cli.customer_released", "id", id)
}

// customerOwners tells who had a customer, since when and why, the newest first.
func customerOwners(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	list, err := c.app.Customers.Owners(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, o := range list {
		out = append(out, object{"at": stamp(o.At), "from": keeperJSON(o.From), "to": keeperJSON(o.To), "why": o.Reason, "by": keeperJSON(o.By), "note": o.Note})
		rows = append(rows, []string{c.p.DateTime(o.At), c.keeper(o.From), c.keeper(o.To), c.p.T("choice.why." + o.Reason), o.By.Name, oneLine(o.Note)})
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(rows) == 0 {
		c.say("customer.no_owners")
		return nil
	}
	table(c.out, c.heads("at", "from_account", "to_account", "why", "by_account", "note"), rows)
	return nil
}

// keeper names somebody in the ledger; nobody is the pool.
func (c *call) keeper(k customer.Keeper) string {
	if k.ID == 0 {
		return c.p.T("customer.pool")
	}
	return k.Name
}

func keeperJSON(k customer.Keeper) any {
	if k.ID == 0 {
		return nil
	}
	return k.Login
}

// customerChecks lists who looked up how many contacts on which day.
func customerChecks(c *call, in input) error {
	res, _ := c.app.Engine.Get("daily_acts")
	return aboutQuery(c.wholeList(res, queryOf(res, append([]string{"counted:check"}, in.args...))))
}
