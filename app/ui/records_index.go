package ui

import (
	"context"
	"slices"
	"strings"

	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// recordGroups puts the records into the order in which people look for them.
// A record that is in none of them stands in the last.
var recordGroups = []struct{ name, records string }{
	{"ui.group.sales", "customers follow_ups ownerships daily_acts sources campaigns enrollments documents payments instalments"},
	{"ui.group.teaching", "courses classes contract_templates students lessons study_records homework questions answers"},
	{"ui.group.school", "campuses departments accounts roles permissions account_grants handovers"},
	{"ui.group.other", ""},
}

// groupedRecords names the records that have a place of their own in a group.
func groupedRecords() []string {
	var out []string
	for _, g := range recordGroups {
		out = append(out, strings.Fields(g.records)...)
	}
	return out
}

// groupOf gives a record's place: the group and the place within it.
func groupOf(name string) (group, place int) {
	for i, g := range recordGroups {
		if at := slices.Index(strings.Fields(g.records), name); at >= 0 {
			return i, at
		}
	}
	return len(recordGroups) - 1, 0
}

// listable gives the records that the actor may list, by groups. A student's
// own are in better places.
func (d *desk) listable(by policy.Actor) []string {
	var out []string
	for _, name := range d.app.Engine.Names() {
		if by.Can("list", name) && !onlyOwn(by, name) {
			out = append(out, name)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		ga, pa := groupOf(a)
		gb, pb := groupOf(b)
		return (ga-gb)*1000 + pa - pb
	})
	return out
}

// recordIndex lists every kind of record that the person may list, with how many
// there are: whatever is declared has its place here.
func (d *desk) recordIndex() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.records", Addr: "records",
		Columns: []kit.Column{
			{Key: "group", Name: "ui.records.group", Width: 14, Tone: kit.Muted},
			{Key: "record", Name: "ui.records.record", Width: 18, Share: 1, Max: 34},
			{Key: "count", Name: "ui.records.count", Width: 9, Right: true},
			{Key: "name", Name: "ui.records.name", Width: 18, Drop: 1, Tone: kit.Muted},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.indexPage(ctx, by, q.Query) })(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			name, _ := r.Data.(string)
			return kit.Push(d.listOf(name, ""))
		}})
}

func (d *desk) indexPage(ctx context.Context, by policy.Actor, query string) (kit.Page, error) {
	var page kit.Page
	last := -1
	for i, name := range d.listable(by) {
		label := kit.Label(d.p(), "resource."+name)
		if !strings.Contains(strings.ToLower(label+" "+name), strings.ToLower(strings.TrimSpace(query))) {
			continue
		}
		n, capped, err := d.app.Engine.Count(ctx, by, name, "")
		if err != nil {
			return page, err
		}
		g, _ := groupOf(name)
		heading := ""
		if g != last {
			heading, last = d.p().T(recordGroups[g].name), g
		}
		page.Rows = append(page.Rows, kit.Row{ID: int64(i + 1), Data: name,
			Cells: []kit.Cell{{Text: heading}, {Text: label}, {Text: countText(n, capped)}, {Text: name}}})
	}
	page.Total = len(page.Rows)
	return page, nil
}

// listOf opens the list of a resource at a query: its place in the menu where it
// has one, else the one that follows from its declaration.
func (d *desk) listOf(name, query string) kit.Screen {
	switch name {
	case "customers":
		return d.customers(query)
	case "enrollments":
		return d.enrollments(query)
	case "roles":
		return d.roles(query)
	case "trash":
		return d.trash(query)
	case "questions":
		return d.questions(query)
	case "payments":
		return d.payments(query)
	case "instalments":
		return d.instalments(query)
	case "imports":
		return d.imports()
	}
	for _, p := range places() {
		if query == "" && p.name == name && p.shown(d.actor()) {
			return p.open(d)
		}
	}
	return d.records(name, query)
}

// records is the list of a declared resource that has no screen of its own.
func (d *desk) records(name, query string) kit.Screen {
	return d.recordList(name, query, nil)
}
