package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

func TestPeriods(t *testing.T) {
	zone, _ := time.LoadLocation("America/New_York")
	now := time.Date(2024, 3, 31, 23, 30, 0, 0, zone)
	for text, want := range map[string]string{
		"2024-02": "2024-02 29", "2023-02": "2023-02 28", "2024": "2024-01-01..2024-12-31 366", "2024-02-29": "2024-02-29..2024-02-29 1",
		"2024-02-01..2024-02-29": "2024-02 29", "2024-03-09..2024-03-11": "2024-03-09..2024-03-11 3", "last_month": "2024-02 29", "this_month": "2024-03 31",
		"2023..2024-02": "2023-01-01..2024-02-29 425", "": "", "2024-13": "bad_period", "2024-02-30": "bad_period", "..": "bad_period", "2024-02..2024-01": "empty_period",
		"1990..2024": "long_period", "soon": "bad_period",
	} {
		p, err := ParsePeriod(text, now)
		got := ""
		switch f, is := fault.As(err); {
		case is:
			got = strings.TrimPrefix(f.Key, "report.")
		case !p.IsZero():
			got = fmt.Sprint(p.Text(), " ", p.Days())
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	march, _ := ParsePeriod("2024-03", now)
	if s := march.Shift(-1).Text() + " " + march.Shift(-13).Text() + " " + march.Shift(10).Text(); s != "2024-02 2023-02 2025-01" {
		t.Error(s)
	}
	days, _ := ParsePeriod("2024-03-08..2024-03-11", now) // the clocks go forward on the 10th
	if s := days.Shift(1).Text(); s != "2024-03-12..2024-03-15" {
		t.Error(s)
	}
}

func TestFigures(t *testing.T) {
	p := i18n.Printer{Lang: i18n.English}
	for _, test := range []struct {
		kind        Kind
		cell        Cell
		said, plain string
	}{
		{Count, Cell{N: 12345}, "12,345", "12345"}, {Count, Cell{N: -7}, "-7", "-7"}, {Money, Cell{N: 598000}, "¥5,980.00", "5980.00"}, {Money, Cell{N: -5}, "-¥0.05", "-0.05"},
		{Rate, rate(1, 3), "33.3%", "33.33"}, {Rate, rate(5, 0), "—", ""}, {Rate, growth(0, 5), "-100.0%", "-100.00"}, {Rate, growth(5, 0), "—", ""}, {Rate, growth(0, 0), "—", ""},
		{Average, Cell{N: 105}, "1.05", "1.05"}, {Span, Cell{N: 36 * 3600 * 1000}, "1.5 d", "1.50"}, {Rate, rate(2, 3), "66.7%", "66.67"},
	} {
		c := Column{"x", test.kind}
		if said, plain := c.Say(p, test.cell), c.Plain(test.cell); said != test.said || plain != test.plain {
			t.Errorf("%+v: %q %q, want %q %q", test.cell, said, plain, test.said, test.plain)
		}
	}
}

// TestCostOfCampaigns: a campaign's cost is spread over its days, and its months
// add up to all of it.
func TestCostOfCampaigns(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	s := newSchool(t, zone)
	w := &world{}
	cost := func(period, by string) map[int64]int64 {
		p, err := ParsePeriod(period, s.now.In(zone))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Show(bg, w.actor(), Ask{"sources", p, by})
		if err != nil {
			t.Fatal(err)
		}
		out := map[int64]int64{}
		for _, row := range r.Rows {
			out[row.ID] = row.Cells[3].N
		}
		return out
	}
	if c := cost("2024-02", "campaign"); c[1] != 29000 || c[2] != 0 {
		t.Errorf("February: %v", c)
	}
	if c := cost("2024-02-01..2024-02-10", "source"); c[1] != 10000 {
		t.Errorf("ten of 29 days: %v", c)
	}
	if a, b := cost("2023-12", "campaign")[2], cost("2024-01", "campaign")[2]; a+b != 100001 || a < 54000 || a > 55000 {
		t.Errorf("%d in December, %d in January", a, b)
	}
	blind := w.actor()
	blind.Rights = policy.NewRights(nil, policy.Scope{}, []policy.Grant{{Resource: "customers", Action: "report"}, {Resource: "enrollments", Action: "report"}})
	r, err := s.Show(bg, blind, Ask{Name: "sources"})
	if err != nil || len(r.Columns) != 3 {
		t.Errorf("who may not list campaigns sees %v, %v", r.Columns, err)
	}
}

// TestWhoMayAsk: a report asks for the right on all that it reads.
func TestWhoMayAsk(t *testing.T) {
	s := newSchool(t, time.UTC)
	by := policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{Me: 1}, []policy.Grant{{Resource: "customers", Action: "report"}})}
	var names []string
	for _, r := range s.Names(by) {
		names = append(names, r.Name)
	}
	if strings.Join(names, " ") != "funnel" {
		t.Errorf("%v", names)
	}
	if _, err := s.Show(bg, by, Ask{Name: "owed"}); fault.Of(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	if _, err := s.Show(bg, by, Ask{Name: "horoscope"}); fault.Of(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := s.Show(bg, by, Ask{Name: "funnel", By: "person"}); fault.Of(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if len(s.Names(policy.Actor{})) != 0 {
		t.Error("nobody may ask")
	}
}

func TestTarget(t *testing.T) {
	s := newSchool(t, time.UTC)
	admin := policy.Actor{Account: 1, Login: "admin", Rights: policy.NewRights(nil, policy.Scope{Me: 1}, []policy.Grant{{Resource: policy.Any, Action: policy.Any}})}
	if n, err := s.Target(bg, admin); n != usualTarget || err != nil {
		t.Error(n, err)
	}
	if err := s.SetTarget(bg, admin, 0); fault.Of(err) != fault.Invalid {
		t.Error(err)
	}
	if err := s.SetTarget(bg, admin, 35); err != nil {
		t.Error(err)
	}
	if n, err := s.Target(bg, admin); n != 35 || err != nil {
		t.Error(n, err)
	}
	if err := s.SetTarget(bg, (&world{}).actor(), 5); fault.Of(err) != fault.Forbidden {
		t.Error(err)
	}
}

// TestMonthsDoNotCostMoreWithHistory: every figure of a month is read from one
// stretch of an index that holds all it needs.
func TestMonthsDoNotCostMoreWithHistory(t *testing.T) {
	dbtest.SQLiteOnly(t)
	s := newSchool(t, time.UTC)
	s.exec(t, "DELETE FROM students") // statistics of three customers would say that the whole table is nothing
	s.exec(t, "DELETE FROM customers")
	s.exec(t, "ANALYZE")
	for name, query := range map[string]string{
		"customers_figures":   "SELECT customers.source_id, count(*) FROM customers WHERE customers.created_at >= 1 AND customers.created_at < 2 GROUP BY 1",
		"customers_figures ":  "SELECT count(NULLIF(customers.first_follow_up_at, 0)), count(NULLIF(customers.first_approved_at, 0)) FROM customers WHERE customers.created_at >= 1 AND customers.created_at < 2",
		"customers_won":       "SELECT 0, count(*), sum(CASE WHEN customers.first_approved_at < 9 THEN 1 ELSE 0 END) FROM customers WHERE customers.created_at >= 1 AND customers.created_at < 2 AND customers.first_approved_at > 0 GROUP BY 1",
		"enrollments_figures": "SELECT 0, sum(enrollments.price) FROM " + enrolled.from + " WHERE enrollments.state = 'approved' AND enrollments.approved_at >= 1 AND enrollments.approved_at < 2",
		"payments_at":         "SELECT 0, sum(payments.amount) FROM " + paid.from + " WHERE payments.at >= 1 AND payments.at < 2",
		"follow_ups_figures": "SELECT follow_ups.author_id, count(*), count(DISTINCT follow_ups.customer_id) FROM " + followUps.from +
			" WHERE follow_ups.at >= 1 AND follow_ups.at < 2 GROUP BY 1",
		"lessons_figures": "SELECT COALESCE(lessons.class_id, 0), sum(CASE WHEN study_records.points >= 60 THEN 1 ELSE 0 END) FROM " + studied.from + " WHERE " + studied.always +
			" AND lessons.held_on >= '2026-11-01' AND lessons.held_on < '2026-12-01' GROUP BY 1",
	} {
		var plan string
		err := s.DB.Read(bg, func(tx *db.Tx) error {
			var id, parent, unused int64
			return tx.QueryRow("EXPLAIN QUERY PLAN "+query).Scan(&id, &parent, &unused, &plan)
		})
		if err != nil || !strings.Contains(plan, "USING COVERING INDEX "+name) {
			t.Errorf("%s: %s %v", name, plan, err)
		}
	}
}
