package ui

import (
	"context"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// pointer is a field of another resource that points to a record.
type pointer struct {
	resource string
	field    resource.Field
}

// linksTo finds what may point to records of a resource, as far as the person
// may list it.
func (d *desk) linksTo(by policy.Actor, name string) []pointer {
	var out []pointer
	for _, other := range d.app.Engine.Names() {
		if !by.Can("list", other) {
			continue
		}
		res, _ := d.app.Engine.Get(other)
		for _, f := range res.Fields {
			if f.Ref == name && !f.NoFilter && visible(by, res, f) {
				out = append(out, pointer{other, f})
			}
		}
	}
	return out
}

// relatedSection lists the records that point to this one, with their number;
// enter opens the list of them.
func (d *desk) relatedSection(ctx context.Context, by policy.Actor, name string, id int64) ([]kit.Section, error) {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "record", Name: "ui.records.record", Width: 16, Share: 1, Max: 30},
		{Key: "by", Name: "ui.records.as", Width: 12, Share: 1, Max: 30, Tone: kit.Muted},
		{Key: "count", Name: "ui.records.count", Width: 8, Right: true},
	}}
	links := d.linksTo(by, name)
	for i, l := range links {
		n, capped, err := d.app.Engine.Count(ctx, by, l.resource, l.query(id))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: kit.Label(d.p(), "resource."+l.resource)},
			{Text: kit.Label(d.p(), fieldWord(l.resource, l.field.Name))}, {Text: countText(n, capped)}}})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	t.Open = func(r kit.Row) kit.Cmd {
		l := links[r.ID]
		return kit.Push(d.listOf(l.resource, l.query(id)))
	}
	return []kit.Section{{Name: "ui.records.related", Table: t}}, nil
}

// fieldWord is the key of a field's label: one of the record's own, where the
// same name is something else elsewhere.
func fieldWord(name, field string) string {
	if own := "field." + name + "." + field; i18n.Has(own) {
		return own
	}
	return "field." + field
}

func (l pointer) query(id int64) string { return l.field.Name + ":#" + kit.ID(id) }

// countText prints a number of rows: "214", "10,000+".
func countText(n int, capped bool) string {
	s := i18n.Group(uint64(max(0, n)))
	if capped {
		s += "+"
	}
	return s
}
