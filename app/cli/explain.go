package cli

import (
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
)

// question is what "policy explain" asks.
type question struct {
	who              policy.Actor
	action, resource string
	id               int64
}

// explain tells why an account may do something or may not.
func explain(c *call, in input) error {
	q := question{action: in.args[1], resource: c.resourceNamed(in.args[2])}
	if err := c.known(q); err != nil {
		return err
	}
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	if q.who, err = c.app.Org.Actor(c.ctx, a.ID, policy.Command, ""); err != nil {
		return err
	}
	if len(in.args) > 3 {
		if q.id, err = parseID(in.args[3]); err != nil {
			return err
		}
	}
	allowed, grants, err := c.reasons(q)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"account": a.Login, "action": q.action, "resource": q.resource, "id": orNull(q.id), "allowed": allowed, "grants": grantsJSON(grants)})
	}
	c.printReasons(q, allowed, grants)
	return nil
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// known refuses an action or a resource that nothing is called.
func (c *call) known(q question) error {
	if !i18n.Has("action." + q.action) {
		return fault.New(fault.NotFound, "list.no_such", "value", short(q.action))
	}
	if _, ok := c.app.Engine.Get(q.resource); !ok && !i18n.Has("resource."+q.resource) {
		return fault.New(fault.NotFound, "list.no_resource", "name", short(q.resource))
	}
	return nil
}

// reasons gives the grants that allow it; where it is denied, those that would
// on other rows.
func (c *call) reasons(q question) (allowed bool, grants []policy.Grant, err error) {
	e := q.who.Explain(q.action, q.resource, nil)
	if q.id == 0 || !e.Allowed {
		return e.Allowed, e.Grants, nil
	}
	if err := c.app.Engine.May(c.ctx, c.by, "view", q.resource, q.id); err != nil {
		return false, nil, err
	}
	var open []policy.Grant
	for _, g := range e.Grants {
		alone := q.who
		alone.Rights = policy.NewRights(nil, q.who.Rights.Scope, []policy.Grant{g})
		switch err := c.app.Engine.May(c.ctx, alone, q.action, q.resource, q.id); {
		case err == nil:
			open = append(open, g)
		case fault.Of(err) == fault.Internal:
			return false, nil, err
		}
	}
	if len(open) > 0 {
		return true, open, nil
	}
	return false, e.Grants, nil
}

func grantsJSON(grants []policy.Grant) []object {
	out := make([]object, 0, len(grants))
	for _, g := range grants {
		out = append(out, object{"id": g.ID, "role": g.Role, "action": g.Action, "resource": g.Resource,
			"rows": policy.FormatRows(g.Rows), "fields": policy.FormatFields(g.Fields)})
	}
	return out
}

func (c *call) printReasons(q question, allowed bool, grants []policy.Grant) {
	what := i18n.W("policy.on", "action", i18n.W("action."+q.action), "resource", i18n.W("resource."+q.resource))
	switch {
	case allowed:
		c.say("cli.explain.allowed", "who", q.who.Name, "what", what)
	case q.who.Rights.MustChange:
		c.say("cli.explain.must_change", "who", q.who.Name, "what", what)
	case len(grants) > 0:
		c.say("cli.explain.other_rows", "who", q.who.Name, "what", what)
	default:
		c.say("cli.explain.no_grant", "who", q.who.Name, "what", what)
	}
	if len(grants) == 0 {
		return
	}
	var rows [][]string
	for _, g := range grants {
		rows = append(rows, []string{c.p.Or("role."+g.Role, g.Role), g.Action, g.Resource, orAll(c, policy.FormatRows(g.Rows)), policy.FormatFields(g.Fields)})
	}
	table(c.out, c.heads("role", "action", "resource", "rows", "fields"), rows)
}

func orAll(c *call, rule string) string {
	if rule == "" {
		return c.p.T("cli.explain.all_rows")
	}
	return rule
}
