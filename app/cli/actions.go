package cli

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
)

// chosen are the records that a command is about: named one by one, or all that
// a query finds.
type chosen struct {
	ids   []int64
	query bool
}

// whereFlags choose records by a query instead of by their names.
func whereFlags(f flags) {
	f.text("where", "QUERY")
	f.flag("dry-run")
	f.flag("yes")
}

// choose finds the records that are meant. Behind --where every word is part of
// the query: ssh takes the quotes off.
func (c *call) choose(res *resource.Resource, in input, names []string) (x chosen, err error) {
	if in.Changed("where") {
		x.query = true
		q := queryOf(res, append([]string{in.str("where")}, names...))
		x.ids, err = c.app.Engine.IDs(c.ctx, c.by, res.Name, q, 0)
		return x, aboutQuery(err)
	}
	if len(names) == 0 {
		return x, misuse("cli.no_records")
	}
	for _, n := range names {
		id, err := c.ref(res.Name, n)
		if err != nil {
			return x, err
		}
		if !slices.Contains(x.ids, id) {
			x.ids = append(x.ids, id)
		}
	}
	return x, nil
}

// each does an action with the chosen records, or rehearses it, and prints what
// became of every row.
func (c *call) each(res *resource.Resource, action string, x chosen, args map[string]string, in input) error {
	if err := c.app.Engine.CheckArgs(c.ctx, c.by, res.Name, action, args); err != nil {
		return err
	}
	if in.yes("dry-run") {
		list, err := c.app.Engine.Rehearse(c.ctx, c.by, res.Name, action, x.ids, args)
		if err != nil {
			return err
		}
		return c.results(list, "cli.would_do", policy.Verb(action, res.Name), len(x.ids))
	}
	list := c.app.Engine.Each(c.ctx, c.by, res.Name, action, x.ids, args, nil)
	return c.results(list, "cli.did", policy.Verb(action, res.Name), len(x.ids))
}

// results prints a line for each row. One refused row makes the command fail.
func (c *call) results(list []resource.Result, key, verb string, total int) error {
	refused := 0
	out := make([]object, 0, len(list))
	var rows [][]string
	for _, r := range list {
		row := object{"id": r.ID, "title": r.Title, "ok": r.Err == nil}
		state, why := c.p.T("cli.row.ok"), ""
		if r.Err != nil {
			refused++
			state, why = c.p.T("cli.row.refused"), c.reason(r.Err)
			row["error"] = why
		}
		out = append(out, row)
		rows = append(rows, []string{"#" + c.p.Value(r.ID), oneLine(r.Title), state, why})
	}
	if c.json {
		if err := c.printJSON(out); err != nil {
			return err
		}
	} else {
		table(c.out, c.heads("id", "title", "state", "reason"), rows)
		c.say(key, "action", i18n.W(verb), "done", len(list)-refused, "n", total)
		if len(list) < total {
			c.say("cli.rehearsed_part", "n", len(list))
		}
	}
	if refused > 0 {
		return fault.New(fault.Conflict, "cli.some_refused", "refused", refused, "n", len(list))
	}
	return nil
}

func deleteCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "delete", refUse(res)+"… | --where QUERY")
	cmd.max, cmd.may = -1, right("delete", res.Name)
	cmd.flags = func(_ *call, f flags) {
		whereFlags(f)
		f.number("version", "N", 0)
	}
	cmd.run = func(c *call, in input) error {
		x, err := c.choose(res, in, in.args)
		if err != nil {
			return err
		}
		switch {
		case in.yes("dry-run") || x.query && !in.yes("yes"):
			return c.deletePreview(res, x, in.yes("dry-run"))
		case len(x.ids) == 1 && !x.query:
			if err := c.app.Engine.Delete(c.ctx, c.by, res.Name, x.ids[0], in.num("version")); err != nil {
				return err
			}
			return c.done(object{"id": x.ids[0]}, "cli.deleted", "record", i18n.W("one."+res.Name), "id", x.ids[0])
		}
		return c.each(res, "delete", x, nil, in)
	}
	return cmd
}

// deletePreview says what a deletion would take. Where a query chose the rows
// and nobody has said --yes, that is all there is.
func (c *call) deletePreview(res *resource.Resource, x chosen, asked bool) error {
	p, err := c.app.Engine.DeletePreview(c.ctx, c.by, res.Name, x.ids)
	if err != nil {
		return err
	}
	if c.json {
		err = c.printJSON(previewJSON(c, p))
	} else {
		c.printPreview(p)
	}
	if err == nil && !asked {
		err = misuse("cli.say_yes")
	}
	return err
}

func previewJSON(c *call, p resource.Preview) object {
	with := []object{}
	for _, w := range p.With {
		with = append(with, object{"resource": w.Resource, "count": w.Count, "titles": w.Titles})
	}
	refused := []object{}
	for _, r := range p.Refused {
		refused = append(refused, object{"id": r.ID, "title": r.Title, "error": c.reason(r.Err)})
	}
	return object{"records": object{"resource": p.Records.Resource, "count": p.Records.Count, "titles": p.Records.Titles}, "with": with, "refused": refused}
}

func (c *call) printPreview(p resource.Preview) {
	for _, part := range append([]resource.Part{p.Records}, p.With...) {
		text := c.p.T("record.counted", "n", part.Count, "records", i18n.W("resource."+part.Resource))
		if len(part.Titles) > 0 {
			text += ": " + strings.Join(part.Titles, ", ")
			if part.Count > len(part.Titles) {
				text += " .."
			}
		}
		c.say("cli.would_go", "what", cut(text, 200))
	}
	for _, r := range p.Refused {
		c.say("cli.would_stay", "title", r.Title, "id", r.ID, "why", c.reason(r.Err))
	}
}

// doCommand does any action of a record with some of them.
func doCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "do", "ACTION "+refUse(res)+"… | --where QUERY")
	cmd.min, cmd.max = 1, -1
	cmd.may = func(c *call) error {
		if len(c.app.Engine.Actions(c.by, res.Name)) == 0 {
			return right("change", res.Name)(c)
		}
		return nil
	}
	cmd.flags = func(c *call, f flags) {
		whereFlags(f)
		f.fields(c, argsOf(c, res))
	}
	cmd.long = func(c *call) string {
		var names []string
		for _, a := range c.app.Engine.Actions(c.by, res.Name) {
			names = append(names, a.Name+" ("+c.p.T(policy.Verb(a.Name, res.Name))+")")
		}
		return c.p.T("cli.actions", "actions", names)
	}
	cmd.run = func(c *call, in input) error { return c.do(res, in) }
	return cmd
}

// argsOf lists the arguments of all actions of a record, each name once.
func argsOf(c *call, res *resource.Resource) (list []resource.Field) {
	for _, a := range c.app.Engine.Actions(c.by, res.Name) {
		for _, f := range a.Args {
			if !slices.ContainsFunc(list, func(x resource.Field) bool { return x.FlagName() == f.FlagName() }) {
				list = append(list, f)
			}
		}
	}
	return list
}

func (c *call) do(res *resource.Resource, in input) error {
	a, ok := c.app.Engine.Action(res.Name, in.args[0])
	if !ok {
		return misuse("record.no_action", "action", short(in.args[0]))
	}
	x, err := c.choose(res, in, in.args[1:])
	if err != nil {
		return err
	}
	if a.Danger && x.query && !in.yes("yes") && !in.yes("dry-run") {
		return misuse("cli.say_yes_to", "n", len(x.ids), "records", i18n.W("resource."+res.Name))
	}
	return c.each(res, a.Name, x, given(in, argsOf(c, res)), in)
}

// reason says in one line why a row was refused.
func (c *call) reason(err error) string { return clean.Line(c.p.Error(c.app.Explain(c.ctx, err))) }

// cut keeps a line within some cells.
func cut(s string, cells int) string { return ansi.Truncate(clean.Line(s), cells, "..") }
