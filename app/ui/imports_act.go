package ui

import (
	"context"
	"slices"
	"strconv"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/app/ui/kit"
)

// importActions are what can be done with a file in its state.
func (d *desk) importActions(p *kit.Detail, b exchange.Batch) (list []kit.Action) {
	id := b.ID
	waiting := b.State == exchange.Uploaded || b.State == exchange.Checked
	if b.State != exchange.Uploaded {
		list = append(list, kit.Action{ID: "ui.imports.report", Keys: []string{"r"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.importReport(b, "")) }},
			kit.Action{ID: "ui.imports.fetch", Keys: []string{"y"}, Weight: 2, Run: func() kit.Cmd { return kit.Copy(d.reportLine(b)) }})
	}
	if waiting {
		list = append(list,
			kit.Action{ID: "ui.imports.check", Keys: []string{"c"}, Weight: 8, Run: func() kit.Cmd {
				return d.importWork(p, "ui.imports.checking", id, (*exchange.Service).Check, "ui.imports.checked")
			}},
			kit.Action{ID: "ui.imports.run", Keys: []string{"i"}, Weight: 7, Run: func() kit.Cmd { return d.askRun(p, b) }},
			kit.Action{ID: "ui.imports.settings", Keys: []string{"e"}, Weight: 6, Run: func() kit.Cmd { return kit.Push(d.importSettings(b)) }})
	}
	if b.State == exchange.Done {
		list = append(list, kit.Action{ID: "ui.imports.undo", Keys: []string{"z"}, Weight: 6, Run: func() kit.Cmd {
			return kit.Show(&kit.Confirm{Name: "ui.imports.undo", Danger: true, Body: []any{i18n.W("ui.imports.undo_ask", "n", b.Added, "m", b.Changed)}, Then: func() kit.Cmd {
				return d.importWork(p, "ui.imports.undoing", id, (*exchange.Service).Undo, "ui.imports.undone")
			}})
		}})
	}
	if waiting || b.State == exchange.Undone || b.State == exchange.TakenBack {
		list = append(list, kit.Action{ID: "ui.imports.drop", Keys: []string{"D"}, Weight: 1, Run: func() kit.Cmd {
			return kit.Show(&kit.Confirm{Name: "ui.imports.drop", Body: []any{b.Name}, Then: func() kit.Cmd {
				return kit.Do("drop", does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Exchange.Drop(ctx, by, id) }), func(err error) kit.Cmd {
					if err != nil {
						return kit.Fail(err)
					}
					return kit.Close(kit.Toast(kit.Good, "ui.imports.dropped"))
				})
			}})
		}})
	}
	return list
}

// askRun says what will happen before it does.
func (d *desk) askRun(p *kit.Detail, b exchange.Batch) kit.Cmd {
	body := i18n.W("ui.imports.run_ask", "n", b.Added, "m", b.Changed, "refused", b.Refused)
	if b.State != exchange.Checked {
		body = i18n.W("ui.imports.run_unchecked", "n", b.Rows)
	}
	return kit.Show(&kit.Confirm{Name: "ui.imports.run", Body: []any{body}, Then: func() kit.Cmd {
		return d.importWork(p, "ui.imports.running", b.ID, (*exchange.Service).Import, "ui.imports.done")
	}})
}

// importWork checks, runs or undoes, with a bar.
func (d *desk) importWork(p *kit.Detail, label string, id int64,
	work func(*exchange.Service, context.Context, policy.Actor, int64, exchange.Report) (exchange.Batch, error), done string) kit.Cmd {
	return kit.Work[exchange.Batch]{Name: "import", Label: label, Write: true,
		Do: func(ctx context.Context) (exchange.Batch, error) {
			return asks(d, func(_ context.Context, by policy.Actor) (exchange.Batch, error) {
				return work(d.app.Exchange, ctx, by, id, func(done, total int) { kit.Report(ctx, done, total) })
			})(ctx)
		},
		Then: func(b exchange.Batch, err error) kit.Cmd {
			if err != nil {
				return kit.Batch(p.Reload(), kit.Fail(err))
			}
			tone := kit.Good
			if b.Refused+b.Kept > 0 {
				tone = kit.Warn
			}
			return kit.Batch(p.Reload(), kit.Toast(tone, done, "n", b.Added, "m", b.Changed, "refused", b.Refused, "kept", b.Kept))
		}}.Cmd()
}

// reportLine is the line by which the person fetches the report.
func (d *desk) reportLine(b exchange.Batch) string {
	return exchange.ScpLine(d.actor().Login, d.sess.Host, d.sess.Port, b.ReportName(), "imports/", false)
}

// importSettings asks how a file is to be read and imported.
func (d *desk) importSettings(b exchange.Batch) kit.Screen {
	var records, encodings []kit.Option
	for _, name := range d.app.Exchange.Importable(d.actor()) {
		records = append(records, kit.Option{Value: name, Label: kit.Label(d.p(), "resource."+name), Note: name})
	}
	for _, e := range sheet.Encodings {
		encodings = append(encodings, kit.Option{Value: e, Label: e})
	}
	fields := []kit.Field{
		{Name: "import_records", Kind: kit.KindChoice, Options: records, Required: true, Value: kit.Value{Text: b.Resource}},
		{Name: "import_mode", Kind: kit.KindChoice, Options: d.modeOptions(), Required: true, Value: kit.Value{Text: b.Mode}},
		{Name: "import_match", Kind: kit.KindChoice, Options: d.matchOptions(b), Value: kit.Value{Text: b.Match}, Help: "ui.imports.match_help"},
	}
	if b.Read.Format == sheet.CSV {
		fields = append(fields, kit.Field{Name: "import_encoding", Kind: kit.KindChoice, Options: encodings, Value: kit.Value{Text: b.Read.Encoding}},
			kit.Field{Name: "import_delimiter", Kind: kit.KindChoice, Value: kit.Value{Text: b.Read.Delimiter},
				Options: []kit.Option{{Value: ",", Label: ","}, {Value: ";", Label: ";"}, {Value: "\t", Label: "tab"}}})
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.imports.settings", Fields: fields,
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			text := func(name string) *string {
				v, ok := in.Values[name]
				if !ok {
					return nil
				}
				return &v.Text
			}
			set := exchange.Settings{Resource: text("import_records"), Mode: text("import_mode"), Match: text("import_match"),
				Encoding: text("import_encoding"), Delimiter: text("import_delimiter")}
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Exchange.Set(ctx, by, b.ID, set)
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.saved")), err
		}})
}

func (d *desk) modeOptions() (list []kit.Option) {
	for _, m := range exchange.Modes {
		list = append(list, kit.Option{Value: m, Label: d.p().T("choice.import_mode." + m)})
	}
	return list
}

// matchOptions are the ways to find a record: all of them, or one.
func (d *desk) matchOptions(b exchange.Batch) []kit.Option {
	list := []kit.Option{{Value: "", Label: d.p().T("ui.imports.match_any")}, {Value: "id", Label: "ID"}}
	keys, err := d.app.Engine.Keys(context.Background(), b.Resource)
	for _, key := range keys {
		if len(key) == 1 && err == nil {
			list = append(list, kit.Option{Value: key[0], Label: kit.Label(d.p(), "field."+key[0])})
		}
	}
	return list
}

// importReport lists what became of each row, or would become.
func (d *desk) importReport(b exchange.Batch, query string) kit.Screen {
	var options []kit.Option
	views := []kit.ListView{}
	for _, o := range exchange.Outcomes {
		options = append(options, kit.Option{Value: o, Label: d.p().T("import.row_" + o)})
		views = append(views, kit.ListView{ID: "ui.imports.only_" + o, Query: "result:" + o})
	}
	return kit.NewList(kit.ListSpec{Name: "ui.imports.report_of", Args: []any{"file", b.Name}, Query: query, Empty: "ui.imports.no_rows",
		Columns: []kit.Column{
			{Key: "line", Name: "import.col_line", Width: 7, Right: true},
			{Key: "result", Name: "import.col_outcome", Width: 11},
			{Key: "title", Name: "field.name", Width: 12, Share: 1, Max: 20},
			{Key: "why", Name: "ui.imports.why", Width: 30, Share: 4},
		},
		Filters: []kit.Filter{{Field: "result", Name: "import.col_outcome", Kind: kit.FilterChoice, Options: options}}, Views: views,
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.reportPage(ctx, by, b, q) })(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd { row, _ := r.Data.(exchange.Row); return d.reportRow(b, row) }})
}

// reportPage reads a stretch of a report by line numbers.
func (d *desk) reportPage(ctx context.Context, by policy.Actor, b exchange.Batch, q kit.Request) (kit.Page, error) {
	outcome, err := outcomeOf(q.Query)
	if err != nil {
		return kit.Page{}, err
	}
	at, _ := q.After.(int)
	page := kit.Page{Total: -1}
	var list []exchange.Row
	if q.Back {
		list, err = d.app.Exchange.RowsBefore(ctx, by, b.ID, outcome, at, q.Limit+1)
	} else {
		list, err = d.app.Exchange.Rows(ctx, by, b.ID, outcome, at, q.Limit+1)
	}
	if page.More = len(list) > q.Limit; page.More {
		list = list[:q.Limit]
	}
	for i := range list {
		row := list[i]
		if q.Back {
			row = list[len(list)-1-i]
		}
		page.Rows = append(page.Rows, d.reportCells(b, row))
	}
	if q.Count {
		page.Total = map[string]int{"": b.Rows, exchange.Add: b.Added, exchange.Change: b.Changed, exchange.Same: b.Same, exchange.Refused: b.Refused}[outcome]
	}
	return page, err
}

// outcomeOf reads the one condition that a report knows.
func outcomeOf(query string) (string, error) {
	q, err := resource.Parse(query)
	if err != nil {
		return "", err
	}
	if len(q.Terms)+len(q.Words) == 0 {
		return "", nil
	}
	if len(q.Terms) > 0 {
		if t := q.Terms[0]; t.Field == "result" && !t.Not && slices.Contains(exchange.Outcomes, t.Value) {
			return t.Value, nil
		}
	}
	return "", fault.New(fault.Invalid, "ui.imports.bad_filter")
}

var outcomeTone = map[string]kit.Tone{exchange.Refused: kit.Bad, exchange.Same: kit.Muted}

func (d *desk) reportCells(b exchange.Batch, r exchange.Row) kit.Row {
	changes, why := d.app.Exchange.Said(d.p(), b.Resource, r)
	if why == "" {
		why = changes
	}
	return kit.Row{ID: int64(r.Line), Cursor: r.Line, Data: r, Cells: []kit.Cell{{Text: strconv.Itoa(r.Line)},
		{Text: d.p().T(b.OutcomeKey(r)), Tone: outcomeTone[r.Outcome]}, {Text: r.Title}, {Text: why}}}
}

// reportRow shows one row in full, and the way to its record.
func (d *desk) reportRow(b exchange.Batch, r exchange.Row) kit.Cmd {
	if r.Outcome != exchange.Refused && r.Record != 0 && !r.Undone {
		return kit.Open(b.Resource + "/" + kit.ID(r.Record))
	}
	changes, why := d.app.Exchange.Said(d.p(), b.Resource, r)
	return kit.Show(&kit.Viewer{Key: "ui.imports.row", Args: []any{"line", r.Line}, Lines: []string{d.p().T(b.OutcomeKey(r)), why, changes}})
}
