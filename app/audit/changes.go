package audit

import (
	"strings"

	"cohort/app/clean"
)

// Diff lists the fields, in the given order, whose values differ. A field that a map lacks has the value "".
func Diff(old, new map[string]string, fields []string) []Change {
	var list []Change
	for _, f := range fields {
		if old[f] != new[f] {
			list = append(list, Change{Field: f, Old: old[f], New: new[f]})
		}
	}
	return list
}

// Secret says that a field changed and nothing of its values: passwords, tokens, keys.
func Secret(field string) Change { return Change{Field: field, Old: Concealed, New: Concealed} }

// Masked is a change of an ID number or the like: of both values only the ends are kept, see [Mask].
func Masked(field, old, new string) Change {
	return Change{Field: field, Old: Mask(old), New: Mask(new)}
}

// Mask keeps the first three and the last two characters of a value of ten or more ("110…34" of an ID number), and
// nothing but a sign that there was one of a shorter value. The number of stars does not tell the length. "" stays "".
func Mask(value string) string {
	r := []rune(value)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 10:
		return Concealed
	}
	return string(r[:3]) + strings.Repeat("*", 4) + string(r[len(r)-2:])
}

// safe gives changes without what no stored text should hold: a refused or hostile text may be told of, too, and who reads
// the trail sits at a terminal.
func safe(changes []Change) []Change {
	out := make([]Change, len(changes))
	for i, c := range changes {
		out[i] = Change{c.Field, clean.Safe(c.Old), clean.Safe(c.New)}
	}
	return out
}
