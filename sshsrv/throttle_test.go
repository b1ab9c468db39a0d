package sshsrv

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// clock is a throttle with a clock of the test's.
type clock struct {
	*throttle
	t    *testing.T
	time time.Time
}

func newClock(t *testing.T, c Throttle) *clock {
	k := &clock{t: t, time: time.Unix(1e9, 0)}
	k.throttle = newThrottle(c.withDefaults())
	k.now = func() time.Time { return k.time }
	return k
}

// try makes one attempt and gives how long it was refused.
func (k *clock) try(name, addr string, o outcome) time.Duration {
	k.t.Helper()
	wait, ok := k.Begin(context.Background(), name, addr)
	if !ok {
		k.t.Fatal("Begin gave up")
	}
	if wait == 0 {
		k.End(name, addr, o)
	}
	return wait
}

func TestThrottleDoublesAndForgets(t *testing.T) {
	k := newClock(t, Throttle{})
	for i := range 5 {
		if d := k.try("amy", "a", failed); d != 0 {
			t.Fatalf("failure %d is refused for %v", i, d)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		want *= time.Second
		if d := k.try("amy", "a", failed); d != want {
			t.Fatalf("refused for %v, want %v", d, want)
		}
		if d := k.try("amy", "a", failed); d != want {
			t.Fatalf("impatience was counted: %v", d)
		}
		k.time = k.time.Add(want)
		if d := k.try("amy", "a", failed); d != 0 {
			t.Fatalf("after the wait still refused for %v", d)
		}
	}
	k.time = k.time.Add(k.Forget + time.Second)
	for range 5 {
		if d := k.try("amy", "a", failed); d != 0 {
			t.Fatalf("not forgotten: %v", d)
		}
	}
}

func TestThrottleSuccessClearsThePair(t *testing.T) {
	k := newClock(t, Throttle{})
	for range 4 {
		k.try("amy", "a", failed)
	}
	k.try("amy", "a", passed)
	for range 5 {
		if d := k.try("amy", "a", failed); d != 0 {
			t.Fatalf("refused for %v", d)
		}
	}
	if d := k.try("amy", "a", failed); d == 0 {
		t.Error("failures after a success are free")
	}
}

func TestThrottleDoesNotLockTheOwnerOut(t *testing.T) {
	k := newClock(t, Throttle{Slow: time.Nanosecond})
	for i := range 300 {
		k.try("amy", fmt.Sprint("attacker", i/10), failed)
	}
	if d := k.try("amy", "home", passed); d != 0 {
		t.Errorf("the owner is refused for %v", d)
	}
	if d := k.try("bob", "attacker1", passed); d != 0 {
		t.Errorf("another account from an attacker's address is refused for %v", d)
	}
}

func TestThrottleOfAnAddress(t *testing.T) {
	k := newClock(t, Throttle{})
	for i := range 30 {
		if d := k.try(fmt.Sprint("name", i), "a", failed); d != 0 {
			t.Fatalf("failure %d is refused for %v", i, d)
		}
	}
	if d := k.try("fresh", "a", failed); d != time.Second {
		t.Errorf("an address that tries names is refused for %v", d)
	}
	k.time = k.time.Add(time.Second)
	k.try("mallory", "a", passed)
	k.try("fresh", "a", failed)
	if d := k.try("fresh", "a", failed); d == 0 {
		t.Error("one's own account clears the address")
	}
	if d := k.try("fresh", "b", failed); d != 0 {
		t.Errorf("another address is refused for %v", d)
	}
}

func TestThrottleHoldsUpANameUnderAttackOnly(t *testing.T) {
	k := newClock(t, Throttle{Slow: time.Hour})
	if d := k.try("amy", "home", passed); d != 0 {
		t.Fatal(d)
	}
	for i := range 21 {
		k.try("amy", fmt.Sprint("attacker", i), failed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, ok := k.Begin(ctx, "amy", "elsewhere"); ok {
		t.Error("from a new address it does not wait")
	}
	if _, ok := k.Begin(ctx, "amy", "home"); !ok {
		t.Error("from where the owner has been it waits")
	}
	if _, ok := k.Begin(ctx, "bob", "elsewhere"); !ok {
		t.Error("another account waits")
	}
}

// Attempts under way count as if they had failed: a hundred connections at once
// get no more guesses than one after the other.
func TestThrottleCountsAttemptsUnderWay(t *testing.T) {
	k := newThrottle(Throttle{}.withDefaults())
	over, cancel := context.WithCancel(context.Background())
	cancel() // whoever would have to wait gives up
	for i := range 5 {
		if wait, ok := k.Begin(over, "amy", "a"); wait > 0 || !ok {
			t.Fatalf("guess %d: refused for %v, %t", i, wait, ok)
		}
	}
	if _, ok := k.Begin(over, "amy", "a"); ok {
		t.Error("a sixth guess was made while five were under way")
	}
	if _, ok := k.Begin(over, "amy", "b"); !ok {
		t.Error("from another address it waits")
	}
	for range 4 {
		k.End("amy", "a", failed)
	}
	if _, ok := k.Begin(over, "amy", "a"); ok {
		t.Error("a sixth guess was made while the fifth was under way")
	}
	k.End("amy", "a", failed)
	if wait, _ := k.Begin(over, "amy", "a"); wait == 0 {
		t.Error("a sixth guess was made")
	}
}

// Ten log-ins at once with the right password all come in.
func TestThrottleLetsTheRightOnesWait(t *testing.T) {
	k := newThrottle(Throttle{}.withDefaults())
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			wait, ok := k.Begin(context.Background(), "amy", "a")
			if wait > 0 || !ok {
				t.Errorf("attempt %d: refused for %v, %t", i, wait, ok)
				return
			}
			k.End("amy", "a", passed)
		})
	}
	all.Wait()
}

func TestThrottleRemembersABoundedNumber(t *testing.T) {
	k := newClock(t, Throttle{Size: 100, Addr: 1 << 30})
	for i := range 1000 {
		k.try(fmt.Sprint("name", i), fmt.Sprint("addr", i), failed)
	}
	for _, m := range []*memory{k.pairs, k.addrs, k.names, k.known} {
		if len(m.byKey) > 100 || m.order.Len() != len(m.byKey) {
			t.Errorf("%d are remembered, %d in order", len(m.byKey), m.order.Len())
		}
	}
}

func TestAnIPv6ClientCountsWithItsNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::1": "::/64", "pipe": "pipe",
	} {
		if got := blockOf(addr); got != want {
			t.Errorf("%s counts as %s, want %s", addr, got, want)
		}
	}
}
