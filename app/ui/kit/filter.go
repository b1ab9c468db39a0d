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
	FilterDate                       // a stretch of time: Options, else the usual ones, from-to, or typed
	FilterYesNo                      // yes or no
	FilterRelation                   // one found by Search
	FilterText                       // typed
	FilterNumber                     // from-to, or typed
)

// Filter is one field of the filter menu. It puts Field:value into the query.
type Filter struct {
	Field   string // as the query names it
	Name    string // message key
	Kind    FilterKind
	Options []Option
	Search  func(ctx context.Context, text string) ([]Option, error)
	// Empty offers "empty" and "not empty" too.
	Empty bool
	// Check says what is wrong with a value that was typed; may be nil.
	Check func(value string) error
}

// Dates are the usual stretches of time, as the list language writes them.
var Dates = []string{"today", "7d", "this_month", "90d", "this_year"}

// What the list language calls a field with nothing in it, and with something.
const (
	Nothing  = "none"
	Anything = "any"
)

// Options that are no values of the field.
const (
	askTyped = "\x00typed"
	askRange = "\x00range"
)

// filterMenu shows the saved lists, the views and the fields, with what they
// are set to.
func (l *List) filterMenu() Cmd {
	if l.Spec.Saved == nil {
		return l.showFilters(nil)
	}
	return Ask("saved", l.Spec.Saved.Lists, func(saved []SavedList, err error) Cmd {
		if err != nil {
			return Fail(err)
		}
		return l.showFilters(saved)
	})
}

func (l *List) showFilters(saved []SavedList) Cmd {
	options := l.savedOptions(saved)
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
	p := &Picker{Name: "kit.filter", Options: options, Then: func(o []Option) Cmd { return l.filterBy(o[0].Value, saved) }}
	if len(saved) > 0 {
		p.Extra = func(o Option) []Action { return l.dropAction(o, saved) }
	}
	return Show(p)
}

// filterBy does what an entry of the filter menu stands for.
func (l *List) filterBy(entry string, saved []SavedList) Cmd {
	kind, rest, _ := strings.Cut(entry, ":")
	switch kind {
	case "saved":
		return l.openSaved(rest, saved)
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
}

// filter asks for the value of one field.
func (l *List) filter(f Filter) Cmd {
	now, _ := Term(l.query, f.Field)
	set := func(v string) Cmd { return l.SetQuery(SetTerm(l.query, f.Field, v)) }
	switch f.Kind {
	case FilterDate:
		return l.filterOne(f, now, append(l.dates(f), l.ranges()...), set)
	case FilterNumber:
		return l.filterOne(f, now, l.ranges(), set)
	case FilterYesNo:
		return l.filterOne(f, now, []Option{{Value: "yes", Label: l.env.T("yes")}, {Value: "no", Label: l.env.T("no")}}, set)
	case FilterRelation:
		return Show(&Picker{Name: f.Name, Search: l.searchAny(f, now), Then: func(o []Option) Cmd { return set(o[0].Value) }})
	case FilterText:
		return l.filterTyped(f, now, set)
	}
	return l.several(f, now, set)
}

// filterOne offers stretches of time or numbers, or to type one.
func (l *List) filterOne(f Filter, now string, options []Option, set func(string) Cmd) Cmd {
	options = append(l.withAny(options, now), l.empties(f)...)
	return Show(&Picker{Name: f.Name, Options: options, Chosen: []Option{{Value: now}}, Then: func(o []Option) Cmd {
		switch o[0].Value {
		case askTyped:
			return l.filterTyped(f, now, set)
		case askRange:
			return l.filterRange(f, now, set)
		}
		return set(o[0].Value)
	}})
}

// ranges offers from-to and typing.
func (l *List) ranges() []Option {
	return []Option{{Value: askRange, Label: l.env.T("kit.filter.range")}, {Value: askTyped, Label: l.env.T("kit.filter.typed")}}
}

// empties offers the two conditions that every field can have.
func (l *List) empties(f Filter) []Option {
	if !f.Empty {
		return nil
	}
	return []Option{{Value: Nothing, Label: l.env.T("kit.filter.empty"), Note: Nothing}, {Value: Anything, Label: l.env.T("kit.filter.not_empty"), Note: Anything}}
}

// filterTyped lets a value be typed in the words of the list language.
func (l *List) filterTyped(f Filter, now string, set func(string) Cmd) Cmd {
	help := map[FilterKind]string{FilterDate: "kit.filter.help_date", FilterNumber: "kit.filter.help_number"}[f.Kind]
	if help == "" {
		help = "kit.filter.help_text"
	}
	return Show(&Prompt{Name: f.Name, Value: now, Over: true, Body: []any{l.env.T(help)}, Check: f.Check, Then: set})
}

func (l *List) several(f Filter, now string, set func(string) Cmd) Cmd {
	options := append(append([]Option(nil), f.Options...), l.empties(f)...)
	var chosen []Option
	for _, v := range strings.Split(now, ",") {
		if i := indexOf(options, v); i >= 0 && v != "" {
			chosen = append(chosen, options[i])
		}
	}
	return Show(&Picker{Name: f.Name, Options: options, Many: true, Chosen: chosen, Then: func(list []Option) Cmd {
		var values []string
		for _, o := range list {
			if o.Value == Nothing || o.Value == Anything {
				return set(o.Value) // beside it no value has a meaning
			}
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
			list = append(l.withAny(list, now), l.empties(f)...)
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
