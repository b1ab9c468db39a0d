package cli

import (
	"strings"

	"cohort/app/clean"
	"cohort/app/customer"
)

func customerHistory(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	list, err := c.app.Customers.History(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, e := range list {
			out = append(out, eventJSON(e))
		}
		return c.printJSON(out)
	}
	var rows [][]string
	for _, e := range list {
		entry := ""
		if e.Entry != 0 {
			entry = c.p.Value(e.Entry)
		}
		rows = append(rows, []string{c.p.DateTime(e.At), e.Who, c.p.Or("history."+e.Kind, e.Kind), entry, c.eventText(e)})
	}
	table(c.out, c.heads("at", "who", "what", "entry", "note"), rows)
	return nil
}

func eventJSON(e customer.Event) object {
	out := object{"kind": e.Kind, "at": stamp(e.At), "who": e.Who}
	if e.ID != 0 {
		out["id"] = e.ID
	}
	if e.Entry != 0 {
		out["entry"] = e.Entry
	}
	for name, v := range map[string]string{"channel": e.Channel, "note": e.Note, "intention": e.Intention, "next": e.Next, "class": e.Class, "state": e.State} {
		if v != "" {
			out[name] = v
		}
	}
	if e.NoAnswer {
		out["no_answer"] = true
	}
	if len(e.Changes) > 0 {
		out["changes"] = e.Changes
	}
	if e.Erased != 0 {
		out["erased_by"] = e.Erased
	}
	return out
}

// eventText says in one line what happened.
func (c *call) eventText(e customer.Event) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(c.choiceOf("channel", e.Channel))
	add(e.Class)
	add(c.choiceOf("state", e.State))
	add(clean.Line(e.Note))
	if e.NoAnswer {
		add(c.p.T("field.no_answer"))
	} else {
		add(c.choiceOf("intention", e.Intention))
	}
	for _, ch := range e.Changes {
		add(c.p.Or("field."+ch.Field, ch.Field) + " " + orDash(ch.Old) + " → " + orDash(ch.New))
	}
	if e.Erased != 0 {
		add(c.p.T("audit.erased", "entry", e.Erased))
	}
	return cut(strings.Join(parts, " · "), 120)
}

func (c *call) choiceOf(field, value string) string {
	if value == "" {
		return ""
	}
	return c.p.Or("choice."+field+"."+value, value)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return oneLine(s)
}
