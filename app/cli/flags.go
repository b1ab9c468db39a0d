package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"cohort/app/i18n"
	"cohort/app/resource"
)

// input is what was given to a command.
type input struct {
	*pflag.FlagSet
	args []string
}

func (in input) str(name string) string { s, _ := in.GetString(name); return s }

func (in input) yes(name string) bool { b, _ := in.GetBool(name); return b }

func (in input) num(name string) int64 { n, _ := in.GetInt64(name); return n }

func (in input) list(name string) []string { l, _ := in.GetStringArray(name); return l }

// flags declares the flags of a command, with their words.
type flags struct {
	*pflag.FlagSet
	p i18n.Printer
}

func (f flags) words(name string) string {
	return f.p.T("cli.flag." + strings.ReplaceAll(name, "-", "_"))
}

// text declares a flag with a value; value is how help calls it.
func (f flags) text(name, value string) {
	f.String(name, "", f.words(name))
	f.called(name, value)
}

// many declares a flag that may be given several times.
func (f flags) many(name, value string) {
	f.StringArray(name, nil, f.words(name))
	f.called(name, value)
}

func (f flags) number(name, value string, preset int64) {
	f.Int64(name, preset, f.words(name))
	f.called(name, value)
}

// flag declares a flag without a value.
func (f flags) flag(name string) { f.Bool(name, false, f.words(name)) }

func (f flags) called(name, value string) {
	_ = f.SetAnnotation(name, "value", []string{value})
}

// choice declares a flag that takes one of some values.
func (f flags) choice(name string, choices []string) {
	f.text(name, "CHOICE")
	x := f.Lookup(name)
	for i, v := range choices {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		x.Usage += sep + v
	}
}

// fields declares a flag for each field that may be given.
func (f flags) fields(c *call, list []resource.Field) {
	for _, x := range list {
		words := c.label(x)
		if len(x.Choices) > 0 {
			words += ": " + strings.Join(x.Choices, ", ")
		}
		if x.Required {
			words += " *"
		}
		if x.Kind == resource.Relations || x.Kind == resource.Strings {
			f.StringArray(x.FlagName(), nil, words)
		} else {
			f.String(x.FlagName(), "", words)
		}
		f.called(x.FlagName(), valueName(x))
	}
}

// valueName is how help calls what a field takes.
func valueName(f resource.Field) string {
	switch f.Kind {
	case resource.Int:
		return "N"
	case resource.Money:
		return "YUAN"
	case resource.Bool:
		return "yes|no"
	case resource.Day:
		return "DATE"
	case resource.Relation, resource.Relations:
		if f.Lookup == "" {
			return "ID"
		}
		return "NAME"
	case resource.Choice:
		return "CHOICE"
	}
	return "TEXT"
}

// given collects the flags that were set, by field name. Several values of one
// field go on as a list.
func given(in input, fields []resource.Field) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		name := f.FlagName()
		if !in.Changed(name) {
			continue
		}
		if list, err := in.GetStringArray(name); err == nil {
			out[f.Name] = strings.Join(list, ",")
			continue
		}
		out[f.Name] = in.str(name)
	}
	return out
}
