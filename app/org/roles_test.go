package org

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
)

// TestTheSchoolKeepsAnAdministrator lets several people, administrators and
// clerks, do random acts; after each, somebody active may still do everything.
func TestTheSchoolKeepsAnAdministrator(t *testing.T) {
	s := newSchool(t, Options{})
	s.clerk("clerk")
	logins := []string{"boss", "clerk", "anna", "ben", "carl"}
	for _, l := range logins[2:] {
		s.add(l)
	}
	sets := [][]string{{}, {"admin"}, {"sales"}, {"clerk"}, {"admin", "sales"}}
	rapid.Check(t, func(r *rapid.T) {
		for _, l := range logins { // all are administrators again, but the clerk
			wantKey(t, s.SetActive(bg, policy.System, s.mustFind(l).ID, true, ""), "")
			roles := map[bool][]string{true: {"clerk"}, false: {"admin"}}[l == "clerk"]
			wantKey(t, s.SetRoles(bg, policy.System, s.mustFind(l).ID, roles), "")
		}
		for range rapid.IntRange(1, 25).Draw(r, "acts") {
			on := s.mustFind(rapid.SampledFrom(logins).Draw(r, "on"))
			by, err := s.Actor(bg, s.mustFind(rapid.SampledFrom(logins).Draw(r, "by")).ID, policy.Screen, "")
			if err != nil || rapid.IntRange(0, 4).Draw(r, "server") == 0 {
				by = policy.System
			}
			switch rapid.IntRange(0, 2).Draw(r, "act") {
			case 0:
				err = s.SetRoles(bg, by, on.ID, rapid.SampledFrom(sets).Draw(r, "roles"))
			case 1:
				err = s.SetActive(bg, by, on.ID, false, "")
			default:
				err = s.SetActive(bg, by, on.ID, true, "")
			}
			if err != nil && fault.Of(err) == fault.Internal {
				r.Fatal(err)
			}
			if !s.hasAdministrator() {
				r.Fatalf("%s left the school without an administrator", by.Login)
			}
		}
	})
}

// hasAdministrator finds out by asking the policy, not by the service's own
// condition.
func (s *school) hasAdministrator() bool {
	list, err := s.Accounts(bg, policy.System, Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(a Account) bool {
		by, err := s.Actor(bg, a.ID, policy.Screen, "")
		return err == nil && by.Can("anything", "whatever")
	})
}

func TestLastAdministratorIsNamed(t *testing.T) {
	s := newSchool(t, Options{})
	wantKey(t, s.SetActive(bg, policy.System, s.boss.Account, false, ""), "org.last_admin")
	wantKey(t, s.SetRoles(bg, policy.System, s.boss.Account, nil), "org.last_admin")
	if a := s.get(s.boss.Account); !a.Active || !slices.Equal(a.Roles, []string{"admin"}) {
		t.Errorf("left %+v", a)
	}
	second := s.add("second", "admin")
	wantKey(t, s.SetActive(bg, s.boss, second.ID, false, ""), "")
	wantKey(t, s.SetRoles(bg, policy.System, s.boss.Account, nil), "org.last_admin") // the second is not active
}

func TestRolesAreListedForThoseWhoMay(t *testing.T) {
	s := newSchool(t, Options{})
	list, err := s.Roles(bg, s.boss)
	if err != nil || strings.Join(roleNames(list), " ") != "sales sales_manager lecturer student admin" {
		t.Errorf("%v, %v", roleNames(list), err)
	}
	_, err = s.Roles(bg, s.actor(s.add("li", "sales").ID))
	wantKey(t, err, "fault.forbidden")
}

func TestReadyRolesArePutInOnce(t *testing.T) {
	s := newSchool(t, Options{})
	s.sql(`DELETE FROM permissions WHERE role_id = (SELECT id FROM roles WHERE name = 'sales')`)
	s.sql(`UPDATE roles SET menu = 'me' WHERE name = 'sales'`)
	before := s.number(`SELECT count(*) FROM permissions`)
	if err := s.EnsureRoles(bg); err != nil {
		t.Fatal(err)
	}
	if s.number(`SELECT count(*) FROM permissions`) != before || s.number(`SELECT count(*) FROM roles WHERE menu = 'me'`) != 1 {
		t.Error("the administrator's edits were overwritten")
	}
}

// TestReadyRolesDecide is the domain's section 4 on three customers: one's own,
// a stale one and another's, all of departments that the manager does or does
// not run.
func TestReadyRolesDecide(t *testing.T) {
	s := newSchool(t, Options{})
	dep := s.department("Sales", 0)
	who := map[string]policy.Actor{"boss": s.boss}
	for _, role := range []string{"sales", "sales_manager", "lecturer", "student"} {
		who[role] = s.actor(s.addNew(NewAccount{Login: role, Name: role, Department: dep, Roles: []string{role}}).ID)
	}
	me := who["sales"].Account
	rows := map[string]policy.Row{
		"own":   {"owner": policy.Int(me), "department": policy.Int(dep), "stale": policy.Bool(false), "consultant": policy.Int(me)},
		"other": {"owner": policy.Int(99), "department": policy.Int(98), "stale": policy.Bool(false), "consultant": policy.Int(99)},
		"stale": {"owner": policy.Int(99), "department": policy.Int(98), "stale": policy.Bool(true), "consultant": policy.Int(99)},
	}
	for _, c := range []struct{ role, resource, action, yes string }{
		{"sales", "customers", "view", "own other stale"}, {"sales", "customers", "change", "own"},
		{"sales", "customers", "follow_up", "own stale"}, {"sales", "customers", "reveal", "own stale"},
		{"sales", "customers", "assign", ""}, {"sales", "customers", "export", ""}, {"sales", "enrollments", "add", "own stale"},
		{"sales", "enrollments", "view", "own"}, {"sales", "enrollments", "approve", ""}, {"sales", "enrollments", "link", "own"},
		{"sales_manager", "customers", "view", "own other stale"}, {"sales_manager", "customers", "assign", "own"},
		{"sales_manager", "customers", "export", "own"}, {"sales_manager", "enrollments", "view", "own"},
		{"sales_manager", "enrollments", "approve", ""}, {"lecturer", "customers", "view", ""}, {"student", "customers", "view", ""},
		{"student", "enrollments", "view", ""}, {"boss", "enrollments", "approve", "own other stale"},
	} {
		var got []string
		for _, name := range []string{"own", "other", "stale"} {
			if who[c.role].May(c.action, c.resource, rows[name]) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != c.yes {
			t.Errorf("%s %s %s: %v, want %q", c.role, c.action, c.resource, got, c.yes)
		}
	}
	for _, c := range []struct {
		role, row, field string
		want             policy.Mode
	}{
		{"sales", "own", "phone", policy.Open}, {"sales", "own", "id_number", policy.Masked}, {"sales", "stale", "phone", policy.Masked},
		{"sales", "other", "wechat", policy.Masked}, {"sales", "other", "name", policy.Open}, {"sales_manager", "own", "qq", policy.Open},
		{"sales_manager", "other", "qq", policy.Masked}, {"lecturer", "own", "phone", policy.Hidden}, {"boss", "other", "phone", policy.Open},
	} {
		if got := who[c.role].Mode("view", "customers", c.field, rows[c.row]); got != c.want {
			t.Errorf("%s sees %s of %s: %v, want %v", c.role, c.field, c.row, got, c.want)
		}
	}
}
