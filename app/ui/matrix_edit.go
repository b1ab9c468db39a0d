package ui

import (
	"context"
	"slices"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// toggle grants the action under the mark on all rows, or takes it away.
func (m *matrixScreen) toggle() kit.Cmd {
	if m.slot == more {
		return m.open()
	}
	return m.flip(m.action())
}

func (m *matrixScreen) flip(action string) kit.Cmd {
	x := m.draft()
	c := org.CellOf(x.next, m.record(), action)
	switch {
	case len(c.Own) > 0:
		x.next = slices.DeleteFunc(slices.Clone(x.next), func(p org.Permission) bool { return p.Resource == m.record() && p.Action == action })
	case len(c.Wider) > 0:
		w := c.Wider[0]
		return kit.Fail(fault.New(fault.Conflict, "ui.matrix.wider", "action", m.d.verbWord(w.Action, w.Resource), "resource", m.d.recordWord(w.Resource)))
	default:
		x.next = append(slices.Clone(x.next), org.Permission{Resource: m.record(), Action: action})
	}
	return nil
}

// all grants everything with the record, or takes that line away.
func (m *matrixScreen) all() kit.Cmd { return m.flip(policy.Any) }

// reset drops the draft of the role under the mark.
func (m *matrixScreen) reset() kit.Cmd {
	x := m.draft()
	x.next = x.Permissions
	return nil
}

// open edits the rules of the action under the mark, line by line.
func (m *matrixScreen) open() kit.Cmd {
	if m.slot < more {
		return m.lines(m.action())
	}
	var options []kit.Option
	for _, a := range m.ownVerbs(m.record()) {
		note := ""
		if c := org.CellOf(m.draft().next, m.record(), a); c.Any() {
			note = strings.Join(m.rulesOf(c), "; ")
		}
		options = append(options, kit.Option{Value: a, Label: m.d.verbWord(a, m.record()), Note: note})
	}
	if len(options) == 0 {
		return kit.Toast(kit.Warn, "ui.matrix.no_verbs")
	}
	return kit.Choose("ui.matrix.own_verbs", options, func(o kit.Option) kit.Cmd { return m.lines(o.Value) })
}

// lines chooses among several lines of one action, or begins a new one.
func (m *matrixScreen) lines(action string) kit.Cmd {
	own := org.CellOf(m.draft().next, m.record(), action).Own
	if len(own) == 0 {
		return kit.Push(m.edit(org.Permission{Resource: m.record(), Action: action}, true))
	}
	options := []kit.Option{}
	for i, p := range own {
		options = append(options, kit.Option{Value: kit.ID(int64(i)), Label: m.d.rowsWord(p.Rows), Note: m.d.fieldsWord(p.Fields)})
	}
	options = append(options, kit.Option{Value: "new", Label: m.d.p().T("ui.matrix.new_line")}, kit.Option{Value: "none", Label: m.d.p().T("ui.matrix.take_away")})
	return kit.Choose("ui.matrix.which", options, func(o kit.Option) kit.Cmd {
		switch o.Value {
		case "new":
			return kit.Push(m.edit(org.Permission{Resource: m.record(), Action: action}, true))
		case "none":
			return m.flip(action)
		}
		return kit.Push(m.edit(own[slices.IndexFunc(options, func(x kit.Option) bool { return x.Value == o.Value })], false))
	})
}

// edit is the form of one line: a choice for each field that a row rule may
// name, and the fields that are shown less of.
func (m *matrixScreen) edit(p org.Permission, adding bool) kit.Screen {
	known, _ := m.d.app.Engine.Known(p.Resource)
	rows, _ := policy.ParseRows(p.Rows)
	rules, _ := policy.ParseFields(p.Fields)
	var fields []kit.Field
	for _, name := range known.RowNames() {
		f := kit.Field{Name: "row_" + name, Label: "field." + name, Kind: kit.KindSeveral, Search: valueSearch(known, name)}
		for _, c := range rows {
			if c.Field == name {
				f.Value.Chosen = append(f.Value.Chosen, options(c.Values)...)
			}
		}
		fields = append(fields, f)
	}
	for _, mode := range []policy.Mode{policy.ReadOnly, policy.Masked, policy.Hidden} {
		f := kit.Field{Name: "mode_" + mode.String(), Label: "ui.matrix." + mode.String(), Kind: kit.KindSeveral, Options: m.fieldOptions(known)}
		for _, r := range rules {
			if r.Mode == mode {
				f.Value.Chosen = append(f.Value.Chosen, m.fieldOption(r.Field))
			}
		}
		fields = append(fields, f)
	}
	role, at := m.draft().ID, p
	return kit.NewForm(kit.FormSpec{Name: "ui.matrix.line", Args: []any{"role", m.d.roleTitle(m.draft().Role), "action", m.d.verbWord(p.Action, p.Resource), "resource", m.d.recordWord(p.Resource)},
		Intro: "ui.matrix.line_intro", Fields: fields, SaveID: "ui.matrix.take",
		Save: func(_ context.Context, in kit.Submit) (kit.Cmd, error) {
			next := at
			next.ID, next.Rows, next.Fields = 0, rowsOf(known, in.Values), modesOf(in.Values)
			g := policy.Grant{Resource: next.Resource, Action: next.Action}
			g.Rows, _ = policy.ParseRows(next.Rows)
			if err := known.Check(g); err != nil {
				return nil, err
			}
			return kit.Close(kit.Later(func() kit.Cmd { return m.put(role, at, next, adding) })), nil
		}})
}

// put takes a line into the draft of a role, in place of the one it was.
func (m *matrixScreen) put(role int64, was, next org.Permission, adding bool) kit.Cmd {
	i := slices.IndexFunc(m.pages, func(x draft) bool { return x.ID == role })
	if i < 0 {
		return nil
	}
	x := &m.pages[i]
	x.next = slices.DeleteFunc(slices.Clone(x.next), func(p org.Permission) bool {
		same := p.Resource == next.Resource && p.Action == next.Action
		return same && (p.Rows == next.Rows || !adding && p.Rows == was.Rows)
	})
	x.next = append(x.next, next)
	return kit.Toast(kit.Good, "ui.matrix.taken")
}

func options(values []string) (out []kit.Option) {
	for _, v := range values {
		out = append(out, kit.Option{Value: v, Label: v})
	}
	return out
}

// valueSearch offers the values of a row-rule field: those it has few of, the
// dollar values, and what was typed.
func valueSearch(known policy.Known, name string) func(context.Context, string) ([]kit.Option, error) {
	values := slices.Clone(known.Values[name])
	if len(values) == 0 && !known.Rows[name].Text {
		values = slices.Clone(policy.Dollars)
	}
	return func(_ context.Context, text string) ([]kit.Option, error) {
		list := options(values)
		typed := strings.Join(strings.Fields(text), "")
		if typed != "" && !slices.Contains(values, typed) && len(known.Values[name]) == 0 && !strings.ContainsAny(typed, "|=") {
			list = append(list, kit.Option{Value: typed, Label: typed})
		}
		return kit.Fuzzy(text, list), nil
	}
}

func (m *matrixScreen) fieldOption(name string) kit.Option {
	if name == policy.Any {
		return kit.Option{Value: name, Label: m.d.p().T("ui.matrix.any_field")}
	}
	return kit.Option{Value: name, Label: m.d.p().Or("field."+name, name), Note: name}
}

func (m *matrixScreen) fieldOptions(known policy.Known) (out []kit.Option) {
	for _, f := range append(slices.Clone(known.Fields), policy.Any) {
		out = append(out, m.fieldOption(f))
	}
	return out
}

// rowsOf reads the row rule out of the form.
func rowsOf(known policy.Known, v kit.Values) string {
	var rows []policy.Cond
	for _, name := range known.RowNames() {
		if list := v.List("row_" + name); len(list) > 0 {
			rows = append(rows, policy.Cond{Field: name, Values: list})
		}
	}
	return policy.FormatRows(rows)
}

// modesOf reads the field rules out of the form.
func modesOf(v kit.Values) string {
	var rules []policy.FieldRule
	for _, mode := range []policy.Mode{policy.Hidden, policy.Masked, policy.ReadOnly} {
		for _, f := range v.List("mode_" + mode.String()) {
			rules = append(rules, policy.FieldRule{Field: f, Mode: mode})
		}
	}
	return policy.FormatFields(rules)
}

// preview says what the drafts would add and take; with save, it asks whether to
// go on.
func (m *matrixScreen) preview(save bool) kit.Cmd {
	var list []draft
	for _, x := range m.pages {
		if x.changed() {
			list = append(list, x)
		}
	}
	return kit.Work[[]org.Diff]{Name: "diff", Label: "kit.loading",
		Do: asks(m.d, func(ctx context.Context, by policy.Actor) (out []org.Diff, err error) {
			for _, x := range list {
				diff, err := m.d.app.Org.Diff(ctx, by, x.ID, x.next)
				if err != nil {
					return nil, err
				}
				out = append(out, diff)
			}
			return out, nil
		}),
		Then: func(diffs []org.Diff, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			body := []any{strings.Join(m.d.diffLines(diffs), "\n")}
			if !save {
				return kit.Say("ui.matrix.diff", body...)
			}
			return kit.Show(&kit.Confirm{Name: "ui.matrix.save_ask", Body: append(body, i18n.W("ui.matrix.at_once")), Then: func() kit.Cmd { return m.save(list) }})
		}}.Cmd()
}

// save writes the drafts. Where somebody was faster, his changes come in and are
// merged, and one saves again.
func (m *matrixScreen) save(list []draft) kit.Cmd {
	return kit.Do("matrix", does(m.d, func(ctx context.Context, by policy.Actor) error {
		for _, x := range list {
			if _, err := m.d.app.Org.ChangeRole(ctx, by, x.ID, x.Version, org.RoleChange{Permissions: &x.next}); err != nil {
				return err
			}
		}
		return nil
	}), func(err error) kit.Cmd {
		switch {
		case err == nil:
			return kit.Batch(m.saved(list), kit.Toast(kit.Good, "ui.matrix.saved"))
		case fault.Of(err) == fault.Stale:
			return kit.Batch(m.load(), kit.Toast(kit.Warn, "ui.matrix.stale"))
		}
		return kit.Batch(m.load(), kit.Fail(err))
	})
}

// saved makes what was saved the ground that later changes stand on.
func (m *matrixScreen) saved(list []draft) kit.Cmd {
	for i, x := range m.pages {
		for _, s := range list {
			if s.ID == x.ID {
				m.pages[i].Permissions = x.next
			}
		}
	}
	return m.load()
}
