package ui

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// imports lists the files that were sent to be imported.
func (d *desk) imports() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.imports", Addr: "imports", Watch: []string{"imports"}, NoSearch: true,
		Empty: "ui.imports.empty", EmptyArgs: []any{"scp", d.sendLine()},
		Columns: []kit.Column{
			{Key: "id", Name: "ui.imports.id", Width: 5, Right: true},
			{Key: "name", Name: "field.import_file", Width: 18, Share: 2},
			{Key: "records", Name: "field.import_records", Width: 10, Share: 1},
			{Key: "state", Name: "field.import_state", Width: d.widest("choice.import_state.")},
			{Key: "rows", Name: "field.import_rows", Width: 7, Right: true},
			{Key: "refused", Name: "field.import_refused", Width: 7, Right: true},
			{Key: "who", Name: "field.account", Width: 8, Drop: 2},
			{Key: "created", Name: "field.created", Width: 10, Drop: 1},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) { return asks(d, d.importsPage)(ctx) }),
		Open:   func(r kit.Row) kit.Cmd { return kit.Push(d.importBatch(r.ID)) },
		Actions: func(*kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.imports.how", Keys: []string{"n"}, Weight: 7, Run: func() kit.Cmd { return kit.Copy(d.sendLine()) }},
				{ID: "ui.exports", Keys: []string{"E"}, Weight: 2, Run: func() kit.Cmd { return kit.Push(d.exports()) }}}
		}})
}

// widest gives the cells of the longest of some words.
func (d *desk) widest(prefix string) (w int) {
	for _, key := range i18n.Keys(prefix) {
		w = max(w, width.Of(d.p().T(key)))
	}
	return w
}

// sendLine is the line by which the person sends a file.
func (d *desk) sendLine() string {
	return exchange.ScpLine(d.actor().Login, d.sess.Host, d.sess.Port, "FILE", "imports/", true)
}

func (d *desk) importsPage(ctx context.Context, by policy.Actor) (kit.Page, error) {
	list, err := d.app.Exchange.Batches(ctx, by)
	page := kit.Page{Total: len(list)}
	for _, b := range list {
		row := kit.Row{ID: b.ID, Cells: []kit.Cell{{Text: strconv.FormatInt(b.ID, 10)}, {Text: b.Name}, {Text: d.recordsWord(b)},
			{Text: d.p().T("choice.import_state." + string(b.State)), Tone: importTone[b.State]}, {Text: i18n.Group(uint64(b.Rows))},
			{Text: i18n.Group(uint64(b.Refused))}, {Text: b.Who}, {Text: d.p().Date(b.Created)}}}
		page.Rows = append(page.Rows, row)
	}
	return page, err
}

var importTone = map[exchange.State]kit.Tone{exchange.Uploaded: kit.Strong, exchange.Checked: kit.Accent, exchange.Running: kit.Warn,
	exchange.Undoing: kit.Warn, exchange.Undone: kit.Muted, exchange.TakenBack: kit.Muted}

func (d *desk) recordsWord(b exchange.Batch) string {
	if b.Resource == "" {
		return "-"
	}
	return kit.Label(d.p(), "resource."+b.Resource)
}

// importBatch shows one file: what it is, how its columns are understood, what a
// check or the run has found.
func (d *desk) importBatch(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.imports", Addr: "imports/" + kit.ID(id), Watch: []string{"imports"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			b, err := d.app.Exchange.Batch(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: b.Name, Data: b, Sections: d.importSections(b)}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, ok := p.Page()
			b, is := page.Data.(exchange.Batch)
			if !ok || !is {
				return nil
			}
			return d.importActions(p, b)
		}})
}

func (d *desk) importSections(b exchange.Batch) []kit.Section {
	pairs := []kit.Pair{
		{Name: "field.import_state", Value: d.p().T("choice.import_state." + string(b.State)), Tone: importTone[b.State]},
		{Name: "field.import_records", Value: d.recordsWord(b), Tone: kit.Strong},
		{Name: "field.import_mode", Value: d.p().T("choice.import_mode." + b.Mode)},
		{Name: "field.import_match", Value: d.matchWord(b)},
		{Name: "field.import_rows", Value: i18n.Group(uint64(b.Rows))},
		{Name: "field.import_format", Value: d.formatWord(b)},
	}
	sections := []kit.Section{{Pairs: pairs}}
	if b.State != exchange.Uploaded {
		sections = append(sections, kit.Section{Name: "ui.imports.result_" + d.resultWord(b), Pairs: d.importCounts(b)})
	}
	return append(sections, kit.Section{Name: "ui.imports.columns", Table: d.mappingTable(b)})
}

func (d *desk) resultWord(b exchange.Batch) string {
	if b.State == exchange.Checked {
		return "dry"
	}
	return "run"
}

func (d *desk) importCounts(b exchange.Batch) (list []kit.Pair) {
	for _, c := range []struct {
		name string
		n    int
		tone kit.Tone
	}{{"import_added", b.Added, kit.Good}, {"import_changed", b.Changed, kit.Good}, {"import_same", b.Same, kit.Plain}, {"import_refused", b.Refused, kit.Bad}, {"import_kept", b.Kept, kit.Warn}} {
		if c.n == 0 && c.name == "import_kept" {
			continue
		}
		if c.n == 0 {
			c.tone = kit.Muted
		}
		list = append(list, kit.Pair{Name: "field." + c.name, Value: i18n.Group(uint64(c.n)), Tone: c.tone})
	}
	return list
}

func (d *desk) matchWord(b exchange.Batch) string {
	switch b.Match {
	case "":
		return d.p().T("ui.imports.match_any")
	case "id":
		return "ID"
	}
	return kit.Label(d.p(), "field."+b.Match)
}

func (d *desk) formatWord(b exchange.Batch) string {
	if b.Read.Format == "xlsx" {
		return "XLSX, " + b.Read.Sheet
	}
	delimiter := map[string]string{"\t": "Tab"}[b.Read.Delimiter]
	if delimiter == "" {
		delimiter = b.Read.Delimiter
	}
	return d.p().T("ui.imports.csv", "encoding", strings.ToUpper(b.Read.Encoding), "delimiter", delimiter)
}

// mappingTable shows which column goes where; enter on a row sends it elsewhere.
func (d *desk) mappingTable(b exchange.Batch) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "heading", Name: "field.import_heading", Width: 16, Share: 1},
		{Key: "field", Name: "field.import_field", Width: 16, Share: 1},
		{Key: "sample", Name: "field.import_sample", Width: 16, Share: 1, Tone: kit.Muted},
	}}
	for i, c := range b.Columns {
		field := kit.Cell{Text: d.p().T("import.left_out"), Tone: kit.Muted}
		if c.Field != "" {
			field = kit.Cell{Text: d.fieldWord(c.Field)}
		}
		t.Rows = append(t.Rows, kit.Row{ID: int64(i + 1), Data: c, Cells: []kit.Cell{{Text: orDash(c.Heading)}, field, {Text: c.Sample}}})
	}
	if b.State == exchange.Uploaded || b.State == exchange.Checked {
		t.Open = func(r kit.Row) kit.Cmd { c, _ := r.Data.(exchange.Column); return d.remap(b, c) }
	}
	return t
}

func (d *desk) fieldWord(name string) string {
	if name == "id" {
		return "ID"
	}
	return kit.Label(d.p(), "field."+name)
}

// remap asks where a column is to go.
func (d *desk) remap(b exchange.Batch, c exchange.Column) kit.Cmd {
	res, ok := d.app.Engine.Get(b.Resource)
	if !ok {
		return kit.Push(d.importSettings(b))
	}
	options := []kit.Option{{Value: "", Label: d.p().T("import.left_out")}, {Value: "id", Label: "ID"}}
	for _, f := range res.Inputs(true) {
		options = append(options, kit.Option{Value: f.Name, Label: kit.Label(d.p(), "field."+f.Name), Note: f.Name})
	}
	return kit.Show(&kit.Picker{Name: "ui.imports.remap", Args: []any{"heading", c.Heading}, Options: options, Chosen: []kit.Option{{Value: c.Field}},
		Then: func(o []kit.Option) kit.Cmd {
			return d.act("remap", func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Exchange.Set(ctx, by, b.ID, exchange.Settings{Map: map[string]string{c.Heading: o[0].Value}})
				return err
			}, "ui.saved")
		}})
}
