package org

import (
	"testing"

	"cohort/app/policy"
	"cohort/db"
)

func (s *school) seed(n NewAccount, hash string) (a Account) {
	s.t.Helper()
	err := s.db.Write(bg, func(tx *db.Tx) (err error) {
		a, err = s.SeedAccountIn(tx, policy.System, n, hash)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestOnlyTheSystemSeeds(t *testing.T) {
	s := newSchool(t, Options{})
	err := s.db.Write(bg, func(tx *db.Tx) error {
		_, err := s.SeedAccountIn(tx, s.boss, NewAccount{Login: "x1", Name: "x"}, "")
		return err
	})
	wantKey(t, err, "fault.forbidden")
}

func TestStudentAccountOfAnApproval(t *testing.T) {
	s := newSchool(t, Options{})
	manager := s.actor(s.add("m1", "sales_manager").ID) // may not add accounts
	pw, err := s.OneTime(bg)
	if err != nil {
		t.Fatal(err)
	}
	var made []Account
	err = s.db.Write(bg, func(tx *db.Tx) error {
		for range 2 {
			login, err := FreeLogin(tx, "王小明")
			if err != nil {
				return err
			}
			n := NewAccount{Login: login, Name: "王小明", Email: "w@school.example", Roles: []string{"admin"}}
			a, err := s.AddStudentIn(tx, manager, n, pw)
			if err != nil {
				return err
			}
			made = append(made, a)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if made[0].Login != "wangxiaoming" || made[1].Login != "wangxiaoming2" {
		t.Errorf("log-in names %s, %s", made[0].Login, made[1].Login)
	}
	if a := made[0]; len(a.Roles) != 1 || a.Roles[0] != "student" || !a.MustChange {
		t.Errorf("made %+v", a)
	}
	if n := s.number(`SELECT count(*) FROM mails`); n != 0 {
		t.Errorf("%d mails: the approval mails, not the account", n)
	}
	if _, err := s.LogIn(bg, "wangxiaoming", pw.Plain, ""); err != nil {
		t.Errorf("one-time password: %v", err)
	}
}

func TestLoginStems(t *testing.T) {
	for name, want := range map[string]string{
		"王小明": "wangxiaoming", "吕布": "lvbu", "Kobe Bryant": "kobebryant", "José Ñuñez": "josenunez", "ＡＢＣ": "abc",
		"": "student", "李": "li", "9号": "hao", "Ω": "student", "欧阳娜娜 2": "ouyangnana2",
		"Abcdefghijklmnopqrstuvwxyzabc": "abcdefghijklmnopqrstuvwx",
	} {
		if got := loginStem(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
