package ui

import (
	"context"
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// roles lists the roles, and leads to what they may do.
func (d *desk) roles(query string) kit.Screen {
	return d.recordList("roles", query, func(s *kit.ListSpec) {
		s.Name = "ui.place.roles"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.role(r.ID)) }
		own := d.recordActions("roles")
		s.Actions = func(l *kit.List) []kit.Action {
			return append(own(l), kit.Action{ID: "ui.place.rights", Keys: []string{"p"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.matrix("", "")) }})
		}
	})
}

// role is one role: what it grants, by records, its menu, and who holds it.
func (d *desk) role(id int64) kit.Screen {
	return &recordScreen{resource: "roles", id: id, Detail: kit.NewDetail(kit.DetailSpec{Name: "one.roles", Addr: "roles/" + kit.ID(id), Watch: []string{"roles"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			p, err := d.app.Org.GetRole(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			row, _, err := d.app.Engine.Show(ctx, by, "roles", id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			history, err := d.historySectionOf(ctx, by, "roles", id, fewEntries)
			data := roleData{RolePage: p, recordData: recordData{row: row, change: d.may(ctx, by, "change", "roles", id), delete: d.may(ctx, by, "delete", "roles", id)}}
			return kit.DetailPage{Title: d.roleTitle(p.Role), Data: data, Sections: append(d.roleSections(p), history)}, err
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			data, ok := page.Data.(roleData)
			if !ok {
				return nil
			}
			return append(d.pageActions("roles", data.recordData), d.roleActions(data)...)
		}})}
}

type roleData struct {
	org.RolePage
	recordData
}

func (d *desk) roleActions(r roleData) []kit.Action {
	return []kit.Action{
		{ID: "ui.roles.permissions", Keys: []string{"p"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.matrix(r.Name, "")) }},
		{ID: "ui.roles.menu", Keys: []string{"n"}, Weight: 7, WhyNot: r.change, Run: func() kit.Cmd { return d.editMenu(r.RolePage) }},
		{ID: "ui.roles.copy", Keys: []string{"c"}, Weight: 6, WhyNot: d.can("add", "roles"), Run: func() kit.Cmd { return kit.Push(d.copyRole(r.Role)) }},
		{ID: "ui.why", Keys: []string{"w"}, Weight: 5, Run: func() kit.Cmd { return kit.Push(d.why(question{})) }},
	}
}

// roleTitle says a role: the school's own words, else ours, else its name.
func (d *desk) roleTitle(r org.Role) string {
	if r.Title != "" {
		return r.Title
	}
	return d.p().Or("role."+r.Name, r.Name)
}

func (d *desk) roleSections(p org.RolePage) []kit.Section {
	return []kit.Section{
		{Pairs: []kit.Pair{{Name: "field.name", Value: p.Name, Tone: kit.Strong}, {Name: "field.title", Value: d.roleTitle(p.Role)}}},
		{Name: "ui.roles.grants", Empty: "ui.roles.nothing", Table: d.permissionTable(p)},
		{Name: "field.menu", Text: d.menuWords(p.Menu)},
		{Name: "ui.roles.holders", Args: []any{"n", p.Held}, Empty: "ui.roles.nobody", Table: d.holderTable(p.Holders)},
	}
}

// permissionTable groups a role's lines by record and rules, the actions of one
// rule together; enter leads into the matrix.
func (d *desk) permissionTable(p org.RolePage) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "resource", Name: "field.resource", Width: 14, Share: 1, Max: 22}, {Key: "actions", Name: "field.action", Width: 22, Share: 2, Max: 50},
		{Key: "rows", Name: "field.rows", Width: 18, Share: 2, Max: 50}, {Key: "fields", Name: "field.fields", Width: 12, Share: 2, Max: 60},
	}, Open: func(r kit.Row) kit.Cmd { name, _ := r.Data.(string); return kit.Push(d.matrix(p.Name, name)) }}
	last := ""
	for _, g := range grouped(p.Permissions) {
		head := ""
		if g.Resource != last {
			head, last = d.recordWord(g.Resource), g.Resource
		}
		t.Rows = append(t.Rows, kit.Row{ID: int64(len(t.Rows) + 1), Data: g.Resource, Cells: []kit.Cell{
			{Text: head, Tone: kit.Strong}, {Text: d.actionWords(g.actions, g.Resource)}, {Text: d.rowsWord(g.Rows)}, {Text: d.fieldsWord(g.Fields), Tone: kit.Muted}}})
	}
	return t
}

// group are the actions on a record under one rule.
type group struct {
	org.Permission
	actions []string
}

func grouped(list []org.Permission) (out []group) {
	for _, p := range list {
		found := false
		for i := range out {
			if g := &out[i]; g.Resource == p.Resource && g.Rows == p.Rows && g.Fields == p.Fields {
				g.actions, found = append(g.actions, p.Action), true
			}
		}
		if !found {
			out = append(out, group{p, []string{p.Action}})
		}
	}
	return out
}

func (d *desk) recordWord(name string) string {
	if name == policy.Any {
		return d.p().T("policy.any_resource")
	}
	return kit.Label(d.p(), "resource."+name)
}

func (d *desk) verbWord(action, resource string) string {
	if action == policy.Any {
		return d.p().T("ui.matrix.any_action")
	}
	return kit.Label(d.p(), policy.Verb(action, resource))
}

func (d *desk) actionWords(list []string, resource string) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = d.verbWord(a, resource)
	}
	return d.p().Value(words)
}

// rowsWord says a row rule; all rows where there is none.
func (d *desk) rowsWord(rule string) string {
	if rule == "" {
		return d.p().T("ui.matrix.all_rows")
	}
	return rule
}

// fieldsWord says field rules, the fields of one mode together.
func (d *desk) fieldsWord(rules string) string {
	list, err := policy.ParseFields(rules)
	if err != nil {
		return rules
	}
	fields := map[policy.Mode][]string{}
	for _, r := range list {
		name := "field." + r.Field
		if r.Field == policy.Any {
			name = "ui.matrix.any_field"
		}
		fields[r.Mode] = append(fields[r.Mode], kit.Label(d.p(), name))
	}
	var out []string
	for _, m := range []policy.Mode{policy.Hidden, policy.Masked, policy.ReadOnly} {
		if len(fields[m]) > 0 {
			out = append(out, d.p().T("ui.roles.fields_are", "mode", i18n.W("mode."+m.String()), "fields", d.p().Value(fields[m])))
		}
	}
	return strings.Join(out, "; ")
}

// menuWords says the entries of a role's menu.
func (d *desk) menuWords(menu []string) string {
	if len(menu) == 0 {
		return d.p().T("ui.roles.usual_menu")
	}
	var out []string
	for _, m := range org.ParseMenu(menu) {
		out = append(out, d.entryWord(m))
	}
	return strings.Join(out, "  /  ")
}

// entryWord says an entry of a menu.
func (d *desk) entryWord(m org.MenuEntry) string {
	word := d.p().Or("ui.place."+m.Place, kit.Label(d.p(), "resource."+m.Place))
	if m.Title != "" {
		word = m.Title
	}
	if m.Query != "" {
		word += " (" + m.Place + " " + m.Query + ")"
	}
	return word
}

func (d *desk) holderTable(list []org.Holder) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "name", Name: "field.name", Width: 16, Share: 1, Max: 30}, {Key: "login", Name: "field.login", Width: 16}, {Key: "active", Name: "field.state", Width: 10}},
		Open: func(r kit.Row) kit.Cmd { return kit.Open("accounts/" + kit.ID(r.ID)) }}
	for _, h := range list {
		state := "ui.accounts.active"
		if !h.Active {
			state = "ui.accounts.disabled"
		}
		t.Rows = append(t.Rows, kit.Row{ID: h.ID, Cells: []kit.Cell{{Text: h.Name}, {Text: h.Login, Tone: kit.Muted}, {Text: d.p().T(state)}}})
	}
	return t
}

// copyRole asks for the name of a new role with the rights and the menu of
// another.
func (d *desk) copyRole(r org.Role) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.roles.copy_of", Args: []any{"role", d.roleTitle(r)},
		Fields: []kit.Field{{Name: "name", Required: true, Limit: 32, Help: "org.role_form"}, {Name: "title", Limit: 100}},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				made, err := d.app.Org.CopyRole(ctx, by, r.ID, in.Values.Text("name"), in.Values.Text("title"))
				return kit.Replace(d.role(made.ID)), err
			})(ctx)
		}})
}
