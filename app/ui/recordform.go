package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// recordForm makes the form of a declared resource; id 0 is a new record. The
// fields, their widgets and checks follow from the declaration. shape adds what
// is the record's own; saved gives what to do once it is written and the form is
// done with.
func (d *desk) recordForm(name string, id int64, shape func(*kit.FormSpec), saved func(id int64) kit.Cmd) *kit.Form {
	res, _ := d.app.Engine.Get(name)
	spec := kit.FormSpec{Name: "ui.add", Args: []any{"record", one(name)}, Modes: []string{kit.Stay, kit.Another}}
	closed := map[string]bool{}
	if id != 0 {
		spec.Name, spec.Args, spec.Modes = "ui.edit", []any{"record", one(name), "id", id}, []string{kit.Stay}
		spec.Load = d.loadRecord(name, id)
		closed = d.closedFields(name, id)
	}
	for _, f := range clockless(res.Inputs(id == 0)) {
		if !closed[f.Name] {
			spec.Fields = append(spec.Fields, d.formField(f))
		}
	}
	spec.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
			written, err := d.writeRecord(ctx, by, name, id, in)
			if err != nil {
				return nil, err
			}
			switch in.Mode {
			case kit.Stay: // a new record goes on as one that exists
				return kit.Batch(kit.Replace(d.recordForm(name, written, shape, saved)), kit.Toast(kit.Good, "ui.saved_u")), nil
			case kit.Another:
				return kit.Batch(kit.Replace(d.recordForm(name, 0, shape, saved)), kit.Toast(kit.Good, "ui.saved_another")), nil
			}
			return saved(written), nil
		})(ctx)
	}
	if shape != nil {
		shape(&spec)
	}
	return kit.NewForm(spec)
}

// writeRecord adds or changes a record by what a form hands over.
func (d *desk) writeRecord(ctx context.Context, by policy.Actor, name string, id int64, in kit.Submit) (int64, error) {
	res, _ := d.app.Engine.Get(name)
	typed := typedValues(res, in, id != 0)
	if id == 0 {
		return d.app.Engine.Add(ctx, by, name, typed)
	}
	version, _ := in.Version.(int64)
	return id, d.app.Engine.Change(ctx, by, name, id, version, typed)
}

// closedFields finds the fields of a record that the person does not see whole,
// or may only read: what is not open is no field of his form.
func (d *desk) closedFields(name string, id int64) map[string]bool {
	out := map[string]bool{}
	row, fields, err := d.app.Engine.Show(context.Background(), d.actor(), name, id)
	if err != nil {
		return out // the form itself says so when it loads
	}
	seen := map[string]bool{}
	for _, f := range fields {
		seen[f.Name] = row.Values[f.Name].Mode == policy.Open
	}
	res, _ := d.app.Engine.Get(name)
	for _, f := range res.Fields {
		out[f.Name] = !seen[f.Name]
	}
	return out
}

// loadRecord reads a record for its form. What the actor sees masked or may only
// read is not there to be edited.
func (d *desk) loadRecord(name string, id int64) func(context.Context) (kit.Loaded, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) (kit.Loaded, error) {
		row, fields, err := d.app.Engine.Show(ctx, by, name, id)
		if err != nil {
			return kit.Loaded{}, err
		}
		out := kit.Loaded{Values: kit.Values{}, Version: row.Version}
		for _, f := range fields {
			if v := row.Values[f.Name]; v.Mode == policy.Open {
				out.Values[f.Name] = d.formValue(f, v)
			}
		}
		for _, f := range fields { // a day is typed with its time
			if f.Clock != "" && out.Values[f.Name].Text != "" {
				text := out.Values[f.Name].Text + " " + out.Values[f.Clock].Text
				out.Values[f.Name] = kit.Value{Text: strings.TrimSpace(text)}
			}
		}
		return out, nil
	})
}

// clockless leaves out the fields that say the time of a day: the day's own says it.
func clockless(fields []resource.Field) (out []resource.Field) {
	clocks := map[string]bool{}
	for _, f := range fields {
		clocks[f.Clock] = true
	}
	for _, f := range fields {
		if !clocks[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

// formField gives a declared field its widget.
func (d *desk) formField(f resource.Field) kit.Field {
	out := kit.Field{Name: f.Name, Required: f.Required, Limit: f.Max}
	switch f.Kind {
	case resource.LongText:
		out.Kind, out.Rows = kit.KindArea, 3
	case resource.Day:
		out.Kind, out.Clock = kit.KindDate, f.Clock != ""
	case resource.Money:
		out.Kind = kit.KindMoney
	case resource.Bool:
		out.Kind = kit.KindBool
	case resource.Choice:
		out.Kind, out.Options = kit.KindChoice, d.choices(f)
	case resource.Relation:
		out.Kind, out.Search = kit.KindRelation, d.pick(f.Ref, false)
		d.offerNew(&out, f.Ref)
	case resource.Relations:
		out.Kind, out.Search = kit.KindSeveral, d.pick(f.Ref, true) // as the record itself names them
	}
	return out
}

// offerNew lets a relation's picker make the record that it lacks: its own form
// comes up, and once it is saved the new record is chosen.
func (d *desk) offerNew(x *kit.Field, ref string) {
	if !d.canAdd(ref) {
		return
	}
	x.NewLabel, x.NewArgs = "ui.add", []any{"record", one(ref)}
	x.New = func(typed string, put func(kit.Option) kit.Cmd) kit.Cmd {
		form := d.recordForm(ref, 0, func(s *kit.FormSpec) {
			if shape := d.shapeOf(ref, 0); shape != nil {
				shape(s)
			}
			s.Modes = nil
		}, func(id int64) kit.Cmd {
			o := kit.Option{Value: kit.ID(id), Label: "#" + kit.ID(id)}
			if row, _, err := d.app.Engine.Show(context.Background(), d.actor(), ref, id); err == nil {
				o.Label = row.Title
			}
			return kit.Close(kit.Later(func() kit.Cmd { return put(o) }), kit.Toast(kit.Good, "ui.saved_u"))
		})
		d.startWith(form, ref, typed)
		return kit.Push(form)
	}
}

// startWith puts what was typed into a picker into the new record's first field.
func (d *desk) startWith(form *kit.Form, name, typed string) {
	res, _ := d.app.Engine.Get(name)
	for _, f := range res.Inputs(true) {
		if f.Kind == resource.Text && typed != "" {
			form.Set(f.Name, kit.Value{Text: typed})
			return
		}
	}
}

// shapeOf gives what is a record's own in its form; nil where that is nothing.
func (d *desk) shapeOf(name string, id int64) func(*kit.FormSpec) {
	switch name {
	case "customers":
		return func(s *kit.FormSpec) { d.shapeCustomerForm(s, id) }
	case "lessons":
		return d.shapeLesson
	}
	return nil
}

func (d *desk) formValue(f resource.Field, v resource.Value) kit.Value {
	switch f.Kind {
	case resource.Relation:
		n, _ := v.Raw.(int64)
		if n == 0 {
			return kit.Value{}
		}
		return kit.Value{Text: kit.ID(n), Label: f.Text(d.p(), v)}
	case resource.Money:
		n, _ := v.Raw.(int64)
		return kit.Fen(n)
	case resource.Time:
		n, _ := v.Raw.(int64)
		if n == 0 {
			return kit.Value{}
		}
		return kit.Value{Text: d.p().DateTime(time.UnixMilli(n))}
	case resource.Bool:
		b, _ := v.Raw.(bool)
		return kit.On(b)
	case resource.Relations:
		labels, _ := v.Raw.([]string)
		var out kit.Value
		for _, l := range labels {
			out.Chosen = append(out.Chosen, kit.Option{Value: l, Label: l})
		}
		return out
	}
	return kit.Value{Text: f.Typed(v)}
}

// typedValues hands a form's values over as they would be typed: all when
// adding, the changed ones when changing.
func typedValues(res *resource.Resource, in kit.Submit, changing bool) map[string]string {
	changed := map[string]bool{}
	for _, n := range in.Changed {
		changed[n] = true
	}
	out := map[string]string{}
	for name := range in.Values {
		f, ok := res.Field(name)
		if !ok || changing && !changed[name] {
			continue
		}
		out[name] = typedValue(f, in.Values, name)
	}
	return out
}

func typedValue(f resource.Field, v kit.Values, name string) string {
	switch f.Kind {
	case resource.Relation:
		if id := v.Int(name); id != 0 {
			return "#" + strconv.FormatInt(id, 10)
		}
		return ""
	case resource.Relations:
		return strings.Join(v.List(name), ",")
	case resource.Bool:
		if v.Bool(name) {
			return "yes"
		}
		return "no"
	}
	return v.Text(name)
}
