package ui

import "testing"

// TestShortContactIsSaid: a part of a contact that is too short to be looked for
// finds nobody, and the screen says that this is why.
func TestShortContactIsSaid(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "customers?73x")
	s.See("at least four")
	s.both()
	person(t, a, "admin", "customers?73xy").See("Nothing matches").SeeNot("at least four")
	person(t, a, "admin", "customers?穆罕默").See("Nothing matches").SeeNot("at least four")
}
