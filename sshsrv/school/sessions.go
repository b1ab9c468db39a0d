package school

import (
	"sync/atomic"
	"time"

	"cohort/app"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/session"
	"cohort/sshsrv"
)

// sessions shows the school what the server has open.
type sessions struct{ server *sshsrv.Server }

// together is sessions of one of several processes.
type together struct {
	sessions
	session.Sharer
}

func registryOf(a *app.App, s *sshsrv.Server) session.Registry {
	if a.Mark == "" {
		return sessions{s}
	}
	return together{sessions{s}, s.Together()}
}

// Sessions is session.Registry's.
func (s sessions) Sessions() []session.Open {
	var out []session.Open
	for _, o := range s.server.Sessions() {
		out = append(out, session.Open{ID: o.ID, Account: o.Account, Enrollment: o.Enrollment, Login: o.Login, Addr: o.Addr,
			Method: o.Method, Kind: string(o.Kind), Term: o.Term, Since: o.Since.UTC(), LastKey: o.LastKey})
	}
	return out
}

// End is session.Registry's.
func (s sessions) End(id string, why *fault.Fault, except string) bool {
	return s.server.End(id, why, except)
}

// Bans is session.Doorkeeper's. Names are what strangers typed.
func (s sessions) Bans() []session.Ban {
	list := s.server.Bans()
	for i := range list {
		list[i].Login = clean.Line(list[i].Login)
	}
	return list
}

// Lift is session.Doorkeeper's.
func (s sessions) Lift(id string) bool { return s.server.Lift(id) }

// tellEvery bounds how often open screens hear that sessions came and went: a
// script of a thousand commands must not wake everybody a thousand times.
const tellEvery = 500 * time.Millisecond

// watch tells open screens that the list of sessions has changed.
func watch(b *bus.Bus) sshsrv.Watch {
	var pending atomic.Bool
	tell := func() {
		if pending.CompareAndSwap(false, true) {
			time.AfterFunc(tellEvery, func() {
				pending.Store(false)
				b.Publish(bus.Event{Resource: "sessions", Verb: "changed"})
			})
		}
	}
	return sshsrv.Watch{
		Opened: func(sshsrv.Kind) { tell() },
		Closed: func(sshsrv.Kind, time.Duration) { tell() },
	}
}
