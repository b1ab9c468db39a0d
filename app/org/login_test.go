package org

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cohort/app/audit"
	"cohort/app/policy"
)

func TestLogIn(t *testing.T) {
	s := newSchool(t, Options{})
	a, err := s.LogIn(bg, "Boss", passwordOf("boss"), "192.0.2.9") // names are in small letters, people are not
	if err != nil {
		t.Fatal(err)
	}
	if a.Login != "boss" || !a.LastSeen.Equal(s.db.Now()) {
		t.Errorf("got %+v", a)
	}
	list, err := audit.Entries(bg, s.db, "accounts", a.ID, 1)
	if err != nil || list[0].Action != "login" || list[0].Addr != "192.0.2.9" || list[0].Account != a.ID {
		t.Errorf("audit: %+v, %v", list, err)
	}
}

// TestEveryRefusedLogInLooksAndCostsTheSame counts hashes: a clock would only
// measure the machine.
func TestEveryRefusedLogInLooksAndCostsTheSame(t *testing.T) {
	s := newSchool(t, Options{})
	off := s.add("off", "sales")
	if err := s.SetActive(bg, s.boss, off.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	s.sql(`UPDATE accounts SET password_hash = '' WHERE id = $1`, s.add("keyed", "sales").ID)
	s.demo("demo")
	for _, c := range []struct{ name, login, password string }{
		{"wrong password", "boss", "wrong password"},
		{"empty password", "boss", ""},
		{"unknown name", "nobody-here", "password"},
		{"name of another form", "Boss' OR 1=1", "password"},
		{"disabled", "off", passwordOf("off")},
		{"without a password", "keyed", ""},
		{"demo", "demo", DemoPassword},
	} {
		before := s.hash.runs.Load()
		_, err := s.LogIn(bg, c.login, c.password, "192.0.2.9")
		if err == nil || err.Error() != loginFailed().Error() {
			t.Errorf("%s: %v", c.name, err)
		}
		if n := s.hash.runs.Load() - before; n != 1 {
			t.Errorf("%s: %d hashes, want 1", c.name, n)
		}
	}
}

func (s *school) demo(login string) Account {
	s.t.Helper()
	hash, err := s.hash.make(bg, DemoPassword)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.seed(NewAccount{Login: login, Name: login, Roles: []string{"sales"}}, hash)
}

func TestDemoPasswordsWorkWhereTheyAreAllowed(t *testing.T) {
	s := newSchool(t, Options{AllowDemo: true})
	a := s.demo("demo")
	if _, err := s.LogIn(bg, "demo", DemoPassword, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangePassword(bg, s.actor(a.ID), DemoPassword, "a password of my own"); err != nil {
		t.Fatal(err)
	}
	s.opt.AllowDemo = false
	if _, err := s.LogIn(bg, "demo", "a password of my own", ""); err != nil {
		t.Errorf("an account with a password of its own is no demo account: %v", err)
	}
}

func TestHashesGrowAtLogIn(t *testing.T) {
	s := newSchool(t, Options{})
	s.hash = newHasher(1, params{memory: 16, passes: 1, lanes: 1})
	for i, want := range []int64{2, 1} { // verify and make; then verify alone
		before := s.hash.runs.Load()
		if _, err := s.LogIn(bg, "boss", passwordOf("boss"), ""); err != nil {
			t.Fatal(err)
		}
		if n := s.hash.runs.Load() - before; n != want {
			t.Errorf("log-in %d: %d hashes, want %d", i+1, n, want)
		}
	}
}

func TestWhatChangesDuringTheHashingCounts(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	was, err := s.credential(bg, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ResetPassword(bg, s.boss, a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = s.enter(bg, was, "", "")
	wantKey(t, err, "org.login_failed")
}

func TestFloodOfFailuresWritesTwoEntries(t *testing.T) {
	s := newSchool(t, Options{})
	before := s.number(`SELECT count(*) FROM audit`)
	for i := range 50 {
		login := "boss"
		if i > 0 {
			login = fmt.Sprintf("guess%d", i)
		}
		_, _ = s.LogIn(bg, login, "wrong", "198.51.100.7")
	}
	if n := s.number(`SELECT count(*) FROM audit`) - before; n != 1 {
		t.Errorf("%d entries during the flood, want 1", n)
	}
	s.clock.Pass(failureWindow)
	s.flush(bg, s.db.Now())
	list, err := audit.Entries(bg, s.db, "accounts", 0, 1)
	if err != nil || len(list) == 0 {
		t.Fatalf("no counting entry: %v", err)
	}
	e := list[0]
	if e.Action != "login_failed" || e.Addr != "198.51.100.7" || e.Changes[0].New != "49" {
		t.Errorf("counting entry: %+v", e)
	}
}

func TestFailuresAreBoundedOverManyAddresses(t *testing.T) {
	f := newFailures()
	written := 0
	for i := range 10 * maxTallies {
		if first, _ := f.note(fmt.Sprint(i), "x", time.Unix(0, 0)); first {
			written++
		}
	}
	if written > maxTallies+1 || len(f.byAddr) > maxTallies+1 {
		t.Errorf("%d entries and %d tallies for %d addresses", written, len(f.byAddr), 10*maxTallies)
	}
}

func TestOwnerHearsOfFailuresOnHisAccount(t *testing.T) {
	s := newSchool(t, Options{})
	tell := func(failures int) int64 {
		before := s.number(`SELECT count(*) FROM notifications WHERE account_id = $1`, s.boss.Account)
		for range failures {
			_, _ = s.LogIn(bg, "boss", "wrong", "198.51.100.7")
		}
		if _, err := s.LogIn(bg, "boss", passwordOf("boss"), ""); err != nil {
			t.Fatal(err)
		}
		return s.number(`SELECT count(*) FROM notifications WHERE account_id = $1`, s.boss.Account) - before
	}
	for _, c := range []struct {
		failures int
		told     int64
	}{{tellFrom - 1, 0}, {tellFrom, 1}, {0, 0}} {
		if got := tell(c.failures); got != c.told {
			t.Errorf("after %d failures told %d times, want %d", c.failures, got, c.told)
		}
	}
}

func TestLastSeenIsWrittenOnceAMinute(t *testing.T) {
	s := newSchool(t, Options{})
	seen := func() int64 {
		if _, err := s.LogIn(bg, "boss", passwordOf("boss"), ""); err != nil {
			t.Fatal(err)
		}
		return s.number(`SELECT last_seen_at FROM accounts WHERE login = 'boss'`)
	}
	first := seen()
	s.clock.Pass(30 * time.Second)
	if seen() != first {
		t.Error("written again after 30 seconds")
	}
	s.clock.Pass(30 * time.Second)
	if seen() == first {
		t.Error("not written after a minute")
	}
}

func TestKeysOpenOnlyTheirActiveAccount(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	k, err := s.AddKey(bg, s.actor(a.ID), testKeys["ed25519"])
	if err != nil {
		t.Fatal(err)
	}
	writes := s.Service.db.Stats().Writes
	if id, ok := s.KeyKnown(bg, "li", k.Fingerprint); !ok || id != a.ID {
		t.Errorf("own key: %d, %v", id, ok)
	}
	if _, ok := s.KeyKnown(bg, "boss", k.Fingerprint); ok {
		t.Error("a key opens another's account")
	}
	if _, ok := s.KeyKnown(bg, "li", "SHA256:other"); ok {
		t.Error("an unknown key opens an account")
	}
	if s.Service.db.Stats().Writes != writes || s.get(a.ID).LastSeen != (time.Time{}) {
		t.Error("asking for a key writes")
	}
	if got, err := s.LoggedInByKey(bg, a.ID, k.Fingerprint, "192.0.2.9"); err != nil || got.LastSeen.IsZero() {
		t.Errorf("log-in by key: %+v, %v", got, err)
	}
	if !slices.Contains(s.history(a.ID), "login") {
		t.Error("a log-in by key is not audited")
	}
	if err := s.SetActive(bg, s.boss, a.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.KeyKnown(bg, "li", k.Fingerprint); ok {
		t.Error("a key opens a disabled account")
	}
	_, err = s.LoggedInByKey(bg, a.ID, k.Fingerprint, "")
	wantKey(t, err, "org.login_failed")
}

func TestRemovedKeyDoesNotLogIn(t *testing.T) {
	s := newSchool(t, Options{})
	k, err := s.AddKey(bg, s.boss, testKeys["ed25519"])
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveKey(bg, s.boss, k.Fingerprint); err != nil {
		t.Fatal(err)
	}
	_, err = s.LoggedInByKey(bg, s.boss.Account, k.Fingerprint, "")
	wantKey(t, err, "org.login_failed")
}

func TestChangePassword(t *testing.T) {
	s := newSchool(t, Options{})
	a, first, err := s.AddAccount(bg, s.boss, NewAccount{Login: "li", Name: "李雷", Roles: []string{"sales"}})
	if err != nil {
		t.Fatal(err)
	}
	by := s.actor(a.ID)
	if by.Can("list", "customers") {
		t.Error("may list customers before the one-time password is changed")
	}
	wantKey(t, s.SetLang(bg, by, "en"), "org.must_change")
	for _, c := range []struct{ old, password, key string }{
		{"wrong", "a password of my own", "password.wrong"},
		{first, first, "password.same"},
		{first, "short", "password.short"},
		{first, "", "password.short"},
		{first, DemoPassword, "password.demo"},
		{first, "Password123", "password.common"},
		{first, "           ", "password.common"},
		{first, "a password\x1b[31m", "password.characters"},
		{first, string(make([]rune, 0)) + longText(MaxPassword+1), "password.long"},
		{first, longText(MaxPassword), ""},
	} {
		wantKey(t, s.ChangePassword(bg, by, c.old, c.password), c.key)
	}
	if !s.actor(a.ID).Can("list", "customers") {
		t.Error("may not list customers after the password is changed")
	}
	if _, err := s.LogIn(bg, "li", longText(MaxPassword), ""); err != nil {
		t.Errorf("new password: %v", err)
	}
	_, err = s.LogIn(bg, "li", first, "")
	wantKey(t, err, "org.login_failed")
}

func longText(n int) string {
	r := make([]rune, n)
	for i := range r {
		r[i] = '密' + rune(i%7)
	}
	return string(r)
}

func TestPasswordIsNotTheLogIn(t *testing.T) {
	if f := checkPassword("long.login.name", "Long.Login.Name"); f == nil || f.Key != "password.login" {
		t.Errorf("got %v", f)
	}
}

func TestOneTimePasswordsAreReadableAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	used := map[rune]bool{}
	for range 2000 {
		p := oneTime()
		if len(p) != 19 || seen[p] || checkPassword("x", p) != nil {
			t.Fatalf("one-time password %q", p)
		}
		seen[p] = true
		for _, r := range p {
			used[r] = true
		}
	}
	for _, r := range "0O1lIo" {
		if used[r] {
			t.Errorf("%q is read as another", r)
		}
	}
	if len(used) != len(sounds)+1 {
		t.Errorf("%d different characters, want %d", len(used)-1, len(sounds))
	}
}

func TestNobodyElseChangesAPassword(t *testing.T) {
	s := newSchool(t, Options{})
	for name, by := range map[string]policy.Actor{"system": policy.System, "applicant": policy.Applicant(1, policy.Screen, "")} {
		if err := s.ChangePassword(bg, by, "", "a password of my own"); err == nil {
			t.Errorf("%s changed a password", name)
		}
	}
}
