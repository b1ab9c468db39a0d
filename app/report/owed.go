package report

import (
	"time"

	"cohort/app/enrollment"
	"cohort/db"
)

// owed is what approved enrollments have agreed to, paid and still owe at
// present, and what of it is overdue by the plans of instalments.
func owed(q *query) error {
	q.Columns = []Column{{"enrolled", Count}, {"amount", Money}, {"paid", Money}, {"owed", Money}, {"overdue", Money}}
	q.Chart, q.Against = 3, 4
	list, err := q.accounts()
	if err != nil {
		return err
	}
	b := enrolled
	b.rights = "payments"
	ids := map[int64]bool{}
	for id := range list {
		ids[id] = true
	}
	labels, err := q.labels(q.Ask.By, keys(ids))
	if err != nil {
		return err
	}
	var sum [5]int64
	for _, id := range keys(ids) {
		n := list[id]
		row := Row{ID: id, Label: labels[id]}
		for i := range n {
			terms := []string{b.cutTerm(q.Ask.By, id)}
			if i >= 3 {
				terms = append(terms, "owing:>0")
			}
			sum[i] += n[i]
			c := Cell{N: n[i], Open: q.open(b, Period{}, terms...)}
			if i == 4 {
				c.Open = q.open(late, Period{}, b.cutTerm(q.Ask.By, id))
			}
			row.Cells = append(row.Cells, c)
		}
		q.Rows = append(q.Rows, row)
	}
	sortRows(q.Rows, 3)
	for _, n := range sum {
		q.Total = append(q.Total, Cell{N: n})
	}
	return nil
}

// late are the instalments whose day is over.
var late = base{resource: "instalments", rights: "payments", terms: "overdue:yes state:approved", fields: consultantField}

// accounts adds up the present state of approved enrollments by a dimension:
// how many, agreed, paid, owed, overdue.
func (q *query) accounts() (map[int64][5]int64, error) {
	out := map[int64][5]int64{}
	err := q.owing("count(*), CAST(sum(enrollments.price) AS BIGINT), CAST(sum(enrollments.paid) AS BIGINT)", "enrollments", "", 3, func(id int64, n []int64) {
		out[id] = [5]int64{n[0], n[1], n[2], n[1] - n[2], 0}
	})
	if err != nil {
		return nil, err
	}
	// A plan's instalments are covered in the order of their days, so that what is
	// overdue is what was due less what was paid. The day is text that is written here.
	today := "'" + q.tx.Now.In(q.s.Zone).Format(time.DateOnly) + "'"
	return out, q.owing("CAST(sum(plan.due - enrollments.paid) AS BIGINT)", "(SELECT enrollment_id, sum(amount) AS due FROM instalments WHERE due_on < "+today+
		" GROUP BY enrollment_id) AS plan CROSS JOIN enrollments", " AND enrollments.id = plan.enrollment_id AND plan.due > enrollments.paid", 1, func(id int64, n []int64) {
		sum := out[id]
		sum[4] = n[0]
		out[id] = sum
	})
}

// owing reads sums over approved enrollments that the actor may report the
// payments of, for each id of the dimension.
func (q *query) owing(sums, from, more string, columns int, do func(id int64, n []int64)) error {
	args := &db.Args{}
	rule, err := q.s.Engine.Rule(q.tx, q.by, "report", "payments", args)
	if err != nil {
		return err
	}
	q.Part = q.Part || rule != "1 = 1"
	shown, where := "COALESCE("+enrolled.cuts[q.Ask.By]+", 0), "+sums, rule+" AND enrollments.state = 'approved'"+more
	rows, err := q.tx.Query("SELECT "+shown+" FROM "+joined(from+enrollment.Around, shown, where)+" WHERE "+where+" GROUP BY 1", *args...)
	list, err := figures(rows, err, columns)
	for id, n := range list {
		do(id, n)
	}
	return err
}
