package school

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/sshsrv"
)

// door lets people in by the rules of org and enrollment.
type door struct {
	app    *app.App
	recent recent
}

// Password checks a password.
func (d *door) Password(ctx context.Context, login, password, addr string) (sshsrv.Pass, error) {
	a, err := d.app.Org.LogIn(ctx, login, password, addr)
	if errors.Is(err, org.ErrSecondFactor) {
		return sshsrv.Pass{Account: a.ID, Login: a.Login, Second: true}, nil
	}
	return sshsrv.Pass{Account: a.ID, Login: a.Login}, err
}

// Second checks the code of a second factor. A log-in by key is recorded when
// the handshake has proved the key, by Enter.
func (d *door) Second(ctx context.Context, p sshsrv.Pass, code, addr string) error {
	_, err := d.app.Org.SecondStep(ctx, p.Account, code, addr, p.Key == "")
	return err
}

// Key says whose key this is, without logging in: it may be a mere offer.
func (d *door) Key(ctx context.Context, login string, key gossh.PublicKey, _ string) (sshsrv.Pass, error) {
	fingerprint := gossh.FingerprintSHA256(key)
	id, ok := d.app.Org.KeyKnown(ctx, login, fingerprint)
	if !ok {
		return sshsrv.Pass{}, fault.New(fault.Forbidden, "org.login_failed")
	}
	second, err := d.app.Org.SecondWanted(ctx, id)
	return sshsrv.Pass{Account: id, Login: login, Key: fingerprint, Second: second}, err
}

// Certificate says whom a certificate of the school's authority lets in. Why one
// is refused is for the log.
func (d *door) Certificate(ctx context.Context, login string, cert *gossh.Certificate, addr string) (sshsrv.Pass, error) {
	no := fault.New(fault.Forbidden, "org.login_failed")
	if d.app.CA == nil {
		return sshsrv.Pass{}, no
	}
	if err := d.app.CA.Check(cert, login, addr, d.app.DB.Now()); err != nil {
		d.app.Log.Info("a certificate was refused", "addr", addr, "login", clean.Line(login), "id", clean.Line(cert.KeyId), "serial", cert.Serial, "err", err)
		return sshsrv.Pass{}, no
	}
	id, ok := d.app.Org.NameKnown(ctx, login)
	if !ok {
		return sshsrv.Pass{}, no
	}
	second, err := d.app.Org.SecondWanted(ctx, id)
	return sshsrv.Pass{Account: id, Login: login, Certificate: cert, Key: certified(cert), Second: second}, err
}

// certified names a certificate: what the authority called it, and its number.
func certified(cert *gossh.Certificate) string {
	return fmt.Sprintf("%s #%d", cert.KeyId, cert.Serial)
}

// Link opens an enrollment link or an activation address.
func (d *door) Link(ctx context.Context, user, addr string) (sshsrv.Pass, error) {
	if token, ok := strings.CutPrefix(user, sshsrv.ActivatePrefix); ok {
		by, err := d.app.Org.Activation(ctx, token, "", addr)
		return sshsrv.Pass{Account: by.Account, Activation: true, Login: by.Login, Key: token}, err
	}
	token := strings.TrimPrefix(user, sshsrv.LinkPrefix)
	opened, err := d.app.Enrollments.OpenLink(ctx, token, addr)
	return sshsrv.Pass{Enrollment: opened.Enrollment, Login: "enroll", Key: token}, err
}

// Enter loads the account or the enrollment again for one session.
func (d *door) Enter(ctx context.Context, p sshsrv.Pass, s *session.Session) (<-chan struct{}, func() error, func(), error) {
	if p.Enrollment != 0 {
		return d.enterLink(ctx, p, s)
	}
	if p.Activation {
		return d.enterActivation(ctx, p, s)
	}
	by, err := d.app.Org.Actor(ctx, p.Account, s.Via, s.Addr)
	if err != nil {
		return nil, nil, nil, err
	}
	if by.Login != p.Login {
		return nil, nil, nil, fault.New(fault.Forbidden, "org.login_failed")
	}
	if err := d.byKey(ctx, p, s.Addr); err != nil {
		return nil, nil, nil, err
	}
	s.Actor = func(ctx context.Context) (policy.Actor, bool) {
		by, err := d.app.Org.Remembered(ctx, p.Account, s.Via, s.Addr)
		return by, err == nil
	}
	before := s.Lang
	s.Lang = func(ctx context.Context) i18n.Lang {
		if _, acc, err := d.app.Org.Rights(ctx, p.Account); err == nil && acc.Lang != "" {
			return i18n.Lang(acc.Lang)
		}
		return before(ctx)
	}
	done, leave := d.watch(func(e bus.Event) bool {
		return e.Resource == "accounts" && (e.ID == p.Account || e.ID == 0) && (e.Verb == "disabled" || e.Verb == "reset")
	}, func() bool { _, ok := s.Actor(context.Background()); return !ok })
	return done, func() error { return fault.New(fault.Forbidden, "org.session_ended") }, leave, nil
}

// byKey records a log-in by a key that the handshake has proved, and refuses a
// key that was removed meanwhile. Sessions that follow on the same connection
// are one log-in, so it is recorded at most once a minute.
func (d *door) byKey(ctx context.Context, p sshsrv.Pass, addr string) error {
	if p.Key == "" {
		return nil
	}
	if p.Certificate != nil {
		return d.byCertificate(ctx, p, addr)
	}
	if id, ok := d.app.Org.KeyKnown(ctx, p.Login, p.Key); !ok || id != p.Account {
		return fault.New(fault.Forbidden, "org.login_failed")
	}
	if !d.recent.first(p.Key+" "+p.Login+" "+addr, d.app.DB.Now()) {
		return nil
	}
	_, err := d.app.Org.LoggedInByKey(ctx, p.Account, p.Key, addr)
	return err
}

// byCertificate is byKey for certificates: one that has ended or was taken back
// meanwhile begins no further session.
func (d *door) byCertificate(ctx context.Context, p sshsrv.Pass, addr string) error {
	if d.app.CA == nil || d.app.CA.Check(p.Certificate, p.Login, addr, d.app.DB.Now()) != nil {
		return fault.New(fault.Forbidden, "org.login_failed")
	}
	if !d.recent.first(p.Key+" "+p.Login+" "+addr, d.app.DB.Now()) {
		return nil
	}
	_, err := d.app.Org.LoggedInByCertificate(ctx, p.Account, p.Key, addr)
	return err
}

// enterLink makes a session of an enrollment link. It ends when the link is
// revoked, re-issued, or its enrollment cancelled or expired.
func (d *door) enterLink(ctx context.Context, p sshsrv.Pass, s *session.Session) (<-chan struct{}, func() error, func(), error) {
	check := func(ctx context.Context) error {
		_, err := d.app.Enrollments.OpenLink(ctx, p.Key, s.Addr)
		return err
	}
	if err := check(ctx); err != nil {
		return nil, nil, nil, err
	}
	s.Actor = func(ctx context.Context) (policy.Actor, bool) {
		return unsure(policy.Applicant(p.Enrollment, s.Via, s.Addr), check(ctx))
	}
	before := s.Lang
	s.Lang = func(ctx context.Context) i18n.Lang {
		if opened, err := d.app.Enrollments.OpenLink(ctx, p.Key, s.Addr); err == nil && opened.Lang != "" {
			return i18n.Lang(opened.Lang)
		}
		return before(ctx)
	}
	over := func() bool { _, ok := s.Actor(context.Background()); return !ok }
	done, leave := d.watch(func(e bus.Event) bool {
		return e.Resource == "enrollments" && e.ID == p.Enrollment && over()
	}, over)
	return done, func() error { return check(context.Background()) }, leave, nil
}

// enterActivation makes a session of an activation address, which ends when the
// address is revoked, or used by somebody else. The session that has used it
// goes on as the account's.
func (d *door) enterActivation(ctx context.Context, p sshsrv.Pass, s *session.Session) (<-chan struct{}, func() error, func(), error) {
	if _, err := d.app.Org.Activation(ctx, p.Key, s.Via, s.Addr); err != nil {
		return nil, nil, nil, err
	}
	s.Activation = p.Key
	s.Actor = func(ctx context.Context) (policy.Actor, bool) {
		if s.Activated.Load() {
			by, err := d.app.Org.Remembered(ctx, p.Account, s.Via, s.Addr)
			return by, err == nil
		}
		return unsure(d.app.Org.Activation(ctx, p.Key, s.Via, s.Addr))
	}
	before := s.Lang
	s.Lang = func(ctx context.Context) i18n.Lang {
		if _, acc, err := d.app.Org.Rights(ctx, p.Account); err == nil && acc.Lang != "" {
			return i18n.Lang(acc.Lang)
		}
		return before(ctx)
	}
	gone := func() bool { _, ok := s.Actor(context.Background()); return !ok }
	done, leave := d.watch(func(e bus.Event) bool {
		return e.Resource == "accounts" && e.ID == p.Account && e.Verb != "activated" && gone()
	}, gone)
	return done, func() error { return fault.New(fault.NotFound, "org.no_activation") }, leave, nil
}

// unsure tells an error that ends a session from one that only says that nobody can know just now.
func unsure(by policy.Actor, err error) (policy.Actor, bool) {
	if _, said := fault.As(err); err == nil || said {
		return by, err == nil
	}
	if by.Rights == nil {
		by.Rights = &policy.Rights{}
	}
	by.Unsure = err
	return by, true
}

// watch closes the channel at the first event that ends the session. gone asks
// again when events were lost.
func (d *door) watch(ends func(bus.Event) bool, gone func() bool) (<-chan struct{}, func()) {
	sub := d.app.Bus.Subscribe()
	done, quit := make(chan struct{}), make(chan struct{})
	go func() {
		for {
			select {
			case <-quit:
				return
			case <-sub.C:
			}
			events, lost := sub.Take()
			for _, e := range events {
				if ends(e) {
					close(done)
					return
				}
			}
			if lost && gone() {
				close(done)
				return
			}
		}
	}()
	var once sync.Once
	return done, func() { once.Do(func() { sub.Close(); close(quit) }) }
}
