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
	from  func(c []Cell) Cell    // reckons from the cells to the left
	given func(q *query) figured // or is found out in a way of its own
}

// figured is a figure by the id of a dimension.
type figured func(cut string) (map[int64]int64, error)

// cutReport runs measures by a dimension: a row for each id that any of them
// knows, the largest first, and the total.
func cutReport(chart, against int, list ...measure) func(q *query) error {
	return func(q *query) error {
		q.Chart, q.Against = chart, against
		var sums []map[int64]int64
		ids := map[int64]bool{}
		for _, m := range list {
			q.Columns = append(q.Columns, m.Column)
			sum, err := q.measure(m)
			if err != nil {
				return err
			}
			for id := range sum {
				ids[id] = true
			}
			sums = append(sums, sum)
		}
		return q.fill(list, sums, ids)
	}
}

func (q *query) measure(m measure) (map[int64]int64, error) {
	switch {
	case m.from != nil:
		return nil, nil
	case m.given != nil:
		return m.given(q)(q.Ask.By)
	}
	return q.sum(m.base, q.Ask.Period, q.Ask.By, m.value, m.more)
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
		q.Total = append(q.Total, q.figure(m, total[i], q.Total, -1))
	}
	return nil
}

// figure makes the cell of one measure; id -1 is the total.
func (q *query) figure(m measure, n int64, left []Cell, id int64) Cell {
	if m.from != nil {
		return m.from(left)
	}
	c := Cell{N: n}
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
var reports = []*Report{
	{Name: "sources", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"source", "campaign"}, run: sources},
	{Name: "conversion", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"person", "department", "source", "campaign"},
		run: cutReport(0, 1, countLeads, countEnrolled, measure{Column: Column{"rate", Rate}, from: ratio(1, 0)}, sumAgreed)},
	{Name: "cohorts", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"month"}, run: cohorts},
	{Name: "funnel", Group: "sales", Needs: []string{"customers"}, By: []string{"step"}, run: funnel},
	{Name: "demand", Group: "sales", Needs: []string{"customers", "enrollments"}, By: []string{"course"},
		run: cutReport(0, 1, measure{Column: Column{"asked", Count}, base: asked, value: one, often: true}, countEnrolled, measure{Column: Column{"rate", Rate}, from: ratio(1, 0)})},
	{Name: "classes", Group: "sales", Needs: []string{"enrollments"}, By: []string{"class"}, run: classes},
	{Name: "activity", Group: "sales", Needs: []string{"follow_ups", "customers"}, By: []string{"person", "day"}, run: activity},
	{Name: "amount", Group: "money", Needs: []string{"enrollments"}, By: []string{"month"}, run: amounts(enrolled, "sum(enrollments.price)", "amount")},
	{Name: "agreed", Group: "money", Needs: []string{"enrollments"}, By: []string{"person", "department", "course", "campus", "class", "source"},
		run: cutReport(1, -1, countEnrolled, sumAgreed, measure{Column: Column{"average", Money}, from: share(1, 0)})},
	{Name: "income", Group: "money", Needs: []string{"payments"}, By: []string{"month"}, run: amounts(paid, "sum(payments.amount)", "net")},
	{Name: "collected", Group: "money", Needs: []string{"payments"}, By: []string{"person", "taken_by", "department", "course", "campus", "class", "source"},
		run: cutReport(0, 1, sumTaken, sumRefunded, measure{Column: Column{"net", Money}, from: minus(0, 1)})},
	{Name: "owed", Group: "money", Needs: []string{"payments"}, By: []string{"class", "person", "department", "course", "campus"}, Now: true, run: owed},
}

// sortRows puts the largest figure of a column first.
func sortRows(rows []Row, column int) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Cells[column].N, a.Cells[column].N), cmp.Compare(a.ID, b.ID))
	})
}
