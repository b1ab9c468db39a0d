package resource

import (
	"context"
	"sort"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Input reads what somebody typed into a form or gave as flags into values.
// Every field error is in the one fault that comes back. Fields that people may
// not give are refused, not dropped.
func (e *Engine) Input(ctx context.Context, by policy.Actor, name string, adding bool, typed map[string]string) (Values, error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	values, err := e.values(ctx, by, res.Inputs(adding), typed)
	bad, isFault := fault.As(err)
	if err != nil && !isFault {
		return nil, err
	}
	all := flat(bad)
	return values, fault.Join(append(all, missing(res, adding, values, all)...)...)
}

// flat gives a fault's own field errors one by one.
func flat(f *fault.Fault) (list []*fault.Fault) {
	if f == nil {
		return nil
	}
	f.Each(func(x *fault.Fault) {
		one := *x
		one.More = nil
		list = append(list, &one)
	})
	return list
}

// values reads what was typed for fields; what is for none of them is refused.
func (e *Engine) values(ctx context.Context, by policy.Actor, fields []Field, typed map[string]string) (Values, error) {
	allowed := map[string]Field{}
	for _, f := range fields {
		allowed[f.Name] = f
	}
	values := Values{}
	var bad []*fault.Fault
	err := e.DB.Read(ctx, func(tx *db.Tx) error {
		for _, key := range sortedKeys(typed) {
			f, ok := allowed[key]
			if !ok {
				bad = append(bad, fault.Field(key, "list.not_input"))
				continue
			}
			if f.Clock != "" && typed[f.Clock] == "" {
				m, fl := f.parseMoment(typed[key], e.now(tx))
				if bad = append(bad, fl); fl == nil {
					values[key], values[f.Clock] = m.Day, m.Clock
				}
				continue
			}
			if of := clockOf(fields, key); typed[key] == "" && of != "" && given(typed, of) {
				continue // said by its day
			}
			v, fl, err := e.parse(tx, by, f, typed[key])
			if err != nil {
				return err
			}
			if fl != nil {
				bad = append(bad, fl)
				continue
			}
			values[key] = v
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, fault.Join(bad...)
}

// clockOf gives the day that a field keeps the time of; "" for any other field.
func clockOf(fields []Field, name string) string {
	for _, f := range fields {
		if f.Clock == name {
			return f.Name
		}
	}
	return ""
}

func given(typed map[string]string, name string) bool {
	_, ok := typed[name]
	return ok
}

// missing finds required fields that are not given when adding, or emptied when
// changing.
func missing(res *Resource, adding bool, values Values, bad []*fault.Fault) []*fault.Fault {
	var out []*fault.Fault
	for _, f := range res.Inputs(adding) {
		v, given := values[f.Name]
		if !f.Required || !given && !adding || faulty(bad, f.Name) {
			continue
		}
		if !given || Empty(v) {
			out = append(out, fault.Field(f.Name, "fault.required"))
		}
	}
	return out
}

func faulty(list []*fault.Fault, field string) bool {
	for _, f := range list {
		if f.Field == field {
			return true
		}
	}
	return false
}

// Empty says whether a parsed value is the empty one.
func Empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case int64:
		return v == 0
	case []int64:
		return len(v) == 0
	case []string:
		return len(v) == 0
	}
	return false
}

func (e *Engine) parse(tx *db.Tx, by policy.Actor, f Field, text string) (any, *fault.Fault, error) {
	if f.Kind != Relation && f.Kind != Relations {
		v, bad := f.ParseText(text, e.now(tx))
		return v, bad, nil
	}
	ids, err := e.find(tx, by, f, Words(text), false)
	if err != nil {
		bad, ok := fault.As(err)
		if !ok {
			return nil, nil, err
		}
		return nil, bad.On(f.Name), nil
	}
	if f.Kind == Relations {
		return ids, nil, nil
	}
	switch {
	case len(ids) == 0:
		return int64(0), nil, nil
	case len(ids) > 1:
		return nil, fault.Field(f.Name, "list.ambiguous", "value", text), nil
	}
	return ids[0], nil, nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Add parses and adds a record through its service.
func (e *Engine) Add(ctx context.Context, by policy.Actor, name string, typed map[string]string) (int64, error) {
	res, err := e.resource(name)
	if err != nil {
		return 0, err
	}
	if !res.CanAdd() {
		return 0, policy.Forbidden("add", name)
	}
	if err := by.NeedAny("add", name); err != nil {
		return 0, err
	}
	values, err := e.Input(ctx, by, name, true, typed)
	if err != nil {
		return 0, err
	}
	return e.AddValues(ctx, by, name, values)
}

// Change parses and changes a record through its service. version is the one
// that was read; 0 takes the present one.
func (e *Engine) Change(ctx context.Context, by policy.Actor, name string, id, version int64, typed map[string]string) error {
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	if !res.CanChange() {
		return policy.Forbidden("change", name)
	}
	if err := by.NeedAny("change", name); err != nil {
		return err
	}
	values, err := e.Input(ctx, by, name, false, typed)
	if err != nil {
		return err
	}
	return e.ChangeValues(ctx, by, name, id, version, values)
}

// Typed gives a value as it would be typed, to fill a form with.
func (f Field) Typed(v Value) string {
	switch raw := v.Raw.(type) {
	case string:
		return raw
	case []string:
		return strings.Join(raw, ", ")
	case bool:
		if raw {
			return "yes"
		}
		return "no"
	case int64:
		switch {
		case raw == 0 && f.Kind != Money:
			return ""
		case f.Kind == Money:
			return moneyTyped(raw)
		case f.Kind == Time:
			return time.UnixMilli(raw).UTC().Format(time.RFC3339Nano)
		case f.Kind == Relation && v.Code != "":
			return v.Code
		case f.Kind == Relation:
			return "#" + str(raw)
		}
		return str(raw)
	}
	return ""
}

// Yuan writes fen as they would be typed: 5980.50.
func Yuan(fen int64) string { return moneyTyped(fen) }

func moneyTyped(fen int64) string {
	s := str(fen / 100)
	if r := fen % 100; r != 0 {
		if r < 0 {
			r = -r
		}
		s += "." + str(100 + r)[1:]
	}
	return s
}

// Picked is one answer of Pick.
type Picked struct {
	ID    int64
	Label string
	Code  string // what to type for it
}

// Pick finds records for a relation picker: those the actor may list, whose
// title or code begins with what was typed, the first limit of them.
func (e *Engine) Pick(ctx context.Context, by policy.Actor, name, text string, limit int) ([]Picked, error) {
	list, err := e.List(ctx, by, name, quoteWords(text), Page{Limit: limit, Columns: []string{"code", "login"}})
	if err != nil {
		return nil, err
	}
	out := make([]Picked, 0, len(list.Rows))
	for _, r := range list.Rows {
		p := Picked{ID: r.ID, Label: r.Title, Code: "#" + str(r.ID)}
		for _, f := range []string{"code", "login"} {
			if v, ok := r.Values[f]; ok && str(v.Raw) != "" {
				p.Code = str(v.Raw)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// quoteWords makes a query of plain words: what somebody types into a picker is
// never a condition.
func quoteWords(text string) string {
	return Query{Words: strings.Fields(strings.ReplaceAll(text, `"`, " "))}.String()
}
