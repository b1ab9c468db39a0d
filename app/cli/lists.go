package cli

import (
	"strings"

	"cohort/app/i18n"
	"cohort/app/resource"
)

// listCommands are about the lists that one keeps under a name, and how one
// wants to see a list.
func listCommands() []command {
	return []command{
		{path: "lists list", use: "[RECORDS]", max: 1, may: (*call).person, run: listsList},
		{path: "lists show", use: "RECORDS NAME", min: 2, max: 2, may: (*call).person, run: listsShow},
		{path: "lists save", use: "RECORDS NAME [QUERY…]", min: 2, max: -1, query: true, may: (*call).person, run: listsSave,
			flags:   func(_ *call, f flags) { f.many("columns", "FIELD,…"); f.text("role", "ROLE") },
			example: []string{"lists save customers stale 'last:>30d owner:me sort:last'", "customers list @stale"}},
		{path: "lists rm", use: "RECORDS NAME", min: 2, max: 2, may: (*call).person, run: listsRemove},
		{path: "lists view", use: "RECORDS [FIELD,…]", min: 1, max: -1, may: (*call).person, run: listsView,
			flags:   func(_ *call, f flags) { f.number("page-size", "N", 0); f.flag("reset") },
			example: []string{"lists view customers name,phone,owner,last", "lists view customers --reset"}},
	}
}

// recordsNamed finds the declared resource that a word stands for.
func (c *call) recordsNamed(word string) (*resource.Resource, error) {
	res, ok := c.app.Engine.Get(c.resourceNamed(word))
	if !ok {
		return nil, misuse("list.no_resource", "name", short(word))
	}
	return res, nil
}

func listsList(c *call, in input) error {
	name := ""
	if len(in.args) > 0 {
		res, err := c.recordsNamed(in.args[0])
		if err != nil {
			return err
		}
		name = res.Name
	}
	all, err := c.app.Engine.SavedLists(c.ctx, c.by, name)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(all))
		for _, l := range all {
			out = append(out, savedJSON(l))
		}
		return c.printJSON(out)
	}
	var rows [][]string
	for _, l := range all {
		owner := l.Owner
		if l.Mine {
			owner = c.p.T("cli.lists.mine")
		}
		rows = append(rows, []string{groupName(l.Resource), "@" + l.Name, oneLine(l.Query), owner, l.Role})
	}
	if len(rows) == 0 {
		c.say("cli.lists.none")
		return nil
	}
	table(c.out, c.heads("records", "name", "query", "owner", "role"), rows)
	return nil
}

func savedJSON(l resource.SavedList) object {
	columns := l.Columns
	if columns == nil {
		columns = []string{}
	}
	return object{"id": l.ID, "records": groupName(l.Resource), "name": l.Name, "query": l.Query, "columns": columns, "role": l.Role, "owner": l.Owner, "mine": l.Mine}
}

func (c *call) savedList(in input) (l resource.SavedList, err error) {
	res, err := c.recordsNamed(in.args[0])
	if err != nil {
		return l, err
	}
	return c.app.Engine.SavedList(c.ctx, c.by, res.Name, strings.TrimPrefix(in.args[1], "@"))
}

func listsShow(c *call, in input) error {
	l, err := c.savedList(in)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(savedJSON(l))
	}
	c.text(strings.TrimSpace(groupName(l.Resource) + " list " + l.Query))
	return nil
}

func listsSave(c *call, in input) error {
	res, err := c.recordsNamed(in.args[0])
	if err != nil {
		return err
	}
	return c.saveList(res, in.args[1], queryOf(res, in.args[2:]), in)
}

func (c *call) saveList(res *resource.Resource, name, query string, in input) error {
	l := resource.SavedList{Resource: res.Name, Name: name, Query: query, Role: in.str("role")}
	if in.Changed("columns") {
		var err error
		if l.Columns, err = chosenColumns(res, in.list("columns")); err != nil {
			return err
		}
	}
	id, err := c.app.Engine.SaveList(c.ctx, c.by, l)
	if err != nil {
		return aboutQuery(err)
	}
	name = strings.TrimPrefix(name, "@")
	return c.done(object{"id": id, "name": name}, "cli.lists.saved", "name", name, "records", groupName(res.Name))
}

func listsRemove(c *call, in input) error {
	l, err := c.savedList(in)
	if err != nil {
		return err
	}
	if err := c.app.Engine.DropList(c.ctx, c.by, l.ID); err != nil {
		return err
	}
	return c.done(object{"id": l.ID, "name": l.Name}, "cli.lists.removed", "name", l.Name)
}

// listsView says, or says what shall be, the columns and the page size that one
// wants of a list.
func listsView(c *call, in input) error {
	res, err := c.recordsNamed(in.args[0])
	if err != nil {
		return err
	}
	p, err := c.app.Engine.Prefs(c.ctx, c.by, res.Name)
	if err != nil {
		return err
	}
	changes := len(in.args) > 1 || in.Changed("page-size") || in.yes("reset")
	if in.yes("reset") {
		p = resource.Prefs{}
	}
	if len(in.args) > 1 {
		if p.Columns, err = chosenColumns(res, in.args[1:]); err != nil {
			return err
		}
	}
	if in.Changed("page-size") {
		p.PageSize = int(in.num("page-size"))
	}
	if changes {
		if err := c.app.Engine.SetPrefs(c.ctx, c.by, res.Name, p); err != nil {
			return err
		}
	}
	return c.printPrefs(res, p)
}

func (c *call) printPrefs(res *resource.Resource, p resource.Prefs) error {
	columns := p.Columns
	if len(columns) == 0 {
		columns = res.Columns()
	}
	var size any = p.PageSize
	if p.PageSize == 0 {
		size = i18n.W("cli.lists.auto")
	}
	return c.done(object{"records": groupName(res.Name), "columns": columns, "page_size": p.PageSize}, "cli.lists.view_is",
		"records", groupName(res.Name), "columns", columns, "size", size)
}

// named puts a saved list in the place of its name: "@stale kind:online". Its
// columns come with it.
func (c *call) named(res *resource.Resource, args []string) ([]string, []string, error) {
	var columns []string
	out := make([]string, 0, len(args))
	for _, a := range args {
		name, ok := strings.CutPrefix(a, "@")
		if !ok || name == "" {
			out = append(out, a)
			continue
		}
		l, err := c.app.Engine.SavedList(c.ctx, c.by, res.Name, name)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, l.Query)
		if len(l.Columns) > 0 {
			columns = l.Columns
		}
	}
	return out, columns, nil
}
