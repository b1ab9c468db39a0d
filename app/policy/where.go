package policy

import (
	"strconv"
	"strings"
)

// Fields tells how a resource's row-rule fields are found in SQL: the field's
// name to a condition in which {in} stands for the comparison, for example
// "customers.owner_id {in}". Text says how values are bound: as text where
// true, else as whole numbers.
type Fields map[string]FieldSQL

// FieldSQL is the SQL side of one row-rule field.
type FieldSQL struct {
	Cond string // with {in}
	Text bool
}

// Args collects the arguments of a statement; Add gives the placeholder.
type Args interface{ Add(v any) string }

// What conditions without a limit, and without a row, look like.
const (
	allRows = "1 = 1"
	noRows  = "1 = 0"
)

// Where gives the SQL condition of all rows on which the actor may do the
// action: "1 = 1" where there is no limit, "1 = 0" where there is no grant. It
// is the list form of May.
func (a Actor) Where(action, resource string, fields Fields, args Args) string {
	var barring []Grant
	for _, d := range a.denials(action, resource) {
		if d.bars() {
			barring = append(barring, d)
		}
	}
	return a.where(a.grants(action, resource), barring, fields, args)
}

// where gives the rows that any of the grants opens and none of the denials
// takes away.
func (a Actor) where(grants, denials []Grant, fields Fields, args Args) string {
	if len(grants) == 0 || unlimited(denials) {
		return noRows
	}
	open := a.anySQL(grants, fields, args)
	if len(denials) == 0 {
		return open
	}
	// A row whose value is missing meets no denial, as in May.
	closed := "(" + a.anySQL(denials, fields, args) + ") IS NOT TRUE"
	if open == allRows {
		return closed
	}
	return "(" + open + " AND " + closed + ")"
}

// anySQL gives the rows that any of the grants, at least one, names.
func (a Actor) anySQL(grants []Grant, fields Fields, args Args) string {
	if unlimited(grants) {
		return allRows
	}
	var alternatives []string
	for _, g := range grants {
		alternatives = append(alternatives, a.grantSQL(g, fields, args))
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return "(" + strings.Join(alternatives, " OR ") + ")"
}

func unlimited(grants []Grant) bool {
	for _, g := range grants {
		if len(g.Rows) == 0 {
			return true
		}
	}
	return false
}

func (a Actor) grantSQL(g Grant, fields Fields, args Args) string {
	var all []string
	for _, c := range g.Rows {
		all = append(all, condSQL(c.Field, a.values(c), fields, args))
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, " AND ") + ")"
}

// condSQL is one condition as SQL. A field the resource does not have, or no
// value at all, meets no row.
func condSQL(field string, values []string, fields Fields, args Args) string {
	f, ok := fields[field]
	if !ok || len(values) == 0 {
		return noRows
	}
	var marks []string
	for _, v := range values {
		if f.Text {
			marks = append(marks, args.Add(v))
			continue
		}
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			continue
		}
		marks = append(marks, args.Add(n))
	}
	switch len(marks) {
	case 0:
		return noRows
	case 1:
		return strings.ReplaceAll(f.Cond, "{in}", "= "+marks[0])
	}
	return strings.ReplaceAll(f.Cond, "{in}", "IN ("+strings.Join(marks, ", ")+")")
}

// FieldWhere gives the SQL condition of the rows on which the actor sees the
// field with at most the given mode. A filter, a search or an order by a field
// must hold on these rows only, or masked values could be guessed.
func (a Actor) FieldWhere(action, resource, field string, atMost Mode, fields Fields, args Args) string {
	var open, closed []Grant
	for _, g := range a.grants(action, resource) {
		if g.mode(field) <= atMost {
			open = append(open, g)
		}
	}
	for _, d := range a.denials(action, resource) {
		if d.bars() || d.mode(field) > atMost {
			closed = append(closed, d)
		}
	}
	return a.where(open, closed, fields, args)
}
