package home

import (
	"time"

	"cohort/app/report"
	"cohort/app/resource"
	"cohort/db"
)

// study is what a student has before him.
func (m *maker) study(p *Part) error {
	if err := m.nextLesson(p, "my_classes"); err != nil {
		return err
	}
	err := m.lists(p,
		line{Warn, "homework_due", "study_records", "handed:open before_join:no", "my_classes"},
		line{Bad, "homework_missing", "study_records", "handed:missing before_join:no", "my_classes"},
		line{Warn, "new_grades", "study_records", "-score:N/A released:7d", "my_scores"})
	if err != nil {
		return err
	}
	if err := m.owing(p); err != nil {
		return err
	}
	if m.by.NeedAny("answer", "surveys") != nil {
		return nil
	}
	open, err := m.Surveys.ForMe(m.ctx, m.by)
	n := int64(0)
	for _, x := range open {
		if !x.Answered {
			n++
		}
	}
	p.Entries = append(p.Entries, Entry{Name: "surveys", N: n, Open: "my_surveys", Level: Warn})
	return err
}

// owing is what a student still owes for all his classes.
func (m *maker) owing(p *Part) error {
	if m.Engine.NeedAny(m.by, "list", "payments") != nil || m.Engine.NeedAny(m.by, "list", "enrollments") != nil {
		return nil
	}
	l, err := m.Engine.List(m.ctx, m.by, "enrollments", "state:approved", resource.Page{Limit: 50, Columns: []string{"owing"}})
	if err != nil {
		return err
	}
	var sum int64
	for _, row := range l.Rows {
		n, _ := row.Values["owing"].Raw.(int64)
		sum += n
	}
	p.Entries = append(p.Entries, Entry{Name: "owing", N: sum, Money: true, Open: "my_payments", Level: Warn})
	return nil
}

// nextLesson says when the next lesson is, and what about.
func (m *maker) nextLesson(p *Part, open string) error {
	if m.Engine.NeedAny(m.by, "list", "lessons") != nil {
		return nil
	}
	const query = "held:>=today sort:held"
	l, err := m.Engine.List(m.ctx, m.by, "lessons", query, resource.Page{Limit: 1, Columns: []string{"class", "held", "title"}})
	if err != nil {
		return err
	}
	e := Entry{Name: "next_lesson", Word: "home.nothing", Open: open}
	for _, row := range l.Rows {
		e.N, e.Text = 1, text(row, "class")+"  "+text(row, "title")
		e.On, e.Away = m.day(text(row, "held"))
	}
	if open == "" {
		e.Open = "lessons?" + query
	}
	p.Entries = append(p.Entries, e)
	return nil
}

// day reads a day as it is stored, and says how many days away it is.
func (m *maker) day(stored string) (on time.Time, away int) {
	now := m.DB.Now().In(m.Reports.Zone)
	on, err := time.ParseInLocation(time.DateOnly, stored, now.Location())
	if err != nil {
		return time.Time{}, 0
	}
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return on, int(date(on).Sub(date(now)) / (24 * time.Hour))
}

// text is a field as it is read: of a relation its label.
func text(row resource.Row, name string) string {
	v := row.Values[name]
	if v.Label != "" {
		return v.Label
	}
	s, _ := v.Raw.(string)
	return s
}

// calls is the salesperson's day.
func (m *maker) calls(p *Part) error {
	err := m.lists(p,
		line{Bad, "overdue", "customers", "owner:me next:<today", ""},
		line{Warn, "due", "customers", "owner:me next:today", ""},
		line{Warn, "stale", "customers", "owner:me stale:yes", ""},
		line{Warn, "returned", "enrollments", "consultant:me state:returned", ""},
		line{Plain, "invited", "enrollments", "consultant:me state:invited", ""},
		line{Plain, "submitted", "enrollments", "consultant:me state:submitted", ""},
		line{Plain, "followed", "follow_ups", "author:me at:today", ""})
	if err != nil || m.by.NeedAny("report", "follow_ups") != nil {
		return err
	}
	for i := range p.Entries {
		if p.Entries[i].Name == "followed" {
			p.Entries[i].Of, err = m.Reports.Target(m.ctx, m.by)
		}
	}
	if err == nil {
		err = m.fortnight(p)
	}
	return err
}

// curve draws a report's chief figure over time, called of, where one may ask it.
func (m *maker) curve(p *Part, of string, ask report.Ask) error {
	if !m.reports(ask.Name) {
		return nil
	}
	r, err := m.Reports.Show(m.ctx, m.by, ask)
	for _, row := range r.Rows {
		p.Curve = append(p.Curve, row.Cells[0].N)
	}
	p.CurveOf = of
	return err
}

// fortnight draws the follow-ups of the last two weeks, day by day.
func (m *maker) fortnight(p *Part) error {
	now := m.DB.Now().In(m.Reports.Zone)
	to := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	return m.curve(p, "fortnight", report.Ask{Name: "activity", By: "day", Period: report.Period{From: to.AddDate(0, 0, -14), To: to}})
}

// month is how leads, enrollments and money of the month stand beside the month
// before: one's own, the department's or the school's, as far as one may report.
func (m *maker) month(p *Part) error {
	if !m.reports("conversion") {
		return nil
	}
	this := report.Month(m.DB.Now().In(m.Reports.Zone))
	now, err := m.Reports.Show(m.ctx, m.by, report.Ask{Name: "conversion", By: "person", Period: this})
	if err != nil {
		return err
	}
	last, err := m.Reports.Show(m.ctx, m.by, report.Ask{Name: "conversion", By: "person", Period: this.Shift(-1)})
	if err != nil {
		return err
	}
	p.Table = beside(now, last)
	if err := m.funnel(p); err != nil {
		return err
	}
	if isManager(m.by) || m.by.Administrator() {
		return m.year(p)
	}
	return nil
}

// beside puts the totals of this month and the last one below each other.
func beside(now, last report.Result) *report.Result {
	r := now
	r.Rows = []report.Row{{ID: 1, Label: report.Label{Word: "home.this_month"}, Cells: now.Total}, {ID: 2, Label: report.Label{Word: "home.last_month"}, Cells: last.Total}}
	r.Total, r.Ask.By = nil, "home"
	return &r
}

// reports says whether one may ask for a report.
func (m *maker) reports(name string) bool {
	_, err := m.Reports.Get(m.by, name)
	return err == nil
}

// table puts a report's rows below the entries, where there are any.
func (m *maker) table(p *Part, ask report.Ask) error {
	r, err := m.Reports.Show(m.ctx, m.by, ask)
	if err == nil && len(r.Rows) > 0 {
		p.Table = &r
	}
	return err
}

// year draws what was agreed in each of the last twelve months.
func (m *maker) year(p *Part) error { return m.curve(p, "year", report.Ask{Name: "amount"}) }

// department is what a manager's people have before them, and how each does.
func (m *maker) department(p *Part) error {
	err := m.lists(p,
		line{Bad, "overdue_all", "customers", "may:assign next:<today", ""},
		line{Warn, "waiting", "enrollments", "state:submitted", ""},
		line{Warn, "returned_all", "enrollments", "state:returned", ""},
		line{Bad, "late", "instalments", "overdue:yes", ""})
	if err != nil {
		return err
	}
	if !m.reports("conversion") {
		return nil
	}
	if err := m.table(p, report.Ask{Name: "conversion", By: "person"}); err != nil {
		return err
	}
	return m.fortnight(p)
}

// teaching is what a lecturer has before him.
func (m *maker) teaching(p *Part) error {
	if err := m.nextLesson(p, ""); err != nil {
		return err
	}
	return m.lists(p,
		line{Bad, "rolls", "lessons", "called:none held:<=today", ""},
		line{Warn, "to_grade", "study_records", "handed:on_time,late score:N/A before_join:no", ""},
		line{Warn, "unreleased", "lessons", "released:none graded:>0", ""},
		line{Warn, "questions", "questions", "state:open", ""})
}

// school is what the office has before it, and how the machine is.
func (m *maker) school(p *Part) error {
	queue := ""
	if m.by.Can("approve", "enrollments") {
		queue = "review"
	}
	err := m.lists(p,
		line{Warn, "review", "enrollments", "state:submitted", queue},
		line{Bad, "mails_dead", "mails", "state:dead", ""},
		line{Plain, "mails_queued", "mails", "state:queued", ""})
	if err != nil {
		return err
	}
	if m.by.Can("verify", "audit") && m.by.Can("list", "audit") {
		n, err := m.failures()
		if err != nil {
			return err
		}
		p.Entries = append(p.Entries, Entry{Name: "login_failures", N: n, Open: "audit?act:login_failed at:today", Level: Warn})
	}
	if m.System != nil {
		p.Entries = append(p.Entries, m.System(m.ctx, m.by)...)
	}
	return nil
}

// failures counts the failed log-ins since midnight.
func (m *maker) failures() (n int64, err error) {
	err = m.DB.Read(m.ctx, func(tx *db.Tx) error {
		now := tx.Now.In(m.Reports.Zone)
		n, err = loginFailures(tx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
		return err
	})
	return n, err
}
