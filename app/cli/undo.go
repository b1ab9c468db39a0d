package cli

import (
	"strings"

	"cohort/app/i18n"
	"cohort/app/resource"
)

// historyCommand tells what happened to one record.
func historyCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "history", refUse(res))
	cmd.min, cmd.max, cmd.may = 1, 1, right("view", res.Name)
	cmd.flags = func(_ *call, f flags) { f.number("limit", "N", presetLimit) }
	cmd.run = func(c *call, in input) error {
		id, err := c.ref(res.Name, in.args[0])
		if err != nil {
			return err
		}
		list, err := c.app.Engine.History(c.ctx, c.by, res.Name, id, int(in.num("limit")))
		if err != nil {
			return err
		}
		return c.printActs(list, false)
	}
	return cmd
}

// putBackCommand gives fields the values they had before an entry.
func putBackCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "put-back", refUse(res)+" ENTRY [FIELD…]")
	cmd.min, cmd.max, cmd.may = 2, -1, right("change", res.Name)
	cmd.run = func(c *call, in input) error {
		id, err := c.ref(res.Name, in.args[0])
		if err != nil {
			return err
		}
		entry, err := parseID(in.args[1])
		if err != nil {
			return err
		}
		if err := c.app.Engine.PutBack(c.ctx, c.by, res.Name, id, entry, in.args[2:]...); err != nil {
			return err
		}
		return c.done(object{"id": id, "entry": entry}, "cli.put_back_done", "record", i18n.W("one."+res.Name), "id", id)
	}
	return cmd
}

// undoCommands take back what one did oneself.
func undoCommands() []command {
	return []command{
		{path: "undo list", may: (*call).person, run: undoList},
		{path: "undo", use: "[ENTRY [FIELD…]]", max: -1, may: (*call).person, run: undo, example: []string{"undo", "undo 4711 price"}},
		{path: "trash restore", use: "ID…", min: 1, max: -1, may: (*call).person, run: trashRestore, example: []string{"trash restore 3"}},
		{path: "trash purge", use: "ID…", min: 1, max: -1, may: right("purge", "trash"), run: trashPurge},
	}
}

func undoList(c *call, _ input) error {
	list, err := c.app.Engine.Undoable(c.ctx, c.by)
	if err != nil {
		return err
	}
	return c.printActs(list, true)
}

func undo(c *call, in input) error {
	var entry int64
	var fields []string
	if len(in.args) > 0 {
		var err error
		if entry, err = parseID(in.args[0]); err != nil {
			return err
		}
		fields = in.args[1:]
	}
	list, err := c.app.Engine.Undoable(c.ctx, c.by)
	if err != nil {
		return err
	}
	if err := c.app.Engine.Undo(c.ctx, c.by, entry, fields...); err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == entry || entry == 0 {
			return c.done(entryJSON(c, x), "cli.undo_done", "action", c.actWord(x.Action), "record", i18n.W("one."+x.Resource), "title", x.Title)
		}
	}
	return c.done(object{"entry": entry}, "cli.undo_done_entry", "entry", entry)
}

// printActs prints acts, the newest first; with their records where they are
// of several.
func (c *call) printActs(list []resource.Entry, several bool) error {
	if c.json {
		out := make([]object, 0, len(list))
		for _, x := range list {
			out = append(out, entryJSON(c, x))
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.no_entries")
		return nil
	}
	var rows [][]string
	for _, x := range list {
		row := []string{c.p.Value(x.ID), c.p.DateTime(x.At), x.Who, c.actWord(x.Action)}
		if several {
			row = append(row, c.p.T("one."+x.Resource)+" "+oneLine(x.Title))
		}
		rows = append(rows, append(row, c.changesText(x)))
	}
	heads := []string{"entry", "at", "who", "what", "note"}
	if several {
		heads = []string{"entry", "at", "who", "what", "record", "note"}
	}
	table(c.out, c.heads(heads...), rows)
	return nil
}

func (c *call) actWord(action string) string {
	return c.p.Or("history."+action, c.p.Or("action."+action, action))
}

// changesText says what an act changed, or why it cannot be undone.
func (c *call) changesText(x resource.Entry) string {
	if x.Why != nil {
		return c.reason(x.Why)
	}
	var parts []string
	if x.Undid != 0 {
		parts = append(parts, c.p.T("cli.undid", "entry", x.Undid))
	}
	for _, ch := range x.Changes {
		parts = append(parts, c.p.Or("field."+ch.Field, ch.Field)+" "+orDash(c.choiceText(ch.Field, ch.Old))+" → "+orDash(c.choiceText(ch.Field, ch.New)))
	}
	if x.Erased != 0 {
		parts = append(parts, c.p.T("audit.erased", "entry", x.Erased))
	}
	return cut(strings.Join(parts, " · "), 120)
}

func (c *call) choiceText(field, value string) string {
	if value == "" {
		return ""
	}
	return c.p.Or("choice."+field+"."+value, value)
}

func entryJSON(c *call, x resource.Entry) object {
	out := object{"entry": x.ID, "at": stamp(x.At), "login": x.Login, "who": x.Who, "action": x.Action, "resource": x.Resource, "id": x.Record, "changes": x.Changes}
	if x.Changes == nil {
		out["changes"] = []string{}
	}
	if x.Title != "" {
		out["title"] = x.Title
	}
	if x.Erased != 0 {
		out["erased_by"] = x.Erased
	}
	if x.Undid != 0 {
		out["undid"] = x.Undid
	}
	if x.Why != nil {
		out["why_not"] = c.reason(x.Why)
	}
	return out
}

func trashRestore(c *call, in input) error {
	return c.everyTrash(in, "restore", func(id int64) error { return c.app.Engine.Restore(c.ctx, c.by, id) })
}

func trashPurge(c *call, in input) error {
	return c.everyTrash(in, "purge", func(id int64) error { return c.app.Engine.Purge(c.ctx, c.by, id) })
}

// everyTrash does something with every place in the trash that is named.
func (c *call) everyTrash(in input, action string, do func(id int64) error) error {
	var ids []int64
	for _, text := range in.args {
		id, err := parseID(text)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	var list []resource.Result
	for _, id := range ids {
		title := "trash/" + c.p.Value(id)
		list = append(list, resource.Result{ID: id, Title: title, Err: do(id)})
	}
	if len(list) == 1 && list[0].Err != nil {
		return list[0].Err
	}
	return c.results(list, "cli.did", "action."+action, len(ids))
}
