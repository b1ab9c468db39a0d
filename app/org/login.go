package org

import (
	"context"
	"strings"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
)

// door is the face of audit entries about log-ins: nobody has come in yet.
const door policy.Face = "login"

// credential is what a log-in is checked against; the zero value is nobody.
type credential struct {
	ID     int64
	Login  string
	Hash   string
	Active bool
	Demo   bool
}

// usable is the hash to check, empty where no password may open the account.
func (c credential) usable(allowDemo bool) string {
	if !c.Active || c.Demo && !allowDemo {
		return ""
	}
	return c.Hash
}

// loginFailed is the one answer to every log-in that fails: it tells nobody
// which names exist.
func loginFailed() error { return fault.New(fault.Forbidden, "org.login_failed") }

func disabled() error { return fault.New(fault.Forbidden, "org.disabled") }

// LogIn checks a log-in name and password. An unknown name, an account that is
// disabled or has no password and a wrong password cost and answer the same.
// Where the account has a second factor the error is [ErrSecondFactor], with the
// account's id and name: nobody is in before SecondStep.
func (s *Service) LogIn(ctx context.Context, login, password, addr string) (Account, error) {
	var c credential
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = credentialBy(tx, strings.ToLower(login))
		return err
	})
	if err != nil {
		return Account{}, err
	}
	ok, weak, err := s.hash.verify(ctx, c.usable(s.opt.AllowDemo), password)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		s.failed(ctx, c.ID, login, addr)
		return Account{}, loginFailed()
	}
	if wanted, err := s.SecondWanted(ctx, c.ID); err != nil || wanted {
		return Account{ID: c.ID, Login: c.Login}, orSecond(err)
	}
	fresh := ""
	if weak {
		if fresh, err = s.hash.make(ctx, password); err != nil {
			return Account{}, err
		}
	}
	return s.enter(ctx, c, fresh, addr)
}

func orSecond(err error) error {
	if err == nil {
		err = ErrSecondFactor
	}
	return err
}

// enter lets somebody in whose password was right, unless the account was
// disabled or its password changed while we were hashing. fresh is a stronger
// hash of the same password, or empty.
func (s *Service) enter(ctx context.Context, c credential, fresh, addr string) (a Account, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := credentialOf(tx, c.ID)
		if err != nil {
			return err
		}
		if !now.Active || now.Hash != c.Hash {
			return loginFailed()
		}
		if fresh != "" {
			if err := setHash(tx, c.ID, fresh); err != nil {
				return err
			}
		}
		a, err = s.seen(tx, c.ID, addr)
		return err
	})
	return a, err
}

// seen records a log-in, with what opened where that says more than the name, and tells the person of failed ones.
func (s *Service) seen(tx *db.Tx, id int64, addr string, by ...audit.Change) (Account, error) {
	if err := touch(tx, id); err != nil {
		return Account{}, err
	}
	a, err := accountOf(tx, id)
	if err != nil {
		return Account{}, err
	}
	if err := s.recordFailures(tx, s.failures.take(addr)...); err != nil {
		return Account{}, err
	}
	if err := s.tellFailures(tx, id); err != nil {
		return Account{}, err
	}
	return a, audit.Write(tx, entrant(a, addr), "login", "accounts", id, by...)
}

func (s *Service) tellFailures(tx *db.Tx, account int64) error {
	f, ok := s.failures.news(account)
	if !ok {
		return nil
	}
	return notify.Send(tx, s.bus, account, "login_failures", "", "n", f.count, "when", i18n.Ago(f.first), "addr", f.addr)
}

func entrant(a Account, addr string) policy.Actor {
	return policy.Actor{Account: a.ID, Login: a.Login, Name: a.Name, Via: door, Addr: addr}
}

// KeyKnown says whose account a key opens; fingerprint is the "SHA256:…" of
// ssh.FingerprintSHA256. A client that merely offers a key may ask: nothing is
// written.
func (s *Service) KeyKnown(ctx context.Context, login, fingerprint string) (account int64, ok bool) {
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		account, err = keyHolder(tx, login, fingerprint)
		return err
	})
	if err != nil && !db.NoRows(err) {
		s.opt.Log.Error("org: looking up a key", "login", login, "err", err)
	}
	return account, err == nil
}

// NameKnown says whose account a certificate's name is. As KeyKnown, it writes
// nothing.
func (s *Service) NameKnown(ctx context.Context, login string) (account int64, ok bool) {
	var c credential
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = credentialBy(tx, login)
		return err
	})
	if err != nil {
		s.opt.Log.Error("org: looking up a certificate's name", "login", login, "err", err)
	}
	return c.ID, err == nil && c.ID != 0 && c.Active && (!c.Demo || s.opt.AllowDemo)
}

// LoggedInByCertificate records a log-in that the handshake has proved with a
// certificate; what names it.
func (s *Service) LoggedInByCertificate(ctx context.Context, id int64, what, addr string) (a Account, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := credentialOf(tx, id)
		if err != nil {
			return err
		}
		if !c.Active {
			return loginFailed()
		}
		a, err = s.seen(tx, id, addr, audit.Change{Field: "certificate", New: cut(clean.Line(what), maxKeyComment)})
		return err
	})
	return a, err
}

// LoggedInByKey records a log-in that the handshake has proved with a key, and
// refuses it if the account or the key has gone meanwhile.
func (s *Service) LoggedInByKey(ctx context.Context, id int64, fingerprint, addr string) (a Account, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := credentialOf(tx, id)
		if err != nil {
			return err
		}
		used, err := touchKey(tx, id, fingerprint)
		if err != nil {
			return err
		}
		if !c.Active || !used {
			return loginFailed()
		}
		a, err = s.seen(tx, id, addr)
		return err
	})
	return a, err
}
