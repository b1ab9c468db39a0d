package org

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
)

// tokenOf is the token in an invitation.
func tokenOf(inv Invitation) string { return strings.TrimPrefix(inv.User, ActivationPrefix) }

// comesIn is who an activation address lets in.
func (s *school) comesIn(token string) policy.Actor {
	s.t.Helper()
	by, err := s.Activation(bg, token, policy.Screen, "192.0.2.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return by
}

func TestInviteByMailAndActivate(t *testing.T) {
	s := newSchool(t, Options{SSH: func(login string) string { return "ssh " + login + "@school" }})
	a, inv, err := s.AddInvited(bg, s.boss, NewAccount{Login: "hanmei", Name: "韩梅梅", Email: "h@school.example", Lang: "zh", Roles: []string{"sales"}})
	if err != nil {
		t.Fatal(err)
	}
	token := tokenOf(inv)
	if len(token) < 26 || inv.SSH != "ssh "+ActivationPrefix+token+"@school" || inv.Mailed != "h@school.example" || !a.Invited.Equal(inv.Expires) {
		t.Errorf("%+v, account %+v", inv, a)
	}
	if n := s.number(`SELECT count(*) FROM mails WHERE to_addr = 'h@school.example' AND template = 'activation' AND lang = 'zh'`); n != 1 || !strings.Contains(s.letter("activation", token), token) {
		t.Errorf("%d mails", n)
	}
	for table, where := range map[string]string{"activations": "token_hash", "audit": "changes"} {
		if n := s.number(`SELECT count(*) FROM `+table+` WHERE `+where+` LIKE '%' || $1 || '%'`, token); n != 0 {
			t.Errorf("%s holds the token", table)
		}
	}
	// No password opens the account before, and the address opens nothing but
	// the choice of one.
	if _, err := s.LogIn(bg, "hanmei", "", ""); !fault.Is(err, "org.login_failed") {
		t.Errorf("no password: %v", err)
	}
	by := s.comesIn(strings.ToUpper(token))
	if by.Can("list", "customers") {
		t.Error("rights before the password is chosen")
	}
	wantKey(t, s.ChangePassword(bg, by, "", "a good pass phrase"), "org.must_activate")
	_, err = s.AddKey(bg, by, "ssh-ed25519 AAAA")
	wantKey(t, err, "org.must_change")
	wantKey(t, s.Activate(bg, by, token, "short"), "password.short")
	wantKey(t, s.Activate(bg, by, "another", "a good pass phrase"), "org.no_activation")
	wantKey(t, s.Activate(bg, s.boss, token, "a good pass phrase"), "org.not_activating")
	wantKey(t, s.Activate(bg, by, token, "a good pass phrase"), "")
	if _, err := s.LogIn(bg, "hanmei", "a good pass phrase", ""); err != nil {
		t.Error(err)
	}
	got := s.get(a.ID)
	if got.MustChange || !got.Invited.IsZero() {
		t.Errorf("%+v", got)
	}
	// Once only.
	_, err = s.Activation(bg, token, policy.Screen, "")
	wantKey(t, err, "org.no_activation")
	wantKey(t, s.Activate(bg, by, token, "another pass phrase"), "org.no_activation")
	if !slices.Equal(s.history(a.ID), []string{"add", "invite", "login_failed", "activate", "login"}) {
		t.Errorf("audit: %v", s.history(a.ID))
	}
}

func TestAnActivationAddressDies(t *testing.T) {
	for what, kill := range map[string]func(s *school, id int64) error{
		"another one": func(s *school, id int64) error { _, err := s.Invite(bg, s.boss, id); return err },
		"revoked":     func(s *school, id int64) error { return s.Uninvite(bg, s.boss, id) },
		"disabled":    func(s *school, id int64) error { return s.SetActive(bg, s.boss, id, false, "") },
		"re-enabled": func(s *school, id int64) error {
			_ = s.SetActive(bg, s.boss, id, false, "")
			return s.SetActive(bg, s.boss, id, true, "")
		},
		"a new password": func(s *school, id int64) error { _, err := s.ResetPassword(bg, s.boss, id); return err },
	} {
		t.Run(what, func(t *testing.T) {
			s := newSchool(t, Options{})
			a := s.add("hanmei", "sales")
			inv, err := s.Invite(bg, s.boss, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			by := s.comesIn(tokenOf(inv))
			wantKey(t, kill(s, a.ID), "")
			_, err = s.Activation(bg, tokenOf(inv), policy.Screen, "")
			wantKey(t, err, "org.no_activation")
			wantKey(t, s.Activate(bg, by, tokenOf(inv), "a good pass phrase"), "org.no_activation")
		})
	}
	s := newSchool(t, Options{})
	a := s.add("hanmei", "sales")
	inv, _ := s.Invite(bg, s.boss, a.ID)
	s.clock.Pass(activationDays*24*time.Hour - time.Second)
	s.comesIn(tokenOf(inv))
	s.clock.Pass(time.Second)
	_, err := s.Activation(bg, tokenOf(inv), policy.Screen, "")
	wantKey(t, err, "org.activation_expired")
	wantKey(t, s.Uninvite(bg, s.boss, a.ID), "")
	wantKey(t, s.Uninvite(bg, s.boss, a.ID), "org.no_invitation")
}

func TestWhoMayInvite(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("hanmei", "sales")
	_, err := s.Invite(bg, s.actor(s.add("other", "sales").ID), a.ID)
	if fault.Of(err) != fault.NotFound {
		t.Errorf("without the right: %v", err)
	}
	_, err = s.Invite(bg, s.boss, s.boss.Account)
	wantKey(t, err, "org.own_invite")
	s.role("desk", readyPermission{"accounts", "list view invite", "", ""})
	// Who gets an address in his hands could go in by it: the account may do no
	// more than he may himself, nor may he give it a new password.
	low := s.actor(s.add("low", "desk").ID)
	_, err = s.Invite(bg, low, a.ID)
	wantKey(t, err, "org.not_held")
	s.role("helpdesk", readyPermission{"accounts", "list view reset", "", ""})
	_, err = s.ResetPassword(bg, s.actor(s.add("helper", "helpdesk").ID), a.ID)
	wantKey(t, err, "org.not_held")
	desk := s.actor(s.add("desk", "desk", "sales").ID)
	if _, err := s.Invite(bg, desk, a.ID); err != nil {
		t.Error(err)
	}
	// Who could send himself an administrator's address could become one.
	if _, err := s.Invite(bg, desk, s.boss.Account); fault.Of(err) != fault.Forbidden {
		t.Errorf("an administrator: %v", err)
	}
	wantKey(t, s.SetActive(bg, s.boss, a.ID, false, " 离职 "), "")
	if got := s.get(a.ID); got.Reason != "离职" {
		t.Errorf("reason %q", got.Reason)
	}
	_, err = s.Invite(bg, desk, a.ID)
	wantKey(t, err, "org.invite_disabled")
	wantKey(t, s.SetActive(bg, s.boss, a.ID, true, ""), "")
	if got := s.get(a.ID); got.Reason != "" {
		t.Errorf("reason %q", got.Reason)
	}
}
