package sshsrv

import (
	"context"
	"sync"
	"time"

	"cohort/app/session"
)

// Throttle says how failed log-ins slow down further ones. A zero value means
// the default.
//
// Three things are counted, in memory: the failures of an account name from one
// address, of an address with whatever name, and of a name from whatever
// address. The first two are refused for a while, which doubles from failure to
// failure. The third is only made to wait, and not where the account has
// logged in before from that address: whoever hammers an account from elsewhere
// never locks its owner out.
type Throttle struct {
	Pair   int           // failures of a name from one address that are free; 5
	Addr   int           // failures from one address that are free: a whole school may share it; 30
	Name   int           // failures of a name from anywhere that are free; 20
	First  time.Duration // the first refusal lasts; 1 s
	Max    time.Duration // the longest refusal; 1 min
	Slow   time.Duration // how long an attempt on a name under attack has to wait; 2 s
	Forget time.Duration // failures are forgotten after so long without another; 15 min
	Size   int           // names and addresses remembered of each sort; 20000
}

func (t Throttle) withDefaults() Throttle {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	def(&t.Pair, 5)
	def(&t.Addr, 30)
	def(&t.Name, 20)
	def(&t.Size, 20000)
	span(&t.First, time.Second)
	span(&t.Max, time.Minute)
	span(&t.Slow, 2*time.Second)
	span(&t.Forget, session.Forget)
	return t
}

// throttle counts failures. Its methods are safe from several goroutines.
type throttle struct {
	Throttle
	now func() time.Time

	mu                  sync.Mutex
	pairs, addrs, names *memory
	known               *memory       // pairs that have logged in
	changed             chan struct{} // closed, and another made, when an attempt ends
	*together                         // nil: this process counts alone
}

func newThrottle(t Throttle) *throttle {
	return &throttle{
		Throttle: t, now: time.Now, changed: make(chan struct{}),
		pairs: newMemory(t.Size), addrs: newMemory(t.Size), names: newMemory(t.Size), known: newMemory(t.Size),
	}
}

// Begin asks leave for one attempt. refused says how long none is allowed; then
// the attempt must not be made, and impatience costs nothing. Else the attempt
// may be made, after a wait where the name is under attack, and End be called.
//
// A name has no more attempts under way from one address than it has free
// failures left: a hundred connections at once guess no more than one. Those
// beyond wait here for their turn. ok is false when ctx ended meanwhile.
func (t *throttle) Begin(ctx context.Context, name, addr string) (refused time.Duration, ok bool) {
	t.mu.Lock()
	k := pairKey(name, addr)
	for {
		now := t.now()
		if refused = t.refusal(k, addr, now); refused > 0 {
			t.mu.Unlock()
			return refused, true
		}
		e := t.pairs.put(k)
		if e.pending < max(1, t.Pair-t.count(t.pairs, k, now)) {
			e.pending++
			break
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, false
		}
		t.mu.Lock()
	}
	slow := t.known.get(k) == nil && t.count(t.names, textKey(name), t.now()) > t.Name
	t.mu.Unlock()
	if slow && !pause(ctx, t.Slow) {
		t.End(name, addr, unknown)
		return 0, false
	}
	return 0, true
}

// Left says how long attempts are refused from now.
func (t *throttle) Left(name, addr string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refusal(pairKey(name, addr), addr, t.now())
}

func (t *throttle) refusal(pair memoryKey, addr string, now time.Time) time.Duration {
	return max(t.left(t.pairs, pair, t.Pair, now), t.left(t.addrs, textKey(addr), t.Addr, now))
}

// outcome of an attempt.
type outcome int

const (
	unknown outcome = iota // neither: our own error, the client gone
	failed
	guessed // a token that does not exist: only the address is held to account
	passed
)

// End says how an attempt went. Success clears what the pair has against it;
// the address keeps its own count, or an attacker with one account of his own
// could go on for ever.
func (t *throttle) End(name, addr string, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, k := t.now(), pairKey(name, addr)
	if e := t.pairs.get(k); e != nil && e.pending > 0 {
		e.pending--
	}
	switch o {
	case failed:
		t.note(t.pairs, k, session.OfPair, now, name, addr)
		t.note(t.addrs, textKey(addr), session.OfAddress, now, "", addr)
		t.note(t.names, textKey(name), session.OfName, now, name, "")
	case guessed:
		t.note(t.addrs, textKey(addr), session.OfAddress, now, "", addr)
	case passed:
		t.clear(t.pairs.put(k))
		t.known.put(k)
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

// left gives how long the next attempt is refused: First after free failures,
// twice as long after each further one, Max at most.
func (t *throttle) left(m *memory, k memoryKey, free int, now time.Time) time.Duration {
	n := t.count(m, k, now)
	if n < free {
		return 0
	}
	d := t.Max
	if over := n - free; over < 30 && t.First<<over < t.Max {
		d = t.First << over
	}
	return max(0, m.get(k).last.Add(d).Sub(now))
}

func (t *throttle) count(m *memory, k memoryKey, now time.Time) int {
	e := m.get(k)
	if e == nil || now.Sub(e.last) > t.Forget {
		return 0
	}
	return e.n
}

func (t *throttle) note(m *memory, k memoryKey, sort string, now time.Time, name, addr string) {
	n := t.count(m, k, now)
	e := m.put(k)
	e.n, e.last, e.sort, e.name, e.addr = n+1, now, sort, shown(name), addr
	e.untold++
	t.tell(e)
}

// clear forgets the failures of an entry.
func (t *throttle) clear(e *entry) {
	if e.n > 0 {
		e.n, e.untold, e.cleared = 0, 0, true
		t.tell(e)
	}
}

// pause waits; it says false when ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
