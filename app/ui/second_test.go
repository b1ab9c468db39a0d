package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"cohort/app"
	"cohort/app/org"
	"cohort/app/policy"
)

var inGroups = regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){3}`)

// codeOn computes the code of the secret that a screen shows.
func codeOn(t *testing.T, s *seat) string {
	t.Helper()
	groups := inGroups.FindAllString(s.Text(), -1)
	if len(groups) != 2 {
		t.Fatalf("no secret on the screen:\n%s", s.Text())
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(strings.Join(groups, ""), " ", ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// wantSecond makes a role want a second factor.
func wantSecond(t *testing.T, a *app.App, role string) {
	t.Helper()
	roles, err := a.Org.Roles(bg, policy.System)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if yes := true; r.Name == role {
			if _, err := a.Org.ChangeRole(bg, policy.System, r.ID, r.Version, org.RoleChange{Second: &yes}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSecondFactorOnScreen switches it on, sees the status, and an administrator
// takes it away.
func TestSecondFactorOnScreen(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "me")
	s.See("second factor", "off").Keys("f").See("Scan this", "secret").Everywhere()
	s.Resize(80, 24)
	code := codeOn(t, s)
	s.Type("000000").Keys("ctrl+s").See("the code is wrong")
	s.Keys("ctrl+u").Type(code).Keys("ctrl+s").See("They are shown only now").Everywhere()
	s.Keys("enter").See("10 recovery codes left").Everywhere()
	// A code opens once, here too.
	s.Keys("f").See("or a recovery code").Type(code).Keys("enter").See("wrong or was used already")
	adm := person(t, a, "admin", "accounts/"+itoa(accountID(t, a, "sales_a")))
	adm.See("10 recovery codes left").Everywhere()
	adm.Keys("f").See("Make sure who asks").Keys("y").See("the second factor of 李雷 is reset")
}

// TestARoleThatWantsOneLeadsToIt is the first log-in after the administrator has
// asked for it: set up, read the codes, and go on.
func TestARoleThatWantsOneLeadsToIt(t *testing.T) {
	a := openSchool(t)
	wantSecond(t, a, "sales")
	s := person(t, a, "sales_a", "")
	s.See("Your role wants a").SeeNot("Home").Everywhere()
	s.Resize(80, 24)
	s.Type(codeOn(t, s)).Keys("ctrl+s").See("They are shown only now").Keys("enter").See("Home")
	s.See("李雷")
}
