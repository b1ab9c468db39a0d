package exchange

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"cohort/app/i18n"
	"cohort/app/resource"
)

func word(key string) i18n.Word { return i18n.W(key) }

// folded is a heading without what people write differently: case, width,
// blanks, punctuation.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, width.Fold.String(s))
}

// calls lists what a field may be called above a column: its name, its flag, its
// label in every language, and what else people call it.
func calls(f resource.Field) []string {
	list := []string{f.Name, f.Flag}
	for _, l := range i18n.Langs {
		p := i18n.Printer{Lang: l}
		list = append(list, p.Or("field."+f.Name, ""))
		list = append(list, resource.Words(p.Or("heading."+f.Name, ""))...)
	}
	return list
}

// idCalls are what the number of a record is called.
var idCalls = []string{"id", "record id", "记录号"}

// headings knows the fields of a record by what people call them.
func headings(res *resource.Resource) map[string]string {
	out := map[string]string{}
	for _, given := range []bool{true, false} { // those that can be given go first
		for _, f := range res.Fields {
			if f.Input != given {
				continue
			}
			for _, c := range calls(f) {
				if key := folded(c); key != "" && out[key] == "" {
					out[key] = f.Name
				}
			}
		}
	}
	for _, c := range idCalls {
		out[folded(c)] = "id"
	}
	return out
}

// guess gives the field of each heading, "" where none is known. Of two headings
// for one field, the first has it.
func guess(res *resource.Resource, heads []string) []string {
	known, taken := headings(res), map[string]bool{}
	out := make([]string, len(heads))
	for i, h := range heads {
		if f := known[folded(h)]; f != "" && !taken[f] {
			out[i], taken[f] = f, true
		}
	}
	return out
}

// guessRecord finds the kind of record that a file holds: what its name says, or
// the one that most of its headings fit.
func guessRecord(all []*resource.Resource, name string, heads []string) string {
	best, points := "", 0
	for _, res := range all {
		n := 0
		for _, field := range guess(res, heads) {
			if f, ok := res.Field(field); ok && f.Input {
				n += 2
			} else if field != "" {
				n++
			}
		}
		if n > 0 && called(res, name) {
			n += 1000
		}
		if n > points {
			best, points = res.Name, n
		}
	}
	return best
}

// called says that a file's name begins with what a record is called.
func called(res *resource.Resource, name string) bool {
	name = folded(name)
	list := []string{res.Name}
	for _, l := range i18n.Langs {
		p := i18n.Printer{Lang: l}
		list = append(list, p.Or("resource."+res.Name, ""), p.Or("one."+res.Name, ""))
	}
	for _, c := range list {
		if key := folded(c); key != "" && strings.HasPrefix(name, key) {
			return true
		}
	}
	return false
}
