package sshtest

import (
	"context"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/session"
	"cohort/sshsrv"
)

// Everybody is a door that lets anybody in who has the password "pw", any key
// or any link. It is for tests of what comes after the door.
type Everybody struct{}

// Password takes "pw".
func (Everybody) Password(_ context.Context, login, password, _ string) (sshsrv.Pass, error) {
	if password != "pw" {
		return sshsrv.Pass{}, fault.New(fault.Forbidden, "ssh.denied")
	}
	return sshsrv.Pass{Account: 1, Login: login}, nil
}

// Key takes any key.
func (Everybody) Key(_ context.Context, login string, _ gossh.PublicKey, _ string) (sshsrv.Pass, error) {
	return sshsrv.Pass{Account: 1, Login: login}, nil
}

// Certificate refuses everybody.
func (Everybody) Certificate(context.Context, string, *gossh.Certificate, string) (sshsrv.Pass, error) {
	return sshsrv.Pass{}, fault.New(fault.Forbidden, "ssh.denied")
}

// Second takes any code; nobody is asked for one.
func (Everybody) Second(context.Context, sshsrv.Pass, string, string) error { return nil }

// Link takes any link.
func (Everybody) Link(context.Context, string, string) (sshsrv.Pass, error) {
	return sshsrv.Pass{Enrollment: 1, Login: "enroll"}, nil
}

// Enter changes nothing.
func (Everybody) Enter(context.Context, sshsrv.Pass, *session.Session) (<-chan struct{}, func() error, func(), error) {
	return nil, nil, nil, nil
}
