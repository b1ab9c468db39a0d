package cli

import (
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
)

// explain tells why an account may do something or may not.
func explain(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	var id int64
	if len(in.args) > 3 {
		if id, err = c.ref(c.resourceNamed(in.args[2]), in.args[3]); err != nil {
			return err
		}
	}
	w, err := c.app.Org.Explain(c.ctx, c.by, a.ID, in.args[1], c.resourceNamed(in.args[2]), id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"account": w.Account.Login, "action": w.Action, "resource": w.Resource, "id": orNull(w.ID), "allowed": w.Allowed,
			"disabled": w.Disabled, "must_change": w.MustChange, "own_account": w.Self,
			"grants": grantsJSON(w.Grants), "denials": grantsJSON(w.Denials), "fields": modesJSON(w.Fields)})
	}
	c.printReasons(w)
	return nil
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func grantsJSON(grants []policy.Grant) []object {
	out := make([]object, 0, len(grants))
	for _, g := range grants {
		o := object{"id": g.ID, "role": g.Role, "action": g.Action, "resource": g.Resource,
			"rows": policy.FormatRows(g.Rows), "fields": policy.FormatFields(g.Fields)}
		if g.Role == "" {
			o["role"], o["account"], o["deny"], o["reason"] = nil, g.Account, g.Deny, g.Reason
		}
		out = append(out, o)
	}
	return out
}

func modesJSON(list []policy.FieldMode) object {
	out := object{}
	for _, f := range list {
		out[f.Field] = f.Mode.String()
	}
	return out
}

// because is the key of the sentence that says how it comes out.
func because(w org.Why) string {
	switch {
	case w.Disabled:
		return "cli.explain.disabled"
	case w.MustChange:
		return "cli.explain.must_change"
	case w.Self:
		return "cli.explain.self"
	case w.Allowed:
		return "cli.explain.allowed"
	case w.Barred():
		return "cli.explain.denied"
	case len(w.Grants) > 0:
		return "cli.explain.other_rows"
	}
	return "cli.explain.no_grant"
}

func (c *call) printReasons(w org.Why) {
	what := i18n.W("policy.on", "action", i18n.W(policy.Verb(w.Action, w.Resource)), "resource", i18n.W("resource."+w.Resource))
	c.say(because(w), "who", w.Account.Name, "what", what)
	if rows := c.grantRows(w); len(rows) > 0 {
		table(c.out, c.heads("role", "action", "resource", "rows", "fields", "reason"), rows)
	}
	if len(w.Fields) == 0 {
		return
	}
	var modes []string
	for _, f := range w.Fields {
		modes = append(modes, c.p.Or("field."+f.Field, f.Field)+": "+c.p.T("mode."+f.Mode.String()))
	}
	c.say("cli.explain.fields", "fields", strings.Join(modes, ", "))
}

// grantRows lists denials first: they decide.
func (c *call) grantRows(w org.Why) (rows [][]string) {
	for _, list := range [2][]policy.Grant{w.Denials, w.Grants} {
		for _, g := range list {
			rows = append(rows, []string{c.origin(g), g.Action, g.Resource, orAll(c, policy.FormatRows(g.Rows)), policy.FormatFields(g.Fields), oneLine(g.Reason)})
		}
	}
	return rows
}

// origin says where a grant comes from.
func (c *call) origin(g policy.Grant) string {
	switch {
	case g.Deny:
		return c.p.T("cli.explain.denial")
	case g.Role == "":
		return c.p.T("cli.explain.single")
	}
	return c.p.Or("role."+g.Role, g.Role)
}

func orAll(c *call, rule string) string {
	if rule == "" {
		return c.p.T("cli.explain.all_rows")
	}
	return rule
}
