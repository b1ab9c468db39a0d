package org

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
)

// sample are rows that tell whether somebody may do more than before.
var sample = []struct {
	resource string
	row      policy.Row
}{
	{"customers", policy.Row{"owner": policy.Int(1), "status": {"enrolled"}}}, {"customers", policy.Row{"owner": policy.Int(2), "status": {"not_enrolled"}}},
	{"customers", policy.Row{"owner": policy.Int(3), "status": {"enrolled"}}}, {"customers", policy.Row{"status": {"not_enrolled"}}},
	{"accounts", policy.Row{"account": policy.Int(1), "role": {"sales"}}}, {"accounts", policy.Row{"account": policy.Int(3), "role": {"mine"}}},
	{"roles", policy.Row{"role": {"mine"}}}, {"roles", policy.Row{"role": {"sales"}}}, {"permissions", policy.Row{"role": {"sales"}}},
}

// may writes down all that somebody may do on the sample, and how much of a
// field he sees.
func may(by policy.Actor) map[string]policy.Mode {
	out := map[string]policy.Mode{}
	for i, x := range sample {
		for _, action := range []string{"list", "view", "add", "change", "delete", "export", "reveal", "assign", "grant", "disable"} {
			for _, field := range []string{"phone", "name"} {
				if by.May(action, x.resource, x.row) {
					out[fmt.Sprint(i, " ", action, " ", field)] = by.Mode(action, x.resource, field, x.row)
				}
			}
		}
	}
	return out
}

// more says what b has that a has not.
func more(a, b map[string]policy.Mode) string {
	for k, m := range b {
		if was, ok := a[k]; !ok || m < was {
			return k
		}
	}
	return ""
}

// TestNobodyRaisesRights lets administrators and people with parts of their
// rights do random acts on roles, accounts and grants. After each act there is
// an administrator, who acted has no more rights than before, and nobody else has
// gained anything that the actor, no administrator, does not hold himself.
func TestNobodyRaisesRights(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	s.role("mine", readyPermission{"accounts", "list view add change assign grant disable", "", ""}, readyPermission{"roles", "list view add change delete", "", ""},
		readyPermission{"permissions", "list view", "", ""}, readyPermission{"customers", "list view", "", "phone:masked"},
		readyPermission{"customers", "list view change", "owner=$me", ""})
	s.role("loose", readyPermission{"customers", "list", "", ""})
	logins := []string{"boss", "chief", "mid", "mid2", "anna", "ben"}
	for _, l := range logins[1:] {
		s.add(l)
	}
	x := &randomActs{school: s, logins: logins}
	rapid.Check(t, func(r *rapid.T) {
		x.r = r
		x.start()
		for range rapid.IntRange(1, 12).Draw(r, "acts") {
			x.step()
		}
	})
	if x.refused == 0 || x.done == 0 || x.given == 0 {
		t.Errorf("%d acts done, %d refused, %d gave something: the test says nothing", x.done, x.refused, x.given)
	}
}

type randomActs struct {
	*school
	r                    *rapid.T
	logins               []string
	done, refused, given int
	n                    int
}

// start makes everybody what he was.
func (x *randomActs) start() {
	x.sql(`DELETE FROM account_roles WHERE role_id IN (SELECT id FROM roles WHERE name LIKE 'copy%')`)
	x.sql(`DELETE FROM permissions WHERE role_id IN (SELECT id FROM roles WHERE name LIKE 'copy%')`)
	x.sql(`DELETE FROM roles WHERE name LIKE 'copy%'`)
	for _, name := range []string{"admin", "mine", "sales", "loose"} {
		if _, err := x.FindRole(bg, policy.System, name); err != nil {
			x.role(name, readyPermission{"customers", "list", "", ""}) // it was deleted
		}
	}
	everything := []Permission{{Resource: "*", Action: "*"}}
	if _, err := x.ChangeRole(bg, policy.System, x.roleID("admin"), 0, RoleChange{Permissions: &everything}); err != nil {
		x.r.Fatal(err)
	}
	for _, l := range x.logins {
		a := x.mustFind(l)
		wantKey(x.t, x.SetActive(bg, policy.System, a.ID, true, ""), "")
		roles := map[string][]string{"boss": {"admin"}, "chief": {"admin", "mine"}, "mid": {"mine"}, "mid2": {"mine", "loose"}, "anna": {"sales"}}[l]
		list, _ := x.AccountGrants(bg, policy.System, a.ID)
		for _, g := range list {
			wantKey(x.t, x.Ungrant(bg, policy.System, a.ID, g.ID), "")
		}
		wantKey(x.t, x.SetRoles(bg, policy.System, a.ID, roles), "")
	}
	for name, lines := range map[string][]Permission{
		"loose": {{Resource: "customers", Action: "list"}},
		"mine": {{Resource: "accounts", Action: "*"}, {Resource: "roles", Action: "*"}, {Resource: "customers", Action: "list"},
			{Resource: "customers", Action: "view", Fields: "phone:masked"}, {Resource: "customers", Action: "change", Rows: "owner=$me"}},
	} {
		if _, err := x.ChangeRole(bg, policy.System, x.roleID(name), 0, RoleChange{Permissions: &lines}); err != nil {
			x.r.Fatal(err)
		}
	}
}

func (x *randomActs) actors() map[string]policy.Actor {
	out := map[string]policy.Actor{}
	for _, l := range x.logins {
		if by, err := x.Actor(bg, x.mustFind(l).ID, policy.Screen, ""); err == nil {
			out[l] = by
		}
	}
	return out
}

func (x *randomActs) step() {
	before := x.actors()
	who := rapid.SampledFrom(x.logins).Draw(x.r, "by")
	by, active := before[who]
	if !active {
		return
	}
	err := x.act(by)
	if err != nil && fault.Of(err) == fault.Internal {
		x.r.Fatal(err)
	}
	if !x.hasAdministrator() {
		x.r.Fatalf("%s left the school without an administrator", who)
	}
	if err != nil {
		x.refused++
		return
	}
	x.done++
	for l, now := range x.actors() {
		gained := more(may(before[l]), may(now))
		switch was, active := before[l]; {
		case gained == "" || by.Administrator():
		case l == who:
			x.r.Fatalf("%s raised his own rights: %s", l, gained)
		case !active: // was disabled and is back with what he had
		default:
			x.given++
			if held := more(union(may(was), x.relative(by, now)), may(now)); held != "" {
				x.r.Fatalf("%s gave %s what he does not hold: %s", who, l, held)
			}
		}
	}
}

func union(a, b map[string]policy.Mode) map[string]policy.Mode {
	for k, m := range b {
		if was, ok := a[k]; !ok || m < was {
			a[k] = m
		}
	}
	return a
}

// relative is what by's rights would be in another's place: dollar values are
// held as such.
func (x *randomActs) relative(by, to policy.Actor) map[string]policy.Mode {
	by.Rights = policy.NewRights(nil, to.Rights.Scope, by.Rights.Grants())
	return may(by)
}

func (x *randomActs) permission() Permission {
	r := x.r
	p := Permission{Resource: rapid.SampledFrom([]string{"customers", "customers", "accounts", "roles", "*"}).Draw(r, "resource"),
		Action: rapid.SampledFrom([]string{"list", "view", "change", "export", "*"}).Draw(r, "action")}
	if p.Resource == "customers" {
		p.Rows = rapid.SampledFrom([]string{"", "owner=$me", "owner=$me status=enrolled", "status=enrolled"}).Draw(r, "rows")
		p.Fields = rapid.SampledFrom([]string{"", "phone:masked", "phone:hidden", "phone:masked name:hidden"}).Draw(r, "fields")
	}
	return p
}

func (x *randomActs) act(by policy.Actor) (err error) {
	r := x.r
	on := x.mustFind(rapid.SampledFrom(x.logins).Draw(r, "on"))
	found, err := x.FindRole(bg, policy.System, rapid.SampledFrom([]string{"admin", "mine", "sales", "loose"}).Draw(r, "role"))
	if err != nil {
		return err // deleted a moment ago
	}
	role := found.ID
	switch rapid.IntRange(0, 9).Draw(r, "act") {
	case 0:
		return x.SetRoles(bg, by, on.ID, rapid.SampledFrom([][]string{{}, {"admin"}, {"mine"}, {"loose"}, {"sales", "mine"}}).Draw(r, "roles"))
	case 1:
		return x.SetActive(bg, by, on.ID, rapid.Bool().Draw(r, "active"), "x")
	case 2, 3:
		_, err = x.Allow(bg, by, role, x.permission())
	case 4:
		list := []Permission{}
		for range rapid.IntRange(0, 3).Draw(r, "lines") {
			list = append(list, x.permission())
		}
		_, err = x.ChangeRole(bg, by, role, 0, RoleChange{Permissions: &list})
	case 5:
		p := x.permission()
		_, err = x.Disallow(bg, by, role, p.Resource, []string{p.Action}, nil)
	case 6:
		return x.DeleteRole(bg, by, role, 0)
	case 7, 8:
		_, err = x.Grant(bg, by, AccountGrant{Account: on.ID, Deny: rapid.Bool().Draw(r, "deny"), Permission: x.permission(), Reason: "x"})
	case 9:
		x.n++
		if _, err = x.CopyRole(bg, by, role, fmt.Sprint("copy", x.n), ""); err == nil {
			err = x.SetRoles(bg, by, on.ID, []string{fmt.Sprint("copy", x.n)})
		}
	}
	return err
}
