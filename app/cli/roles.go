package cli

import (
	"encoding/json"
	"strings"

	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
)

// roleCommands make and change roles, what they grant and their menus.
func roleCommands() []command {
	one := func(verb, use string, min, max int, action string, run func(c *call, in input) error) command {
		return command{path: "roles " + verb, use: use, min: min, max: max, may: right(action, "roles"), run: run}
	}
	list := one("list", "", 0, 0, "list", listRoles)
	show := one("show", "ROLE", 1, 1, "view", showRole)
	show.example = []string{"roles show sales --json"}
	add := one("add", "ROLE", 1, 1, "add", addRole)
	add.flags = func(_ *call, f flags) { f.text("title", "TEXT"); f.text("permissions", "JSON") }
	add.example = []string{"roles add caller --title 电话销售"}
	copied := one("copy", "ROLE NEW", 2, 2, "add", copyRole)
	copied.flags = func(_ *call, f flags) { f.text("title", "TEXT") }
	copied.example = []string{"roles copy sales sales_trainee --title 见习销售"}
	change := one("change", "ROLE --FIELD VALUE…", 1, 1, "change", changeRole)
	change.flags = func(_ *call, f flags) {
		f.text("name", "TEXT")
		f.text("title", "TEXT")
		f.text("permissions", "JSON")
		f.number("version", "N", 0)
	}
	change.example = []string{"roles change sales --title 课程顾问", `roles change caller --version 3 --permissions "$(cat caller.json)"`}
	allow := one("allow", "ROLE RESOURCE ACTION[,…]", 3, 3, "change", allowRole)
	allow.flags = ruleFlags
	allow.example = []string{"roles allow sales customers export --rows 'owner=$me source=baidu|zhihu'", "roles allow caller customers list --fields phone:masked", "roles allow sales customers list,view"}
	disallow := one("disallow", "ROLE RESOURCE ACTION[,…]", 3, 3, "change", disallowRole)
	disallow.flags = func(_ *call, f flags) { f.text("rows", "RULE") }
	disallow.example = []string{"roles disallow sales customers export", "roles disallow sales customers change --rows 'owner=$me'"}
	menu := one("menu", "ROLE ENTRY…", 1, -1, "change", roleMenu)
	menu.flags = func(_ *call, f flags) { f.flag("usual") }
	menu.example = []string{"roles menu sales customers 待跟进=customers?stale:yes+owner:me enrollments me", "roles menu sales --usual"}
	return []command{list, show, add, copied, change, one("delete", "ROLE", 1, 1, "delete", deleteRole), allow, disallow, menu}
}

func ruleFlags(_ *call, f flags) {
	f.text("rows", "RULE")
	f.text("fields", "RULES")
}

// role finds a role by its name or number.
func (c *call) role(text string) (org.Role, error) {
	r, err := c.app.Org.FindRole(c.ctx, c.by, text)
	if id, wrong := parseID(text); err != nil && wrong == nil {
		var p org.RolePage
		p, err = c.app.Org.GetRole(c.ctx, c.by, id)
		r = p.Role
	}
	if err != nil && fault.Of(err) == fault.NotFound {
		err = noSuch("role", text)
	}
	return r, err
}

func listRoles(c *call, _ input) error {
	list, err := c.app.Org.Roles(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, r := range list {
			out = append(out, c.roleJSON(r))
		}
		return c.printJSON(out)
	}
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{number(r.ID), r.Name, c.roleTitle(r), number(int64(r.Held)), strings.Join(r.Menu, " ")})
	}
	table(c.out, append([]string{"ID"}, c.heads("role", "title", "holders", "menu")...), rows)
	return nil
}

func (c *call) roleJSON(r org.Role) object {
	return object{"id": r.ID, "name": r.Name, "title": c.roleTitle(r), "version": r.Version, "menu": orEmpty(r.Menu), "held": r.Held, "everything": r.Everything}
}

func (c *call) roleTitle(r org.Role) string {
	if r.Title != "" {
		return r.Title
	}
	return c.p.Or("role."+r.Name, r.Name)
}

// showRole prints what a role grants, its menu and who holds it.
func showRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	p, err := c.app.Org.GetRole(c.ctx, c.by, r.ID)
	if err != nil {
		return err
	}
	if c.json {
		o := c.roleJSON(p.Role)
		o["permissions"], o["holders"] = permissionsJSON(p.Permissions), holdersJSON(p.Holders)
		return c.printJSON(o)
	}
	var who []string
	for _, h := range p.Holders {
		who = append(who, h.Name+" ("+h.Login+")")
	}
	menu := strings.Join(p.Menu, "  ")
	if menu == "" {
		menu = c.p.T("cli.roles.usual_menu")
	}
	pairs(c.out, [][2]string{{c.p.T("field.role"), p.Name}, {c.p.T("field.title"), c.roleTitle(p.Role)}, {c.p.T("field.menu"), menu},
		{c.p.T("field.holders"), number(int64(p.Held)) + "  " + strings.Join(who, ", ")}})
	c.line(c.out, "")
	var rows [][]string
	for _, x := range p.Permissions {
		rows = append(rows, []string{number(x.ID), x.Resource, x.Action, orAll(c, x.Rows), x.Fields})
	}
	table(c.out, append([]string{"ID"}, c.heads("resource", "action", "rows", "fields")...), rows)
	return nil
}

func permissionsJSON(list []org.Permission) []object {
	out := make([]object, 0, len(list))
	for _, p := range list {
		out = append(out, object{"id": p.ID, "resource": p.Resource, "action": p.Action, "rows": p.Rows, "fields": p.Fields})
	}
	return out
}

func holdersJSON(list []org.Holder) []object {
	out := make([]object, 0, len(list))
	for _, h := range list {
		out = append(out, object{"id": h.ID, "login": h.Login, "name": h.Name, "active": h.Active})
	}
	return out
}

// permissionsOf reads permissions as showRole prints them.
func (c *call) permissionsOf(text string) (list []org.Permission, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var lines []struct {
		ID                             int64
		Resource, Action, Rows, Fields string
	}
	if err := dec.Decode(&lines); err != nil || dec.More() {
		return nil, misuse("cli.roles.bad_json")
	}
	for _, l := range lines {
		list = append(list, org.Permission{Resource: c.resourceNamed(l.Resource), Action: l.Action, Rows: l.Rows, Fields: l.Fields})
	}
	return list, nil
}

func addRole(c *call, in input) (err error) {
	n := org.NewRole{Name: in.args[0], Title: in.str("title")}
	if in.Changed("permissions") {
		if n.Permissions, err = c.permissionsOf(in.str("permissions")); err != nil {
			return err
		}
	}
	r, err := c.app.Org.AddRole(c.ctx, c.by, n)
	if err != nil {
		return err
	}
	return c.done(object{"id": r.ID, "name": r.Name}, "cli.roles.added", "role", r.Name)
}

func copyRole(c *call, in input) error {
	from, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Org.CopyRole(c.ctx, c.by, from.ID, in.args[1], in.str("title"))
	if err != nil {
		return err
	}
	return c.done(object{"id": r.ID, "name": r.Name}, "cli.roles.added", "role", r.Name)
}

func changeRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	var change org.RoleChange
	for name, to := range map[string]**string{"name": &change.Name, "title": &change.Title} {
		if in.Changed(name) {
			text := in.str(name)
			*to = &text
		}
	}
	if in.Changed("permissions") {
		list, err := c.permissionsOf(in.str("permissions"))
		if err != nil {
			return err
		}
		change.Permissions = &list
	}
	if change == (org.RoleChange{}) {
		return misuse("cli.nothing_given")
	}
	next, err := c.app.Org.ChangeRole(c.ctx, c.by, r.ID, in.num("version"), change)
	return c.roleChanged(next, err)
}

func (c *call) roleChanged(r org.Role, err error) error {
	if err != nil {
		return err
	}
	return c.done(object{"id": r.ID, "name": r.Name}, "cli.roles.changed", "role", r.Name)
}

func deleteRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Org.DeleteRole(c.ctx, c.by, r.ID, r.Version); err != nil {
		return err
	}
	return c.done(object{"id": r.ID, "name": r.Name}, "cli.roles.deleted", "role", r.Name)
}

// ruleLines makes a line for each of the actions that a word names: "list,view".
func (c *call) ruleLines(res, actions string, in input) (list []org.Permission) {
	for _, a := range strings.Split(actions, ",") {
		list = append(list, org.Permission{Resource: c.resourceNamed(res), Action: strings.TrimSpace(a), Rows: in.str("rows"), Fields: in.str("fields")})
	}
	return list
}

func allowRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	return c.roleChanged(c.app.Org.Allow(c.ctx, c.by, r.ID, c.ruleLines(in.args[1], in.args[2], in)...))
}

func disallowRole(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	rows, err := onlyRows(in)
	if err != nil {
		return err
	}
	return c.roleChanged(c.app.Org.Disallow(c.ctx, c.by, r.ID, c.resourceNamed(in.args[1]), strings.Split(in.args[2], ","), rows))
}

// onlyRows is the row rule of the lines that are meant, in its one form; nil for
// all lines.
func onlyRows(in input) (*string, error) {
	if !in.Changed("rows") {
		return nil, nil
	}
	conds, err := policy.ParseRows(in.str("rows"))
	text := policy.FormatRows(conds)
	return &text, err
}

// roleMenu sets a role's menu; without entries it says what it is.
func roleMenu(c *call, in input) error {
	r, err := c.role(in.args[0])
	if err != nil {
		return err
	}
	menu := []org.MenuEntry{}
	for _, w := range in.args[1:] {
		e, err := org.ParseMenuEntry(w)
		if err != nil {
			return err
		}
		menu = append(menu, e)
	}
	if len(menu) == 0 && !in.yes("usual") {
		return c.done(object{"name": r.Name, "menu": orEmpty(r.Menu)}, "cli.roles.menu_is", "menu", strings.Join(r.Menu, " "))
	}
	return c.roleChanged(c.app.Org.ChangeRole(c.ctx, c.by, r.ID, 0, org.RoleChange{Menu: &menu}))
}
