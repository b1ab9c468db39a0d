package cli

import (
	"strings"

	"cohort/app/org"
	"cohort/app/policy"
)

// policyCommands explain, compare and show rights as a whole.
func policyCommands() []command {
	view := right("view", "roles")
	return []command{
		{path: "policy explain", use: "ACCOUNT ACTION RESOURCE [ID]", min: 3, max: 4, may: view, run: explain,
			example: []string{"policy explain sales_a change customers 42", "policy explain me export customers --json"}},
		{path: "policy diff", use: "ROLE allow|disallow RESOURCE ACTION[,…] | ROLE like ROLE", min: 3, max: 4, may: view, flags: ruleFlags, run: diffRole,
			example: []string{"policy diff sales allow customers export --rows 'owner=$me'", "policy diff sales disallow customers reveal", "policy diff sales like sales_manager --json"}},
		{path: "policy matrix", may: view, flags: func(_ *call, f flags) { f.text("role", "ROLE") }, run: matrix,
			example: []string{"policy matrix --role sales", "policy matrix --json"}},
	}
}

// diffRole says what a change of a role would add and take, without making it.
func diffRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	p, err := c.app.Org.GetRole(c.ctx, c.by, r.ID)
	if err != nil {
		return err
	}
	next, err := c.proposed(p, in)
	if err != nil {
		return err
	}
	d, err := c.app.Org.Diff(c.ctx, c.by, r.ID, next)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(diffJSON(d))
	}
	c.printDiff(d)
	return nil
}

// proposed are the permissions as the command line would have them.
func (c *call) proposed(p org.RolePage, in input) ([]org.Permission, error) {
	verb := in.args[1]
	switch {
	case verb == "like" && len(in.args) == 3:
		other, err := c.role(in.args[2])
		if err != nil {
			return nil, err
		}
		page, err := c.app.Org.GetRole(c.ctx, c.by, other.ID)
		return page.Permissions, err
	case verb == "allow" && len(in.args) == 4:
		return append(p.Permissions, c.ruleLines(in.args[2], in.args[3], in)...), nil
	case verb == "disallow" && len(in.args) == 4:
		rows, err := onlyRows(in)
		if err != nil {
			return nil, err
		}
		return org.Less(p.Permissions, c.resourceNamed(in.args[2]), strings.Split(in.args[3], ","), rows)
	}
	return nil, misuse("cli.policy.diff_use")
}

func (c *call) printDiff(d org.Diff) {
	if len(d.Lines) == 0 {
		c.say("cli.policy.no_diff", "role", c.roleTitle(d.Role))
		return
	}
	c.say("cli.policy.diff_of", "role", c.roleTitle(d.Role), "n", d.Holders)
	var rows [][]string
	for _, l := range d.Lines {
		sign := "~"
		switch {
		case l.Before == nil:
			sign = "+"
		case l.After == nil:
			sign = "-"
		}
		rows = append(rows, []string{sign, l.Resource, l.Action, rulesText(l.Before), rulesText(l.After), c.reach("+", l.Gained), c.reach("-", l.Lost), c.fieldDiffs(l)})
	}
	table(c.out, append([]string{" "}, c.heads("resource", "action", "before", "after", "gained", "lost", "fields")...), rows)
	if d.Partial {
		c.say("cli.policy.partial", "n", d.Counted, "all", d.Holders)
	}
}

func rulesText(rules []string) string {
	if rules == nil {
		return "-"
	}
	return strings.Join(rules, "; ")
}

// reach says how many rows, for how many accounts.
func (c *call) reach(sign string, r org.Reach) string {
	if r.Rows == 0 {
		return ""
	}
	n := sign + number(int64(r.Rows))
	if r.Capped {
		n += "+"
	}
	return c.p.T("cli.policy.reach", "rows", n, "n", r.Accounts)
}

func (c *call) fieldDiffs(l org.DiffLine) string {
	var out []string
	for _, list := range [2][]org.FieldDiff{l.Opened, l.Closed} {
		for _, f := range list {
			out = append(out, f.Field+" "+c.p.T("mode."+f.From.String())+" > "+c.p.T("mode."+f.To.String()))
		}
	}
	return strings.Join(out, ", ")
}

func diffJSON(d org.Diff) object {
	lines := make([]object, 0, len(d.Lines))
	for _, l := range d.Lines {
		lines = append(lines, object{"resource": l.Resource, "action": l.Action, "before": orEmpty(l.Before), "after": orEmpty(l.After),
			"gained": reachJSON(l.Gained), "lost": reachJSON(l.Lost), "opened": fieldDiffJSON(l.Opened), "closed": fieldDiffJSON(l.Closed)})
	}
	return object{"role": d.Role.Name, "holders": d.Holders, "counted": d.Counted, "partial": d.Partial, "lines": lines}
}

func reachJSON(r org.Reach) object {
	return object{"accounts": r.Accounts, "rows": r.Rows, "capped": r.Capped}
}

func fieldDiffJSON(list []org.FieldDiff) []object {
	out := make([]object, 0, len(list))
	for _, f := range list {
		out = append(out, object{"field": f.Field, "rows": f.Rows, "from": f.From.String(), "to": f.To.String()})
	}
	return out
}

// matrix prints which role may do what: a line for each record and role, a word
// for each action. "?" behind it says that a row rule limits it.
func matrix(c *call, in input) error {
	pages, err := c.app.Org.RolePages(c.ctx, c.by)
	if err != nil {
		return err
	}
	if name := in.str("role"); name != "" {
		r, err := c.role(name)
		if err != nil {
			return err
		}
		for _, p := range pages {
			if p.ID == r.ID {
				pages = []org.RolePage{p}
				break
			}
		}
	}
	if c.json {
		return c.printJSON(c.matrixJSON(pages))
	}
	var rows [][]string
	for _, name := range c.app.Engine.Names() {
		for _, p := range pages {
			if words := c.cellWords(p, name); len(words) > 0 {
				rows = append(rows, []string{name, p.Name, strings.Join(words, " ")})
			}
		}
	}
	table(c.out, c.heads("resource", "role", "action"), rows)
	c.say("cli.policy.legend")
	return nil
}

// cellWords says each action that a role has on a record: "?" marks one that a
// row rule limits, "~" one with rules for fields.
func (c *call) cellWords(p org.RolePage, name string) (words []string) {
	known, _ := c.app.Engine.Known(name)
	if whole := org.CellOf(p.Permissions, name, policy.Any); whole.All && !whole.Limited {
		return []string{policy.Any}
	}
	for _, action := range known.Actions {
		cell := org.CellOf(p.Permissions, name, action)
		if !cell.Any() {
			continue
		}
		w := action
		if !cell.All {
			w += "?"
		}
		if cell.Limited {
			w += "~"
		}
		words = append(words, w)
	}
	return words
}

func (c *call) matrixJSON(pages []org.RolePage) []object {
	out := []object{}
	for _, p := range pages {
		for _, name := range c.app.Engine.Names() {
			known, _ := c.app.Engine.Known(name)
			for _, action := range known.Actions {
				cell := org.CellOf(p.Permissions, name, action)
				if !cell.Any() {
					continue
				}
				out = append(out, object{"role": p.Name, "resource": name, "action": action, "all_rows": cell.All, "rules": permissionsJSON(cell.Lines())})
			}
		}
	}
	return out
}
