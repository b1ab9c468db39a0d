package ui

import (
	"context"
	"slices"
	"strings"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// exchangeActions adds what takes records out and in to a list's own actions.
func (d *desk) exchangeActions(name string, own func(*kit.List) []kit.Action) func(*kit.List) []kit.Action {
	return func(l *kit.List) (out []kit.Action) {
		if own != nil {
			out = own(l)
		}
		by := d.actor()
		if by.Account != 0 && by.Can("export", name) {
			query, why := exportQuery(l)
			out = append(out, kit.Action{ID: "ui.export", Keys: freeKey(out, "X"), Weight: -1, WhyNot: why, Run: func() kit.Cmd { return kit.Push(d.exportForm(name, query)) }})
		}
		if by.Account != 0 && by.Can("import", name) && name != "imports" {
			out = append(out, kit.Action{ID: "ui.import", Keys: freeKey(out, "I"), Weight: -1, Run: func() kit.Cmd { return kit.Push(d.imports()) }})
		}
		return out
	}
}

// mostMarked is how many marked rows an export names one by one.
const mostMarked = 1000

// exportQuery is what an export takes: the marked rows, in the list's order, or
// all that the list's conditions want.
func exportQuery(l *kit.List) (string, error) {
	if !l.AnyMarked() {
		return l.Query(), nil
	}
	ids := l.Marked()
	if len(ids) > mostMarked {
		return "", fault.New(fault.TooMany, "ui.export.too_many", "max", mostMarked)
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = kit.ID(id)
	}
	query := "id:" + strings.Join(words, ",")
	if q, err := resource.Parse(l.Query()); err == nil && q.Sort != "" {
		query += " " + resource.Query{Sort: q.Sort, Desc: q.Desc}.String()
	}
	return query, nil
}

// freeKey gives the key, unless one of the list's own actions has it: then the
// command is in the palette only.
func freeKey(own []kit.Action, key string) []string {
	for _, a := range own {
		if slices.Contains(a.Keys, key) {
			return nil
		}
	}
	return []string{key}
}

// exportForm asks how what a list shows is to be taken out, and why.
func (d *desk) exportForm(name, query string) kit.Screen {
	res, _ := d.app.Engine.Get(name)
	by := d.actor()
	var columns []kit.Option
	for _, f := range res.Fields {
		if visible(by, res, f) {
			columns = append(columns, kit.Option{Value: f.Name, Label: kit.Label(d.p(), "field."+f.Name)})
		}
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.export.title", Args: []any{"records", i18n.W("resource." + name)}, Intro: "ui.export.intro", SaveID: "ui.export.go",
		Fields: []kit.Field{
			{Name: "export_query", Kind: kit.KindShow, Value: kit.Value{Text: d.rowsWord(query)}},
			{Name: "export_format", Kind: kit.KindChoice, Value: kit.Value{Text: "xlsx"}, Options: []kit.Option{{Value: "xlsx", Label: "XLSX"}, {Value: "csv", Label: "CSV"}, {Value: "json", Label: "JSON"}}},
			{Name: "columns", Label: "field.export_columns", Kind: kit.KindSeveral, Options: columns, Help: "ui.export.columns_help"},
			{Name: "export_names", Kind: kit.KindChoice, Value: kit.Value{Text: "words"}, Options: []kit.Option{
				{Value: "words", Label: d.p().T("ui.export.words")}, {Value: "stable", Label: d.p().T("ui.export.stable")}}},
			{Name: "reason", Required: true, Help: "ui.export.reason_help"},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			v := in.Values
			x := exchange.Export{Resource: name, Query: query, Format: v["export_format"].Text, Stable: v["export_names"].Text == "stable", Mark: true,
				Reason: v.Text("reason"), Lang: d.p().Lang}
			for _, o := range v["columns"].Chosen {
				x.Columns = append(x.Columns, o.Value)
			}
			k, err := asks(d, func(ctx context.Context, by policy.Actor) (exchange.Kept, error) {
				return d.app.Exchange.Keep(ctx, by, x, func(done, total int) { kit.Report(ctx, done, total) })
			})(ctx)
			if err != nil {
				return nil, err
			}
			return kit.Batch(kit.Replace(d.exports()), kit.Toast(kit.Good, "ui.export.done", "n", k.Rows, "file", k.Name)), nil
		}})
}

// exports lists the files of one's own exports, each with the line that fetches
// it.
func (d *desk) exports() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.exports", Addr: "exports", Watch: []string{"exports"}, Empty: "ui.exports.empty", NoSearch: true,
		Columns: []kit.Column{
			{Key: "name", Name: "field.import_file", Width: 28, Share: 1},
			{Key: "rows", Name: "field.import_rows", Width: 7, Right: true},
			{Key: "size", Name: "field.size", Width: 9, Right: true, Drop: 1},
			{Key: "expires", Name: "field.export_until", Width: 16},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, d.exportsPage)(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd { return kit.Copy(d.fetchLine(r)) },
		Actions: func(l *kit.List) []kit.Action {
			r, on := l.Current()
			if !on {
				return nil
			}
			return []kit.Action{
				{ID: "ui.exports.copy", Keys: []string{"c"}, Weight: 9, Run: func() kit.Cmd { return kit.Copy(d.fetchLine(r)) }},
				{ID: "ui.exports.drop", Keys: []string{"D"}, Weight: 4, Run: func() kit.Cmd {
					k, _ := r.Data.(exchange.Kept)
					return d.act("export", func(ctx context.Context, by policy.Actor) error { return d.app.Exchange.DropExport(ctx, by, k.Name) }, "ui.exports.dropped")
				}},
			}
		}})
}

func (d *desk) exportsPage(ctx context.Context, by policy.Actor) (kit.Page, error) {
	list, err := d.app.Exchange.Exports(ctx, by)
	page := kit.Page{Total: len(list)}
	for _, k := range list {
		page.Rows = append(page.Rows, kit.Row{ID: k.ID, Data: k, Cells: []kit.Cell{{Text: k.Name}, {Text: i18n.Group(uint64(k.Rows))},
			{Text: d.p().Size(k.Size)}, {Text: d.p().DateTime(k.Expires)}}})
	}
	return page, err
}

// fetchLine is the line by which the person fetches the file of a row.
func (d *desk) fetchLine(r kit.Row) string {
	k, _ := r.Data.(exchange.Kept)
	return exchange.ScpLine(d.actor().Login, d.sess.Host, d.sess.Port, k.Name, "exports/", false)
}
