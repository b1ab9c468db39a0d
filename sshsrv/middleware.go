package sshsrv

import (
	"context"
	"runtime/debug"
	"time"

	"charm.land/ssh"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// recover keeps a panic of one session to this session. It runs around
// everything else.
func (s *Server) recover(next ssh.Handler) ssh.Handler {
	return func(sess ssh.Session) {
		c := sess.(*channel)
		defer func() {
			if r := recover(); r != nil {
				c.fail(s.panicked(r, debug.Stack()), 1)
			}
		}()
		next(c)
	}
}

// enter is the first step of every session of whatever kind: it takes what the
// handshake proved, asks the door whether it still holds, and lists the session
// as open.
func (s *Server) enter(next ssh.Handler) ssh.Handler {
	return func(sess ssh.Session) {
		c := sess.(*channel)
		id := identityOf(c.conn)
		if id == nil {
			s.Log.Error("a session without identity", "user", c.User())
			_ = c.Exit(1)
			return
		}
		o, done := s.register(c, id)
		defer done()
		leave, err := s.pass(c, id)
		if err != nil {
			_ = c.Exit(s.turnAway(c, s.faultOf(err, "enter")))
			return
		}
		defer leave()
		s.Log.Debug("session", "id", o.ID, "login", o.Login, "addr", o.Addr, "kind", o.Kind)
		next(c)
	}
}

// register makes the session and lists it; the function it returns takes it off
// the list.
func (s *Server) register(c *channel, id *identity) (*openSession, func()) {
	ctx, cancel := context.WithCancelCause(c.ctx.own)
	c.ctx.own = ctx
	c.job = s.jobOf(c)
	o := &openSession{session: s.sessionOf(c, id), cancel: cancel, link: linkOf(c.ctx), Open: Open{
		Account: id.Account, Enrollment: id.Enrollment, Login: id.Login, Addr: hostOf(c.RemoteAddr()),
		Method: id.Method, Kind: c.job.kind, Term: c.terminal(), Since: time.Now(),
	}}
	s.open.add(o)
	o.session.ID = o.ID
	c.open, c.words = o, func() i18n.Printer { return s.printer(o.session) }
	if c.tty() {
		c.keepAlive(s.Limits.KeepAlive)
	}
	if s.Watch.Opened != nil {
		s.Watch.Opened(o.Kind)
	}
	return o, func() {
		cancel(nil)
		s.open.remove(o)
		if s.Watch.Closed != nil {
			s.Watch.Closed(o.Kind, time.Since(o.Since))
		}
	}
}

// pass asks the door, and ends the session when the door takes its leave back.
func (s *Server) pass(c *channel, id *identity) (leave func(), err error) {
	if s.draining.Load() {
		return nil, fault.New(fault.TooMany, "ssh.stopping")
	}
	if id.refused != nil {
		return nil, id.refused
	}
	done, why, leave, err := s.Door.Enter(c.ctx, id.Pass, c.open.session)
	if err != nil {
		return nil, err
	}
	go func() {
		select {
		case <-done:
			c.open.cancel(ended{s.faultOf(why(), "session ended")})
		case <-c.ctx.Done():
		}
	}()
	if leave == nil {
		leave = func() {}
	}
	return leave, nil
}
