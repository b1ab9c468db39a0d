package org

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
)

// phone is a telephone that has learnt a secret.
type phone struct {
	s      *school
	secret string
}

func (p phone) code() string {
	p.s.t.Helper()
	c, err := codeAt(p.secret, p.s.clock.Now().Unix()/codeStep)
	if err != nil {
		p.s.t.Fatal(err)
	}
	return c
}

// secondOn switches somebody's second factor on.
func (s *school) secondOn(by policy.Actor) (phone, []string) {
	s.t.Helper()
	set, err := s.BeginSecondFactor(bg, by)
	if err != nil {
		s.t.Fatal(err)
	}
	p := phone{s, strings.ReplaceAll(set.Secret, " ", "")}
	codes, err := s.ConfirmSecondFactor(bg, by, p.code())
	if err != nil {
		s.t.Fatal(err)
	}
	s.clock.Pass(codeStep * time.Second)
	return p, codes
}

// RFC 6238, appendix B: the last six digits of its SHA-1 values.
func TestCodesOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := codeAt(secret, at/codeStep); err != nil || got != want {
			t.Errorf("%d: %s, want %s (%v)", at, got, want, err)
		}
	}
}

func TestSecondFactorAtTheDoor(t *testing.T) {
	s := newSchool(t, Options{})
	li := s.add("lilei", "sales")
	p, codes := s.secondOn(s.actor(li.ID))
	if len(codes) != recoveryCodes {
		t.Fatalf("%d recovery codes", len(codes))
	}
	before := len(s.history(li.ID))
	a, err := s.LogIn(bg, "lilei", passwordOf("lilei"), "192.0.2.1")
	if err != ErrSecondFactor || a.ID != li.ID {
		t.Fatalf("%+v, %v", a, err)
	}
	if len(s.history(li.ID)) != before {
		t.Error("half a log-in is on record")
	}
	step := func(code string) error {
		_, err := s.SecondStep(bg, li.ID, code, "192.0.2.1", true)
		return err
	}
	wantKey(t, step("000000"), "org.login_failed")
	used := p.code()
	wantKey(t, step(used[:3]+" "+used[3:]), "")
	// A used code is worth nothing, nor is one from before it.
	wantKey(t, step(used), "org.login_failed")
	s.clock.Pass(-codeStep * time.Second)
	wantKey(t, step(p.code()), "org.login_failed")
	s.clock.Pass(2 * codeStep * time.Second)
	wantKey(t, step(p.code()), "")
	// A recovery code opens once, and its owner is told.
	wantKey(t, step(strings.ToUpper(codes[3])), "")
	wantKey(t, step(codes[3]), "org.login_failed")
	if n := s.number(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'recovery_used'`, li.ID); n != 1 {
		t.Errorf("%d notifications", n)
	}
	f, err := s.SecondFactor(bg, s.boss, li.ID)
	if err != nil || !f.On || f.Left != recoveryCodes-1 {
		t.Errorf("%+v %v", f, err)
	}
	// Neither secret nor codes are anywhere to read.
	for table, column := range map[string]string{"account_totp": "secret", "recovery_codes": "hash", "audit": "changes", "notifications": "args", "mails": "body"} {
		for _, text := range append(slices.Clone(codes), p.secret, used) {
			if n := s.number(`SELECT count(*) FROM `+table+` WHERE `+column+` LIKE '%' || $1 || '%'`, text); n != 0 {
				t.Errorf("%s holds %q", table, text)
			}
		}
	}
}

// Five wrong codes and the account waits, whoever asks from wherever; a right
// one in between begins anew.
func TestGuessingCodesWaits(t *testing.T) {
	s := newSchool(t, Options{})
	li := s.add("lilei", "sales")
	p, _ := s.secondOn(s.actor(li.ID))
	for range maxGuesses {
		_, err := s.SecondStep(bg, li.ID, "000000", "192.0.2.1", true)
		wantKey(t, err, "org.login_failed")
	}
	_, err := s.SecondStep(bg, li.ID, p.code(), "192.0.2.99", true)
	wantKey(t, err, "org.code_wait")
	// Nor from a session that is open.
	wantKey(t, s.DropSecondFactor(bg, s.actor(li.ID), p.code()), "org.code_wait")
	s.clock.Pass(guessWindow)
	_, err = s.SecondStep(bg, li.ID, p.code(), "192.0.2.1", true)
	wantKey(t, err, "")
	// What is no guess does not forget any.
	by := s.actor(li.ID)
	for range maxGuesses - 1 {
		_, err = s.NewRecoveryCodes(bg, by, "000000")
		wantKey(t, err, "org.code_wrong")
		_, err = s.ConfirmSecondFactor(bg, by, "000000")
		wantKey(t, err, "org.second_on")
	}
	_, err = s.NewRecoveryCodes(bg, by, "000000")
	wantKey(t, err, "org.code_wrong")
	_, err = s.NewRecoveryCodes(bg, by, "000000")
	wantKey(t, err, "org.code_wait")
}

func TestSecondFactorOnAndOff(t *testing.T) {
	s := newSchool(t, Options{})
	li := s.add("lilei", "sales")
	by := s.actor(li.ID)
	_, err := s.ConfirmSecondFactor(bg, by, "123456")
	wantKey(t, err, "org.second_off")
	_, err = s.BeginSecondFactor(bg, by)
	wantKey(t, err, "")
	_, err = s.ConfirmSecondFactor(bg, by, "000000")
	wantKey(t, err, "org.code_wrong")
	// Begun is not on: the door asks for nothing.
	if _, err := s.LogIn(bg, "lilei", passwordOf("lilei"), ""); err != nil {
		t.Error(err)
	}
	p, old := s.secondOn(by)
	_, err = s.BeginSecondFactor(bg, by)
	wantKey(t, err, "org.second_on")
	codes, err := s.NewRecoveryCodes(bg, by, p.code())
	if err != nil || slices.Equal(codes, old) {
		t.Fatal(err)
	}
	_, err = s.SecondStep(bg, li.ID, old[0], "", true)
	wantKey(t, err, "org.login_failed")
	wantKey(t, s.DropSecondFactor(bg, by, codes[0]), "")
	if _, err := s.LogIn(bg, "lilei", passwordOf("lilei"), ""); err != nil {
		t.Error(err)
	}
	got := s.history(li.ID)
	for _, want := range []string{"second_factor_on", "recovery_codes", "second_factor_off"} {
		if !slices.Contains(got, want) {
			t.Errorf("audit %v lacks %s", got, want)
		}
	}
}

// A role that wants a second factor bars everything until there is one.
func TestARoleWantsASecondFactor(t *testing.T) {
	s := newSchool(t, Options{})
	li := s.add("lilei", "sales")
	roles, err := s.Roles(context.Background(), s.boss)
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	i := slices.IndexFunc(roles, func(r Role) bool { return r.Name == "sales" })
	if _, err := s.ChangeRole(bg, s.boss, roles[i].ID, roles[i].Version, RoleChange{Second: &yes}); err != nil {
		t.Fatal(err)
	}
	by := s.actor(li.ID)
	if by.Can("list", "customers") || !by.Rights.MustEnroll {
		t.Error("not barred")
	}
	_, err = s.Keys(bg, by, 0)
	wantKey(t, err, "org.must_enroll")
	p, _ := s.secondOn(by)
	by = s.actor(li.ID)
	if !by.Can("list", "customers") {
		t.Error("still barred")
	}
	wantKey(t, s.DropSecondFactor(bg, by, p.code()), "org.second_required")
	// An administrator takes a lost one away; the person is told and sets up
	// another.
	s.sql(`UPDATE accounts SET email = 'li@school.example' WHERE id = $1`, li.ID)
	if err := s.ResetSecondFactor(bg, s.actor(s.add("other", "sales_manager").ID), li.ID); fault.Of(err) != fault.NotFound && fault.Of(err) != fault.Forbidden {
		t.Errorf("without the right: %v", err)
	}
	wantKey(t, s.ResetSecondFactor(bg, s.boss, s.boss.Account), "org.own_second_reset")
	wantKey(t, s.ResetSecondFactor(bg, s.boss, li.ID), "")
	wantKey(t, s.ResetSecondFactor(bg, s.boss, li.ID), "org.second_off_there")
	if n := s.number(`SELECT count(*) FROM mails WHERE to_addr = 'li@school.example' AND template = 'second_reset'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	if !s.actor(li.ID).Rights.MustEnroll {
		t.Error("not barred after the reset")
	}
}

// Whoever edits roles does not spare himself the second factor that the school wants of him; an administrator may.
func TestNobodySparesHimselfTheSecondFactor(t *testing.T) {
	s := newSchool(t, Options{})
	s.role("mine", readyPermission{"roles", "list view change", "", ""})
	li := s.add("lilei", "mine")
	yes, no := true, false
	_, err := s.ChangeRole(bg, s.boss, s.roleID("mine"), 0, RoleChange{Second: &yes})
	wantKey(t, err, "")
	s.secondOn(s.actor(li.ID))
	by := s.actor(li.ID)
	_, err = s.ChangeRole(bg, by, s.roleID("mine"), 0, RoleChange{Second: &no})
	wantKey(t, err, "org.own_role")
	_, err = s.ChangeRole(bg, s.boss, s.roleID("mine"), 0, RoleChange{Second: &no})
	wantKey(t, err, "")
	_, err = s.ChangeRole(bg, by, s.roleID("mine"), 0, RoleChange{Second: &yes})
	wantKey(t, err, "")
}

// A secret opens for its own account and with the school's key only.
func TestSealedSecrets(t *testing.T) {
	s := newSchool(t, Options{Secret: []byte("a key of thirty-two bytes, or so")})
	sealed, err := s.seal(7, "SECRET")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.unseal(7, sealed); err != nil || got != "SECRET" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := s.unseal(8, sealed); err == nil {
		t.Error("another account opens it")
	}
	s.opt.Secret = []byte("another key of thirty-two bytes.")
	if _, err := s.unseal(7, sealed); err == nil {
		t.Error("another key opens it")
	}
}
