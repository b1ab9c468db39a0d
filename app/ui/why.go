package ui

import (
	"context"
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// question is what "why?" is asked about; what is empty is asked for.
type question struct {
	account          org.Account
	action, resource string
}

// why asks whose right to what is to be explained.
func (d *desk) why(q question) kit.Screen {
	account := kit.Value{}
	if q.account.ID != 0 {
		account = kit.Value{Text: kit.ID(q.account.ID), Label: q.account.Name}
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.why", Intro: "ui.why.intro", SaveID: "ui.why.ask",
		Fields: []kit.Field{
			{Name: "account", Label: "one.accounts", Kind: kit.KindRelation, Required: true, Search: d.pick("accounts", false), Value: account},
			{Name: "resource", Kind: kit.KindChoice, Required: true, Options: d.resourceOptions(false), Value: kit.Value{Text: plainName(q.resource)}},
			{Name: "action", Kind: kit.KindRelation, Required: true, Search: d.actionSearch, Value: d.actionValue(plainName(q.action))},
			{Name: "record", Label: "ui.why.record", Limit: 20, Help: "ui.why.record_help"},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			v := in.Values
			return kit.Push(d.because(v.Int("account"), v.Text("action"), v.Text("resource"), v.Int("record"))), nil
		}})
}

// plainName leaves "*" out: one asks about something.
func plainName(s string) string {
	if s == policy.Any {
		return ""
	}
	return s
}

// resourceOptions offers the records; with any, all of them together too.
func (d *desk) resourceOptions(any bool) (out []kit.Option) {
	for _, name := range d.recordOrder() {
		out = append(out, kit.Option{Value: name, Label: d.recordWord(name), Note: name})
	}
	if any {
		out = append(out, kit.Option{Value: policy.Any, Label: d.recordWord(policy.Any), Note: policy.Any})
	}
	return out
}

func (d *desk) actionValue(action string) kit.Value {
	if action == "" {
		return kit.Value{}
	}
	return kit.Value{Text: action, Label: d.verbWord(action, "")}
}

// actionSearch offers the actions of all records.
func (d *desk) actionSearch(_ context.Context, text string) ([]kit.Option, error) {
	known, _ := d.app.Engine.Known(policy.Any)
	var list []kit.Option
	for _, a := range known.Actions {
		list = append(list, kit.Option{Value: a, Label: d.verbWord(a, ""), Note: a})
	}
	return kit.Fuzzy(text, list), nil
}

// because is the answer: whether it is allowed, by what, and with which fields.
func (d *desk) because(account int64, action, resource string, id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.why", Watch: []string{"policy", "roles", "accounts"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			w, err := d.app.Org.Explain(ctx, by, account, action, resource, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: d.p().T("ui.why"), Sections: d.whySections(w)}, nil
		})})
}

func (d *desk) whySections(w org.Why) []kit.Section {
	what := i18n.W("policy.on", "action", i18n.W(policy.Verb(w.Action, w.Resource)), "resource", i18n.W("resource."+w.Resource))
	list := []kit.Section{{Text: d.p().T(verdict(w), "who", w.Account.Name, "what", what)}}
	if t := d.grantTable(w); len(t.Rows) > 0 {
		list = append(list, kit.Section{Name: "ui.why.rules", Table: t})
	}
	if len(w.Fields) > 0 {
		var pairs []kit.Pair
		for _, f := range w.Fields {
			pairs = append(pairs, kit.Pair{Name: "field." + f.Field, Value: d.p().T("mode." + f.Mode.String()), Tone: kit.Warn})
		}
		list = append(list, kit.Section{Name: "ui.why.fields", Pairs: pairs})
	}
	return list
}

// verdict is the key of the sentence that says how it comes out.
func verdict(w org.Why) string {
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

// grantTable lists denials first: they decide.
func (d *desk) grantTable(w org.Why) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "from", Name: "field.role", Width: 14, Max: 24, Share: 1}, {Key: "action", Name: "field.action", Width: 12}, {Key: "rows", Name: "field.rows", Width: 18, Share: 2, Max: 50},
		{Key: "fields", Name: "field.fields", Width: 14, Share: 2, Max: 60}, {Key: "reason", Name: "field.reason", Width: 12, Share: 1, Drop: 1, Max: 40}}}
	for _, list := range [2][]policy.Grant{w.Denials, w.Grants} {
		for _, g := range list {
			from, tone := d.p().Or("role."+g.Role, g.Role), kit.Plain
			switch {
			case g.Deny:
				from, tone = d.p().T("cli.explain.denial"), kit.Bad
			case g.Role == "":
				from = d.p().T("cli.explain.single")
			}
			t.Rows = append(t.Rows, kit.Row{ID: int64(len(t.Rows) + 1), Cells: []kit.Cell{{Text: from, Tone: tone}, {Text: d.verbWord(g.Action, g.Resource)},
				{Text: d.rowsWord(policy.FormatRows(g.Rows))}, {Text: d.fieldsWord(policy.FormatFields(g.Fields))}, {Text: strings.TrimSpace(g.Reason), Tone: kit.Muted}}})
		}
	}
	return t
}
