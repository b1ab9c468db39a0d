package ui

import (
	"context"
	"maps"
	"slices"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// mergeActions offer to make one customer of two marked ones, and to look for
// those who may be one.
func (d *desk) mergeActions(l *kit.List) []kit.Action {
	if by := d.actor(); by.Account == 0 || !by.Can("merge", "customers") {
		return nil
	}
	var why error
	marked := l.Marked()
	if len(marked) != 2 {
		why = fault.New(fault.Invalid, "ui.merge.mark_two")
	}
	return []kit.Action{
		{ID: "ui.merge.two", Keys: []string{"M"}, Weight: -1, WhyNot: why, Run: func() kit.Cmd {
			l.Unmark()
			return kit.Push(d.merge(min(marked[0], marked[1]), max(marked[0], marked[1])))
		}},
		{ID: "ui.merge.duplicates", Weight: -2, Run: func() kit.Cmd { return kit.Push(d.duplicates()) }},
	}
}

// duplicates lists pairs of customers who may be one.
func (d *desk) duplicates() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.merge.duplicates", Addr: "duplicates", Watch: []string{"customers"}, Empty: "ui.merge.none", NoSearch: true,
		Columns: []kit.Column{
			{Key: "name", Name: "field.name", Width: 12, Share: 1},
			{Key: "kind", Name: "ui.merge.alike", Width: 8},
			{Key: "keep", Name: "ui.merge.keep", Width: 24, Share: 1},
			{Key: "lose", Name: "ui.merge.lose", Width: 24, Share: 1},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.duplicatesPage(ctx, by, q) })(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			p, _ := r.Data.(customer.Pair)
			return kit.Push(d.merge(p.Keep.ID, p.Lose.ID))
		}})
}

// mostPairs is how many pairs the screen shows.
const mostPairs = 200

func (d *desk) duplicatesPage(ctx context.Context, by policy.Actor, _ kit.Request) (kit.Page, error) {
	list, _, err := d.app.Customers.Duplicates(ctx, by, 0, mostPairs)
	page := kit.Page{Total: len(list)}
	for i, p := range list {
		page.Rows = append(page.Rows, kit.Row{ID: int64(i + 1), Data: p, Cells: []kit.Cell{{Text: p.Keep.Name}, {Text: d.p().T("field." + p.Kind)},
			{Text: "#" + kit.ID(p.Keep.ID) + " " + contactsOf(p.Keep)}, {Text: "#" + kit.ID(p.Lose.ID) + " " + contactsOf(p.Lose)}}})
	}
	return page, err
}

// contactsOf are the contacts of a customer in one line.
func contactsOf(c customer.Customer) (text string) {
	for _, kind := range customer.Kinds {
		if s := c.Contact(kind); s != "" {
			text += " " + s
		}
	}
	return text[min(1, len(text)):]
}

// joining is a merge as it is put together on screen.
type joining struct {
	keep, lose int64
	take       map[string]bool // fields of which the other's value stands
}

// merge shows two customers side by side; one key picks the side of a field.
func (d *desk) merge(keep, lose int64) kit.Screen {
	j := &joining{keep: keep, lose: lose, take: map[string]bool{}}
	return kit.NewList(kit.ListSpec{Name: "ui.merge.title", Watch: []string{"customers"}, NoSearch: true,
		Columns: []kit.Column{
			{Key: "field", Name: "ui.merge.field", Width: 14},
			{Key: "keep", Name: "ui.merge.keep", Width: 22, Share: 1},
			{Key: "lose", Name: "ui.merge.lose", Width: 22, Share: 1},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.mergePage(ctx, by, j) })(ctx)
		}),
		Actions: func(l *kit.List) []kit.Action { return d.joiningActions(l, j) },
	})
}

func (d *desk) joiningActions(l *kit.List, j *joining) []kit.Action {
	swap := func() kit.Cmd {
		j.keep, j.lose, j.take = j.lose, j.keep, map[string]bool{}
		return l.Reload()
	}
	side := func(id, key, arrow string, take bool) kit.Action {
		r, _ := l.Current()
		field, _ := r.Data.(string)
		var why error
		if field != "" && !slices.Contains(customer.MergeFields, field) {
			why = fault.New(fault.Invalid, "ui.merge.both")
		}
		return kit.Action{ID: id, Keys: []string{key, arrow}, Weight: 8, WhyNot: why, Run: func() kit.Cmd {
			switch {
			case field == "" && take: // of the numbers: the other one stays
				return swap()
			case field == "":
				return nil
			}
			j.take[field] = take
			return l.Reload()
		}}
	}
	return []kit.Action{
		side("ui.merge.left", "1", "left", false), side("ui.merge.right", "2", "right", true),
		{ID: "ui.merge.swap", Keys: []string{"s"}, Weight: 6, Run: swap},
		{ID: "ui.merge.go", Keys: []string{"ctrl+s"}, Weight: 9, Run: func() kit.Cmd { return d.tryMerge(j) }},
	}
}

// mergePage has a row for each field; what stands is marked.
func (d *desk) mergePage(ctx context.Context, by policy.Actor, j *joining) (page kit.Page, err error) {
	var rows [2]resource.Row
	var fields []resource.Field
	for i, id := range []int64{j.keep, j.lose} {
		if rows[i], fields, err = d.app.Engine.Show(ctx, by, "customers", id); err != nil {
			return page, err
		}
	}
	page.Rows = []kit.Row{{ID: 1, Cells: []kit.Cell{{Text: "#"}, {Text: "#" + kit.ID(j.keep)}, {Text: "#" + kit.ID(j.lose)}}}}
	for _, f := range fields {
		both := slices.Contains([]string{"tags", "courses", "said", "memo"}, f.Name)
		if !both && !slices.Contains(customer.MergeFields, f.Name) {
			continue
		}
		a, b := d.cell(f, rows[0].Values[f.Name]), d.cell(f, rows[1].Values[f.Name])
		if a.Text == "" && b.Text == "" {
			continue
		}
		right := b.Text != "" && (a.Text == "" || j.take[f.Name])
		row := kit.Row{ID: int64(len(page.Rows) + 1), Data: f.Name, Cells: []kit.Cell{{Text: kit.Label(d.p(), "field."+f.Name)},
			mergeSide(a, both && a.Text != "" || !both && !right), mergeSide(b, both && b.Text != "" || !both && right)}}
		page.Rows = append(page.Rows, row)
	}
	page.Total = len(page.Rows)
	return page, nil
}

// mergeSide marks what will stand.
func mergeSide(c kit.Cell, stands bool) kit.Cell {
	if stands {
		return kit.Cell{Text: "> " + c.Text, Tone: kit.Accent}
	}
	return kit.Cell{Text: "  " + c.Text, Tone: kit.Muted}
}

func (j *joining) fields() (list []string) {
	for _, f := range customer.MergeFields {
		if j.take[f] {
			list = append(list, f)
		}
	}
	return list
}

// tryMerge says what the merge would come to, and asks.
func (d *desk) tryMerge(j *joining) kit.Cmd {
	return d.mergeWork(j, true, func(m customer.Merged) kit.Cmd {
		return kit.Show(&kit.Confirm{Name: "ui.merge.title", Body: d.mergedLines(m, j), Yes: "ui.merge.go", Then: func() kit.Cmd {
			return d.mergeWork(j, false, func(m customer.Merged) kit.Cmd {
				return kit.Batch(kit.Replace(d.customer(m.Keep)), kit.Toast(kit.Good, "ui.merge.done", "name", m.Lost, "id", m.Keep))
			})
		}})
	})
}

func (d *desk) mergeWork(j *joining, try bool, then func(customer.Merged) kit.Cmd) kit.Cmd {
	return kit.Work[customer.Merged]{Name: "merge", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (customer.Merged, error) {
			return d.app.Customers.Merge(ctx, by, j.keep, j.lose, j.fields(), try)
		}),
		Then: func(m customer.Merged, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return then(m)
		}}.Cmd()
}

// mergedLines says field by field what changes, and what comes over.
func (d *desk) mergedLines(m customer.Merged, j *joining) []any {
	body := []any{d.p().T("ui.merge.ask", "name", m.Lost, "lose", j.lose, "keep", j.keep)}
	res, _ := d.app.Engine.Get("customers")
	for _, f := range res.Fields {
		if f.Input && m.Was[f.Name] != m.Now[f.Name] {
			body = append(body, kit.Label(d.p(), "field."+f.Name)+": "+orDash(d.saidChange(f, m.Was[f.Name]))+" > "+orDash(d.saidChange(f, m.Now[f.Name])))
		}
	}
	for _, table := range slices.Sorted(maps.Keys(m.Moved)) {
		if i18n.Has("resource." + table) {
			body = append(body, d.p().T("cli.merge.moved", "n", m.Moved[table], "records", i18n.W("resource."+table)))
		}
	}
	return body
}
