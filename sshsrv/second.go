package sshsrv

import (
	"errors"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
)

// halfway is the answer to a password or key that was right where a code is
// wanted, too: a partial success (RFC 4252, 5.1), after which only the code's
// dialogue goes on. What is proved stays bound to it; x/crypto/ssh refuses
// another user name from here on.
func (l *login) halfway(id *identity) error {
	return &gossh.PartialSuccessError{Next: gossh.ServerAuthCallbacks{
		KeyboardInteractiveCallback: func(conn gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			return l.second(id, conn, ask)
		}}}
}

// second asks for the code, and checks it through the same throttle as
// passwords.
func (l *login) second(id *identity, conn gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	if conn.User() != id.user {
		return nil, errDenied
	}
	answers, err := ask("", "", []string{l.words().T("ssh.second") + " "}, []bool{false})
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 || len(answers[0]) > maxPassword {
		return nil, errDenied
	}
	if err := l.bySecond(id, answers[0]); err != nil {
		if f, ok := fault.As(err); ok && f.Kind == fault.TooMany && !l.noticed {
			// PuTTY shows this, but no banner in the middle of a log-in.
			l.noticed = true
			_, _ = ask("", l.words().Fault(f), nil, nil)
		}
		if l.ctx.Err() != nil {
			return nil, l.ctx.Err()
		}
		return nil, errDenied
	}
	return id.permissions(), nil
}

func (l *login) bySecond(id *identity, code string) error {
	name := strings.ToLower(id.user)
	wait, ok := l.throttle.Begin(l.ctx, name, l.link.block)
	if !ok {
		return errors.Join(l.ctx.Err(), errDenied)
	}
	if wait > 0 {
		l.refused("login")
		return tooMany(wait)
	}
	err := l.Door.Second(l.ctx, id.Pass, code, l.link.addr)
	l.throttle.End(name, l.link.block, l.outcome("second", err, fault.TooMany))
	return err
}
