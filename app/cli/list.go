package cli

import (
	"errors"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/resource"
)

// The bounds of --limit.
const (
	presetLimit = 50
	maxLimit    = 1000
)

func listCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "list", "[QUERY…]")
	cmd.max, cmd.query, cmd.may = -1, true, right("list", res.Name)
	cmd.flags = func(_ *call, f flags) {
		f.number("limit", "N", presetLimit)
		f.many("columns", "FIELD,…")
		f.number("after", "ID", 0)
		f.text("save", "NAME")
		f.text("role", "ROLE")
	}
	cmd.long = func(c *call) string { return c.p.T("cli.query_help", "fields", strings.Join(fieldNames(res), ", ")) }
	cmd.run = func(c *call, in input) error {
		words, columns, err := c.named(res, in.args)
		if err != nil {
			return err
		}
		query := queryOf(res, words)
		if in.Changed("save") {
			return c.saveList(res, in.str("save"), query, in)
		}
		return aboutQuery(c.list(res, query, columns, in))
	}
	return cmd
}

// aboutQuery makes what cannot be understood of a query a wrong usage: the query
// is part of the command line.
func aboutQuery(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind == fault.Invalid {
		return &usageError{fault: f}
	}
	return err
}

func fieldNames(res *resource.Resource) (names []string) {
	for _, f := range res.Fields {
		names = append(names, f.Name)
	}
	return names
}

// list prints one page.
func (c *call) list(res *resource.Resource, query string, columns []string, in input) error {
	page, err := c.page(res, query, columns, in)
	if err != nil {
		return err
	}
	l, err := c.app.Engine.List(c.ctx, c.by, res.Name, query, page)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(jsonRows(l))
	}
	c.printList(res, l)
	return nil
}

// wholeList prints all there are of a short list.
func (c *call) wholeList(res *resource.Resource, query string) error {
	l, err := c.app.Engine.List(c.ctx, c.by, res.Name, query, resource.Page{Limit: maxLimit, Count: !c.json, Columns: c.columns(res)})
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(jsonRows(l))
	}
	c.printList(res, l)
	return nil
}

// page reads which stretch of the list is wanted, and which fields of it.
func (c *call) page(res *resource.Resource, query string, columns []string, in input) (page resource.Page, err error) {
	limit := in.num("limit")
	if limit < 1 || limit > maxLimit {
		return page, misuse("cli.bad_limit", "max", maxLimit)
	}
	page = resource.Page{Limit: int(limit), Count: !c.json, Columns: c.columns(res)}
	if err := c.wanted(res, columns, in, &page); err != nil {
		return page, err
	}
	if in.Changed("columns") {
		if page.Columns, err = chosenColumns(res, in.list("columns")); err != nil {
			return page, err
		}
	}
	if after := in.num("after"); after > 0 {
		page.After, err = c.app.Engine.CursorOf(c.ctx, c.by, res.Name, query, after)
	}
	return page, err
}

// wanted lays over a page what its reader prefers: the columns of a saved list,
// else those he has chosen, and his page size. Programs get what they ask for.
func (c *call) wanted(res *resource.Resource, columns []string, in input, page *resource.Page) error {
	if c.json {
		return nil
	}
	p, err := c.app.Engine.Prefs(c.ctx, c.by, res.Name)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		columns = p.Columns
	}
	page.Columns = columns
	if p.PageSize > 0 && !in.Changed("limit") {
		page.Limit = p.PageSize
	}
	return nil
}

// columns are the fields that a list has of itself: those of the screens, or,
// for programs, all that a list can show.
func (c *call) columns(res *resource.Resource) (names []string) {
	if !c.json {
		return nil
	}
	for _, f := range res.Fields {
		if !f.Detail {
			names = append(names, f.Name)
		}
	}
	return names
}

func chosenColumns(res *resource.Resource, given []string) (names []string, err error) {
	for _, text := range given {
		for _, name := range resource.Words(text) {
			if _, ok := res.Field(name); !ok && name != "id" {
				return nil, misuse("cli.bad_column", "column", short(name), "columns", fieldNames(res))
			}
			names = append(names, name)
		}
	}
	return names, nil
}

// jsonRow gives a record with stable names; a relation also by its number. A
// field that is hidden on every row
// is not there; one that is hidden on this row is null.
func jsonRow(r resource.Row, fields []resource.Field) object {
	out := object{"id": r.ID}
	if r.Version > 0 {
		out["version"] = r.Version
	}
	for _, f := range fields {
		v := r.Values[f.Name]
		out[f.Name] = f.JSON(v)
		if id, ok := v.Raw.(int64); ok && f.Kind == resource.Relation {
			out[f.Name+"_id"] = orNull(id)
		}
	}
	return out
}

func jsonRows(l resource.List) []object {
	out := make([]object, 0, len(l.Rows))
	for _, r := range l.Rows {
		out = append(out, jsonRow(r, l.Columns))
	}
	return out
}

func (c *call) printList(res *resource.Resource, l resource.List) {
	if len(l.Rows) == 0 {
		c.say("cli.empty", "records", i18n.W("resource."+res.Name))
		return
	}
	head := []string{"ID"}
	for _, f := range l.Columns {
		head = append(head, c.label(f))
	}
	rows := make([][]string, 0, len(l.Rows))
	for _, r := range l.Rows {
		cells := []string{strconv.FormatInt(r.ID, 10)}
		for _, f := range l.Columns {
			cells = append(cells, oneLine(f.Text(c.p, r.Values[f.Name])))
		}
		rows = append(rows, cells)
	}
	table(c.out, head, rows)
	c.printCount(l)
}

// printCount says how many there are, and how to get the next page.
func (c *call) printCount(l resource.List) {
	total := i18n.Group(uint64(max(l.Total, 0)))
	if l.Capped {
		total += "+"
	}
	c.say("cli.count", "shown", len(l.Rows), "total", total)
	if l.More {
		c.say("cli.more", "id", l.Rows[len(l.Rows)-1].ID)
	}
}

func showCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "show", refUse(res))
	cmd.min, cmd.max, cmd.may = 1, 1, right("view", res.Name)
	cmd.run = func(c *call, in input) error {
		id, err := c.ref(res.Name, in.args[0])
		if err != nil {
			return err
		}
		row, fields, err := c.app.Engine.Show(c.ctx, c.by, res.Name, id)
		if to := c.mergedInto(res, id); err != nil && to != 0 {
			row, fields, err = c.app.Engine.Show(c.ctx, c.by, res.Name, to)
		}
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(jsonRow(row, fields))
		}
		pairs(c.out, c.rowPairs(row, fields))
		return nil
	}
	return cmd
}

func (c *call) rowPairs(row resource.Row, fields []resource.Field) [][2]string {
	list := [][2]string{{"ID", strconv.FormatInt(row.ID, 10)}}
	for _, f := range fields {
		list = append(list, [2]string{c.label(f), f.Text(c.p, row.Values[f.Name])})
	}
	return list
}

// noSuch says that a name names nothing.
func noSuch(field, value string) error {
	return fault.New(fault.NotFound, "list.no_such", "value", short(value))
}
