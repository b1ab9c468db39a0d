package ui

import (
	"context"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/org"
	"cohort/app/policy"
)

// comesBy opens a session of an activation address, as the server's door does.
func comesBy(t *testing.T, a *app.App, inv org.Invitation) *seat {
	t.Helper()
	token := strings.TrimPrefix(inv.User, org.ActivationPrefix)
	var s *seat
	by := func(ctx context.Context) (policy.Actor, bool) {
		if s != nil && s.desk.sess.Activated.Load() {
			by, err := a.Org.Actor(ctx, inv.Account, policy.Screen, "192.0.2.7")
			return by, err == nil
		}
		by, err := a.Org.Activation(ctx, token, policy.Screen, "192.0.2.7")
		return by, err == nil
	}
	s = sit(t, a, by, "")
	s.desk.sess.Activation = token
	return s
}

// TestInviteAndActivate is an administrator's key and the new colleague's first
// minute: he chooses a password and is in.
func TestInviteAndActivate(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "accounts")
	s.Keys("n").See("invite").Type("zhoujie").Keys("tab").Type("周杰").Keys("tab").Type("zj@example.com")
	s.Everywhere()
	s.Keys("tab", "tab", "tab", "tab", "tab", "enter").Type("sales").Keys("down", "space", "enter", "ctrl+s")
	s.See("activate-", "Shown only now", "zj@example.com").Everywhere()
	s.Keys("enter").See("not yet activated").Everywhere()
	s.Keys("i").See("An earlier one stops working").Keys("y").See("activate-")
	inv, err := a.Org.Invite(bg, actorOf(t, a, "admin"), accountID(t, a, "zhoujie"))
	if err != nil {
		t.Fatal(err)
	}
	z := comesBy(t, a, inv)
	z.See("Hello 周杰", "zhoujie").SeeNot("Home").Everywhere()
	z.Type("ten green apples").Keys("tab").Type("ten green pears").Keys("ctrl+s").See("not the same")
	z.Keys("ctrl+u").Type("ten green apples").Keys("ctrl+s").See("your account is ready", "Home")
	if _, err := a.Org.LogIn(bg, "zhoujie", "ten green apples", ""); err != nil {
		t.Error(err)
	}
}

// TestDisableWithAReason keeps the reason where the next administrator looks.
func TestDisableWithAReason(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "accounts/"+itoa(accountID(t, a, "sales_d")))
	s.Keys("x").See("Reason").Everywhere()
	s.Type("left for another city").Keys("enter").See("disabled: left for another city").Everywhere()
	s.Keys("x").SeeNot("left for another city")
}
