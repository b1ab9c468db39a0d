package ui

import (
	"strings"
	"testing"
	"time"

	"cohort/app/home"
	"cohort/app/i18n"
)

// TestHomeOfEveryRole: the first screen after log-in says what needs one now;
// each line leads to a list with as many rows; nothing that one may not list is
// on it.
func TestHomeOfEveryRole(t *testing.T) {
	a := openSchool(t)
	for login, want := range map[string][]string{
		"sales_a": {"overdue", "due today", "followed up today", "/ 20", "This month", "this month so far", "last month", "funnel"}, "manager": {"Department", "contracts waiting", "韩梅梅", "total"},
		"lecturer": {"Teaching", "rolls not called", "homework to grade", "My classes this month", "satisfaction"}, "kobe": {"Study", "homework missing", "still owed", "surveys to answer", "How I do", "1 of 7 in python-s9", "6 of 6 lessons", "newest 85"},
		"admin": {"School", "to review", "disk free", "newest backup", "followed up"},
	} {
		t.Run(login, func(t *testing.T) {
			s := person(t, a, login, "")
			s.See("Home", "unread notifications").See(want...)
			s.both()
			by := actorOf(t, a, login)
			p, err := a.Home.Show(bg, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Parts {
				for _, e := range x.Entries {
					if e.Open == "" {
						continue
					}
					if _, err := s.desk.resolve(e.Open); err != nil {
						t.Errorf("%s leads nowhere: %s: %v", e.Name, e.Open, err)
					}
					list, query, is := strings.Cut(e.Open, "?")
					if !is || e.Name == "next_lesson" {
						continue
					}
					if n, _, err := a.Engine.Count(bg, by, list, query); err != nil || int64(n) != e.N {
						t.Errorf("%s says %d, its list %s has %d, %v", e.Name, e.N, e.Open, n, err)
					}
				}
			}
		})
	}
	if p, err := a.Home.Show(bg, actorOf(t, a, "sales_a")); err != nil || has2(p, "review") || has2(p, "rolls") {
		t.Errorf("%+v %v", p, err)
	}
}

func has2(p home.Page, name string) bool {
	for _, x := range p.Parts {
		for _, e := range x.Entries {
			if e.Name == name {
				return true
			}
		}
	}
	return false
}

// TestHomeLeadsToItsLists: enter on a line opens the list, esc comes back.
func TestHomeLeadsToItsLists(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "")
	s.Keys("enter").See("owner:me", "next:<today").Keys("esc").See("followed up today")
}

// TestTheDaysOfHome: a day near is said as one thinks of it.
func TestTheDaysOfHome(t *testing.T) {
	day := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	p := i18n.Printer{Lang: i18n.English, Zone: time.UTC}
	for away, want := range map[int]string{0: "today 2026-11-26 Thu  python-s9", 1: "tomorrow 2026-11-26 Thu  python-s9", 2: "2026-11-26 Thu  python-s9"} {
		if got := (home.Entry{On: day, Away: away, Text: "python-s9", Word: "home.nothing"}).Say(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (home.Entry{Word: "home.nothing"}).Say(p); got != "none planned" {
		t.Errorf("%q", got)
	}
}
