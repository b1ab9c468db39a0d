package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cohort/app/policy"
)

// A salesperson chooses what comes by e-mail and QQ, for each kind; the own number comes first.
func TestSalesChoosesHowToBeTold(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "me")
	s.See("my QQ number", "none").Everywhere()
	s.Keys("t").See("How I am told", "my day, each morning", "a colleague met my customer", "always").SeeNot("no mail can be sent", "a grade is there").Everywhere()
	s.Keys("w").See("press n first")
	s.Keys("n").See("befriend").Type("12").Keys("enter").See("5 to 12 digits").Keys("ctrl+u").Type("10001").Keys("enter").See("QQ number saved")
	s.Keys("w").See("yes")
	if n := single(t, a, "SELECT count(*) FROM notify_choices WHERE kind = 'digest' AND channel = 'qq'"); n != 1 {
		t.Errorf("%d choices", n)
	}
	for range 20 { // down to what is mailed anyway
		if s.Keys("j", "e"); strings.Contains(s.Text(), "does not go by e-mail") {
			break
		}
	}
	s.See("does not go by e-mail")
	s.Keys("esc").See("10001")
	s.Keys("i").See("off")
}

// The administrator tests the endpoint from the screen: not set, wrong, right.
func TestAdminTestsTheHook(t *testing.T) {
	a := openSchool(t)
	answer := `{"errcode":93000,"errmsg":"invalid webhook url"}`
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	t.Cleanup(hook.Close)
	s := person(t, a, "admin", "messages")
	s.See("Messages").Everywhere()
	s.Keys("w").See("no web hook is set")
	if err := a.Settings.Set(bg, policy.System, "hook_address", hook.URL+"/send?key=k3y"); err != nil {
		t.Fatal(err)
	}
	s.Keys("w").See("did not take the test message", "code 93000").SeeNot("k3y")
	answer = `{"errcode":0,"errmsg":"ok"}`
	s.Keys("w").See("took the test message")
	s.Keys("o").See("web hook: " + strings.TrimPrefix(hook.URL, "http://"))
}
