package report

import (
	"database/sql"

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

// accounts adds up the present state of approved enrollments by a dimension. A
// plan's instalments are covered in the order of their days, so that what is
// overdue is what was due less what was paid.
func (q *query) accounts() (map[int64][5]int64, error) {
	args := &db.Args{}
	rule, err := q.s.Engine.Rule(q.tx, q.by, "report", "payments", args)
	if err != nil {
		return nil, err
	}
	q.Part = q.Part || rule != "1 = 1"
	today := args.Add(q.tx.Now.In(q.s.Zone).Format("2006-01-02"))
	rows, err := q.tx.Query(`SELECT COALESCE(`+enrolled.cuts[q.Ask.By]+`, 0), count(*), CAST(sum(enrollments.price) AS BIGINT),
		CAST(sum(COALESCE(money.paid, 0)) AS BIGINT), CAST(sum(enrollments.price - COALESCE(money.paid, 0)) AS BIGINT),
		CAST(sum(CASE WHEN plan.due > COALESCE(money.paid, 0) THEN plan.due - COALESCE(money.paid, 0) ELSE 0 END) AS BIGINT)
		FROM enrollments`+enrollment.Around+`
		LEFT JOIN (SELECT enrollment_id, sum(amount) AS paid FROM payments GROUP BY enrollment_id) AS money ON money.enrollment_id = enrollments.id
		LEFT JOIN (SELECT enrollment_id, sum(amount) AS due FROM instalments WHERE due_on < `+today+` GROUP BY enrollment_id) AS plan ON plan.enrollment_id = enrollments.id
		WHERE `+rule+` AND enrollments.state = 'approved' GROUP BY 1`, *args...)
	out := map[int64][5]int64{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		var n [5]int64
		err = r.Scan(&id, &n[0], &n[1], &n[2], &n[3], &n[4])
		out[id] = n
		return id, err
	})
	return out, err
}
