package ui

import (
	"context"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// grantSection shows what is granted to one account alone, and denied to it.
func (d *desk) grantSection(ctx context.Context, by policy.Actor, account int64) (kit.Section, error) {
	list, err := d.app.Org.AccountGrants(ctx, by, account)
	s := kit.Section{Name: "ui.grants", Empty: "ui.grants.none"}
	if len(list) == 0 {
		return s, err
	}
	s.Table = &kit.Table{Columns: []kit.Column{
		{Key: "kind", Name: "field.kind", Width: 12}, {Key: "what", Name: "field.action", Width: 20, Share: 2, Max: 40}, {Key: "rows", Name: "field.rows", Width: 14, Share: 1, Max: 40},
		{Key: "fields", Name: "field.fields", Width: 10, Share: 1, Drop: 1, Max: 40}, {Key: "reason", Name: "field.reason", Width: 16, Share: 2, Max: 40}}}
	if d.can("grant", "accounts") == nil {
		s.Table.Open = func(r kit.Row) kit.Cmd { g, _ := r.Data.(org.AccountGrant); return d.ungrant(g) }
	}
	for _, g := range list {
		kind, tone := "cli.explain.single", kit.Good
		if g.Deny {
			kind, tone = "cli.explain.denial", kit.Bad
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: g.ID, Data: g, Cells: []kit.Cell{{Text: d.p().T(kind), Tone: tone},
			{Text: d.recordWord(g.Resource) + ", " + d.verbWord(g.Action, g.Resource)}, {Text: d.rowsWord(g.Rows)}, {Text: d.fieldsWord(g.Fields)}, {Text: g.Reason, Tone: kit.Muted}}})
	}
	return s, nil
}

// grantActions give one account more than its roles do, or less, and say why.
func (d *desk) grantActions(a org.Account) []kit.Action {
	why := d.can("grant", "accounts")
	return []kit.Action{
		{ID: "ui.grants.grant", Keys: []string{"a"}, Weight: 4, WhyNot: why, Run: func() kit.Cmd { return kit.Push(d.grant(a, false)) }},
		{ID: "ui.grants.deny", Keys: []string{"d"}, Weight: 4, WhyNot: why, Run: func() kit.Cmd { return kit.Push(d.grant(a, true)) }},
		{ID: "ui.why", Keys: []string{"w"}, Weight: 5, WhyNot: d.can("view", "roles"), Run: func() kit.Cmd { return kit.Push(d.why(question{account: a})) }},
	}
}

func (d *desk) grant(a org.Account, deny bool) kit.Screen {
	name, intro := "ui.grants.grant_to", "ui.grants.grant_intro"
	if deny {
		name, intro = "ui.grants.deny_to", "ui.grants.deny_intro"
	}
	return kit.NewForm(kit.FormSpec{Name: name, Args: []any{"name", a.Name}, Intro: intro,
		Fields: []kit.Field{
			{Name: "resource", Kind: kit.KindChoice, Required: true, Options: d.resourceOptions(true)},
			{Name: "action", Kind: kit.KindRelation, Required: true, Search: func(ctx context.Context, text string) ([]kit.Option, error) {
				list, err := d.actionSearch(ctx, text)
				return append(list, kit.Option{Value: policy.Any, Label: d.verbWord(policy.Any, ""), Note: policy.Any}), err
			}},
			{Name: "rows", Limit: 500, Help: "ui.grants.rows_help"}, {Name: "fields", Limit: 1000, Help: "ui.grants.fields_help"},
			{Name: "reason", Required: true, Limit: 200},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			v := in.Values
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Org.Grant(ctx, by, org.AccountGrant{Account: a.ID, Deny: deny, Reason: v.Text("reason"),
					Permission: org.Permission{Resource: v.Text("resource"), Action: v.Text("action"), Rows: v.Text("rows"), Fields: v.Text("fields")}})
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.matrix.saved")), err
		}})
}

// ungrant takes a line back, after asking.
func (d *desk) ungrant(g org.AccountGrant) kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "ui.grants.take_back", Body: []any{i18n.W("ui.grants.take_back_ask", "what", d.recordWord(g.Resource)+", "+d.verbWord(g.Action, g.Resource), "reason", g.Reason)},
		Then: func() kit.Cmd {
			return d.act("ungrant", func(ctx context.Context, by policy.Actor) error { return d.app.Org.Ungrant(ctx, by, g.Account, g.ID) }, "ui.matrix.saved")
		}})
}
