package report

import (
	"database/sql"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/db"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// where is the condition of a base's rows in a period within the actor's rights.
// A zero period is all times.
func (q *query) where(b base, p Period, args *db.Args) (string, error) {
	rule, err := q.s.Engine.Rule(q.tx, q.by, "report", b.resource, args)
	if err != nil {
		return "", err
	}
	all := []string{rule}
	if b.always != "" {
		all = append(all, b.always)
	}
	if !p.IsZero() {
		all = append(all, b.at+" >= "+args.Add(db.Millis(p.From)), b.at+" < "+args.Add(db.Millis(p.To)))
	}
	if rule != "1 = 1" {
		q.Part = true
	}
	return strings.Join(all, " AND "), nil
}

// sum adds value up over a base's rows, for each id of a dimension; "" cuts not
// at all and gives everything under 0. more narrows the rows further.
func (q *query) sum(b base, p Period, cut, value, more string) (map[int64]int64, error) {
	args := &db.Args{}
	where, err := q.where(b, p, args)
	if err != nil {
		return nil, err
	}
	key := "0"
	if cut != "" {
		expr, ok := b.cuts[cut]
		if !ok {
			return nil, fault.Field("by", "fault.bad_choice", "value", cut, "choices", "")
		}
		key = "COALESCE(" + expr + ", 0)"
	}
	if more != "" {
		where += " AND " + more
	}
	rows, err := q.tx.Query("SELECT "+key+", CAST(COALESCE("+value+", 0) AS BIGINT) FROM "+b.from+" WHERE "+where+" GROUP BY 1", *args...)
	return figures(rows, err)
}

// one is sum over everything.
func (q *query) one(b base, p Period, value, more string) (int64, error) {
	m, err := q.sum(b, p, "", value, more)
	return m[0], err
}

func figures(rows *sql.Rows, err error) (map[int64]int64, error) {
	out := map[int64]int64{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		var n int64
		err = r.Scan(&id, &n)
		out[id] = n
		return id, err
	})
	return out, err
}

// names are where the labels of a dimension stand: a text, and a code.
var names = map[string]string{
	"source":     "SELECT id, name, code FROM sources",
	"campaign":   "SELECT id, name, name FROM campaigns",
	"person":     "SELECT id, name, login FROM accounts",
	"taken_by":   "SELECT id, name, login FROM accounts",
	"department": "SELECT id, name, name FROM departments",
	"course":     "SELECT id, name, code FROM courses",
	"campus":     "SELECT id, name, name FROM campuses",
	"class":      "SELECT id, code, code FROM classes",
}

// labels says what the ids of a dimension are called.
func (q *query) labels(cut string, ids []int64) (map[int64]Label, error) {
	out := map[int64]Label{0: {Word: "report.none"}}
	if len(ids) == 0 {
		return out, nil
	}
	args := &db.Args{}
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = args.Add(id)
	}
	rows, err := q.tx.Query(names[cut]+" WHERE id IN ("+strings.Join(marks, ", ")+")", *args...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		var l Label
		err = r.Scan(&id, &l.Text, &l.Code)
		if cut == "source" && i18n.Has("choice.source."+l.Code) {
			l.Word = "choice.source." + l.Code
		}
		out[id] = l
		return id, err
	})
	return out, err
}
