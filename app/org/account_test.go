package org

import (
	"slices"
	"strings"
	"testing"

	"cohort/app/bus"
	"cohort/app/policy"
	"cohort/db"
)

// role makes a role of the school's own.
func (s *school) role(name string, permissions ...readyPermission) {
	s.t.Helper()
	err := s.db.Write(bg, func(tx *db.Tx) error { return readyRole{name, "", permissions}.insert(tx) })
	if err != nil {
		s.t.Fatal(err)
	}
}

// clerk is somebody who may do all with accounts, and nothing else.
func (s *school) clerk(login string) policy.Actor {
	s.t.Helper()
	s.role("clerk", readyPermission{"accounts", "list view add change disable reset assign", "", ""})
	return s.actor(s.add(login, "clerk").ID)
}

func TestAddAccount(t *testing.T) {
	s := newSchool(t, Options{SSH: func(login string) string { return "ssh -p 2222 " + login + "@school" }})
	dep := s.department("Sales", 0)
	a, password, err := s.AddAccount(bg, s.boss, NewAccount{
		Login: "li.lei", Name: " 李\u202e雷 ", Email: "li@school.example", Department: dep, Lang: "en", Roles: []string{"sales"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "李雷" || a.DepartmentName != "Sales" || !a.Active || !a.MustChange || !slices.Equal(a.Roles, []string{"sales"}) {
		t.Errorf("made %+v", a)
	}
	if _, err := s.LogIn(bg, "li.lei", password, ""); err != nil {
		t.Errorf("one-time password: %v", err)
	}
	n := s.number(`SELECT count(*) FROM mails WHERE to_addr = 'li@school.example' AND lang = 'en'`)
	if text := s.letter("account", password); n != 1 || !strings.Contains(text, password) || !strings.Contains(text, "ssh -p 2222 li.lei@school") {
		t.Errorf("%d mails tell the password, want 1", n)
	}
	if !slices.Equal(s.history(a.ID), []string{"add", "login"}) {
		t.Errorf("audit: %v", s.history(a.ID))
	}
	if n := s.number(`SELECT count(*) FROM audit WHERE changes LIKE '%' || $1 || '%'`, password); n != 0 {
		t.Error("the audit trail holds the password")
	}
}

func TestAddAccountRefuses(t *testing.T) {
	s := newSchool(t, Options{})
	for login, key := range map[string]string{
		"":                      "fault.required",
		"a":                     "account.login_form",
		"Li":                    "account.login_form",
		"1li":                   "account.login_form",
		"li lei":                "account.login_form",
		"李雷":                    "account.login_form",
		"li\n":                  "", // trimmed
		strings.Repeat("a", 33): "account.login_form",
		strings.Repeat("a", 32): "",
		"enroll-abc":            "account.login_reserved",
		"enroll":                "account.login_reserved",
		"system":                "account.login_reserved",
		"boss":                  "account.login_taken",
		"a-b_c.9":               "",
	} {
		_, _, err := s.AddAccount(bg, s.boss, NewAccount{Login: login, Name: "x"})
		wantKey(t, err, key)
	}
	for name, c := range map[string]struct {
		n   NewAccount
		key string
	}{
		"no name":       {NewAccount{Login: "x1"}, "fault.required"},
		"long name":     {NewAccount{Login: "x1", Name: strings.Repeat("名", 101)}, "fault.too_long"},
		"e-mail":        {NewAccount{Login: "x1", Name: "x", Email: "x@"}, "account.email_form"},
		"e-mail header": {NewAccount{Login: "x1", Name: "x", Email: "Li <x@school.example>"}, "account.email_form"},
		"language":      {NewAccount{Login: "x1", Name: "x", Lang: "fr"}, "fault.bad_choice"},
		"role":          {NewAccount{Login: "x1", Name: "x", Roles: []string{"king"}}, "fault.bad_choice"},
		"department":    {NewAccount{Login: "x1", Name: "x", Department: 99}, "account.no_place"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.AddAccount(bg, s.boss, c.n)
			wantKey(t, err, c.key)
		})
	}
	if n := s.number(`SELECT count(*) FROM accounts WHERE login = 'x1'`); n != 0 {
		t.Error("a refused account was stored")
	}
}

func TestChangeAccountIsByVersion(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	name, phone := "韩梅梅", "13800138000"
	next, err := s.ChangeAccount(bg, s.boss, a.ID, a.Version, Change{Name: &name})
	if err != nil || next.Name != name || next.Version != a.Version+1 || next.Email != a.Email {
		t.Fatalf("changed to %+v, %v", next, err)
	}
	_, err = s.ChangeAccount(bg, s.boss, a.ID, a.Version, Change{Phone: &phone})
	wantKey(t, err, "fault.stale")
	same, err := s.ChangeAccount(bg, s.boss, a.ID, next.Version, Change{Name: &name})
	if err != nil || same.Version != next.Version {
		t.Errorf("a change of nothing: %+v, %v", same, err)
	}
	if h := s.history(a.ID); !slices.Equal(h, []string{"add", "change"}) {
		t.Errorf("audit: %v", h)
	}
}

// TestWhoMayNot tries each act as people who may not do it. "head" manages the
// accounts of one department, in which li works; han works elsewhere.
func TestWhoMayNot(t *testing.T) {
	s := newSchool(t, Options{})
	dep, other := s.department("Sales", 0), s.department("Other", 0)
	s.role("head", readyPermission{"accounts", "list view add change disable reset assign", "department=$my_department", ""})
	head := s.actor(s.addNew(NewAccount{Login: "head", Name: "Head", Department: dep, Roles: []string{"head", "student"}}).ID)
	li := s.addNew(NewAccount{Login: "li", Name: "Li", Department: dep, Roles: []string{"sales"}})
	han := s.addNew(NewAccount{Login: "han", Name: "Han", Department: other, Roles: []string{"sales"}})
	root := s.addNew(NewAccount{Login: "chief", Name: "Chief", Department: dep, Roles: []string{"admin"}})
	fresh, _, err := s.AddAccount(bg, s.boss, NewAccount{Login: "fresh", Name: "Fresh", Roles: []string{"admin"}})
	if err != nil {
		t.Fatal(err)
	}
	actors := map[string]policy.Actor{
		"head": head, "li": s.actor(li.ID), "boss": s.boss, "fresh": s.actor(fresh.ID),
		"applicant": policy.Applicant(1, policy.Command, ""), "nobody": {},
	}
	name, mail := "New name", "evil@school.example"
	acts := map[string]func(by policy.Actor, a Account) error{
		"view":    func(by policy.Actor, a Account) error { _, err := s.GetAccount(bg, by, a.ID); return err },
		"find":    func(by policy.Actor, a Account) error { _, err := s.FindAccount(bg, by, a.Login); return err },
		"change":  func(by policy.Actor, a Account) error { return s.change(by, a.ID, Change{Name: &name, Email: &mail}) },
		"move":    func(by policy.Actor, a Account) error { return s.change(by, a.ID, Change{Department: &other}) },
		"disable": func(by policy.Actor, a Account) error { return s.SetActive(bg, by, a.ID, false, "") },
		"reset":   func(by policy.Actor, a Account) error { _, err := s.ResetPassword(bg, by, a.ID); return err },
		"assign":  func(by policy.Actor, a Account) error { return s.SetRoles(bg, by, a.ID, []string{"student"}) },
		"crown":   func(by policy.Actor, a Account) error { return s.SetRoles(bg, by, a.ID, []string{"admin"}) },
		"promote": func(by policy.Actor, a Account) error { return s.SetRoles(bg, by, a.ID, []string{"sales", "lecturer"}) },
	}
	const no, hid = "fault.forbidden", "fault.not_found"
	for _, c := range []struct {
		by, act string
		on      Account
		want    string
	}{
		{"head", "view", li, ""}, {"head", "view", han, hid}, {"head", "find", han, hid}, {"head", "view", root, ""},
		{"head", "change", han, hid}, {"head", "change", root, no}, {"head", "move", li, no},
		{"head", "disable", han, hid}, {"head", "disable", root, no},
		{"head", "reset", han, hid}, {"head", "reset", root, no},
		{"head", "assign", han, hid}, {"head", "assign", root, no}, {"head", "crown", li, no}, {"head", "promote", li, "org.not_held"},
		{"li", "view", li, ""}, {"li", "find", li, ""}, {"li", "view", han, hid}, {"li", "change", li, no}, {"li", "change", han, hid},
		{"li", "disable", han, hid}, {"li", "reset", han, no}, {"li", "assign", han, hid}, {"li", "crown", li, "org.own_rights"},
		{"boss", "disable", s.get(s.boss.Account), "org.own_account"}, {"boss", "reset", s.get(s.boss.Account), "org.own_reset"},
		{"boss", "assign", s.get(s.boss.Account), "org.own_rights"}, {"boss", "move", s.get(s.boss.Account), "org.own_rights"},
		{"boss", "find", Account{Login: "absent"}, hid}, {"boss", "reset", Account{ID: 999}, hid},
		{"fresh", "view", li, hid}, {"fresh", "view", fresh, "org.must_change"}, {"fresh", "crown", li, hid}, {"fresh", "reset", li, no},
		{"applicant", "view", li, hid}, {"applicant", "change", li, hid}, {"applicant", "reset", li, no},
		{"nobody", "view", li, hid}, {"nobody", "assign", li, hid}, {"nobody", "find", li, hid},
		{"head", "change", li, ""}, {"head", "assign", li, ""}, {"head", "reset", li, ""}, {"head", "disable", li, ""},
		{"boss", "crown", han, ""}, {"boss", "disable", root, ""},
	} {
		t.Run(c.by+" "+c.act+" "+c.on.Login, func(t *testing.T) {
			before := s.number(`SELECT count(*) FROM audit`)
			err := acts[c.act](actors[c.by], c.on)
			wantKey(t, err, c.want)
			if err != nil && s.number(`SELECT count(*) FROM audit`) != before {
				t.Error("something refused was done")
			}
		})
	}
}

// TestRolesAreGivenByThoseWhoMayChangeTheAccount, as it is and as it will be.
func TestRolesAreGivenByThoseWhoMayChangeTheAccount(t *testing.T) {
	s := newSchool(t, Options{})
	s.role("tutor", readyPermission{"accounts", "view assign", "", ""}, readyPermission{"accounts", "change", "role=student", ""})
	tutor := s.actor(s.add("tutor", "tutor", "student", "lecturer").ID) // gives what he holds
	pupil, li := s.add("pupil", "student"), s.add("li", "sales")
	wantKey(t, s.SetRoles(bg, tutor, li.ID, []string{"student"}), "fault.forbidden")
	wantKey(t, s.SetRoles(bg, tutor, pupil.ID, []string{"sales"}), "fault.forbidden")
	wantKey(t, s.SetRoles(bg, tutor, pupil.ID, []string{"student", "lecturer"}), "")
}

// change changes an account at the version it has.
func (s *school) change(by policy.Actor, id int64, c Change) error {
	version := int64(0)
	_ = s.db.Read(bg, func(tx *db.Tx) error {
		a, err := accountOf(tx, id)
		version = a.Version
		return err
	})
	_, err := s.ChangeAccount(bg, by, id, version, c)
	return err
}

func TestWhoMayNotAdd(t *testing.T) {
	s := newSchool(t, Options{})
	dep := s.department("Sales", 0)
	s.role("head", readyPermission{"accounts", "view add change assign", "department=$my_department", ""})
	s.role("adder", readyPermission{"accounts", "add", "", ""})
	s.role("nearly", readyPermission{"*", "*", "department=$my_department", ""})
	head := s.actor(s.addNew(NewAccount{Login: "head", Name: "Head", Department: dep, Roles: []string{"head", "sales"}}).ID)
	nearly := s.actor(s.addNew(NewAccount{Login: "nearly", Name: "Nearly", Department: dep, Roles: []string{"nearly"}}).ID)
	adder := s.actor(s.add("adder", "adder").ID)
	for name, c := range map[string]struct {
		by    policy.Actor
		dep   int64
		roles []string
		want  string
	}{
		"head in his department": {head, dep, []string{"sales"}, ""},
		"head what he has not":   {head, dep, []string{"lecturer"}, "org.not_held"},
		"head elsewhere":         {head, 0, []string{"sales"}, "fault.forbidden"},
		"head bare elsewhere":    {head, 0, nil, "fault.forbidden"},
		"head an administrator":  {head, dep, []string{"sales", "admin"}, "fault.forbidden"},
		"nearly in his own":      {nearly, dep, []string{"nearly"}, ""},
		"nearly an equal to all": {nearly, dep, []string{"admin"}, "fault.forbidden"},
		"adder without roles":    {adder, 0, nil, ""},
		"adder with roles":       {adder, 0, []string{"student"}, "fault.forbidden"},
		"sales":                  {s.actor(s.add("li", "sales").ID), dep, nil, "fault.forbidden"},
		"applicant":              {policy.Applicant(1, policy.Screen, ""), dep, nil, "fault.forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			login := "x" + strings.ReplaceAll(name, " ", "-")
			_, _, err := s.AddAccount(bg, c.by, NewAccount{Login: login, Name: "x", Department: c.dep, Roles: c.roles})
			wantKey(t, err, c.want)
		})
	}
}

// TestListAndMayAgree compares the two forms of the rule on every account.
func TestListAndMayAgree(t *testing.T) {
	s := newSchool(t, Options{})
	dep := s.department("Sales", 0)
	below := s.department("Sales north", dep)
	campus, err := s.AddCampus(bg, s.boss, Campus{Name: "北京"})
	if err != nil {
		t.Fatal(err)
	}
	for i, rows := range []string{
		"", "account=$me", "department=$my_department", "campus=$my_campus", "role=sales|student", "role=sales campus=$my_campus",
		"department=0", "role=none", "colour=red",
	} {
		name := "r" + number(int64(i+1))
		s.role(name, readyPermission{"accounts", "list", rows, ""}, readyPermission{"accounts", "view", "role=" + name, ""})
		n := NewAccount{Login: "u" + name, Name: "x", Roles: []string{name, "sales"}}
		if i%2 == 0 {
			n.Department, n.Campus = dep, campus.ID
		}
		s.addNew(n)
	}
	s.addNew(NewAccount{Login: "north", Name: "x", Department: below, Roles: []string{"student"}})
	all, err := s.Accounts(bg, s.boss, Query{})
	if err != nil || len(all) != 11 {
		t.Fatalf("%d accounts, %v", len(all), err)
	}
	for _, a := range all {
		by := s.actor(a.ID)
		if !by.Can("list", "accounts") {
			continue
		}
		got, err := s.Accounts(bg, by, Query{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			listed := slices.ContainsFunc(got, func(x Account) bool { return x.ID == b.ID })
			if may := by.May("list", "accounts", b.row()); may != listed {
				t.Errorf("%s on %s: may %v, listed %v", a.Login, b.Login, may, listed)
			}
		}
	}
}

func TestAccountsArePagedAndNarrowed(t *testing.T) {
	s := newSchool(t, Options{})
	dep := s.department("Sales", 0)
	for _, login := range []string{"anna", "ben", "carl_100%", "dora"} {
		s.addNew(NewAccount{Login: strings.TrimSuffix(login, "_100%"), Name: "Name " + login, Department: dep, Roles: []string{"sales"}})
	}
	off, on := false, true
	if err := s.SetActive(bg, s.boss, s.mustFind("dora").ID, false, ""); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q    Query
		want string
	}{
		"all":        {Query{}, "anna ben boss carl dora"},
		"page":       {Query{Limit: 2}, "anna ben"},
		"next":       {Query{After: "ben", Limit: 2}, "boss carl"},
		"department": {Query{Department: dep}, "anna ben carl dora"},
		"role":       {Query{Role: "admin"}, "boss"},
		"active":     {Query{Active: &on, Department: dep}, "anna ben carl"},
		"disabled":   {Query{Active: &off}, "dora"},
		"text":       {Query{Text: "NAME A"}, "anna"},
		"percent":    {Query{Text: "0%"}, "carl"},
		"underscore": {Query{Text: "_"}, "carl"},
	} {
		list, err := s.Accounts(bg, s.boss, c.q)
		var got []string
		for _, a := range list {
			got = append(got, a.Login)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, %v, want %s", name, got, err, c.want)
		}
	}
}

func (s *school) mustFind(login string) Account {
	s.t.Helper()
	a, err := s.FindAccount(bg, policy.System, login)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestMaskedFieldsAreBlank(t *testing.T) {
	s := newSchool(t, Options{})
	s.role("peek", readyPermission{"accounts", "list view change", "", "email:masked phone:hidden"})
	by := s.actor(s.addNew(NewAccount{Login: "peek", Name: "Peek", Email: "p@school.example", Roles: []string{"peek"}}).ID)
	li := s.addNew(NewAccount{Login: "li", Name: "Li", Email: "li@school.example", Phone: "13800138000"})
	name := "Li Lei"
	viewed, err1 := s.GetAccount(bg, by, li.ID)
	found, err2 := s.FindAccount(bg, by, "li")
	changed, err3 := s.ChangeAccount(bg, by, li.ID, li.Version, Change{Name: &name})
	listed, err4 := s.Accounts(bg, by, Query{Text: "li"})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, a := range append(listed, viewed, found, changed) {
		if a.ID != li.ID || a.Email != "" || a.Phone != "" {
			t.Errorf("%d: shown %+v", i, a)
		}
	}
	if own, _ := s.GetAccount(bg, by, by.Account); own.Email == "" {
		t.Error("one's own address is not shown")
	}
	if s.get(li.ID).Email == "" {
		t.Error("a change blanked the address")
	}
}

func TestEventsOfAccounts(t *testing.T) {
	s := newSchool(t, Options{})
	li := s.add("li", "sales")
	sub := s.bus.Subscribe()
	defer sub.Close()
	_ = s.SetActive(bg, s.boss, li.ID, false, "")
	_ = s.SetActive(bg, s.boss, li.ID, false, "") // nothing changes, nothing is told
	_ = s.SetActive(bg, s.boss, li.ID, true, "")
	_, _ = s.ResetPassword(bg, s.boss, li.ID)
	_ = s.SetActive(bg, s.actor(s.boss.Account), s.boss.Account, false, "") // refused
	events, _ := sub.Take()
	var got []string
	for _, e := range events {
		got = append(got, e.Resource+" "+e.Verb)
	}
	want := []string{"accounts disabled", "accounts enabled", "accounts reset"}
	if !slices.Equal(got, want) || events[0] != (bus.Event{Resource: "accounts", Verb: "disabled", ID: li.ID}) {
		t.Errorf("told %v, want %v", events, want)
	}
	if h := s.history(li.ID); !slices.Equal(h, []string{"add", "disabled", "enabled", "reset"}) {
		t.Errorf("audit: %v", h)
	}
}
