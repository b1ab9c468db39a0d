package report

// shownMonths is how many months a report by month shows.
const shownMonths = 12

// amounts is a sum month by month: beside the same month last year and the month
// before. Each month is one stretch of an index; there are never more of them
// than two years have.
func amounts(b base, value, name string) func(q *query) error {
	return func(q *query) error {
		q.Columns = []Column{{name, Money}, {"year_before", Money}, {"on_year", Rate}, {"month_before", Money}, {"on_month", Rate}}
		q.Chart, q.Against = 0, 1
		months := q.Ask.Period.months(shownMonths + 12)
		sums := make([]int64, len(months))
		for i, m := range months {
			var err error
			if sums[i], err = q.one(b, m, value, ""); err != nil {
				return err
			}
		}
		for i := 12; i < len(months); i++ {
			last, year := sums[i-1], sums[i-12]
			q.Rows = append(q.Rows, Row{ID: int64(i), Label: Label{Text: months[i].Text(), Code: months[i].Text()}, Cells: []Cell{
				{N: sums[i], Open: q.open(b, months[i])},
				{N: year, Open: q.open(b, months[i-12])}, growth(sums[i], year),
				{N: last, Open: q.open(b, months[i-1])}, growth(sums[i], last)}})
		}
		q.total(sums)
		return nil
	}
}

// total is the year shown beside the year before it.
func (q *query) total(sums []int64) {
	var now, before int64
	for i, n := range sums {
		if i < 12 {
			before += n
		} else {
			now += n
		}
	}
	q.Total = []Cell{{N: now}, {N: before}, growth(now, before), {None: true}, {None: true}}
}
