package resource

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Way is one way in which a word finds rows of a large table: an index leads to
// those that may be meant, and each row is asked itself.
type Way struct {
	// Select gives a SELECT of the ids of the rows that may match, as column id;
	// nil: an index serves Row itself.
	Select func(args policy.Args) string
	// Row gives the condition that a row matches. Exact says that whatever Select
	// finds does.
	Row   func(args policy.Args) string
	Exact bool
}

// Finding gives the condition that a word finds the field in rows that others are
// joined with, by the column that has their number; "" for none.
func (f Field) Finding(word, column string, args policy.Args) string {
	if f.Ways == nil {
		if f.Search == nil {
			return ""
		}
		return f.Search(word, args)
	}
	var any []string
	for _, w := range f.Ways(word, true) {
		if w.Select == nil {
			any = append(any, w.Row(args))
			continue
		}
		cond := column + " IN (" + w.Select(args) + ")"
		if !w.Exact {
			cond = "(" + cond + " AND " + w.Row(args) + ")"
		}
		any = append(any, cond)
	}
	if len(any) == 0 {
		return ""
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// gathered is up to how many rows that a word finds are put together, whichever
// way they were found. More are so many that the list is walked in its order
// until a page is full.
var gathered = 10_000

// Gathered sets that bound, for tests with few rows, and gives what sets it back.
func Gathered(n int) (back func()) {
	was := gathered
	gathered = n
	return func() { gathered = was }
}

// guarded is a way with the field that it finds.
type guarded struct {
	Way
	field Field
}

// ways are all in which a word finds a row; nil where none of the fields has
// any.
func (c *compiler) ways(w string, bounded bool) (all []guarded) {
	found := false
	for _, f := range c.res.Fields {
		switch {
		case f.Ways != nil:
			found = true
			for _, way := range f.Ways(w, bounded) {
				all = append(all, guarded{way, f})
			}
		case f.Search != nil:
			if f.Search(w, &db.Args{}) != "" {
				all = append(all, guarded{Way{Row: func(args policy.Args) string { return f.Search(w, args) }}, f})
			}
		}
	}
	if !found {
		return nil
	}
	if n, err := strconv.ParseInt(strings.TrimPrefix(w, "#"), 10, 64); err == nil && strings.HasPrefix(w, "#") {
		all = append(all, guarded{Way{Row: func(args policy.Args) string { return c.res.Key + " = " + args.Add(n) }}, Field{}})
	}
	if all == nil {
		all = []guarded{}
	}
	return all
}

// found gives the condition that one of the ways leads to a row; alone says that
// nothing else narrows the list.
func (c *compiler) found(ways []guarded, alone bool) string {
	if len(ways) == 0 {
		return "1 = 0"
	}
	probe := &db.Args{}
	n, err := c.count(c.candidates(ways, probe)+" LIMIT "+strconv.Itoa(gathered+1), probe)
	if err != nil {
		c.err = err
	}
	if n <= gathered || alone && c.limited(ways) {
		c.gathered = true
		return c.res.Key + " IN (" + c.reached(ways, n > gathered) + ")"
	}
	c.many = c.many || alone
	rows := make([]string, len(ways))
	for i, w := range ways {
		rows[i] = c.guard(w.field, w.Row(c.args))
	}
	return "(" + strings.Join(rows, " OR ") + ")"
}

// limited says whether the actor sees any of the fields whole on some rows only:
// walking past the others would take long.
func (c *compiler) limited(ways []guarded) bool {
	return slices.ContainsFunc(ways, func(w guarded) bool { return c.shut(w.field) })
}

func (c *compiler) shut(f Field) bool {
	return f.Name != "" && c.by.Limited("list", c.res.Name, f.Name)
}

// table is the resource's own: rules about fields found by Ways are about its
// columns.
func (c *compiler) table() string {
	table, _, _ := strings.Cut(c.res.Key, ".")
	return table
}

// candidates gives a SELECT of the ids that the ways lead to, before any row is
// asked. Each way is a part of its own: of conditions joined by OR, SQLite scans
// the table.
func (c *compiler) candidates(ways []guarded, args *db.Args) string {
	parts := make([]string, len(ways))
	for i, w := range ways {
		parts[i] = "SELECT hits.id FROM (" + c.hits(w, args) + ") AS hits"
	}
	return strings.Join(parts, " UNION ALL ")
}

func (c *compiler) hits(w guarded, args *db.Args) string {
	if w.Select != nil {
		return w.Select(args)
	}
	return "SELECT " + c.res.Key + " AS id FROM " + c.table() + " WHERE " + w.Row(args)
}

// reached gives a SELECT of the ids of the rows that match; bounded, each way
// leads to some of them only.
func (c *compiler) reached(ways []guarded, bounded bool) string {
	parts := make([]string, len(ways))
	for i, w := range ways {
		hits := c.hits(w, c.args)
		if bounded {
			hits += " LIMIT " + strconv.Itoa(gathered/len(ways))
		}
		parts[i] = "SELECT hits.id FROM (" + hits + ") AS hits"
		if shut := c.shut(w.field); shut || w.Select != nil && !w.Exact {
			parts[i] = "SELECT " + c.res.Key + " AS id FROM (" + hits + ") AS hits CROSS JOIN " + c.table() +
				" WHERE " + c.res.Key + " = hits.id AND " + c.guard(w.field, w.Row(c.args))
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// Bind puts the values of the moment into a statement made with the resource's
// rules.
func (r *Resource) Bind(text string, now time.Time, args policy.Args) string {
	return r.bind(text, now, args)
}
