package sshsrv

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"

	"cohort/app/session"
)

// A throttle that counts together with those of other processes remembers what it has not told them yet. Everything is
// decided from memory, as ever: what the others count is added there when it is heard. A failure of ours is told within a
// moment, a success only where it clears something.

// maxUntold bounds what waits to be told. What does not fit is counted by this process alone.
const maxUntold = 2000

// together is what is to be told.
type together struct {
	untold map[*entry]bool
	fresh  chan struct{}
}

// Together makes the server's throttle count with others, and gives what they are told by.
func (s *Server) Together() session.Sharer {
	t := s.throttle
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.together == nil {
		t.together = &together{untold: map[*entry]bool{}, fresh: make(chan struct{}, 1)}
	}
	return t
}

// tell notes that an entry has changed. t.mu is held.
func (t *throttle) tell(e *entry) {
	if t.together == nil || len(t.untold) >= maxUntold && e.sort != session.OfAddress {
		return
	}
	t.untold[e] = true
	select {
	case t.fresh <- struct{}{}:
	default:
	}
}

// Fresh is session.Sharer's.
func (t *throttle) Fresh() <-chan struct{} { return t.fresh }

// Tell is session.Sharer's.
func (t *throttle) Tell(most int) (out []session.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.SortedFunc(maps.Keys(t.untold), func(a, b *entry) int { return cmp.Compare(b.n, a.n) })
	for _, e := range list[:min(most, len(list))] {
		out = append(out, session.Failure{Sort: e.sort, Who: hex.EncodeToString(e.key[:]), Login: e.name, Addr: e.addr,
			Failures: e.untold, Last: e.last.UTC(), Clear: e.cleared})
		e.untold, e.cleared = 0, false
		delete(t.untold, e)
	}
	return out
}

// Untold is session.Sharer's.
func (t *throttle) Untold(list []session.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range list {
		if e := t.entryOf(f); e != nil {
			e.untold += f.Failures
			e.cleared = e.cleared || f.Clear
			t.tell(e)
		}
	}
}

// Hear is session.Sharer's.
func (t *throttle) Hear(list []session.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range list {
		e := t.entryOf(f)
		if e == nil || e.cleared {
			continue // what was heard counts no more
		}
		e.n = f.Failures + e.untold
		if f.Last.After(e.last) {
			e.last = f.Last
		}
		e.sort, e.name, e.addr = f.Sort, shown(f.Login), f.Addr
	}
}

// entryOf finds or makes the entry that a failure is of.
func (t *throttle) entryOf(f session.Failure) *entry {
	m := map[string]*memory{session.OfPair: t.pairs, session.OfAddress: t.addrs, session.OfName: t.names}[f.Sort]
	var k memoryKey
	who, err := hex.DecodeString(f.Who)
	if m == nil || err != nil || len(who) != len(k) {
		return nil
	}
	copy(k[:], who)
	return m.put(k)
}
