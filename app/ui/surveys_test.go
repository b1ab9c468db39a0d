package ui

import "testing"

// TestSurveysOnScreen: a student answers once, the lecturer sees nothing of it
// before the survey is closed, and then figures without names.
func TestSurveysOnScreen(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "my_surveys")
	s.See("python-s9", "林涛", "to answer")
	s.both()
	s.Keys("enter").See("what you think of", "Anonymous", "explains clearly", "send")
	s.both()
	for range 4 {
		s.Keys("space", "tab")
	}
	s.Type("慢一点").Keys("ctrl+s").See("answered")
	s.both()
	s.Keys("enter").See("what you think of")
	s.Keys("esc")
	again := person(t, a, "kobe", "surveys/2")
	again.See("python-s9", "open").SeeNot("慢一点", "send")
	again.both()

	l := person(t, a, "lecturer", "surveys")
	l.See("closed", "open", "python-s9", "at close")
	l.both()
	person(t, a, "lecturer", "surveys/2").See("The survey is open.").SeeNot("慢一点", "科比")
	r := person(t, a, "lecturer", "surveys/1")
	r.See("results", "explains clearly", "####", "In their own words").SeeNot("科比")
	r.both()
	r.Keys("end").See("进度有点快").SeeNot("科比") // shuffled: it may stand at the end

	boss := person(t, a, "admin", "surveys/2")
	boss.Keys("c").See("Close this survey?").Keys("y").See("Fewer than 3 have answered").SeeNot("慢一点")
	boss.both()
	person(t, a, "lecturer_2", "surveys/1").SeeNot("进度有点快")
	person(t, a, "lecturer", "reports/satisfaction").Keys("t", "ctrl+u").Type("2026").Keys("enter").See("clarity", "林涛", "total")
}
