package sshsrv

import (
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
)

func (l *login) password(conn gossh.ConnMetadata, password []byte) (*gossh.Permissions, error) {
	return l.byPassword(conn.User(), string(password), "password")
}

// interactive asks the one question that PuTTY and others prefer to the
// password method.
func (l *login) interactive(conn gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	user := conn.User()
	if isLink(user) {
		return l.byLink(user)
	}
	if wait := l.throttle.Left(strings.ToLower(user), l.link.block); wait > 0 && !l.noticed {
		// PuTTY shows this, but no banner in the middle of a log-in.
		l.noticed = true
		_, _ = ask("", l.words().Fault(tooMany(wait)), nil, nil)
		return nil, errDenied
	}
	answers, err := ask("", "", []string{l.words().T("ssh.password") + " "}, []bool{false})
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 {
		return nil, errDenied
	}
	perms, err := l.byPassword(user, answers[0], "keyboard-interactive")
	if half, ok := err.(*gossh.PartialSuccessError); ok {
		// The client is asked on in the same dialogue: some know no other.
		return half.Next.KeyboardInteractiveCallback(conn, ask)
	}
	return perms, err
}

// byPassword checks a password through the throttle. Whatever is wrong, the
// answer is the same.
func (l *login) byPassword(user, password, method string) (*gossh.Permissions, error) {
	if isLink(user) {
		return l.byLink(user)
	}
	name := strings.ToLower(user)
	wait, ok := l.throttle.Begin(l.ctx, name, l.link.block)
	if !ok {
		return nil, l.ctx.Err()
	}
	if wait > 0 {
		l.refused("login")
		return nil, l.notice(tooMany(wait))
	}
	pass, err := l.askPassword(user, password)
	how := l.outcome("password", err, fault.TooMany)
	if err == nil && pass.Second {
		how = unknown // a right password alone clears nothing: codes are still to be guessed
	}
	l.throttle.End(name, l.link.block, how)
	if err != nil {
		return nil, l.notice(err)
	}
	id := &identity{Pass: pass, user: user}
	id.Method = method
	if l.offeredBy == user {
		id.offered = l.offered
	}
	if pass.Second {
		return nil, l.halfway(id)
	}
	return id.permissions(), nil
}

// askPassword asks the door, a few at a time: a hash costs memory and a core.
func (l *login) askPassword(user, password string) (Pass, error) {
	if len(user) > maxUser || len(password) > maxPassword {
		return Pass{}, fault.New(fault.Forbidden, "ssh.denied")
	}
	select {
	case l.hashing <- struct{}{}:
		defer func() { <-l.hashing }()
	case <-l.ctx.Done():
		return Pass{}, l.ctx.Err()
	}
	return l.Door.Password(l.ctx, user, password, l.link.addr)
}

// outcome sorts an error of the door for the throttle. Our own errors are
// logged and held against nobody, as are faults of the kind forgive.
func (l *login) outcome(what string, err error, forgive fault.Kind) outcome {
	switch {
	case err == nil:
		return passed
	case l.ctx.Err() != nil:
		return unknown
	case fault.Of(err) == fault.Internal:
		l.Log.Error("door: "+what, "addr", l.link.addr, "err", err)
		return unknown
	case fault.Of(err) == forgive:
		return unknown
	}
	return failed
}

// tooMany is the throttle's refusal.
func tooMany(wait time.Duration) *fault.Fault {
	return fault.New(fault.TooMany, "ssh.throttled", "wait", wait)
}

// notice turns a refusal into what the client sees: words for a throttle, once
// for each connection, and nothing for anything else.
func (l *login) notice(err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.TooMany || l.noticed {
		return errDenied
	}
	l.noticed = true
	return &gossh.BannerError{Err: errDenied, Message: l.words().Fault(f) + "\r\n"}
}
