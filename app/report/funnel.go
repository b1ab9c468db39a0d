package report

import "cohort/db"

// steps are the way of a lead, each with the moment at which it is reached and
// the list's condition for who has. NULL is who has not; the database itself
// keeps the moments with the customer.
var steps = []struct{ name, at, term string }{
	{"entered", "customers.created_at", ""},
	{"followed", "NULLIF(customers.first_follow_up_at, 0)", "followed:yes"},
	{"invited", "NULLIF(customers.first_invited_at, 0)", "invited:yes"},
	{"submitted", "NULLIF(customers.first_submitted_at, 0)", "submitted:yes"},
	{"approved", "NULLIF(customers.first_approved_at, 0)", "approved:yes"},
}

// funnel follows the leads of a period through the steps: how many have reached
// each by now, and how long it took from the step before.
func funnel(q *query) error {
	q.Columns = []Column{{"reached", Count}, {"of_before", Rate}, {"of_all", Rate}, {"took", Span}}
	q.Chart = 0
	counts, times, err := q.walk()
	if err != nil {
		return err
	}
	for i, step := range steps {
		row := Row{ID: int64(i), Label: Label{Word: "report.step." + step.name, Code: step.name},
			Cells: []Cell{{N: counts[i], Open: q.open(leads, q.Ask.Period, step.term)}, {None: true}, rate(counts[i], counts[0]), {None: true}}}
		if i > 0 {
			row.Cells[1] = rate(counts[i], counts[i-1])
			if times[i] >= 0 {
				row.Cells[3] = Cell{N: times[i]}
			}
		}
		q.Rows = append(q.Rows, row)
	}
	return nil
}

// walk counts who reached each step, and the average time from the step before
// of those who reached both; -1 where nobody did.
func (q *query) walk() (counts, times []int64, err error) {
	args := &db.Args{}
	where, err := q.where(leads, q.Ask.Period, args)
	if err != nil {
		return nil, nil, err
	}
	inner, outer := "", ""
	for i, s := range steps {
		inner += sep(i) + s.at + " AS s" + itoa(int64(i))
		outer += sep(i) + "count(s" + itoa(int64(i)) + ")"
	}
	for i := 1; i < len(steps); i++ {
		a, b := "s"+itoa(int64(i-1)), "s"+itoa(int64(i))
		outer += ", CAST(COALESCE(avg(CASE WHEN " + b + " > " + a + " THEN " + b + " - " + a + " WHEN " + b + " <= " + a + " THEN 0 END), -1) AS BIGINT)"
	}
	counts, times = make([]int64, len(steps)), make([]int64, len(steps))
	to := make([]any, 0, 2*len(steps))
	for i := range steps {
		to = append(to, &counts[i])
	}
	for i := 1; i < len(steps); i++ {
		to = append(to, &times[i])
	}
	err = q.tx.QueryRow("SELECT "+outer+" FROM (SELECT "+inner+" FROM customers WHERE "+where+") AS way", *args...).Scan(to...)
	return counts, times, err
}

func sep(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}
