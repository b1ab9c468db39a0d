package kit

import (
	"context"
	"strings"
)

// FilterKind says how a filter's value is chosen.
type FilterKind int

// The kinds of filters.
const (
	FilterChoice   FilterKind = iota // several of Options
	FilterDate                       // a stretch of time: Options, else the usual ones, or typed
	FilterYesNo                      // yes or no
	FilterRelation                   // one found by Search
	FilterText                       // typed
)

// Filter is one field of the filter menu. It puts Field:value into the query.
type Filter struct {
	Field   string // as the query names it
	Name    string // message key
	Kind    FilterKind
	Options []Option
	Search  func(ctx context.Context, text string) ([]Option, error)
}

// Dates are the usual stretches of time, as the list language writes them.
var Dates = []string{"today", "7d", "this_month", "90d", "this_year"}

// filterMenu shows the saved views and the fields, with what they are set to.
func (l *List) filterMenu() Cmd {
	var options []Option
	for _, v := range l.Spec.Views {
		options = append(options, Option{Value: "view:" + v.Query, Label: l.env.T(v.ID), Note: v.Query})
	}
	if l.query != "" {
		options = append(options, Option{Value: "clear", Label: l.env.T("kit.filter.clear")})
	}
	for _, f := range l.Spec.Filters {
		now, _ := Term(l.query, f.Field)
		options = append(options, Option{Value: "field:" + f.Field, Label: l.env.Label(f.Name), Note: now})
	}
	return Show(&Picker{Name: "kit.filter", Options: options, Then: func(o []Option) Cmd {
		kind, rest, _ := strings.Cut(o[0].Value, ":")
		switch kind {
		case "view":
			return l.SetQuery(rest)
		case "clear":
			return l.SetQuery("")
		}
		for _, f := range l.Spec.Filters {
			if f.Field == rest {
				return l.filter(f)
			}
		}
		return nil
	}})
}

// filter asks for one field's value.
func (l *List) filter(f Filter) Cmd {
	now, _ := Term(l.query, f.Field)
	set := func(value string) Cmd { return l.SetQuery(SetTerm(l.query, f.Field, value)) }
	one := func(options []Option) Cmd {
		options = l.withAny(options, now)
		return Show(&Picker{Name: f.Name, Options: options, Chosen: []Option{{Value: now}}, Then: func(o []Option) Cmd {
			if o[0].Value == "\x00typed" {
				return Show(&Prompt{Name: f.Name, Value: now, Then: set})
			}
			return set(o[0].Value)
		}})
	}
	switch f.Kind {
	case FilterDate:
		return one(append(l.dates(f), Option{Value: "\x00typed", Label: l.env.T("kit.filter.typed")}))
	case FilterYesNo:
		return one([]Option{{Value: "yes", Label: l.env.T("yes")}, {Value: "no", Label: l.env.T("no")}})
	case FilterRelation:
		return Show(&Picker{Name: f.Name, Search: l.searchAny(f, now), Then: func(o []Option) Cmd { return set(o[0].Value) }})
	case FilterText:
		return Show(&Prompt{Name: f.Name, Value: now, Then: set})
	}
	return l.several(f, now, set)
}

func (l *List) several(f Filter, now string, set func(string) Cmd) Cmd {
	var chosen []Option
	for _, v := range strings.Split(now, ",") {
		if i := indexOf(f.Options, v); i >= 0 && v != "" {
			chosen = append(chosen, f.Options[i])
		}
	}
	return Show(&Picker{Name: f.Name, Options: f.Options, Many: true, Chosen: chosen, Then: func(list []Option) Cmd {
		var values []string
		for _, o := range list {
			values = append(values, o.Value)
		}
		return set(strings.Join(values, ","))
	}})
}

// withAny offers to take the condition away when there is one.
func (l *List) withAny(options []Option, now string) []Option {
	if now == "" {
		return options
	}
	return append([]Option{{Value: "", Label: l.env.T("kit.filter.any")}}, options...)
}

func (l *List) searchAny(f Filter, now string) func(context.Context, string) ([]Option, error) {
	return func(ctx context.Context, text string) ([]Option, error) {
		list, err := f.Search(ctx, text)
		if text == "" {
			list = l.withAny(list, now)
		}
		return list, err
	}
}

func (l *List) dates(f Filter) []Option {
	if len(f.Options) > 0 {
		return append([]Option(nil), f.Options...)
	}
	var out []Option
	for _, d := range Dates {
		out = append(out, Option{Value: d, Label: l.env.T("kit.date." + d)})
	}
	return out
}
