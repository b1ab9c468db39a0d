package org

import (
	"testing"

	"cohort/app/policy"
)

func TestBootstrapMakesOneAdministratorOnce(t *testing.T) {
	s := newSchool(t, Options{})
	if _, _, made, err := s.Bootstrap(bg); made || err != nil {
		t.Fatalf("a school with accounts got another: %v, %v", made, err)
	}
	s.sql(`DELETE FROM account_roles`)
	s.sql(`DELETE FROM accounts`)
	s.Invalidate()
	login, password, made, err := s.Bootstrap(bg)
	if !made || err != nil || login != "admin" {
		t.Fatalf("%s, %v, %v", login, made, err)
	}
	a, err := s.LogIn(bg, login, password, "")
	if err != nil || !a.MustChange {
		t.Fatalf("log-in: %+v, %v", a, err)
	}
	if err := s.ChangePassword(bg, s.actor(a.ID), password, "a password of my own"); err != nil {
		t.Fatal(err)
	}
	if !s.actor(a.ID).Administrator() {
		t.Error("the first account is no administrator")
	}
	if _, _, made, _ := s.Bootstrap(bg); made {
		t.Error("made a second time")
	}
}

func TestPlaces(t *testing.T) {
	s := newSchool(t, Options{})
	sales := s.actor(s.add("li", "sales").ID)
	if _, err := s.AddCampus(bg, s.boss, Campus{Name: " 北京 ", Address: "海淀"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err error
		key string
	}{
		"twice":     {second(s.AddCampus(bg, s.boss, Campus{Name: "北京"})), "org.name_taken"},
		"no name":   {second(s.AddCampus(bg, s.boss, Campus{})), "fault.required"},
		"sales":     {second(s.AddCampus(bg, sales, Campus{Name: "上海"})), "fault.forbidden"},
		"applicant": {second(s.AddDepartment(bg, policy.Applicant(1, "", ""), Department{Name: "x"})), "fault.forbidden"},
		"parent":    {second(s.AddDepartment(bg, s.boss, Department{Name: "x", Parent: 99})), "account.no_place"},
		"own":       {second(s.AddDepartment(bg, s.boss, Department{Name: "x", Manager: s.boss.Account})), "org.own_rights"},
		"absent":    {s.SetManager(bg, s.boss, 99, 0), "fault.not_found"},
		"stranger":  {s.SetManager(bg, sales, 99, 0), "fault.not_found"},
	} {
		t.Run(name, func(t *testing.T) { wantKey(t, c.err, c.key) })
	}
	list, err := s.Campuses(bg, sales)
	if err != nil || len(list) != 1 || list[0].Name != "北京" {
		t.Errorf("campuses %+v, %v", list, err)
	}
	top := s.department("Top", 0)
	own := s.department("Own", top)
	s.department("Foreign", top)
	manager := s.addNew(NewAccount{Login: "m1", Name: "M", Department: own, Roles: []string{"sales_manager"}})
	wantKey(t, s.SetManager(bg, s.boss, own, s.boss.Account), "org.own_rights")
	wantKey(t, s.SetManager(bg, s.boss, own, manager.ID), "")
	seen, err := s.Departments(bg, s.actor(manager.ID))
	if err != nil || len(seen) != 1 || seen[0].ParentName != "Top" || seen[0].ManagerName != "M" {
		t.Errorf("departments %+v, %v", seen, err)
	}
}

func second[T any](_ T, err error) error { return err }
