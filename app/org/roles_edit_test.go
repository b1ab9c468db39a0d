package org

import (
	"strings"
	"testing"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

// records declares records for rules to name: customers as the real ones, as far
// as tests need them, and accounts.
func (s *school) records() {
	s.opt.Engine.Register(&resource.Resource{Name: "customers", Fields: []resource.Field{
		{Name: "name", SQL: "customers.name", Column: true}, {Name: "phone", SQL: "customers.phone", Column: true},
		{Name: "status", Kind: resource.Choice, SQL: "customers.status", Choices: []string{"not_enrolled", "enrolled"}}},
		Rules:  policy.Fields{"owner": {Cond: "customers.owner_id {in}"}, "status": {Cond: "customers.status {in}", Text: true}},
		Rights: []string{"reveal"}})
	s.opt.Engine.Register(&resource.Resource{Name: "accounts", Rules: Rules, Rights: []string{"assign", "grant", "disable", "reset"},
		Fields: []resource.Field{{Name: "login", SQL: "accounts.login", Column: true}}})
}

func (s *school) roleID(name string) int64 {
	s.t.Helper()
	r, err := s.FindRole(bg, policy.System, name)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.ID
}

func TestARoleIsMadeCopiedChangedAndDeleted(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	r, err := s.AddRole(bg, s.boss, NewRole{Name: "caller", Title: "电话 销售", Permissions: []Permission{
		{Resource: "customers", Action: "list", Rows: " owner=$me  status=enrolled|not_enrolled", Fields: "phone:masked"},
		{Resource: "customers", Action: "list", Rows: "owner=$me status=enrolled|not_enrolled", Fields: "phone:hidden"}, // the later one holds
	}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.GetRole(bg, s.boss, r.ID)
	if err != nil || len(p.Permissions) != 1 || p.Permissions[0].Fields != "phone:hidden" || p.Title != "电话 销售" {
		t.Fatalf("made %+v %v", p, err)
	}
	li := s.add("li", "caller")
	if !s.actor(li.ID).Can("list", "customers") {
		t.Fatal("the role grants nothing")
	}
	_, err = s.AddRole(bg, s.boss, NewRole{Name: "caller"})
	wantKey(t, err, "org.name_taken")
	c, err := s.CopyRole(bg, s.boss, r.ID, "caller2", "")
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := s.GetRole(bg, s.boss, c.ID); len(p.Permissions) != 1 || p.Held != 0 {
		t.Errorf("copied %+v", p)
	}
	kept := p.Permissions[0].ID
	if _, err := s.Allow(bg, s.boss, r.ID, Permission{Resource: "customers", Action: "view"}, Permission{Resource: "customers", Action: "reveal", Rows: "owner=$me"}); err != nil {
		t.Fatal(err)
	}
	if by := s.actor(li.ID); !by.Can("view", "customers") || !by.Can("reveal", "customers") {
		t.Error("what was allowed does not work at once")
	}
	if _, err := s.Disallow(bg, s.boss, r.ID, "customers", []string{"view", "reveal"}, nil); err != nil {
		t.Fatal(err)
	}
	if by := s.actor(li.ID); by.Can("view", "customers") || !by.Can("list", "customers") {
		t.Error("what was taken away works")
	}
	_, err = s.Disallow(bg, s.boss, r.ID, "customers", []string{"view"}, nil)
	wantKey(t, err, "org.no_permission")
	if p, _ := s.GetRole(bg, s.boss, r.ID); p.Permissions[0].ID != kept {
		t.Error("a line that did not change has another number")
	}
	err = s.DeleteRole(bg, s.boss, r.ID, 0)
	if wantKey(t, err, "org.role_held"); !strings.Contains(err.Error(), "Name of li (li)") {
		t.Errorf("who holds it is not said: %v", err)
	}
	wantKey(t, s.SetRoles(bg, s.boss, li.ID, nil), "")
	wantKey(t, s.DeleteRole(bg, s.boss, r.ID, 0), "")
	_, err = s.GetRole(bg, s.boss, r.ID)
	wantKey(t, err, "fault.not_found")
	wantKey(t, s.DeleteRole(bg, s.boss, s.roleID("student"), 0), "org.role_needed")
}

func TestWhatARoleMayNotBe(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	for name, c := range map[string]struct {
		n    NewRole
		keys string
	}{
		"a name with a capital": {NewRole{Name: "Caller"}, "org.role_form"},
		"no name":               {NewRole{Title: "x"}, "org.role_form"},
		"unknown things": {NewRole{Name: "a1", Permissions: []Permission{{Resource: "customers", Action: "eat", Rows: "colour=red owner=li", Fields: "nose:hidden"}}},
			"policy.no_action policy.no_row_field policy.no_number policy.no_field"},
		"no record":          {NewRole{Name: "a2", Permissions: []Permission{{Resource: "dogs", Action: "view"}}}, "policy.no_resource"},
		"rows of everything": {NewRole{Name: "a3", Permissions: []Permission{{Resource: "*", Action: "view", Rows: "owner=$me"}}}, "policy.rows_of_any"},
		"no rule":            {NewRole{Name: "a4", Permissions: []Permission{{Resource: "customers", Action: "view", Rows: "owner"}}}, "policy.row_form"},
		"no mode":            {NewRole{Name: "a5", Permissions: []Permission{{Resource: "customers", Action: "view", Fields: "phone:purple"}}}, "policy.field_form"},
		"no place":           {NewRole{Name: "a6", Menu: []MenuEntry{{Place: "dogs"}}}, "org.no_place"},
		"no such filter":     {NewRole{Name: "a7", Menu: []MenuEntry{{Title: "x", Place: "customers", Query: "colour:red"}}}, "list.no_field"},
		"a good menu":        {NewRole{Name: "a8", Menu: []MenuEntry{{Place: "customers"}, {Title: "电话 = 50%", Place: "customers", Query: "status:enrolled name:*+*"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.AddRole(bg, s.boss, c.n)
			var got []string
			if f, ok := fault.As(err); ok {
				f.Each(func(f *fault.Fault) { got = append(got, f.Key) })
			}
			if strings.Join(got, " ") != c.keys {
				t.Errorf("%v, want %s", err, c.keys)
			}
		})
	}
}

func TestTwoAdministratorsAtOnce(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	id := s.roleID("lecturer")
	first, _ := s.GetRole(bg, s.boss, id)
	title, more := "Teacher", append(first.Permissions, Permission{Resource: "customers", Action: "list"})
	if _, err := s.ChangeRole(bg, s.boss, id, first.Version, RoleChange{Title: &title}); err != nil {
		t.Fatal(err)
	}
	_, err := s.ChangeRole(bg, policy.System, id, first.Version, RoleChange{Permissions: &more})
	wantKey(t, err, "fault.stale")
	wantKey(t, s.DeleteRole(bg, policy.System, id, first.Version), "fault.stale")
	now, _ := s.GetRole(bg, s.boss, id)
	if _, err := s.ChangeRole(bg, s.boss, id, now.Version, RoleChange{Title: &title}); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.GetRole(bg, s.boss, id); again.Version != now.Version {
		t.Error("a change of nothing makes a new version")
	}
}

func TestChangesOfRightsAreWrittenDown(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	li := s.add("li", "sales")
	id := s.roleID("sales")
	if _, err := s.Allow(bg, s.boss, id, Permission{Resource: "customers", Action: "change", Rows: "status=enrolled", Fields: "phone:read_only"}); err != nil {
		t.Fatal(err)
	}
	list, err := audit.Entries(bg, s.db, "roles", id, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	want := audit.Change{Field: "customers change", Old: "owner=$me", New: "owner=$me; status=enrolled (phone:read_only)"}
	if c := list[0].Changes; len(c) != 1 || c[0] != want {
		t.Errorf("written down: %+v", c)
	}
	g, err := s.Grant(bg, s.boss, AccountGrant{Account: li.ID, Deny: true, Reason: "under notice", Permission: Permission{Resource: "customers", Action: "reveal"}})
	if err != nil {
		t.Fatal(err)
	}
	if s.actor(li.ID).Can("reveal", "customers") {
		t.Error("a denial does not work at once")
	}
	if err := s.Ungrant(bg, s.boss, li.ID, g.ID); err != nil {
		t.Fatal(err)
	}
	if !s.actor(li.ID).Can("reveal", "customers") {
		t.Error("a denial that was lifted still bars")
	}
	if h := strings.Join(s.history(li.ID), " "); h != "add deny ungrant" {
		t.Errorf("audit: %s", h)
	}
}

func TestGrantsOfOneAccount(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	li, han := s.add("li", "sales"), s.add("han", "sales")
	give := func(by policy.Actor, on int64, deny bool, p Permission, reason string) error {
		_, err := s.Grant(bg, by, AccountGrant{Account: on, Deny: deny, Permission: p, Reason: reason})
		return err
	}
	p := Permission{Resource: "customers", Action: "export", Rows: "owner=$me"}
	wantKey(t, give(s.boss, li.ID, false, p, ""), "fault.required")
	wantKey(t, give(s.boss, li.ID, false, p, "for the audit of 2026"), "")
	wantKey(t, give(s.boss, li.ID, false, p, "and 2027"), "") // the same line, another reason
	wantKey(t, give(s.boss, 999, false, p, "x"), "fault.not_found")
	wantKey(t, give(s.boss, s.boss.Account, false, p, "x"), "org.own_rights")
	wantKey(t, give(s.actor(li.ID), han.ID, false, p, "x"), "fault.not_found")
	list, err := s.AccountGrants(bg, s.actor(li.ID), li.ID)
	if err != nil || len(list) != 1 || list[0].Reason != "and 2027" || list[0].GivenBy != "Name of boss" {
		t.Errorf("%+v %v", list, err)
	}
	if !s.actor(li.ID).Can("export", "customers") || s.actor(han.ID).Can("export", "customers") {
		t.Error("a single grant is not li's alone")
	}
	// The last administrator cannot be stripped by a denial either.
	wantKey(t, give(policy.System, s.boss.Account, true, Permission{Resource: "customers", Action: "view"}, "x"), "org.last_admin")
	_, err = s.Disallow(bg, policy.System, s.roleID("admin"), "*", []string{"*"}, nil)
	wantKey(t, err, "org.last_admin")
	_, err = s.Allow(bg, policy.System, s.roleID("admin"), Permission{Resource: "*", Action: "*", Fields: "phone:hidden"})
	wantKey(t, err, "org.last_admin")
}

func TestMenuEntriesRoundTrip(t *testing.T) {
	for text, want := range map[string]MenuEntry{
		"customers":                        {Place: "customers"},
		"待跟进=customers?stale:yes+owner:me": {Title: "待跟进", Place: "customers", Query: "stale:yes owner:me"},
		"a+b=c":                            {Title: "a b", Place: "c"},
		"customers?next:%2B3d":             {Place: "customers", Query: "next:+3d"},
	} {
		e, err := ParseMenuEntry(text)
		if err != nil || e != want || e.String() != text {
			t.Errorf("%s: %+v %v %s", text, e, err, e)
		}
	}
	for _, bad := range []string{"", "=x", "x=", "a b", "customers?", "9", "a=%zz", "Customers"} {
		if e, err := ParseMenuEntry(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, e)
		}
	}
}

func FuzzMenuEntry(f *testing.F) {
	f.Add("待跟进=customers?stale:yes+owner:me")
	f.Add("customers?next:%2B3d")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseMenuEntry(text)
		if err != nil {
			return
		}
		if again, err := ParseMenuEntry(e.String()); err != nil || again != e || len(strings.Fields(e.String())) != 1 {
			t.Errorf("%q: %+v, then %+v %v", text, e, again, err)
		}
	})
}
