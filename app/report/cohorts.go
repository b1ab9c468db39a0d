package report

import (
	"database/sql"
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
	wins, err := q.firstApprovals(m)
	if err != nil {
		return row, err
	}
	counts := make([]int64, cohortMonths+1)
	for _, at := range wins {
		counts[min(monthsBetween(m, at), cohortMonths)]++
	}
	row.Cells = []Cell{{N: n, Open: q.open(leads, m)}, {N: int64(len(wins)), Open: q.open(leads, m, "approved:yes")}, rate(int64(len(wins)), n)}
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

// monthsBetween counts the calendar months from one to the one in which an
// instant lies.
func monthsBetween(m Period, at int64) int {
	t := db.Time(at).In(m.From.Location())
	return max(0, (t.Year()-m.From.Year())*12+int(t.Month()-m.From.Month()))
}

// firstApprovals gives, for each lead of a month who has enrolled, when he first
// did.
func (q *query) firstApprovals(m Period) ([]int64, error) {
	args := &db.Args{}
	where, err := q.where(leads, m, args)
	if err != nil {
		return nil, err
	}
	// From the leads to their enrollments, never from all that were ever approved:
	// the state stands where no index can begin with it.
	rows, err := q.tx.Query(`SELECT at FROM (SELECT (SELECT min(CASE WHEN e.state = 'approved' THEN e.approved_at END) FROM enrollments AS e
		WHERE e.customer_id = customers.id) AS at FROM customers WHERE `+where+` AND customers.status <> 'not_enrolled') AS wins WHERE at IS NOT NULL`, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (at int64, err error) {
		err = r.Scan(&at)
		return at, err
	})
}
