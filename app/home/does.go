package home

import (
	"cohort/app/fault"
	"cohort/app/report"
	"cohort/app/resource"
	"cohort/app/teaching"
)

// funnel is how far the leads of this month have come.
func (m *maker) funnel(p *Part) error {
	if !m.reports("funnel") {
		return nil
	}
	r, err := m.Reports.Show(m.ctx, m.by, report.Ask{Name: "funnel"})
	if err == nil && len(r.Rows) > 0 && r.Rows[0].Cells[0].N > 0 {
		p.Funnel = &r
	}
	return err
}

// ofClass are the figures that say how a class does, each from its report, and
// what they are called beside those of others.
var ofClass = []struct{ report, column, as string }{
	{"attendance", "attendance_rate", "class_attendance"}, {"homework", "handed_rate", "class_homework"}, {"grades", "average_score", "average_score"},
	{"grades", "pass_rate", "pass_rate"}, {"satisfaction", "overall", "class_satisfaction"},
}

// classes is how a lecturer's classes do this month: a line for each, with the
// chief figure of every report about it.
func (m *maker) classes(p *Part) error {
	var out report.Result
	shown := map[string]report.Result{}
	for _, x := range ofClass {
		if !m.reports(x.report) {
			continue
		}
		r, asked := shown[x.report]
		if !asked {
			var err error
			if r, err = m.Reports.Show(m.ctx, m.by, report.Ask{Name: x.report, By: "class"}); err != nil {
				return err
			}
			shown[x.report] = r
		}
		out = withColumn(out, r, x.column, x.as)
	}
	if len(out.Rows) > 0 {
		out.Ask.By, out.Against = "class", -1
		p.Table = &out
	}
	return nil
}

// withColumn puts a report's column beside those that are there, by another name.
// A row that one of the two lacks has no figure.
func withColumn(to, r report.Result, name, as string) report.Result {
	at := -1
	for i, c := range r.Columns {
		if c.Name == name {
			at = i
		}
	}
	if at < 0 {
		return to
	}
	n := len(to.Columns)
	to.Columns = append(to.Columns, report.Column{Name: as, Kind: r.Columns[at].Kind})
	for i := range to.Rows {
		to.Rows[i].Cells = append(to.Rows[i].Cells, report.Cell{None: true})
	}
	for _, row := range r.Rows {
		i := rowOf(&to, row, n)
		to.Rows[i].Cells[n] = row.Cells[at]
	}
	return to
}

// rowOf finds the row of the same thing; a new one has no figure in the n columns
// before, nor in the one to come.
func rowOf(to *report.Result, row report.Row, n int) int {
	for i, x := range to.Rows {
		if x.ID == row.ID {
			return i
		}
	}
	cells := make([]report.Cell, n+1)
	for i := range cells {
		cells[i].None = true
	}
	to.Rows = append(to.Rows, report.Row{ID: row.ID, Label: row.Label, Cells: cells})
	return len(to.Rows) - 1
}

// standing is how a student does: his place and his attendance in each class, and
// the scores of the last lessons.
func (m *maker) standing(p *Part) error {
	if m.Engine.NeedAny(m.by, "list", "classes") != nil || m.Engine.NeedAny(m.by, "list", "study_records") != nil {
		return nil
	}
	l, err := m.Engine.List(m.ctx, m.by, "classes", "", resource.Page{Limit: 10})
	if err != nil {
		return err
	}
	for _, row := range l.Rows {
		r, mine, err := m.Ranks.MyRanking(m.ctx, m.by, row.ID)
		switch {
		case fault.Of(err) == fault.NotFound: // a class that he may see and is not in
			continue
		case err != nil:
			return err
		}
		p.Entries = append(p.Entries, placeIn(r, mine), attendedIn(r, mine))
	}
	return m.scores(p)
}

func placeIn(r teaching.Ranking, mine teaching.Place) Entry {
	e := Entry{Name: "rank", Word: "home.rank_none", Args: []any{"class", r.Code}, Open: "my_scores"}
	if mine.Rank > 0 {
		e.Word, e.Args = "home.rank_of", []any{"class", r.Code, "rank", mine.Rank, "of", r.Size, "total", mine.Total, "n", mine.Graded}
	}
	return e
}

func attendedIn(r teaching.Ranking, mine teaching.Place) Entry {
	came := mine.Present + mine.Late + mine.LeftEarly
	return Entry{Name: "attended", Word: "home.attended_of", Open: "my_scores",
		Args: []any{"class", r.Code, "came", came, "of", came + mine.Absent, "late", mine.Late, "absent", mine.Absent}}
}

// scores draws the scores of the last lessons that are released.
func (m *maker) scores(p *Part) error {
	l, err := m.Engine.List(m.ctx, m.by, "study_records", "-score:N/A released:any", resource.Page{Limit: 12, Columns: []string{"points"}})
	if err != nil {
		return err
	}
	for i := len(l.Rows) - 1; i >= 0; i-- {
		n, _ := l.Rows[i].Values["points"].Raw.(int64)
		p.Curve = append(p.Curve, n)
	}
	p.CurveOf = "scores"
	return nil
}
