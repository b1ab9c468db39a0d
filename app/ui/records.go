package ui

import (
	"context"
	"strconv"
	"time"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// recordList makes the list screen of a declared resource: its columns, filters
// and pages all follow from the declaration. shape adds what is the record's
// own.
func (d *desk) recordList(name, query string, shape func(*kit.ListSpec)) *kit.List {
	res, _ := d.app.Engine.Get(name)
	spec := kit.ListSpec{Name: "resource." + name, Addr: name, Query: query, Watch: []string{name}, Empty: "ui.empty",
		Source: d.source(name), Filters: d.filters(res)}
	by := d.actor()
	for _, f := range res.Fields {
		if f.Column {
			spec.Columns = append(spec.Columns, d.column(f, by, name))
		}
	}
	if shape != nil {
		shape(&spec)
	}
	return kit.NewList(spec)
}

// column lays a field out.
func (d *desk) column(f resource.Field, by policy.Actor, name string) kit.Column {
	c := kit.Column{Key: f.Name, Name: "field." + f.Name, Width: f.Width, Drop: f.Priority, Sort: f.Sort && !by.Limited("list", name, f.Name)}
	if c.Width == 0 {
		c.Width = usualWidth[f.Kind]
	}
	c.Width = max(c.Width, width.Of(d.p().T(c.Name)))
	if c.Sort {
		c.Width = max(c.Width, width.Of(d.p().T(c.Name))+2) // and the mark of the order
	}
	switch f.Kind {
	case resource.Choice:
		c.Width = width.Of(d.p().T(c.Name))
		for _, o := range d.choices(f) {
			c.Width = max(c.Width, width.Of(o.Label))
		}
	case resource.Int, resource.Money:
		c.Right = true
	case resource.Text, resource.LongText, resource.Relation, resource.Relations, resource.Strings:
		c.Share = 1
	}
	return c
}

// usualWidth is how many cells a kind of field wants.
var usualWidth = map[resource.Kind]int{
	resource.Text: 12, resource.LongText: 20, resource.Int: 6, resource.Money: 12, resource.Bool: 4, resource.Choice: 10,
	resource.Day: 10, resource.Time: 10, resource.Relation: 12, resource.Relations: 14, resource.Strings: 14,
}

// recordSource reads pages of a resource through the actor's rights, and counts
// apart from them.
type recordSource struct {
	desk *desk
	name string
}

func (d *desk) source(name string) kit.Source { return recordSource{d, name} }

// Page is kit.Source's.
func (s recordSource) Page(ctx context.Context, q kit.Request) (kit.Page, error) {
	d := s.desk
	return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
		at, _ := q.After.(resource.Cursor)
		l, err := d.app.Engine.List(ctx, by, s.name, q.Query, resource.Page{Limit: q.Limit, After: at, Back: q.Back, Count: q.Count, Columns: d.columnNames(s.name)})
		if err != nil {
			return kit.Page{}, err
		}
		return d.page(l, s.name), nil
	})(ctx)
}

// Count is kit.Counter's.
func (s recordSource) Count(ctx context.Context, query string) (total int, capped bool, err error) {
	p, err := asks(s.desk, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
		n, capped, err := s.desk.app.Engine.Count(ctx, by, s.name, query)
		return kit.Page{Total: n, Capped: capped}, err
	})(ctx)
	return p.Total, p.Capped, err
}

func (d *desk) columnNames(name string) []string {
	res, _ := d.app.Engine.Get(name)
	return res.Columns()
}

// page turns rows of records into rows of cells. A column that the actor may
// not see stays empty, so that cells and columns keep step.
func (d *desk) page(l resource.List, name string) kit.Page {
	res, _ := d.app.Engine.Get(name)
	out := kit.Page{More: l.More, Total: l.Total, Capped: l.Capped}
	for i, r := range l.Rows {
		row := kit.Row{ID: r.ID, Cursor: l.Keys[i], Data: r}
		for _, c := range res.Columns() {
			f, _ := res.Field(c)
			row.Cells = append(row.Cells, d.cell(f, r.Values[c]))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// cell says a value in a list: days and times short, masked values muted.
func (d *desk) cell(f resource.Field, v resource.Value) kit.Cell {
	c := kit.Cell{Text: f.Text(d.p(), v)}
	if at, _ := v.Raw.(int64); f.Kind == resource.Time && at != 0 && f.Width < len("2006-01-02 15:04") {
		c.Text = d.p().Date(time.UnixMilli(at))
	}
	if v.Mode == policy.Masked {
		c.Tone = kit.Muted
	}
	return c
}

// filters offers each filterable field with the widget of its kind.
func (d *desk) filters(res *resource.Resource) []kit.Filter {
	var out []kit.Filter
	for _, f := range res.Fields {
		if f.NoFilter || f.Kind == resource.LongText {
			continue
		}
		flt := kit.Filter{Field: f.Name, Name: "field." + f.Name, Kind: kit.FilterText}
		switch f.Kind {
		case resource.Choice:
			flt.Kind, flt.Options = kit.FilterChoice, d.choices(f)
		case resource.Day, resource.Time:
			flt.Kind = kit.FilterDate
		case resource.Bool:
			flt.Kind = kit.FilterYesNo
		case resource.Relation, resource.Relations:
			flt.Kind, flt.Search = kit.FilterRelation, d.pick(f.Ref, true)
		}
		out = append(out, flt)
	}
	return out
}

// choices gives a field's choices with their words.
func (d *desk) choices(f resource.Field) []kit.Option {
	var out []kit.Option
	for _, c := range f.Choices {
		out = append(out, kit.Option{Value: c, Label: f.ChoiceLabel(d.p(), c)})
	}
	return out
}

// pick searches records for a picker. byCode puts what people type for a record
// into the option's value (for the list language), else its id.
func (d *desk) pick(ref string, byCode bool) func(ctx context.Context, text string) ([]kit.Option, error) {
	return func(ctx context.Context, text string) ([]kit.Option, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) ([]kit.Option, error) {
			found, err := d.app.Engine.Pick(ctx, by, ref, text, 50)
			if err != nil {
				return nil, err
			}
			var out []kit.Option
			for _, x := range found {
				o := kit.Option{Value: strconv.FormatInt(x.ID, 10), Label: d.refLabel(ref, x), Note: x.Code}
				if byCode {
					o.Value = x.Code
				}
				out = append(out, o)
			}
			return out, nil
		})(ctx)
	}
}

// refLabel says a picked record: ready-made sources have words of their own.
func (d *desk) refLabel(ref string, x resource.Picked) string {
	if ref == "sources" {
		return d.p().Or("choice.source."+x.Code, x.Label)
	}
	return x.Label
}

// recordPairs lists a record's fields for a detail, by groups in the order of
// the declaration; empty ones are left out unless keep names them.
func (d *desk) recordPairs(row resource.Row, fields []resource.Field, leave ...string) []kit.Pair {
	skip := map[string]bool{}
	for _, n := range leave {
		skip[n] = true
	}
	var out []kit.Pair
	for _, f := range fields {
		text := f.Text(d.p(), row.Values[f.Name])
		if skip[f.Name] || text == "" {
			continue
		}
		out = append(out, kit.Pair{Name: "field." + f.Name, Value: text, Tone: d.cell(f, row.Values[f.Name]).Tone, Wide: f.Kind == resource.LongText})
	}
	return out
}

// one is the word for one record of a resource.
func one(name string) i18n.Word { return i18n.W("one." + name) }
