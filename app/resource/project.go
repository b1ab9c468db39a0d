package resource

import (
	"fmt"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// projection is the one place where values leave the database for a reader:
// every face gets them masked already.
type projection struct {
	sql    string
	fields []Field
	flags  []flag                // one SQL flag for each condition a field's mode hangs on
	rules  []map[string][]modeIf // for each action: what a field's mode hangs on
	places []place
	ver    bool
	by     policy.Actor
	title  Field    // the one that the title is, if it is one
	parts  []string // fields in a title of several that are limited
}

// flag is a condition computed beside the row.
type flag struct{ text, cond string }

// modeIf: the field has this mode at most on rows where the flag holds; flag -1
// always holds.
type modeIf struct {
	mode policy.Mode
	flag int
}

// place says where a field's parts are in the scanned columns.
type place struct{ raw, label, code int }

// projection selects the columns asked for (all defaults when none are), the
// flags that decide how much of each is shown, the version and the title. Of
// several actions' rules the closest holds. A field hidden on every row the actor
// may see is left out.
func (r *Resource) projection(by policy.Actor, actions, columns []string, c *compiler) projection {
	if len(columns) == 0 {
		columns = r.Columns()
	}
	p := projection{by: by}
	for range actions {
		p.rules = append(p.rules, map[string][]modeIf{})
	}
	cols := []string{r.Key, r.Title}
	add := func(expr string) int { cols = append(cols, expr); return len(cols) - 1 }
	if r.Ver != "" {
		p.ver = true
		add(r.Ver)
	}
	for _, name := range columns {
		f, ok := r.Field(name)
		if !ok || !p.decideAll(r, actions, f, c) {
			continue
		}
		pl := place{raw: add(f.SQL), label: -1, code: -1}
		if f.Label != "" {
			pl.label = add(f.Label)
		}
		if f.Code != "" {
			pl.code = add(f.Code)
		}
		p.fields, p.places = append(p.fields, f), append(p.places, pl)
	}
	if f, ok := r.titleField(); ok {
		p.title = f
		p.decideAll(r, actions, f, c)
	}
	p.composed(r, actions, c)
	for _, fl := range p.flags {
		add("CASE WHEN " + fl.cond + " THEN 1 ELSE 0 END")
	}
	p.sql = strings.Join(cols, ", ")
	return p
}

func (p *projection) decideAll(r *Resource, actions []string, f Field, c *compiler) bool {
	shown := true
	for i, action := range actions {
		shown = p.decide(r, action, p.rules[i], f, c) && shown
	}
	return shown
}

// decide finds what a field's mode hangs on; false when it is hidden anyway.
func (p *projection) decide(r *Resource, action string, modes map[string][]modeIf, f Field, c *compiler) bool {
	if !p.by.Limited(action, r.Name, f.Name) {
		return true
	}
	shown := false
	for m := policy.Open; m <= policy.Masked; m++ {
		cond := p.by.FieldWhere(action, r.Name, f.Name, m, r.Rules, plain{})
		if cond == "1 = 0" {
			continue
		}
		shown = true
		if cond == "1 = 1" {
			modes[f.Name] = append(modes[f.Name], modeIf{m, -1})
			break
		}
		modes[f.Name] = append(modes[f.Name], modeIf{m, p.flag(r, action, f, m, c)})
	}
	if modes[f.Name] == nil {
		modes[f.Name] = []modeIf{}
	}
	return shown
}

// flag finds or makes the flag of a condition, so that ten fields masked by one
// rule ask it once. Texts are compared with the values in them, because numbered
// placeholders differ at every use.
func (p *projection) flag(r *Resource, action string, f Field, m policy.Mode, c *compiler) int {
	text := p.by.FieldWhere(action, r.Name, f.Name, m, r.Rules, plain{})
	for i, fl := range p.flags {
		if fl.text == text {
			return i
		}
	}
	p.flags = append(p.flags, flag{text, p.by.FieldWhere(action, r.Name, f.Name, m, r.Rules, c.args)})
	return len(p.flags) - 1
}

// plain writes values into the text, for comparing conditions only.
type plain struct{}

// Add gives the value itself.
func (plain) Add(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) }

// mode gives how much of a field the flags let through.
func (p *projection) mode(field string, flags []any) policy.Mode {
	closest := policy.Open
	for _, modes := range p.rules {
		if list, limited := modes[field]; limited {
			closest = max(closest, firstMode(list, flags))
		}
	}
	return closest
}

func firstMode(list []modeIf, flags []any) policy.Mode {
	for _, m := range list {
		if m.flag < 0 || truth(flags[m.flag]) {
			return m.mode
		}
	}
	return policy.Hidden
}

func truth(v any) bool {
	n, _ := v.(int64)
	return n != 0
}

// rows runs a projected statement whose last column is the order key.
func (e *Engine) rows(tx *db.Tx, sql string, args *db.Args, p projection, out *List) error {
	rows, err := tx.Query(sql, *args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(names))
	at := make([]any, len(names))
	for i := range cells {
		at[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		if err := p.unseal(tx, cells); err != nil {
			return err
		}
		row := p.row(cells)
		out.Rows = append(out.Rows, row)
		out.Keys = append(out.Keys, Cursor{Key: keyOf(cells[len(cells)-1]), ID: row.ID})
	}
	return rows.Err()
}

// unseal opens the sealed columns of a row.
func (p *projection) unseal(tx *db.Tx, cells []any) (err error) {
	for i, f := range p.fields {
		if at := p.places[i].raw; f.Sealed {
			if cells[at], err = tx.Unseal(str(cells[at])); err != nil {
				return err
			}
		}
	}
	return nil
}

func keyOf(v any) any {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return v
}

func (p *projection) row(cells []any) Row {
	id, _ := cells[0].(int64)
	row := Row{ID: id, Values: make(map[string]Value, len(p.fields))}
	if p.ver {
		row.Version, _ = cells[2].(int64)
	}
	flags := cells[len(cells)-1-len(p.flags) : len(cells)-1]
	row.Title = titled(str(cells[1]), p.title, p.mode(p.title.Name, flags), id)
	for _, name := range p.parts {
		if p.mode(name, flags) >= policy.Masked {
			row.Title = "#" + str(id)
		}
	}
	for i, f := range p.fields {
		v := f.value(cells, p.places[i], p.mode(f.Name, flags))
		if text, ok := v.Raw.(string); ok && f.Shown != nil {
			v.Raw = f.Shown(p.by, text)
		}
		row.Values[f.Name] = v
	}
	return row
}

// titleField is the field that a record's title is, if it is one.
func (r *Resource) titleField() (Field, bool) {
	for _, f := range r.Fields {
		if f.SQL == r.Title {
			return f, true
		}
	}
	return Field{}, false
}

// titled is a title no further than the rule of the field that it is.
func titled(title string, f Field, mode policy.Mode, id int64) string {
	switch mode {
	case policy.Masked:
		return f.Masked(title)
	case policy.Hidden:
		return "#" + str(id)
	}
	return title
}

func (f Field) value(cells []any, pl place, mode policy.Mode) Value {
	v := Value{Mode: mode}
	if mode == policy.Hidden {
		return v
	}
	raw := f.scanned(cells[pl.raw])
	if mode == policy.Masked {
		v.Label = f.Masked(str(cells[pl.raw]))
		return v
	}
	v.Raw = raw
	if pl.label >= 0 {
		v.Label = str(cells[pl.label])
	}
	if pl.code >= 0 {
		v.Code = str(cells[pl.code])
	}
	return v
}
