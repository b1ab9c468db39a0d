package report

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/resource"
)

// periods are months, a leap day, a turn of the year, a quarter, and one that
// has nothing.
var periods = []string{"2024-02", "2023-12", "2024-01", "2024-02-29", "2023-12-31..2024-01-01", "2024-01-15..2024-03-10", "2023", "2022-01"}

// TestReportsAgainstTheOracle draws schools and compares every report, for all
// and for one department, with figures reckoned row by row; and every figure
// with the list that it opens.
func TestReportsAgainstTheOracle(t *testing.T) {
	schools := map[string]*school{}
	zones := []string{"Asia/Shanghai", "America/New_York", "Pacific/Auckland"}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		schools[name] = newSchool(t, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := schools[rapid.SampledFrom(zones).Draw(t, "zone")]
		w := drawWorld(t, s.Zone, s.now)
		s.store(t, w)
		p, err := ParsePeriod(rapid.SampledFrom(periods).Draw(t, "period"), s.now.In(s.Zone))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			by := rapid.SampledFrom(r.By).Draw(t, r.Name)
			got, err := s.Show(bg, w.actor(), Ask{r.Name, p, by})
			if err != nil {
				t.Fatalf("%s by %s: %v", r.Name, by, err)
			}
			w.compare(t, got)
			s.openAll(t, w, got)
		}
	})
}

// compare holds a report against the oracle.
func (w *world) compare(t *rapid.T, r Result) {
	p, by := r.Ask.Period, r.Ask.By
	if by == "month" {
		switch r.Report.Name {
		case "conversion":
			w.monthly(t, r, func(p Period) table { return w.conversion(p, "person") }, 0, 1, 3)
		case "collected":
			w.monthly(t, r, func(p Period) table { return w.collected(p, "person") }, 0, 1)
		case "attendance":
			w.monthly(t, r, func(p Period) table { return w.attendance(p, "class") }, 0, 1, 2, 3, 4, 5, 6)
		case "homework":
			w.monthly(t, r, func(p Period) table { return w.homework(p, "class") }, 0, 1, 2, 3, 4)
		case "satisfaction":
			w.monthly(t, r, func(p Period) table { return w.satisfaction(p, "class") }, 0, 1, 2)
		case "grades":
			w.monthly(t, r, func(p Period) table { return w.grades(p, "class") }, 0, 1, 2)
		}
	}
	switch r.Report.Name {
	case "satisfaction":
		if by != "month" {
			want := w.satisfaction(p, by)
			w.same(t, r, want, 0, 1, 2)
			for _, row := range r.Rows {
				for _, c := range row.Cells[3:] {
					if c.N != round(want[row.ID][3]*100, want[row.ID][1]) {
						t.Fatalf("satisfaction of %d: %+v, want %v", row.ID, row.Cells, want[row.ID])
					}
				}
			}
		}
	case "attendance":
		if by != "month" {
			w.same(t, r, w.attendance(p, by), 0, 1, 2, 3, 4, 5, 6)
		}
	case "homework":
		if by != "month" {
			w.same(t, r, w.homework(p, by), 0, 1, 2, 3, 4)
		}
	case "grades":
		if by != "month" {
			want := w.grades(p, by)
			w.same(t, r, want, 0, 1, 2)
			w.averages(t, r, want)
		}
	case "conversion":
		if by != "month" {
			w.same(t, r, w.conversion(p, by), 0, 1, 3)
		}
	case "sources":
		want := w.conversion(p, by)
		for id := range want {
			want[id] = want[id][:2]
		}
		for _, row := range r.Rows {
			if row.Cells[0].N+row.Cells[1].N == 0 && row.Cells[3].N > 0 {
				want.add(row.ID, 0, 2, 0) // a campaign that brought nobody
			}
		}
		w.same(t, r, want, 0, 1)
	case "agreed":
		t2 := table{}
		w.approved(p, func(e enroll) { t2.add(w.enrollKey(e, by), 0, 2, 1); t2.add(w.enrollKey(e, by), 1, 2, e.price) })
		w.same(t, r, t2, 0, 1)
	case "demand":
		w.same(t, r, w.demand(p), 0, 1)
	case "collected":
		if by != "taken_by" && by != "month" {
			w.same(t, r, w.collected(p, by), 0, 1)
		}
	case "owed":
		w.same(t, r, w.owed(by), 0, 1, 2, 3, 4)
	case "activity":
		if by == "person" {
			w.same(t, r, w.activity(p), 0, 2, 3)
		}
	case "classes":
		w.sameClasses(t, r)
	case "amount":
		w.sameMonths(t, r, w.agreedIn)
	case "income":
		w.sameMonths(t, r, w.incomeIn)
	case "cohorts":
		w.sameCohorts(t, r)
	case "funnel":
		for i, n := range w.funnel(p) {
			if got := r.Rows[i].Cells[0].N; got != n {
				t.Fatalf("funnel, step %d: %d, want %d", i, got, n)
			}
		}
	}
}

// same compares some columns with the oracle's, row by row and in all.
func (w *world) same(t *rapid.T, r Result, want table, columns ...int) {
	if len(r.Rows) != len(want) {
		t.Fatalf("%s by %s, %s: %d rows, want %d: %+v, %v", r.Report.Name, r.Ask.By, r.Ask.Period.Text(), len(r.Rows), len(want), r.Rows, want)
	}
	sums := make([]int64, len(columns))
	for _, row := range r.Rows {
		for i, c := range columns {
			if row.Cells[c].N != want[row.ID][i] {
				t.Fatalf("%s by %s, %s: row %d, %s: %d, want %d", r.Report.Name, r.Ask.By, r.Ask.Period.Text(), row.ID, r.Columns[c].Name, row.Cells[c].N, want[row.ID][i])
			}
			sums[i] += want[row.ID][i]
		}
		for i, c := range r.Columns {
			if c.Name == "rate" && row.Cells[i] != rate(row.Cells[1].N, row.Cells[0].N) {
				t.Fatalf("%s: rate %+v of %d in %d", r.Report.Name, row.Cells[i], row.Cells[1].N, row.Cells[0].N)
			}
		}
	}
	for i, c := range columns {
		if r.Total[c].N != sums[i] {
			t.Fatalf("%s: total of %s is %d, want %d", r.Report.Name, r.Columns[c].Name, r.Total[c].N, sums[i])
		}
	}
}

func (w *world) sameMonths(t *rapid.T, r Result, want func(Period) int64) {
	last := Month(r.Ask.Period.To.Add(-time.Hour))
	if len(r.Rows) != 12 {
		t.Fatalf("%d months", len(r.Rows))
	}
	for i, row := range r.Rows {
		m := Month(last.From.AddDate(0, i-11, 0))
		now, year, month := want(m), want(Month(m.From.AddDate(-1, 0, 0))), want(Month(m.From.AddDate(0, -1, 0)))
		if row.Cells[0].N != now || row.Cells[1].N != year || row.Cells[3].N != month || row.Cells[2].None != (year == 0) || row.Cells[4].None != (month == 0) {
			t.Fatalf("%s %s: %+v, want %d %d %d", r.Report.Name, m.Text(), row.Cells, now, year, month)
		}
	}
}

func (w *world) sameCohorts(t *rapid.T, r Result) {
	last := Month(r.Ask.Period.To.Add(-time.Hour))
	for i, row := range r.Rows {
		n, wins, by := w.cohort(Month(last.From.AddDate(0, i-11, 0)))
		if row.Cells[0].N != n || row.Cells[1].N != wins {
			t.Fatalf("cohort %s: %+v, want %d %d", row.Label.Code, row.Cells, n, wins)
		}
		for k, c := range row.Cells[3:] {
			if !c.None && c.N != max(by[k], 0) {
				t.Fatalf("cohort %s, month %d: %d, want %d", row.Label.Code, k, c.N, by[k])
			}
		}
	}
}

// openAll opens the list behind every count and every sum of money, and counts
// and adds up its rows.
func (s *school) openAll(t *rapid.T, w *world, r Result) {
	rows := r.Rows
	if r.Total != nil {
		rows = append(rows[:len(rows):len(rows)], Row{Cells: r.Total})
	}
	for _, row := range rows {
		for i, c := range row.Cells {
			name := r.Columns[i].Name
			if c.Open == "" || c.None || name == "customers" || r.Columns[i].Kind == Average { // those are the follow-ups of so many customers
				continue
			}
			if got := s.behind(t, w, r.Columns[i], c.Open); got != c.N {
				t.Fatalf("%s by %s, %s of %q: %d, but the list %s says %d", r.Report.Name, r.Ask.By, name, row.Label.Text, c.N, c.Open, got)
			}
		}
	}
}

func (s *school) behind(t *rapid.T, w *world, c Column, address string) (sum int64) {
	list, query, _ := strings.Cut(address, "?")
	if c.Kind != Money {
		if c.Name == "survey_answers" || c.Name == "asked_students" {
			return s.added(t, w, list, query, strings.TrimPrefix(strings.TrimPrefix(c.Name, "survey_"), "asked_"))
		}
		n, _, err := s.Engine.Count(bg, w.actor(), list, query)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		return int64(n)
	}
	field := map[string]string{"enrollments": "price", "payments": "amount", "instalments": "left"}[list]
	switch c.Name {
	case "paid":
		field = "paid"
	case "owed":
		field = "owing"
	}
	sum = s.added(t, w, list, query, field)
	if c.Name == "refunded" {
		return -sum
	}
	return sum
}

// added is the sum of a field over the rows of a list.
func (s *school) added(t *rapid.T, w *world, list, query, field string) (sum int64) {
	l, err := s.Engine.List(bg, w.actor(), list, query, resource.Page{Limit: 1000, Columns: []string{field}})
	if err != nil {
		t.Fatalf("%s?%s: %v", list, query, err)
	}
	for _, row := range l.Rows {
		n, _ := row.Values[field].Raw.(int64)
		sum += n
	}
	return sum
}

// sameClasses: all three classes are there from the beginning and never over.
func (w *world) sameClasses(t *rapid.T, r Result) {
	if len(r.Rows) != 3 {
		t.Fatalf("%d classes", len(r.Rows))
	}
	for _, row := range r.Rows {
		var in, way int64
		for _, e := range w.enrollments {
			switch {
			case e.class != row.ID || !w.seesEnrollment(e):
			case e.state == "approved":
				in++
			case e.state == "invited" || e.state == "submitted":
				way++
			}
		}
		if row.Cells[0].N != w.capacity[row.ID] || row.Cells[1].N != in || row.Cells[3].N != way || row.Cells[2] != rate(in, w.capacity[row.ID]) {
			t.Fatalf("class %d: %+v, want %d and %d on the way", row.ID, row.Cells, in, way)
		}
	}
}
