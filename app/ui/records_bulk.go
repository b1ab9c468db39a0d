package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// each does an action of a record with many rows, one after the other.
func (d *desk) each(name, action string, args map[string]string) func(context.Context, []int64) ([]kit.Result, error) {
	return func(ctx context.Context, ids []int64) ([]kit.Result, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) ([]kit.Result, error) {
			list := d.app.Engine.Each(ctx, by, name, action, ids, args, func(done, total int) { kit.Report(ctx, done, total) })
			out := make([]kit.Result, len(list))
			for i, r := range list {
				out[i] = kit.Result{ID: r.ID, Title: r.Title}
				if r.Err != nil {
					out[i].Err = d.app.Explain(ctx, r.Err)
				}
			}
			return out, nil
		})(ctx)
	}
}

// bulkAction offers what can be done with the marked rows: the actions that the
// record declares, and changing one field of all.
func (d *desk) bulkAction(l *kit.List, name string) []kit.Action {
	list := d.app.Engine.Actions(d.actor(), name)
	if len(list) == 0 {
		return nil
	}
	return []kit.Action{{ID: "ui.records.bulk", Keys: []string{"."}, Weight: 2, Run: func() kit.Cmd {
		var options []kit.Option
		for _, a := range list {
			options = append(options, kit.Option{Value: a.Name, Label: kit.Label(d.p(), policy.Verb(a.Name, name))})
		}
		return kit.Show(&kit.Picker{Name: "ui.records.bulk_of", Args: []any{"n", len(l.Marked())}, Options: options, Then: func(o []kit.Option) kit.Cmd {
			for _, a := range list {
				if a.Name == o[0].Value {
					return d.bulk(l, name, a)
				}
			}
			return nil
		}})
	}}}
}

// bulk asks for what an action needs, then whether it is to be done.
func (d *desk) bulk(l *kit.List, name string, a resource.Action) kit.Cmd {
	switch {
	case a.Name == "delete":
		return d.deleteAction(l, name).Run()
	case a.Name == "change":
		return d.bulkChange(l, name, a)
	case len(a.Args) > 0:
		return d.bulkForm(l, name, a, a.Args)
	}
	return l.Bulk(d.bulkOf(name, a, nil, nil))
}

// bulkOf is an action with its arguments, as a question and a run.
func (d *desk) bulkOf(name string, a resource.Action, args map[string]string, body []any) kit.Bulk {
	return kit.Bulk{Name: "ui.said", Args: []any{"text", kit.Label(d.p(), policy.Verb(a.Name, name))}, Ask: "ui.records.bulk_ask", Body: body, Danger: a.Danger,
		Run: d.each(name, a.Name, args)}
}

// bulkChange asks which field is to be changed, and to what.
func (d *desk) bulkChange(l *kit.List, name string, a resource.Action) kit.Cmd {
	var options []kit.Option
	for _, f := range clockless(a.Args) {
		if f.Kind != resource.LongText {
			options = append(options, kit.Option{Value: f.Name, Label: kit.Label(d.p(), "field."+f.Name)})
		}
	}
	return kit.Choose("ui.records.bulk_field", options, func(o kit.Option) kit.Cmd {
		for _, f := range a.Args {
			if f.Name == o.Value {
				return d.bulkForm(l, name, a, []resource.Field{f})
			}
		}
		return nil
	})
}

// bulkForm asks for the arguments of an action. They are checked before the
// first row is touched.
func (d *desk) bulkForm(l *kit.List, name string, a resource.Action, args []resource.Field) kit.Cmd {
	spec := kit.FormSpec{Name: "ui.records.bulk_args", Args: []any{"action", kit.Label(d.p(), policy.Verb(a.Name, name)), "n", len(l.Marked())}, SaveID: "ui.records.bulk_next"}
	for _, f := range args {
		x := d.formField(f)
		x.Required = x.Required || a.Name == "change" && f.Kind == resource.Bool
		spec.Fields = append(spec.Fields, x)
	}
	spec.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
		typed := map[string]string{}
		var said []any
		for _, f := range args {
			typed[f.Name] = typedValue(f, in.Values, f.Name)
			said = append(said, kit.Label(d.p(), "field."+f.Name)+": "+orDash(d.saidValue(f, in.Values[f.Name])))
		}
		err := does(d, func(ctx context.Context, by policy.Actor) error {
			return d.app.Engine.CheckArgs(ctx, by, name, a.Name, typed)
		})(ctx)
		if err != nil {
			return nil, err
		}
		return kit.Close(kit.Later(func() kit.Cmd { return l.Bulk(d.bulkOf(name, a, typed, said)) })), nil
	}
	return kit.Show(kit.NewForm(spec))
}

// saidValue says what stands in a field of a form.
func (d *desk) saidValue(f resource.Field, v kit.Value) string {
	switch {
	case f.Kind == resource.Bool:
		return d.p().T(map[bool]string{true: "yes", false: "no"}[v.Text == kit.Yes])
	case v.Label != "":
		return v.Label
	case f.Kind == resource.Choice && v.Text != "":
		return f.ChoiceLabel(d.p(), v.Text)
	case len(v.Chosen) > 0:
		text := ""
		for i, o := range v.Chosen {
			if i > 0 {
				text += d.p().T("list.comma")
			}
			text += o.Label
		}
		return text
	}
	return v.Text
}
