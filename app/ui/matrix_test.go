package ui

import (
	"slices"
	"strings"
	"testing"

	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// TestMatrixIsReadAndEdited: the matrix at a glance, a right switched on, a row
// rule and field rules built, the difference looked at, and saved.
func TestMatrixIsReadAndEdited(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "rights")
	s.See("customers", "sales", "admin", "*******", "L list", "small: some rows").Everywhere()
	s.Keys("?").Everywhere().Keys("esc")
	// sales, customers: own rows are changed only
	s.See("LVAc..")
	s.Keys("right", "right", "right").See("sales: customers, change", "owner=$me")
	s.Keys("right", "space").See("sales: customers, delete", "all rows", "!")
	s.Keys("d").See("customers, delete", "gains up to").Everywhere().Keys("esc")
	s.Keys("enter").See("Which line?").Keys("enter").See("sales: customers, delete")
	s.Everywhere()
	// the builder: owner = $me
	m := s.Root.Top().(*kit.Form)
	m.Put("row_owner", kit.Value{Chosen: []kit.Option{{Value: "$me", Label: "$me"}}})
	m.Put("mode_hidden", kit.Value{Chosen: []kit.Option{{Value: "memo", Label: "memo"}}})
	s.Keys("ctrl+s").See("owner=$me", "hidden: memo")
	s.Keys("ctrl+s").See("Save these changes?").Everywhere().Keys("y").See("saved")
	page, err := a.Org.GetRole(bg, policy.System, roleOf(t, a, "sales").ID)
	must(t, err)
	want := org.Permission{Resource: "customers", Action: "delete", Rows: "owner=$me", Fields: "memo:hidden"}
	if !slices.ContainsFunc(page.Permissions, func(p org.Permission) bool { p.ID = 0; return p == want }) {
		t.Errorf("not saved: %+v", page.Permissions)
	}
	// switched off again, and the draft dropped
	s.Keys("space").See("not granted").Keys("z").See("owner=$me")
	// what one may not edit is greyed
	if greyed(person(t, a, "sales_a", "rights"), "ui.matrix.toggle") != nil {
		t.Error("a salesperson has the matrix")
	}
}

// TestTwoAdministratorsInTheMatrix: what only one of the two changed comes
// together by itself; of a cell that both changed one is asked.
func TestTwoAdministratorsInTheMatrix(t *testing.T) {
	a := openSchool(t)
	id := roleOf(t, a, "lecturer").ID
	s := person(t, a, "admin", "roles/"+kit.ID(id))
	s.Keys("p").See("Rights of lecturer")
	s.Keys("space").See("!") // customers list, on
	_, err := a.Org.Allow(bg, policy.System, id, org.Permission{Resource: "customers", Action: "view"}, org.Permission{Resource: "customers", Action: "list", Rows: "owner=$me"})
	must(t, err)
	s.Settle()
	s.See("was changed by both", "mine").Everywhere().Keys("enter")
	s.Keys("ctrl+s").See("Save these changes?").Keys("y").See("saved")
	page, err := a.Org.GetRole(bg, policy.System, id)
	must(t, err)
	var got []string
	for _, p := range page.Permissions {
		if p.Resource == "customers" {
			got = append(got, p.Action+" "+p.Rows)
		}
	}
	if strings.Join(got, "; ") != "list ; view " {
		t.Errorf("after merging: %q", got)
	}
}

// TestRolePages walks through a role's page, its copy, its menu and "why?".
func TestRolePages(t *testing.T) {
	a := openSchool(t)
	id := roleOf(t, a, "sales").ID
	s := person(t, a, "admin", "roles")
	s.See("sales", "lecturer").Everywhere()
	s = person(t, a, "admin", "roles/"+kit.ID(id))
	s.See("What it grants", "owner=$me").Everywhere()
	s.Keys("G").See("Held by")
	s.Keys("c").See("A copy of the role").Type("trainee").Keys("tab").Type("见习").Everywhere().Keys("ctrl+s").See("见习")
	s.Keys("n").See("Menu of").Everywhere()
	s.Type("customers").Keys("tab").Keys("enter").See("saved")
	if menu := roleOf(t, a, "trainee").Menu; !slices.Equal(menu, []string{"customers"}) {
		t.Errorf("menu %v", menu)
	}
	s.Keys("w").See("Why somebody may do something").Everywhere()
	f := s.Root.Top().(*kit.Form)
	f.Put("account", kit.Value{Text: kit.ID(accountID(t, a, "sales_a")), Label: "x"})
	f.Put("resource", kit.Value{Text: "customers"})
	f.Put("action", kit.Value{Text: "change"})
	s.Keys("ctrl+s").See("yes: 李雷 may change customers", "owner=$me").Everywhere()
}

// TestGrantsOnTheAccountsPage denies something and takes it back.
func TestGrantsOnTheAccountsPage(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "accounts/"+kit.ID(accountID(t, a, "sales_a")))
	s.Keys("d").See("A denial beats every role").Everywhere()
	f := s.Root.Top().(*kit.Form)
	f.Put("resource", kit.Value{Text: "customers"})
	f.Put("action", kit.Value{Text: "reveal"})
	s.Keys("ctrl+s").See("required")
	f.Put("reason", kit.Value{Text: "under notice"})
	s.Keys("ctrl+s").Keys("G").See("denial", "under notice").Everywhere()
	if actorOf(t, a, "sales_a").Can("reveal", "customers") {
		t.Error("the denial does not work")
	}
	s.Keys("enter").See("Take back").Keys("enter").SeeNot("under notice")
	if !actorOf(t, a, "sales_a").Can("reveal", "customers") {
		t.Error("the denial was not taken back")
	}
}
