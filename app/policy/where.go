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

// Where gives the SQL condition of all rows on which the actor may do the
// action: "TRUE"-like text where there is no limit, "1 = 0" where there is no
// grant. It is the list form of May.
func (a Actor) Where(action, resource string, fields Fields, args Args) string {
	return a.where(a.grants(action, resource), fields, args)
}

func (a Actor) where(grants []Grant, fields Fields, args Args) string {
	var alternatives []string
	for _, g := range grants {
		if len(g.Rows) == 0 {
			return "1 = 1"
		}
		alternatives = append(alternatives, a.grantSQL(g, fields, args))
	}
	switch len(alternatives) {
	case 0:
		return "1 = 0"
	case 1:
		return alternatives[0]
	}
	return "(" + strings.Join(alternatives, " OR ") + ")"
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
		return "1 = 0"
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
		return "1 = 0"
	case 1:
		return strings.ReplaceAll(f.Cond, "{in}", "= "+marks[0])
	}
	return strings.ReplaceAll(f.Cond, "{in}", "IN ("+strings.Join(marks, ", ")+")")
}

// FieldWhere gives the SQL condition of the rows on which the actor sees the
// field with at most the given mode. A filter, a search or an order by a field
// must hold on these rows only, or masked values could be guessed.
func (a Actor) FieldWhere(action, resource, field string, atMost Mode, fields Fields, args Args) string {
	var open []Grant
	for _, g := range a.grants(action, resource) {
		if g.mode(field) <= atMost {
			open = append(open, g)
		}
	}
	return a.where(open, fields, args)
}
