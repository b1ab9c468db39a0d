package resource

import (
	"strings"
	"unicode/utf8"

	"cohort/app/clean"
	"cohort/app/fault"
)

// Check cleans and checks values on their way into a service, whoever made
// them: unknown fields, required ones, lengths, choices and days. Every field's
// fault is in the one that comes back. What only the service can know (a
// relation that does not exist, a colliding key) is left to it.
func (r *Resource) Check(adding bool, values Values) (Values, error) {
	out := Values{}
	var bad []*fault.Fault
	for _, f := range r.Inputs(adding) {
		v, given := values[f.Name]
		if !given {
			continue
		}
		tidy, fl := f.check(v)
		out[f.Name] = tidy
		if fl == nil && f.Check != nil {
			fl = f.Check(tidy)
		}
		if fl != nil {
			bad = append(bad, fl.On(f.Name))
		}
	}
	for name := range values {
		if _, ok := out[name]; !ok {
			bad = append(bad, fault.Field(name, "list.not_input"))
		}
	}
	bad = append(bad, missing(r, adding, out, bad)...)
	return out, fault.Join(bad...)
}

func (f Field) check(v any) (any, *fault.Fault) {
	switch x := v.(type) {
	case string:
		return f.checkText(x)
	case []string:
		return f.checkWords(x)
	}
	return v, nil
}

func (f Field) checkText(s string) (string, *fault.Fault) {
	if f.Kind == LongText {
		s = clean.Text(s)
	} else {
		s = clean.Line(s)
	}
	if f.Lower {
		s = strings.ToLower(s)
	}
	if utf8.RuneCountInString(s) > f.Max {
		return s, fault.Field(f.Name, "fault.too_long", "max", f.Max)
	}
	if s == "" {
		return s, nil
	}
	switch f.Kind {
	case Choice:
		for _, c := range f.Choices {
			if c == s {
				return s, nil
			}
		}
		return s, fault.Field(f.Name, "fault.bad_choice", "value", s, "choices", strings.Join(f.Choices, ", "))
	case Day:
		if !IsDay(s) {
			return s, fault.Field(f.Name, "fault.bad_date", "value", s)
		}
	}
	return s, nil
}

func (f Field) checkWords(list []string) ([]string, *fault.Fault) {
	out := make([]string, 0, len(list))
	seen := map[string]bool{}
	for _, s := range list {
		if s = clean.Line(s); s == "" || seen[s] {
			continue
		}
		if utf8.RuneCountInString(s) > f.Max {
			return out, fault.Field(f.Name, "fault.too_long", "max", f.Max)
		}
		seen[s] = true
		out = append(out, s)
	}
	return out, nil
}

// AtLeast is the rule of a number that may not be smaller than n.
func AtLeast(n int64) func(any) *fault.Fault {
	return func(v any) *fault.Fault {
		if x, _ := v.(int64); x < n {
			return fault.New(fault.Invalid, "record.at_least", "n", n)
		}
		return nil
	}
}
