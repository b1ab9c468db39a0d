package ui

import (
	"context"
	"strings"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// fewEntries is how much of its history a record's page shows; the whole has a
// screen of its own.
const fewEntries = 20

// historySectionOf shows what happened to a record. An entry opens: what it
// changed can be put back.
func (d *desk) historySectionOf(ctx context.Context, by policy.Actor, name string, id int64, limit int) (kit.Section, error) {
	s := kit.Section{Name: "ui.records.history", Empty: "ui.records.no_history"}
	list, err := d.app.Engine.History(ctx, by, name, id, limit)
	if err != nil {
		return s, err
	}
	for _, x := range list {
		s.Timeline = append(s.Timeline, d.moment(name, id, x))
	}
	return s, nil
}

func (d *desk) moment(name string, id int64, x resource.Entry) kit.Moment {
	head := d.actionWord(x.Action)
	if x.Undid != 0 {
		head = d.p().T("ui.undo.undid")
	}
	who := x.Who
	if x.Account == 0 {
		who = d.p().Or("ui.enroll.person."+x.Login, x.Who)
	}
	return kit.Moment{When: d.p().DateTime(x.At), Who: who, Head: head, Body: d.erasedOr(x.Erased, strings.Join(d.changeLines(name, x.Changes, false), "\n")), Tone: kit.Accent,
		Open: func() kit.Cmd { return d.putBack(name, id, x) }}
}

// history is everything that happened to a record.
func (d *desk) history(name string, id int64) kit.Screen {
	return &recordScreen{resource: name, id: id, Detail: kit.NewDetail(kit.DetailSpec{Name: "ui.records.history", Watch: []string{name},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			s, err := d.historySectionOf(ctx, by, name, id, 1000)
			s.Name = ""
			return kit.DetailPage{Title: d.p().T("ui.records.history"), Sections: []kit.Section{s}}, err
		})})}
}

// historyAction opens the history of a record.
func (d *desk) historyAction(name string, id int64) kit.Action {
	return kit.Action{ID: "ui.records.history", Keys: []string{"H"}, Weight: 1, Run: func() kit.Cmd { return kit.Push(d.history(name, id)) }}
}

// putBack offers to give fields of a record the values that they had before an
// entry of its history.
func (d *desk) putBack(name string, id int64, x resource.Entry) kit.Cmd {
	var options []kit.Option
	res, _ := d.app.Engine.Get(name)
	for _, c := range x.Changes {
		f, ok := res.Field(c.Field)
		if ok && f.Input && !f.AddOnly && x.Action != "add" {
			options = append(options, kit.Option{Value: c.Field, Label: kit.Label(d.p(), "field."+c.Field) + ": " + orDash(d.saidChange(f, c.Old))})
		}
	}
	if len(options) == 0 || !d.hasForm(name) {
		return kit.Say("ui.records.history", d.entryText(name, x)...)
	}
	return kit.Show(&kit.Picker{Name: "ui.records.put_back", Many: true, Options: options, Chosen: options, Then: func(list []kit.Option) kit.Cmd {
		var fields []string
		for _, o := range list {
			fields = append(fields, o.Value)
		}
		if len(fields) == 0 {
			return nil
		}
		return d.act("put_back", func(ctx context.Context, by policy.Actor) error {
			return d.app.Engine.PutBack(ctx, by, name, id, x.ID, fields...)
		}, "ui.records.was_put_back")
	}})
}

func (d *desk) entryText(name string, x resource.Entry) []any {
	body := []any{d.p().DateTime(x.At) + "  " + x.Who + "  " + d.actionWord(x.Action)}
	if text := d.erasedOr(x.Erased, strings.Join(d.changeLines(name, x.Changes, false), "\n")); text != "" {
		body = append(body, text)
	}
	return body
}

// erasedOr says instead of an entry's values that an erasure took them away, where one did.
func (d *desk) erasedOr(erasure int64, values string) string {
	if erasure == 0 {
		return values
	}
	return d.p().T("audit.erased", "entry", erasure)
}

// changeLines says changes, a field to a line: "price: 100 > 200", the other way
// round where they are to be taken back.
func (d *desk) changeLines(name string, changes []audit.Change, back bool) []string {
	var out []string
	for _, c := range changes {
		old, new := d.saidOf(name, c.Field, c.Old), d.saidOf(name, c.Field, c.New)
		if back {
			old, new = new, old
		}
		text := orDash(old) + " > " + orDash(new)
		if old == "" && !back {
			text = new
		}
		out = append(out, kit.Label(d.p(), "field."+c.Field)+": "+text)
	}
	return out
}

// saidOf is saidChange by the names of record and field.
func (d *desk) saidOf(name, field, text string) string {
	f := resource.Field{Name: field}
	if res, ok := d.app.Engine.Get(name); ok {
		if known, ok := res.Field(field); ok {
			f = known
		}
	}
	return d.saidChange(f, text)
}

// saidChange says a value as the audit trail keeps it: as it would be typed.
func (d *desk) saidChange(f resource.Field, text string) string {
	switch {
	case text == "":
		return ""
	case f.Kind == resource.Choice:
		return f.ChoiceLabel(d.p(), text)
	case f.Ref == "sources":
		return d.p().Or("choice.source."+text, text)
	case f.Kind == resource.Bool && (text == "yes" || text == "no"):
		return d.p().T(text)
	case f.Kind == resource.Money:
		if fen, ok := resource.ParseMoney(text); ok {
			return d.p().Money(fen)
		}
	case f.Kind == resource.LongText:
		return firstLine(text)
	}
	return text
}

// firstLine shortens a long text to how it begins.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > 60 {
		line, rest = string(r[:60]), "more"
	}
	if rest != "" {
		line += " ..."
	}
	return line
}
