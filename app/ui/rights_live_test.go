package ui

import (
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

func roleOf(t testing.TB, a *app.App, name string) org.Role {
	t.Helper()
	r, err := a.Org.FindRole(bg, policy.System, name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// menuNames lists the menu as it is now.
func menuNames(s *seat, d *desk, by policy.Actor) string {
	var out []string
	for _, e := range d.menu(by) {
		out = append(out, d.p().T(e.ID, e.Args...))
	}
	return strings.Join(out, ", ")
}

// TestRightsChangeInOpenSessions: while a salesperson works, an administrator
// changes what he may: rows vanish, actions grey, the record that he has open
// says that it is not for him any more and leaves nothing of it, and the menu
// changes. No key is pressed for that.
func TestRightsChangeInOpenSessions(t *testing.T) {
	a := openSchool(t)
	admin := actorOf(t, a, "admin")
	sales := roleOf(t, a, "sales")
	mine := single(t, a, "SELECT max(id) FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' AND never_contact = 0", accountID(t, a, "sales_a"))
	row, _, err := a.Engine.Show(bg, actorOf(t, a, "sales_a"), "customers", mine)
	must(t, err)
	name := row.Title

	open := person(t, a, "sales_a", "customers/"+kit.ID(mine))
	list := person(t, a, "sales_a", "customers")
	form := person(t, a, "sales_a", "customers/"+kit.ID(mine))
	open.See(name)
	list.See("of")
	form.Keys("e").See(name)
	before := list.Text()

	// An action goes: it is greyed with the reason, at once.
	_, err = a.Org.Disallow(bg, admin, sales.ID, "customers", []string{"change"}, nil)
	must(t, err)
	open.Settle()
	if greyed(open, "ui.customers.edit") == nil {
		t.Error("an action that was taken away is not greyed out")
	}

	// Rows go: a denial of view on one's own rows.
	g, err := a.Org.Grant(bg, admin, org.AccountGrant{Account: accountID(t, a, "sales_a"), Deny: true, Reason: "under notice",
		Permission: org.Permission{Resource: "customers", Action: "view", Rows: "owner=$me"}})
	must(t, err)
	for _, s := range []*seat{open, list, form} {
		s.Settle()
	}
	open.See("no such record").SeeNot(name)
	form.SeeNot(name).See("no such record")
	if list.Text() == before {
		t.Error("the list still shows the rows")
	}
	form.Keys("esc").SeeNot(name)

	must(t, a.Org.Ungrant(bg, admin, accountID(t, a, "sales_a"), g.ID))
	open.Settle()
	open.See(name)

	// The whole resource goes: the list is empty and says why, the menu loses it.
	_, err = a.Org.Disallow(bg, admin, sales.ID, "customers", []string{"list", "view"}, nil)
	must(t, err)
	list.Settle()
	list.See("you may not list customers").SeeNot(name)
	list.Keys("ctrl+k").SeeNot("1 Customers")
}

// greyed gives why an action of the screen cannot be done.
func greyed(s *seat, id string) error {
	for _, x := range s.Root.Top().Actions() {
		if x.ID == id {
			return x.WhyNot
		}
	}
	return nil
}

// TestMenusOfRoles: the order, what is cut, and entries of the school's own; with
// several roles the menus stand one behind the other.
func TestMenusOfRoles(t *testing.T) {
	a := openSchool(t)
	admin := actorOf(t, a, "admin")
	sales := roleOf(t, a, "sales")
	s := person(t, a, "sales_a", "me")
	s.Settle()
	menu := []org.MenuEntry{{Place: "me"}, {Title: "待跟进 old ones", Place: "customers", Query: "stale:yes"}, {Place: "campuses"},
		{Place: "accounts"}, {Place: "courses"}}
	_, err := a.Org.ChangeRole(bg, admin, sales.ID, 0, org.RoleChange{Menu: &menu})
	must(t, err)
	d := &desk{app: a, sess: nil}
	d.speak(a.Printer("en"))
	if got := menuNames(s, d, actorOf(t, a, "sales_a")); got != "My account, 待跟进 old ones, campuses, Courses" {
		t.Errorf("menu: %s", got)
	}
	s.Settle()
	s.Keys("2").See("stale:yes").Everywhere()
	must(t, a.Org.SetRoles(bg, admin, accountID(t, a, "sales_a"), []string{"sales", "lecturer"}))
	if got := menuNames(s, d, actorOf(t, a, "sales_a")); !strings.HasPrefix(got, "My account, 待跟进 old ones, campuses, Courses, ") || !strings.Contains(got, "Classes") || strings.Contains(got, "Enrollments") {
		t.Errorf("menu of two roles: %s", got)
	}
}
