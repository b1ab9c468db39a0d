package resource

import (
	"strconv"
	"strings"

	"cohort/db"
)

// Set is a condition kept in another table: the row's id is among those of the
// rows there. A small set is found first and leads to its rows; a large one is
// asked row by row, since putting it together would take longer than the page.
type Set struct {
	Table string // "" for no set but Also
	ID    string // the column with the row's id
	Where string // names columns of the table only
	Also  string // a condition on the row itself, "" for none

	args []any
}

// enough is from where on a set is large: there, at a million rows, putting a
// set together takes as long as walking past the rows that are not in it.
var enough = 30_000

// enoughToCount is the same for a count, which walks past far more rows than a
// page: asking for each of them costs more than putting a set together once.
var enoughToCount = 120_000

// set gives the condition in the form that suits the set's size; "" for a set
// that is none.
func (c *compiler) set(s Set) string {
	if s.Table == "" {
		return s.Also
	}
	large, err := c.large(s.with(*c.args))
	if err != nil {
		c.err = err
	}
	cond := c.res.Key + " IN (SELECT " + s.ID + " FROM " + s.Table + " WHERE " + s.Where + ")"
	if large {
		cond = "EXISTS (SELECT 1 FROM " + s.Table + " WHERE " + s.ID + " = " + c.res.Key + " AND " + s.Where + ")"
	}
	if s.Also == "" {
		return cond
	}
	return "(" + cond + " AND " + s.Also + ")"
}

// with numbers the placeholders of the set's own condition from one on, for a
// statement of its own.
func (s Set) with(all db.Args) Set {
	var b strings.Builder
	s.args = nil
	text := s.Where
	for {
		head, rest, ok := strings.Cut(text, "$")
		b.WriteString(head)
		if !ok {
			break
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, _ := strconv.Atoi(rest[:digits])
		s.args = append(s.args, all[n-1])
		b.WriteString("$" + strconv.Itoa(len(s.args)))
		text = rest[digits:]
	}
	s.Where = b.String()
	return s
}

func (r *Resource) large(tx *db.Tx, s Set, most int) (bool, error) {
	var n int
	err := tx.QueryRow("SELECT count(*) FROM (SELECT 1 FROM "+s.Table+" WHERE "+s.Where+" LIMIT "+strconv.Itoa(most+1)+") AS members",
		s.args...).Scan(&n)
	return n > most, err
}
