package sshsrv

import (
	"cmp"
	"encoding/hex"
	"slices"

	"cohort/app/session"
)

// Bans lists those whose failures are more than free, until they are forgotten,
// the newest first.
func (s *Server) Bans() []session.Ban { return s.throttle.bans() }

// Lift forgets the failures behind a ban.
func (s *Server) Lift(id string) bool { return s.throttle.lift(id) }

func (t *throttle) bans() (out []session.Ban) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, of := range []struct {
		m     *memory
		free  int
		waits bool // attempts wait instead of being refused
	}{{t.pairs, t.Pair, false}, {t.addrs, t.Addr, false}, {t.names, t.Name + 1, true}} {
		for k, el := range of.m.byKey {
			e := el.Value.(*entry)
			if t.count(of.m, k, now) < of.free {
				continue
			}
			b := session.Ban{ID: hex.EncodeToString(k[:6]), Login: e.name, Addr: e.addr, Failures: e.n, Last: e.last.UTC()}
			if left := t.left(of.m, k, of.free, now); !of.waits {
				b.Until = now.Add(left).UTC()
			}
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b session.Ban) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (t *throttle) lift(id string) (found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range []*memory{t.pairs, t.addrs, t.names} {
		for k, el := range m.byKey {
			if e := el.Value.(*entry); hex.EncodeToString(k[:6]) == id && e.n > 0 {
				t.clear(e)
				found = true
			}
		}
	}
	return found
}

// maxShown bounds what is remembered of a name to show it, in bytes.
const maxShown = 64

func shown(name string) string {
	if len(name) > maxShown {
		return name[:maxShown]
	}
	return name
}
