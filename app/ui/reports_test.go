package ui

import "testing"

// TestReportsOnScreen opens every report in both languages at every size: a
// picture, a table beside it, and the rows behind a figure.
func TestReportsOnScreen(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "manager", "reports")
	s.See("Sources", "Conversion", "Cohorts", "leads, enrollments")
	s.both()
	for _, r := range a.Reports.Names(actorOf(t, a, "manager")) {
		s := person(t, a, "manager", "reports/"+r.Name)
		s.See("period", "by").SeeNot("Loading")
		s.both()
		if len(r.By) > 1 {
			s.Keys("b")
			s.both()
			s.Keys("esc")
		}
	}
}

func TestReportLeadsToItsRows(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "manager", "reports/sources")
	s.See("####", "leads", "enrolled", "rate", "cost", "total").Keys("b").See("campaign").Keys("down", "enter").See("百度秋季推广")
	s.Keys("enter").See("The rows behind which figure?").Keys("enter").See("Customers", "created:")
	s.Keys("esc").See("百度秋季推广").Keys("p").See("earlier").Keys("t").See("2026-11-01..2026-11-15").Keys("ctrl+u").Type("never").Keys("enter").See("cannot read")
	s.Keys("ctrl+u").Type("2020-01").Keys("enter").See("Nothing in this period")
	s.both()
	s.Keys("x").See("--by campaign", "--month 2020-01 --xlsx > sources.xlsx", "--csv")
	s.both()
	person(t, a, "lecturer", "reports/sources").SeeNot("####")
	own := person(t, a, "sales_a", "reports/conversion")
	own.See("李雷", "what you may report on").SeeNot("张伟")
}

// TestLecturerReads: a lecturer's reports are those of his own classes.
func TestLecturerReads(t *testing.T) {
	a := openSchool(t)
	person(t, a, "lecturer", "reports").See("Attendance", "Homework", "Grades").SeeNot("Sources", "Owed")
	for _, name := range []string{"attendance", "homework", "grades"} {
		s := person(t, a, "lecturer", "reports/"+name)
		s.Keys("t", "ctrl+u").Type("2026").Keys("enter").See("python-s9", "total", "####").SeeNot("linux-40")
		s.both()
		s.Keys("enter", "enter").See("class:#")
		s.Keys("esc").See("python-s9").Keys("b").See("month").Keys("end", "enter").See("2026-12")
		s.both()
	}
}
