package ui

import (
	"context"
	"strings"
	"unicode/utf8"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// recordData is what the actions of a record's page depend on.
type recordData struct {
	row            resource.Row
	change, delete error // nil, or why not
}

// record is the page of a declared record: all fields that the person may see,
// and the records that point to it.
func (d *desk) record(name string, id int64) kit.Screen {
	return &recordScreen{resource: name, id: id, Detail: kit.NewDetail(kit.DetailSpec{Name: "one." + name, Addr: name + "/" + kit.ID(id), Watch: []string{name},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			row, fields, err := d.app.Engine.Show(ctx, by, name, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			data := recordData{row: row, change: d.may(ctx, by, "change", name, id), delete: d.may(ctx, by, "delete", name, id)}
			page := kit.DetailPage{Title: row.Title, Data: data, Sections: d.fieldSections(name, row, fields)}
			related, err := d.relatedSection(ctx, by, name, id)
			if err != nil {
				return page, err
			}
			history, err := d.historySectionOf(ctx, by, name, id, fewEntries)
			page.Sections = append(append(append(page.Sections, related...), d.longSections(row, fields)...), history)
			return page, err
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			data, _ := page.Data.(recordData)
			return d.pageActions(name, data)
		}})}
}

// hasForm says whether a record can be changed by its declared form.
func (d *desk) hasForm(name string) bool {
	res, ok := d.app.Engine.Get(name)
	return ok && res.CanChange() && len(res.Inputs(false)) > 0
}

func (d *desk) pageActions(name string, data recordData) []kit.Action {
	var out []kit.Action
	if d.hasForm(name) {
		out = append(out, kit.Action{ID: "ui.records.edit", Keys: []string{"e"}, Weight: 8, WhyNot: data.change,
			Run: func() kit.Cmd { return kit.Push(d.editRecord(name, data.row.ID)) }})
	}
	if d.canDelete(name) {
		out = append(out, d.deletePage(name, data.row, data.delete))
	}
	if code, _ := data.row.Values["code"].Raw.(string); name == "classes" && code != "" {
		out = append(out, kit.Action{ID: "ui.classes.copy", Keys: []string{"c"}, Weight: 5, Run: func() kit.Cmd { return kit.Copy(code) }})
	}
	return append(out, d.historyAction(name, data.row.ID), d.addressAction(name, data.row.ID))
}

// addressAction copies the command line that opens a record.
func (d *desk) addressAction(name string, id int64) kit.Action {
	return kit.Action{ID: "ui.records.address", Keys: []string{"y"}, Weight: -1, Run: func() kit.Cmd {
		return kit.Copy(strings.Replace(d.app.SSHLine(d.actor().Login), "ssh ", "ssh -t ", 1) + " open " + name + "/" + kit.ID(id))
	}}
}

// fieldSections shows a record's fields, those of a group under its heading. Long
// texts are longSections'.
func (d *desk) fieldSections(name string, row resource.Row, fields []resource.Field) []kit.Section {
	var out []kit.Section
	at := map[string]int{}
	for _, f := range fields {
		if isLong(f, row.Values[f.Name]) {
			continue
		}
		i, ok := at[f.Group]
		if !ok {
			i = len(out)
			at[f.Group] = i
			s := kit.Section{}
			if f.Group != "" {
				s.Name = "group." + f.Group
			}
			out = append(out, s)
		}
		out[i].Pairs = append(out[i].Pairs, d.recordPairs(name, row, []resource.Field{f})...)
	}
	return filled(out)
}

// longSections gives each long text a section of its own.
func (d *desk) longSections(row resource.Row, fields []resource.Field) []kit.Section {
	var out []kit.Section
	for _, f := range fields {
		v := row.Values[f.Name]
		text, _ := v.Raw.(string)
		switch {
		case !isLong(f, v):
		case f.Markdown:
			out = append(out, kit.Section{Name: "field." + f.Name, Markdown: text})
		default:
			out = append(out, kit.Section{Name: "field." + f.Name, Text: text})
		}
	}
	return filled(out)
}

// filled leaves out sections with nothing in them.
func filled(list []kit.Section) []kit.Section {
	var out []kit.Section
	for _, s := range list {
		if len(s.Pairs) > 0 || s.Text != "" || s.Markdown != "" {
			out = append(out, s)
		}
	}
	return out
}

// isLong says that a text deserves a section of its own.
func isLong(f resource.Field, v resource.Value) bool {
	s, _ := v.Raw.(string)
	return f.Kind == resource.LongText && v.Mode < policy.Masked && (f.Markdown && s != "" || utf8.RuneCountInString(s) > 200 || strings.Contains(s, "\n"))
}

// recordPairs lists a record's fields for a detail; empty ones are left out, and
// those named. A relation opens the record it points to.
func (d *desk) recordPairs(name string, row resource.Row, fields []resource.Field, leave ...string) []kit.Pair {
	skip := map[string]bool{}
	for _, n := range leave {
		skip[n] = true
	}
	var out []kit.Pair
	for _, f := range fields {
		v := row.Values[f.Name]
		text := f.Text(d.p(), v)
		if skip[f.Name] || text == "" {
			continue
		}
		out = append(out, kit.Pair{Name: fieldWord(name, f.Name), Value: text, Tone: d.cell(f, v).Tone, Link: d.contactLink(f.Name, v), Wide: f.Kind == resource.LongText, Open: d.openRelation(f, v)})
	}
	return out
}

// openRelation leads to the record that a relation points to, where the person
// may see such records; nil where it leads nowhere.
func (d *desk) openRelation(f resource.Field, v resource.Value) func() kit.Cmd {
	id, _ := v.Raw.(int64)
	if f.Kind != resource.Relation || id == 0 || v.Mode >= policy.Masked || !d.actor().Can("view", f.Ref) {
		return nil
	}
	return func() kit.Cmd { return kit.Open(f.Ref + "/" + kit.ID(id)) }
}
