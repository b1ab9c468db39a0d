package ui

import (
	"context"

	"cohort/app/enrollment"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// kept says when a document came, or when and why its file went.
func (d *desk) kept(x enrollment.Document) string {
	if x.Removed.IsZero() {
		return d.p().DateTime(x.Uploaded)
	}
	return d.p().T("enrollment.removed_on", "on", i18n.Day(x.Removed))
}

// whoSaw is the table of who has read a student's documents and ID number.
func (d *desk) whoSaw(ctx context.Context, by policy.Actor) (kit.Section, error) {
	s := kit.Section{Name: "ui.study.who_saw", Empty: "ui.study.nobody_saw"}
	list, err := d.app.Enrollments.WhoSaw(ctx, by)
	if err != nil {
		return s, err
	}
	s.Table = &kit.Table{Columns: []kit.Column{
		{Key: "at", Name: "field.at", Width: 16},
		{Key: "who", Name: "ui.study.reader", Width: 14, Share: 1, Max: 30},
		{Key: "what", Name: "ui.study.what", Width: 18, Share: 2, Max: 40},
		{Key: "class", Name: "field.class", Width: 12, Drop: 1},
	}}
	for i, x := range list {
		what := x.What
		if what == "" {
			what = d.p().T("ui.study.number_read")
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: int64(i + 1), Cells: []kit.Cell{{Text: d.p().DateTime(x.At)}, {Text: x.Who}, {Text: what}, {Text: x.Class}}})
	}
	return s, nil
}
