package ui

import (
	"context"
	"slices"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/report"
	"cohort/app/ui/kit"
)

// reports lists the questions that the person may ask.
func (d *desk) reports() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.reports", Addr: "reports", NoSearch: true,
		Columns: []kit.Column{
			{Key: "group", Name: "ui.reports.group", Width: 8, Tone: kit.Muted},
			{Key: "report", Name: "ui.reports.report", Width: 18, Share: 1, Max: 30, Tone: kit.Strong},
			{Key: "about", Name: "ui.reports.about", Width: 30, Share: 3, Tell: true},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) { return asks(d, d.reportIndex)(ctx) }),
		Open: func(r kit.Row) kit.Cmd {
			name, _ := r.Data.(string)
			return kit.Push(d.report(report.Ask{Name: name}))
		}})
}

func (d *desk) reportIndex(_ context.Context, by policy.Actor) (kit.Page, error) {
	var page kit.Page
	last := ""
	for i, r := range d.app.Reports.Names(by) {
		heading := ""
		if r.Group != last {
			heading, last = d.p().T("report.group."+r.Group), r.Group
		}
		page.Rows = append(page.Rows, kit.Row{ID: int64(i + 1), Cursor: i, Data: r.Name,
			Cells: []kit.Cell{{Text: heading}, {Text: d.p().T("report." + r.Name)}, {Text: d.p().T("report." + r.Name + ".about")}}})
	}
	page.Total = len(page.Rows)
	return page, nil
}

// reportAt opens a report by its address: reports/sources?2026-11. nil where
// there is none for the person.
func (d *desk) reportAt(name, period string) kit.Screen {
	p, err := report.ParsePeriod(period, d.app.DB.Now().In(d.app.Zone))
	if err != nil {
		return nil
	}
	if _, err := d.app.Reports.Get(d.actor(), name); err != nil {
		return nil
	}
	return d.report(report.Ask{Name: name, Period: p})
}

// reportTable lays figures out; enter on a row leads to the rows behind them.
func (d *desk) reportTable(r report.Result) *kit.Table {
	p := d.p()
	t := &kit.Table{Columns: []kit.Column{{Key: "label", Name: "report.by." + r.Ask.By, Width: 10, Share: 1, Max: 30}}}
	for _, c := range r.Columns {
		t.Columns = append(t.Columns, kit.Column{Key: c.Name, Name: c.Key(), Width: 6, Right: true})
	}
	add := func(id int64, label string, cells []report.Cell, tone kit.Tone) {
		row := kit.Row{ID: id, Data: cells, Tone: tone, Cells: []kit.Cell{{Text: label, Tone: tone}}}
		for i, x := range cells {
			row.Cells = append(row.Cells, figureCell(r.Columns[i], r.Columns[i].Say(p, x), x, tone))
		}
		t.Rows = append(t.Rows, row)
	}
	rows := slices.Clone(r.Rows)
	if r.Ask.By == "month" || r.Ask.By == "day" { // the one that is asked for stands first; the picture runs with time
		slices.Reverse(rows)
	}
	for i, row := range rows {
		add(int64(i), row.Label.Say(p), row.Cells, kit.Plain)
	}
	if r.Total != nil && len(r.Rows) > 0 {
		add(int64(len(r.Rows)), p.T("report.total"), r.Total, kit.Strong)
	}
	fit(t, func(key string) string { return kit.Label(p, key) })
	t.Open = func(row kit.Row) kit.Cmd {
		cells, _ := row.Data.([]report.Cell)
		return d.openFigures(r, cells)
	}
	return t
}

// openFigures leads to the rows behind a figure; of several, it asks which.
func (d *desk) openFigures(r report.Result, cells []report.Cell) kit.Cmd {
	var options []kit.Option
	seen := map[string]bool{}
	for i, x := range cells {
		if x.Open == "" || x.N == 0 || seen[x.Open] {
			continue
		}
		seen[x.Open] = true
		options = append(options, kit.Option{Value: x.Open, Label: r.Columns[i].Label(d.p()) + "  " + r.Columns[i].Say(d.p(), x)})
	}
	switch len(options) {
	case 0:
		return kit.Fail(fault.New(fault.NotFound, "ui.reports.no_rows"))
	case 1:
		return kit.Open(options[0].Value)
	}
	return kit.Choose("ui.reports.which", options, func(o kit.Option) kit.Cmd { return kit.Open(o.Value) })
}

// figureCell tones what has fallen and what is overdue; the sign and the heading
// say the same without colour.
func figureCell(c report.Column, text string, x report.Cell, tone kit.Tone) kit.Cell {
	switch {
	case x.None:
		tone = kit.Muted
	case x.N < 0 || c.Name == "overdue" && x.N > 0:
		tone = kit.Bad
	}
	return kit.Cell{Text: text, Tone: tone}
}
