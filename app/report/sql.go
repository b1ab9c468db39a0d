package report

import (
	"database/sql"
	"strconv"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/db"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// where is the condition of a base's rows in a period within the actor's rights.
// A zero period is all times.
func (q *query) where(b base, p Period, args *db.Args) (string, error) {
	var all []string
	for _, name := range append([]string{b.resource}, b.also...) {
		rule, err := q.s.Engine.Rule(q.tx, q.by, "report", name, args)
		if err != nil {
			return "", err
		}
		q.Part = q.Part || rule != "1 = 1"
		if b.same[0] != "" {
			rule = strings.ReplaceAll(rule, b.same[0], b.same[1])
		}
		all = append(all, rule)
	}
	if b.always != "" {
		all = append(all, b.always)
	}
	if !p.IsZero() {
		all = append(all, b.at+" >= "+args.Add(b.moment(p.From)), b.at+" < "+args.Add(b.moment(p.To)))
	}
	return strings.Join(all, " AND "), nil
}

// moment is a bound of a period as the base's time is kept.
func (b base) moment(at time.Time) any {
	if b.day {
		return at.Format(time.DateOnly)
	}
	return db.Millis(at)
}

// sums adds values up over a base's rows in one walk, for each id of a
// dimension; "" cuts not at all and gives everything under 0. more narrows the
// rows further; {now} in a value is the moment.
func (q *query) sums(b base, p Period, cut, more string, values ...string) (map[int64][]int64, error) {
	args := &db.Args{}
	where, err := q.where(b, p, args)
	if err != nil {
		return nil, err
	}
	columns := []string{"0"}
	if cut != "" {
		expr, ok := b.cuts[cut]
		if !ok {
			return nil, fault.Field("by", "fault.bad_choice", "value", cut, "choices", "")
		}
		columns[0] = "COALESCE(" + expr + ", 0)"
	}
	for _, v := range values {
		if strings.Contains(v, "{now}") {
			v = strings.ReplaceAll(v, "{now}", args.Add(db.Millis(q.tx.Now)))
		}
		columns = append(columns, "CAST(COALESCE("+v+", 0) AS BIGINT)")
	}
	if more != "" {
		where += " AND " + more
	}
	shown := strings.Join(columns, ", ")
	rows, err := q.tx.Query("SELECT "+shown+" FROM "+joined(b.from, shown, where)+" WHERE "+where+" GROUP BY 1", *args...)
	return figures(rows, err, len(values))
}

// sum is sums of one value.
func (q *query) sum(b base, p Period, cut, value, more string) (map[int64]int64, error) {
	list, err := q.sums(b, p, cut, more, value)
	out := make(map[int64]int64, len(list))
	for id, n := range list {
		out[id] = n[0]
	}
	return out, err
}

// one is sum over everything.
func (q *query) one(b base, p Period, value, more string) (int64, error) {
	m, err := q.sum(b, p, "", value, more)
	return m[0], err
}

func figures(rows *sql.Rows, err error, columns int) (map[int64][]int64, error) {
	out := map[int64][]int64{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		n := make([]int64, columns)
		to := []any{&id}
		for i := range n {
			to = append(to, &n[i])
		}
		err = r.Scan(to...)
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
	"lecturer":   "SELECT id, name, login FROM accounts",
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
