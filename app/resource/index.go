package resource

import (
	"slices"
	"strings"

	"cohort/db"
)

// Index is one index made for lists: rows that have one value in each field of
// the scope, in the order of one field. Its columns are the scope's, the
// order's and the id.
type Index struct {
	Name  string
	Scope []string // names of fields
	Order string   // name of a field one may sort by
}

// SQLite's planner does not know that a page needs fifty rows only. Without
// statistics, or with those of last year, it finds all rows by the filter that
// looks narrowest and sorts them, which costs seconds where a million match. So
// the index is chosen here. PostgreSQL's planner knows limits.

// from is the FROM clause of a page, with the index that is to be walked where
// one serves.
func (e *Engine) from(tx *db.Tx, res *Resource, q Query, c *compiler) (string, error) {
	at := res.indexFor(q.Sort, c.fixed)
	if at == "" || tx.Dialect() != db.SQLite || c.gathered {
		return res.From, nil
	}
	if c.loose && !c.many {
		n, err := e.atMost(tx, c.by, res, q, few+1)
		if err != nil || n <= few {
			return res.From, err
		}
	}
	return res.Name + " INDEXED BY " + at + strings.TrimPrefix(res.From, res.Name), nil
}

// oneBound takes out of SQLite's planning the bounds that a filter sets where
// the page's place sets a narrower one: of two it makes a plan that sorts.
func oneBound(tx *db.Tx, where, order string, desc bool) string {
	if tx.Dialect() != db.SQLite {
		return where
	}
	op := " >"
	if desc {
		op = " <"
	}
	return strings.ReplaceAll(where, order+op, "+"+order+op)
}

// few is how many rows may be sorted: below, finding them by their narrowest
// filter is faster than walking in order past those that do not match.
const few = 1024

// indexFor finds the index with the widest scope for an order.
func (r *Resource) indexFor(sort string, fixed map[string]bool) string {
	name, width := "", -1
	for _, x := range r.Indexes {
		free := slices.ContainsFunc(x.Scope, func(f string) bool { return !fixed[f] })
		if x.Order == sort && !free && len(x.Scope) > width {
			name, width = x.Name, len(x.Scope)
		}
	}
	return name
}

// note takes down whether a condition gives one of the indexes' fields one
// value; field is "" for a row rule, which may be about any.
func (c *compiler) note(cond, field string) {
	if cond == "1 = 1" {
		return
	}
	for _, x := range c.res.Indexes {
		for _, name := range x.Scope {
			if f, ok := c.res.Field(name); ok && (field == "" || field == name) && oneValue(cond, f.SQL) {
				c.fixed[name] = true
				return
			}
		}
	}
	c.loose = true
	if f, ok := c.res.Field(field); ok && cond == "("+f.Filter+")" {
		for _, name := range f.Fixes {
			c.fixed[name] = true
		}
	}
}

// oneValue says that a condition is the comparison of a column with one value.
func oneValue(cond, column string) bool {
	rest, ok := strings.CutPrefix(cond, column+" ")
	if !ok {
		return false
	}
	mark, ok := strings.CutPrefix(rest, "= $")
	return rest == "IS NULL" || ok && mark != "" && strings.Trim(mark, "0123456789") == ""
}
