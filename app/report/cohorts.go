package report

import (
	"strconv"

	"cohort/db"
)

// cohortMonths is how many months after the entry have a column of their own.
const cohortMonths = 6

// cohorts follows the leads of each month: how many of them enrolled in the same
// month, in the one after, and so on, whenever the report is asked. Months that
// have not come are none.
func cohorts(q *query) error {
	q.Columns = []Column{{"leads", Count}, {"enrolled", Count}, {"rate", Rate}}
	for i := range cohortMonths {
		q.Columns = append(q.Columns, Column{"month_" + strconv.Itoa(i), Count})
	}
	q.Columns = append(q.Columns, Column{"later", Count})
	q.Chart, q.Against = 0, 1
	total := make([]int64, len(q.Columns))
	for i, m := range q.Ask.Period.months(shownMonths) {
		row, err := q.cohort(m)
		if err != nil {
			return err
		}
		row.ID = int64(i)
		for k, c := range row.Cells {
			total[k] += c.N
		}
		q.Rows = append(q.Rows, row)
	}
	for _, n := range total {
		q.Total = append(q.Total, Cell{N: n})
	}
	q.Total[2] = rate(total[1], total[0])
	return nil
}

// cohort is the row of the leads of one month.
func (q *query) cohort(m Period) (row Row, err error) {
	row.Label = Label{Text: m.Text(), Code: m.Text()}
	n, err := q.one(leads, m, one, "")
	if err != nil {
		return row, err
	}
	wins, counts, err := q.wins(m)
	if err != nil {
		return row, err
	}
	row.Cells = []Cell{{N: n, Open: q.open(leads, m)}, {N: wins, Open: q.open(leads, m, "approved:yes")}, rate(wins, n)}
	for i, k := range counts {
		c := Cell{N: k}
		switch month := m.Shift(i); {
		case month.From.After(q.tx.Now):
			c = Cell{None: true}
		case i < cohortMonths:
			c.Open = q.open(leads, m, "won:"+month.Text())
		default:
			c.Open = q.open(leads, m, "won:>="+month.Text())
		}
		row.Cells = append(row.Cells, c)
	}
	return row, nil
}

// wins counts how many leads of a month have enrolled, and of them those who did
// so in the same month, in the one after, and so on; the last count is of all that
// came later.
func (q *query) wins(m Period) (all int64, counts []int64, err error) {
	values := []string{one}
	for i := range cohortMonths {
		end := itoa(db.Millis(m.Shift(i).To))
		values = append(values, "sum(CASE WHEN customers.first_approved_at < "+end+" THEN 1 ELSE 0 END)")
	}
	sums, err := q.sums(leads, m, "", "customers.first_approved_at > 0", values...)
	n := sums[0]
	if n == nil {
		n = make([]int64, len(values))
	}
	for i, before := 1, int64(0); i < len(n); i++ {
		counts, before = append(counts, n[i]-before), n[i]
	}
	return n[0], append(counts, n[0]-n[cohortMonths]), err
}
