package sshsrv

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestBansAreListedAndLifted(t *testing.T) {
	th := newThrottle(Throttle{Pair: 2, Addr: 5, Name: 3, First: time.Minute, Max: time.Hour}.withDefaults())
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	th.now = func() time.Time { return now }
	fail := func(name, addr string, n int) {
		for range n {
			th.End(name, addr, failed)
		}
		now = now.Add(time.Second)
	}
	fail("slip", "192.0.2.1", 1)
	if len(th.bans()) != 0 {
		t.Errorf("a slip: %+v", th.bans())
	}
	fail("amy", "192.0.2.2", 2)
	fail("bob", "192.0.2.3", 6) // the pair, the address and the name
	list := th.bans()
	if len(list) != 4 {
		t.Fatalf("%+v", list)
	}
	kinds := map[string]bool{}
	for _, b := range list {
		kinds[b.Login+"@"+b.Addr] = b.Until.After(now)
	}
	if want := map[string]bool{"amy@192.0.2.2": true, "bob@192.0.2.3": true, "@192.0.2.3": true, "bob@": false}; len(kinds) != 4 || kinds["amy@192.0.2.2"] != true || kinds["@192.0.2.3"] != want["@192.0.2.3"] || kinds["bob@"] {
		t.Errorf("%v", kinds)
	}
	if list[3].Login != "amy" {
		t.Errorf("the oldest last: %+v", list)
	}
	if wait, _ := th.Begin(context.Background(), "amy", "192.0.2.2"); wait == 0 {
		t.Error("not refused")
	}
	if !th.lift(list[3].ID) || th.lift("000000000000") {
		t.Error("lifting")
	}
	if wait, _ := th.Begin(context.Background(), "amy", "192.0.2.2"); wait != 0 || len(th.bans()) != 3 {
		t.Errorf("still refused for %v", wait)
	}
	now = now.Add(time.Hour)
	if len(th.bans()) != 0 {
		t.Errorf("not forgotten: %+v", th.bans())
	}
	fail(strings.Repeat("x", 300), "192.0.2.9", 3)
	if b := th.bans(); len(b[0].Login) > maxShown {
		t.Errorf("a long name is kept: %d", len(b[0].Login))
	}
}
