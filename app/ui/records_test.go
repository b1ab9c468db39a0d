package ui

import (
	"strconv"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/db"
)

// toys declares a record of which nothing is said but its name.
func toys(t testing.TB, a *app.App) {
	t.Helper()
	err := a.DB.Write(bg, func(tx *db.Tx) error {
		for _, sql := range []string{"CREATE TABLE toys (id INTEGER PRIMARY KEY)", "INSERT INTO toys (id) VALUES (1), (2), (3)"} {
			if _, err := tx.Exec(sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Engine.Register(&resource.Resource{Name: "toys"})
}

// TestEveryDeclaredRecordHasAPlace opens the list and the first record of
// whatever is declared, by the address that its name is: nobody wrote a screen
// for most of them.
func TestEveryDeclaredRecordHasAPlace(t *testing.T) {
	a := openSchool(t)
	toys(t, a)
	for _, name := range a.Engine.Names() {
		t.Run(name, func(t *testing.T) {
			s := person(t, a, "admin", name)
			s.Everywhere()
			s.Keys("enter").Everywhere()
			if strings.Contains(s.Text(), "«") {
				t.Errorf("%s has words missing:\n%s", name, s.Text())
			}
		})
	}
}

// TestIndexOfRecords leads from the menu to any list and back.
func TestIndexOfRecords(t *testing.T) {
	a := openSchool(t)
	toys(t, a)
	s := person(t, a, "admin", "records")
	s.See("All records", "Admissions", "follow-ups", "contract templates").Everywhere()
	s.Keys("G").See("System").Keys("g").Keys("G").See("toys")
	s.Keys("/").Type("camp").Keys("enter").See("campaigns", "campuses").SeeNot("toys")
	s.Keys("backspace", "/").Type("toys").Keys("enter", "enter").See("1-3 of 3").Keys("enter").See("toys")
	s = person(t, a, "sales_a", "records")
	s.See("campuses", "campaigns").SeeNot("accounts", "audit", "toys", "mails")
	person(t, a, "sales_a", "toys").See("Home")
	person(t, a, "kobe", "records").SeeNot("All records")
}

// TestRelationsLead opens the record that a field points to, and the lists of
// those that point to it.
func TestRelationsLead(t *testing.T) {
	a := openSchool(t)
	class := single(t, a, "SELECT id FROM classes WHERE code = 'python-s9'")
	s := person(t, a, "admin", "classes/"+str(class))
	s.See("python-s9", "Related records", "enrollments").Everywhere()
	s.Keys("enter").See("Outline").Everywhere() // the course is the first relation
	s.Keys("enter").See("search course:#").Everywhere()
	s = person(t, a, "lecturer", "classes/"+str(class))
	s.See("students").SeeNot("enrollments ", "payments")
}

func str(n int64) string { return strconv.FormatInt(n, 10) }

// TestAddressesOpen whatever they name: a record, a list, a list's state; what
// one may not see is no place.
func TestAddressesOpen(t *testing.T) {
	a := openSchool(t)
	class := single(t, a, "SELECT id FROM classes WHERE code = 'python-s9'")
	for address, want := range map[string]string{
		"campuses/1": "北京", "classes/" + str(class): "python-s9", "sources": "Sources", "customers?owner:me status:enrolled": "search owner:me status:enrolled",
		"classes?course:python": "search course:python", "records": "All records", "trash": "Trash",
	} {
		person(t, a, "admin", address).See(want)
	}
	s := person(t, a, "sales_a", "me")
	for _, address := range []string{"trash", "accounts/1", "audit?act:login", "nothing/1", "campuses/x"} {
		s.Send(kit.OpenMsg{Address: address})
		s.See("there is no \"" + address)
	}
}
