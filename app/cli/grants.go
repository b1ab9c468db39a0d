package cli

import (
	"slices"
	"strings"

	"cohort/app/fault"
	"cohort/app/org"
)

// grantCommands give one account more than its roles do, or less.
func grantCommands() []command {
	one := func(verb, use string, min, max int, run func(c *call, in input) error) command {
		return command{path: "accounts " + verb, use: use, min: min, max: max, may: right("grant", "accounts"), run: run}
	}
	give := func(verb string, deny bool) command {
		cmd := one(verb, "ACCOUNT RESOURCE ACTION[,…] --reason TEXT", 3, 3, func(c *call, in input) error { return grantAccount(c, in, deny) })
		cmd.flags = func(c *call, f flags) { ruleFlags(c, f); f.text("reason", "TEXT") }
		cmd.required = []string{"reason"}
		return cmd
	}
	grant, deny := give("grant", false), give("deny", true)
	grant.example = []string{"accounts grant sales_a customers export --rows 'owner=$me' --reason 'the fair in March'"}
	deny.example = []string{"accounts deny sales_a customers reveal --reason 'under notice'", "accounts deny sales_a customers view --fields phone:hidden --reason 'complaint'"}
	ungrant := one("ungrant", "ACCOUNT RESOURCE ACTION[,…]", 3, 3, ungrantAccount)
	ungrant.flags = func(_ *call, f flags) { f.text("rows", "RULE") }
	ungrant.example = []string{"accounts ungrant sales_a customers reveal"}
	list := command{path: "accounts grants", use: "ACCOUNT", min: 1, max: 1, may: right("view", "accounts"), run: listGrants, example: []string{"accounts grants sales_a"}}
	return []command{list, grant, deny, ungrant}
}

func grantAccount(c *call, in input, deny bool) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	var made []object
	for _, p := range c.ruleLines(in.args[1], in.args[2], in) {
		g, err := c.app.Org.Grant(c.ctx, c.by, org.AccountGrant{Permission: p, Account: a.ID, Deny: deny, Reason: in.str("reason")})
		if err != nil {
			return err
		}
		made = append(made, grantJSON(g))
	}
	key := map[bool]string{false: "cli.granted", true: "cli.denied"}[deny]
	return c.done(made, key, "login", a.Login, "action", in.args[2], "resource", in.args[1])
}

func grantJSON(g org.AccountGrant) object {
	return object{"id": g.ID, "deny": g.Deny, "resource": g.Resource, "action": g.Action, "rows": g.Rows, "fields": g.Fields,
		"reason": g.Reason, "given_by": g.GivenBy, "given_at": stamp(g.Given)}
}

// ungrantAccount takes back what is granted or denied about the actions.
func ungrantAccount(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	rows, err := onlyRows(in)
	if err != nil {
		return err
	}
	list, err := c.app.Org.AccountGrants(c.ctx, c.by, a.ID)
	if err != nil {
		return err
	}
	actions, n := strings.Split(in.args[2], ","), 0
	for _, g := range list {
		if g.Resource != c.resourceNamed(in.args[1]) || !slices.Contains(actions, g.Action) || rows != nil && *rows != g.Rows {
			continue
		}
		if err := c.app.Org.Ungrant(c.ctx, c.by, a.ID, g.ID); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return fault.New(fault.NotFound, "org.no_permission", "action", short(in.args[2]), "resource", short(in.args[1]))
	}
	return c.done(object{"id": a.ID, "login": a.Login, "taken_back": n}, "cli.ungranted", "login", a.Login, "n", n)
}

func listGrants(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	list, err := c.app.Org.AccountGrants(c.ctx, c.by, a.ID)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, g := range list {
			out = append(out, grantJSON(g))
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.no_grants", "login", a.Login)
		return nil
	}
	var rows [][]string
	for _, g := range list {
		kind := map[bool]string{false: "cli.explain.single", true: "cli.explain.denial"}[g.Deny]
		rows = append(rows, []string{c.p.T(kind), g.Resource, g.Action, orAll(c, g.Rows), g.Fields, oneLine(g.Reason), g.GivenBy, c.moment(g.Given)})
	}
	table(c.out, c.heads("kind", "resource", "action", "rows", "fields", "reason", "by", "at"), rows)
	return nil
}
