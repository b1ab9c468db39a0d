package ui

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// recordForm makes the form of a declared resource; id 0 is a new record. The
// fields, their widgets and checks follow from the declaration. shape adds what
// is the record's own; saved gives what to do once it is written.
func (d *desk) recordForm(name string, id int64, shape func(*kit.FormSpec), saved func(id int64) kit.Cmd) *kit.Form {
	res, _ := d.app.Engine.Get(name)
	spec := kit.FormSpec{Name: "ui.add", Args: []any{"record", one(name)}}
	if id != 0 {
		spec.Name, spec.Args = "ui.edit", []any{"record", one(name), "id", id}
		spec.Load = d.loadRecord(name, id)
	}
	for _, f := range res.Inputs(id == 0) {
		spec.Fields = append(spec.Fields, d.formField(f))
	}
	spec.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
			typed := typedValues(res, in)
			if id == 0 {
				made, err := d.app.Engine.Add(ctx, by, name, typed)
				if err != nil {
					return nil, err
				}
				return saved(made), nil
			}
			version, _ := in.Version.(int64)
			if err := d.app.Engine.Change(ctx, by, name, id, version, typed); err != nil {
				return nil, err
			}
			return saved(id), nil
		})(ctx)
	}
	if shape != nil {
		shape(&spec)
	}
	return kit.NewForm(spec)
}

// loadRecord reads a record for its form. What the actor sees masked is not
// there to be edited.
func (d *desk) loadRecord(name string, id int64) func(context.Context) (kit.Loaded, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) (kit.Loaded, error) {
		row, fields, err := d.app.Engine.Show(ctx, by, name, id)
		if err != nil {
			return kit.Loaded{}, err
		}
		out := kit.Loaded{Values: kit.Values{}, Version: row.Version}
		for _, f := range fields {
			if v := row.Values[f.Name]; v.Mode < policy.Masked {
				out.Values[f.Name] = d.formValue(f, v)
			}
		}
		return out, nil
	})
}

// formField gives a declared field its widget.
func (d *desk) formField(f resource.Field) kit.Field {
	out := kit.Field{Name: f.Name, Required: f.Required, Limit: f.Max}
	switch f.Kind {
	case resource.LongText:
		out.Kind, out.Rows = kit.KindArea, 3
	case resource.Day:
		out.Kind = kit.KindDate
	case resource.Money:
		out.Kind = kit.KindMoney
	case resource.Bool:
		out.Kind = kit.KindBool
	case resource.Choice:
		out.Kind, out.Options = kit.KindChoice, d.choices(f)
	case resource.Relation:
		out.Kind, out.Search = kit.KindRelation, d.pick(f.Ref, false)
	case resource.Relations:
		out.Kind, out.Search = kit.KindSeveral, d.pick(f.Ref, false)
	}
	return out
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
func typedValues(res *resource.Resource, in kit.Submit) map[string]string {
	changed := map[string]bool{}
	for _, n := range in.Changed {
		changed[n] = true
	}
	out := map[string]string{}
	for name := range in.Values {
		f, ok := res.Field(name)
		if !ok || in.Version != nil && !changed[name] {
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
		var out []string
		for _, s := range v.List(name) {
			if _, err := strconv.ParseInt(s, 10, 64); err == nil {
				s = "#" + s
			}
			out = append(out, s)
		}
		return strings.Join(out, ",")
	case resource.Bool:
		if v.Bool(name) {
			return "yes"
		}
		return "no"
	}
	return v.Text(name)
}
