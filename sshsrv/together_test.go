package sshsrv

import (
	"testing"
	"time"

	"cohort/app/session"
)

// table is what the processes share, as the database keeps it.
type table map[string]session.Failure

// exchange lets one process tell, and all hear.
func (b table) exchange(from *clock, all ...*clock) int {
	told := from.Tell(100)
	for _, f := range told {
		k := f.Sort + f.Who
		if old := b[k]; !f.Clear {
			f.Failures += old.Failures
		}
		b[k] = f
	}
	for _, c := range all {
		for _, f := range b {
			c.Hear([]session.Failure{f})
		}
	}
	return len(told)
}

func newPair(t *testing.T) (a, b *clock) {
	a, b = newClock(t, Throttle{Addr: 100}), newClock(t, Throttle{Addr: 100})
	for _, c := range []*clock{a, b} {
		c.together = &together{untold: map[*entry]bool{}, fresh: make(chan struct{}, 1)}
	}
	return a, b
}

// However failures are spread over two processes, they have one budget; a success at one clears it at the other, too.
func TestOneBudgetForTwoProcesses(t *testing.T) {
	a, b := newPair(t)
	shared := table{}
	for i := range 5 {
		at := []*clock{a, b}[i%2]
		if d := at.try("amy", "192.0.2.1", failed); d != 0 {
			t.Fatalf("failure %d is refused for %v", i, d)
		}
		shared.exchange(at, a, b)
	}
	for _, c := range []*clock{a, b} {
		if c.try("amy", "192.0.2.1", failed) == 0 || len(c.bans()) != 1 || c.bans()[0].Failures != 5 {
			t.Errorf("not held off: %+v", c.bans())
		}
	}
	if a.bans()[0].ID != b.bans()[0].ID {
		t.Error("one ban has two names")
	}
	a.time, b.time = a.time.Add(time.Minute), b.time.Add(time.Minute)
	if b.try("amy", "192.0.2.1", passed) != 0 {
		t.Fatal("refused after the wait")
	}
	shared.exchange(b, a, b)
	if len(a.bans()) != 0 || a.try("amy", "192.0.2.1", failed) != 0 {
		t.Errorf("not cleared: %+v", a.bans())
	}
}

// What could not be told is told later, and once; a lifted ban is lifted everywhere.
func TestToldLaterAndOnce(t *testing.T) {
	a, b := newPair(t)
	shared := table{}
	for range 3 {
		a.try("amy", "192.0.2.1", failed)
	}
	a.Untold(a.Tell(100)) // the database was away
	a.try("amy", "192.0.2.1", failed)
	a.try("amy", "192.0.2.1", failed)
	shared.exchange(a, a, b)
	if got := b.bans(); len(got) != 1 || got[0].Failures != 5 || a.bans()[0].Failures != 5 {
		t.Fatalf("%+v", got)
	}
	if n := shared.exchange(a, a, b); n != 0 || a.bans()[0].Failures != 5 {
		t.Errorf("told %d again", n)
	}
	if !b.lift(b.bans()[0].ID) {
		t.Fatal("not lifted")
	}
	shared.exchange(b, a, b)
	if len(a.bans()) != 0 {
		t.Errorf("lifted there, but here: %+v", a.bans())
	}
}

// Who comes in with nothing against him leaves nothing to tell; a flood of names is told in parts, and bounded.
func TestWhatIsTold(t *testing.T) {
	a, _ := newPair(t)
	for range 10 {
		a.try("amy", "192.0.2.1", passed)
	}
	if got := a.Tell(100); len(got) != 0 {
		t.Errorf("good log-ins are told: %+v", got)
	}
	a.Addr = 1 << 20
	for i := range 2 * maxUntold {
		a.End(string(rune('a'+i%26))+time.Duration(i).String(), "192.0.2.7", failed)
	}
	if len(a.untold) > maxUntold+1 {
		t.Errorf("%d wait to be told", len(a.untold))
	}
	if got := a.Tell(100); len(got) != 100 || got[0].Sort != session.OfAddress {
		t.Errorf("%d told, first %+v", len(got), got[0])
	}
}
