package sshsrv

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
)

// panicked logs a panic and gives the fault that names the log line.
func (s *Server) panicked(value any, stack []byte) *fault.Fault {
	s.refused("panic")
	ref := newRef()
	s.Log.Error("panic in a session", "ref", ref, "panic", fmt.Sprint(value), "stack", string(stack))
	return &fault.Fault{Kind: fault.Internal, Ref: ref}
}

// faultOf gives the fault in err. What is not one, or is our own, is logged
// with a reference, which is all that the person sees of it.
func (s *Server) faultOf(err error, what string) *fault.Fault {
	f, ok := fault.As(err)
	if ok && (f.Kind != fault.Internal || f.Ref != "") {
		return f
	}
	if s.Explain != nil {
		return s.Explain(err, what)
	}
	ref := newRef()
	s.Log.Error(what, "ref", ref, "err", err)
	return &fault.Fault{Kind: fault.Internal, Ref: ref}
}

// newRef makes a reference that a person can read out over the telephone.
func newRef() string { return strings.ToLower(rand.Text()[:6]) }

// sessionOf says what the faces may know. Actor and Lang are the door's to
// fill; until then nobody has rights, and the client chooses the language.
func (s *Server) sessionOf(c *channel, id *identity) *session.Session {
	sess := &session.Session{
		Addr: hostOf(c.RemoteAddr()), Env: c.Environ(), Offered: id.offered,
		Start: c.job.start, Via: c.job.via(),
		Actor: func(context.Context) (policy.Actor, bool) { return policy.Actor{}, false },
	}
	if pty, _, ok := c.Pty(); ok {
		sess.PTY, sess.Term = true, pty.Term
	}
	sess.Host, sess.Port = s.reachedAt(c.LocalAddr())
	lang := clientLang(sess, s.Lang)
	sess.Lang = func(context.Context) i18n.Lang { return lang }
	return sess
}

// reachedAt gives the host and port to show in links.
func (s *Server) reachedAt(local net.Addr) (string, int) {
	at := s.Public
	if at == "" {
		at = local.String()
	}
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return at, 22
	}
	n, _ := strconv.Atoi(port)
	return host, n
}

// clientLang reads the client's locale the way POSIX does.
func clientLang(sess *session.Session, otherwise i18n.Lang) i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang, ok := i18n.ParseLang(sess.Getenv(name)); ok {
			return lang
		}
	}
	return otherwise
}

// printer speaks to a session's person.
func (s *Server) printer(sess *session.Session) i18n.Printer {
	return i18n.Printer{Lang: sess.Lang(context.Background()), Zone: s.Zone, Now: time.Now}
}

// fail says a fault to the person and ends the session with an exit code.
func (c *channel) fail(f *fault.Fault, code int) {
	c.say(f)
	_ = c.Exit(code)
}

// say writes a fault to the session's standard error. The "\r" in front lets it
// begin at the line's beginning in clients that draw a progress bar there.
func (c *channel) say(f *fault.Fault) {
	if c.words == nil {
		return
	}
	text := c.words().Fault(f) + "\n"
	if c.job.kind == SFTP || c.job.kind == SCP {
		text = "\r" + text
	}
	_, _ = io.WriteString(c.Stderr(), text)
}
