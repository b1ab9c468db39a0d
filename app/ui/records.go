package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
	"cohort/db"
)

// recordList makes the list screen of a declared resource: its columns, filters
// and pages all follow from the declaration. shape adds what is the record's
// own.
func (d *desk) recordList(name, query string, shape func(*kit.ListSpec)) *kit.List {
	res, _ := d.app.Engine.Get(name)
	by := d.actor()
	spec := kit.ListSpec{Name: placeName(name), Addr: name, Query: query, Watch: []string{name}, Empty: "ui.empty",
		Source: d.source(name), Filters: d.filters(by, res),
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.record(name, r.ID)) }}
	for _, f := range res.Fields {
		if f.Column && visible(by, res, f) {
			spec.Columns = append(spec.Columns, d.column(f, by, name))
		}
	}
	spec.Actions = d.recordActions(name)
	d.equip(&spec, res, by)
	if shape != nil {
		shape(&spec)
	}
	spec.Actions = d.exchangeActions(name, spec.Actions)
	return kit.NewList(spec)
}

// placeName is the message key of a resource's heading: that of its place in the
// menu, or its name.
func placeName(name string) string {
	if i18n.Has("ui.place." + name) {
		return "ui.place." + name
	}
	return "resource." + name
}

// visible says whether the actor sees a field of lists on any row at all, be it
// masked: a column of nothing is not shown.
func visible(by policy.Actor, res *resource.Resource, f resource.Field) bool {
	if !by.Limited("list", res.Name, f.Name) {
		return by.Can("list", res.Name)
	}
	return by.FieldWhere("list", res.Name, f.Name, policy.Masked, res.Rules, &db.Args{}) != "1 = 0"
}

// column lays a field out.
func (d *desk) column(f resource.Field, by policy.Actor, name string) kit.Column {
	c := kit.Column{Key: f.Name, Name: fieldWord(name, f.Name), Width: f.Width, Drop: f.Priority, Sort: f.Sort && !by.Limited("list", name, f.Name)}
	if c.Width == 0 {
		c.Width = usualWidth[f.Kind]
	}
	c.Width = max(c.Width, width.Of(kit.Label(d.p(), c.Name)))
	if c.Sort {
		c.Width = max(c.Width, width.Of(kit.Label(d.p(), c.Name))+2) // and the mark of the order
	}
	switch f.Kind {
	case resource.Choice:
		c.Width = width.Of(kit.Label(d.p(), c.Name))
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
		l, err := d.app.Engine.List(ctx, by, s.name, q.Query, resource.Page{Limit: q.Limit, After: at, Back: q.Back, Count: q.Count, Columns: q.Columns})
		if err != nil {
			return kit.Page{}, err
		}
		return d.page(l, s.name, q.Columns), nil
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

// page turns rows of records into rows of cells, one for each column. What the
// actor may not see of a row stays empty, so that cells and columns keep step.
func (d *desk) page(l resource.List, name string, columns []string) kit.Page {
	res, _ := d.app.Engine.Get(name)
	out := kit.Page{More: l.More, Total: l.Total, Capped: l.Capped}
	for i, r := range l.Rows {
		row := kit.Row{ID: r.ID, Cursor: l.Keys[i], Data: r}
		for _, c := range columns {
			f, _ := res.Field(c)
			row.Cells = append(row.Cells, d.inList(name, f, r))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// inList is a field's cell in the list of a resource. The ready-made roles have
// no titles of their own: they are called by the reader's words.
func (d *desk) inList(name string, f resource.Field, r resource.Row) kit.Cell {
	c := d.cell(f, r.Values[f.Name])
	switch {
	case name == "roles" && f.Name == "title" && c.Text == "":
		role, _ := r.Values["name"].Raw.(string)
		c.Text = d.p().Or("role."+role, "")
	case f.Ref == "roles":
		c.Text = d.roleWords(c.Text)
	}
	return c
}

// roleWords says names of roles, a comma between them, in the reader's words.
func (d *desk) roleWords(names string) string {
	list := strings.Split(names, ", ")
	for i, n := range list {
		list[i] = d.p().Or("role."+n, n)
	}
	return strings.Join(list, ", ")
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
func (d *desk) filters(by policy.Actor, res *resource.Resource) []kit.Filter {
	var out []kit.Filter
	for _, f := range res.Fields {
		if !f.NoFilter && f.Kind != resource.LongText && visible(by, res, f) {
			x := d.filter(f)
			x.Name = fieldWord(res.Name, f.Name)
			if res.Name == "customers" && f.Name == "tags" {
				x.Kind, x.Search = kit.FilterRelation, d.pickTag
			}
			out = append(out, x)
		}
	}
	return out
}

func (d *desk) filter(f resource.Field) kit.Filter {
	out := kit.Filter{Field: f.Name, Name: "field." + f.Name, Kind: kit.FilterText, Empty: !f.Required}
	switch f.Kind {
	case resource.Choice:
		out.Kind, out.Options = kit.FilterChoice, d.choices(f)
	case resource.Day, resource.Time:
		out.Kind = kit.FilterDate
	case resource.Int, resource.Money:
		out.Kind = kit.FilterNumber
	case resource.Bool:
		out.Kind = kit.FilterYesNo
	case resource.Relation, resource.Relations:
		out.Kind, out.Search = kit.FilterRelation, d.pick(f.Ref, true)
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

// one is the word for one record of a resource; a record without words is
// called by its name.
func one(name string) any {
	if i18n.Has("one." + name) {
		return i18n.W("one." + name)
	}
	return strings.ReplaceAll(name, "_", " ")
}
