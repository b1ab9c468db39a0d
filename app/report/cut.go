package report

import (
	"cmp"
	"slices"
)

// measure is one figure of every row of a report that is cut by a dimension:
// counted from a base, or reckoned from the figures before it.
type measure struct {
	Column
	base  base
	value string                 // what is added up; "" for what is reckoned
	more  string                 // condition besides
	terms []string               // the same for the list
	often bool                   // a row may count for several values: there is no list of the total
	mean  int                    // what is added up is divided by the figure of this column, counted from 1
	from  func(c []Cell) Cell    // reckons from the cells to the left
	given func(q *query) figured // or is found out in a way of its own
}

// figured is a figure by the id of a dimension.
type figured func(cut string) (map[int64]int64, error)

// cutReport runs measures by a dimension: a row for each id that any of them
// knows, the largest first, and the total. By month it has a row for each month.
func cutReport(chart, against int, list ...measure) func(q *query) error {
	return func(q *query) error {
		q.Chart, q.Against = chart, against
		for _, m := range list {
			q.Columns = append(q.Columns, m.Column)
		}
		if q.Ask.By == "month" {
			return q.byMonth(list)
		}
		sums, err := q.measures(list, q.Ask.By)
		if err != nil {
			return err
		}
		ids := map[int64]bool{}
		for _, sum := range sums {
			for id := range sum {
				ids[id] = true
			}
		}
		return q.fill(list, sums, ids)
	}
}

// measures reads what the measures add up to, for each id of a dimension. Those
// of one base that stand side by side are read in one walk.
func (q *query) measures(list []measure, cut string) ([]map[int64]int64, error) {
	out := make([]map[int64]int64, len(list))
	for i := 0; i < len(list); {
		n, err := 1, error(nil)
		switch m := list[i]; {
		case m.from != nil:
		case m.given != nil:
			out[i], err = m.given(q)(cut)
		default:
			for i+n < len(list) && list[i+n].base.from == m.base.from && list[i+n].base.always == m.base.always && list[i+n].more == m.more {
				n++
			}
			err = q.walkOnce(list[i:i+n], cut, out[i:i+n])
		}
		if err != nil {
			return nil, err
		}
		i += n
	}
	return out, nil
}

func (q *query) walkOnce(list []measure, cut string, out []map[int64]int64) error {
	values := make([]string, len(list))
	for i, m := range list {
		values[i], out[i] = m.value, map[int64]int64{}
	}
	sums, err := q.sums(list[0].base, q.Ask.Period, cut, list[0].more, values...)
	for id, n := range sums {
		for i := range list {
			out[i][id] = n[i]
		}
	}
	return err
}

// byMonth gives the year up to the end of the period, or all months of a longer
// one: each is one stretch of an index.
func (q *query) byMonth(list []measure) error {
	asked := q.Ask.Period
	defer func() { q.Ask.Period = asked }()
	total := make([]int64, len(list))
	for i, m := range asked.months(max(shownMonths, asked.spans())) {
		q.Ask.Period = m
		sums, err := q.measures(list, "")
		if err != nil {
			return err
		}
		row := Row{ID: int64(i), Label: Label{Text: m.Text(), Code: m.Text()}}
		for k, x := range list {
			row.Cells = append(row.Cells, q.figure(x, sums[k][0], row.Cells, allRows))
			total[k] += sums[k][0]
		}
		q.Rows = append(q.Rows, row)
	}
	for k, x := range list {
		c := q.figure(x, total[k], q.Total, allRows)
		c.Open = "" // a year of months is no period that was asked for
		q.Total = append(q.Total, c)
	}
	return nil
}

func (q *query) fill(list []measure, sums []map[int64]int64, ids map[int64]bool) error {
	labels, err := q.labels(q.Ask.By, keys(ids))
	if err != nil {
		return err
	}
	total := make([]int64, len(list))
	for _, id := range keys(ids) {
		row := Row{ID: id, Label: labels[id]}
		for i, m := range list {
			row.Cells = append(row.Cells, q.figure(m, sums[i][id], row.Cells, id))
			total[i] += sums[i][id]
		}
		q.Rows = append(q.Rows, row)
	}
	sortRows(q.Rows, q.Chart)
	for i, m := range list {
		q.Total = append(q.Total, q.figure(m, total[i], q.Total, allRows))
	}
	return nil
}

// allRows stands for the id of everything together.
const allRows = -1

// figure makes the cell of one measure.
func (q *query) figure(m measure, n int64, left []Cell, id int64) Cell {
	if m.from != nil {
		return m.from(left)
	}
	c := Cell{N: n}
	if m.mean > 0 {
		c = each(n, left[m.mean-1].N)
	}
	if m.base.resource == "" || id < 0 && m.often {
		return c
	}
	terms := m.terms
	if id >= 0 {
		terms = append(slices.Clone(terms), m.base.cutTerm(q.Ask.By, id))
	}
	p := q.Ask.Period
	if q.Report.Now {
		p = Period{}
	}
	c.Open = q.open(m.base, p, terms...)
	return c
}

func keys(set map[int64]bool) []int64 {
	var out []int64
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// ratio is the rate of two columns.
func ratio(part, whole int) func([]Cell) Cell {
	return func(c []Cell) Cell { return rate(c[part].N, c[whole].N) }
}

// share is a sum divided among a number.
func share(sum, n int) func([]Cell) Cell {
	return func(c []Cell) Cell { return each(c[sum].N, c[n].N) }
}

// minus is the difference of two columns.
func minus(a, b int) func([]Cell) Cell {
	return func(c []Cell) Cell { return Cell{N: c[a].N - c[b].N} }
}

const one = "count(*)"

// The measures that several reports share.
var (
	countLeads    = measure{Column: Column{"leads", Count}, base: leads, value: one}
	countEnrolled = measure{Column: Column{"enrolled", Count}, base: enrolled, value: one}
	sumAgreed     = measure{Column: Column{"amount", Money}, base: enrolled, value: "sum(enrollments.price)"}
	sumTaken      = measure{Column: Column{"collected", Money}, base: paid, value: "sum(payments.amount)", more: "payments.kind <> 'refund'", terms: []string{"-payment:refund"}}
	sumRefunded   = measure{Column: Column{"refunded", Money}, base: paid, value: "sum(-payments.amount)", more: "payments.kind = 'refund'", terms: []string{"payment:refund"}}
)

// reports are all reports in the order in which they are offered.
var reports = slices.Concat(salesReports, moneyReports, teachingReports)

var salesReports = []*Report{
	{Name: "sources", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"source", "campaign"}, run: sources},
	{Name: "conversion", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"person", "department", "source", "campaign", "month"},
		run: cutReport(0, 1, countLeads, countEnrolled, measure{Column: Column{"rate", Rate}, from: ratio(1, 0)}, sumAgreed)},
	{Name: "cohorts", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"month"}, run: cohorts},
	{Name: "funnel", Group: "sales", Needs: []string{"customers"}, By: []string{"step"}, run: funnel},
	{Name: "demand", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"course"},
		run: cutReport(0, 1, measure{Column: Column{"asked", Count}, base: asked, value: one, often: true}, countEnrolled, measure{Column: Column{"rate", Rate}, from: ratio(1, 0)})},
	{Name: "classes", Group: "sales", Needs: []string{"enrollments"}, By: []string{"class"}, run: classes},
	{Name: "activity", Group: "sales", Needs: []string{"follow_ups", "customers"}, By: []string{"person", "day"}, run: activity},
}

var moneyReports = []*Report{
	{Name: "amount", Group: "money", Needs: []string{"enrollments"}, By: []string{"month"}, run: amounts(enrolled, "sum(enrollments.price)", "amount")},
	{Name: "agreed", Group: "money", Needs: []string{"enrollments"}, By: []string{"person", "department", "course", "campus", "class", "source"},
		run: cutReport(1, -1, countEnrolled, sumAgreed, measure{Column: Column{"average", Money}, from: share(1, 0)})},
	{Name: "income", Group: "money", Needs: []string{"payments"}, By: []string{"month"}, run: amounts(paid, "sum(payments.amount)", "net")},
	{Name: "collected", Group: "money", Needs: []string{"payments"}, By: []string{"person", "taken_by", "department", "course", "campus", "class", "source", "month"},
		run: cutReport(0, 1, sumTaken, sumRefunded, measure{Column: Column{"net", Money}, from: minus(0, 1)})},
	{Name: "owed", Group: "money", Needs: []string{"payments"}, By: []string{"class", "person", "department", "course", "campus"}, Now: true, run: owed},
}

// sortRows puts the largest figure of a column first.
func sortRows(rows []Row, column int) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Cells[column].N, a.Cells[column].N), cmp.Compare(a.ID, b.ID))
	})
}
