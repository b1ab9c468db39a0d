package org

import (
	"context"
	"sync"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/notify"
	"cohort/db"
)

// SecondWanted says whether an account's log-in has a second step.
func (s *Service) SecondWanted(ctx context.Context, account int64) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		t, err := totpOf(tx, account)
		yes = t.since != 0
		return err
	})
	return yes, err
}

// SecondStep checks the code of a log-in whose first step, a password or a key,
// was right. A code counts once. record says that the log-in is complete with
// it and is to be recorded; that of a key is recorded by LoggedInByKey.
func (s *Service) SecondStep(ctx context.Context, account int64, code, addr string, record bool) (a Account, err error) {
	if err := s.guesses.reserve(account, s.db.Now()); err != nil {
		return a, err
	}
	ok := false
	var c credential
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if c, err = credentialOf(tx, account); err != nil {
			return err
		}
		t, err := totpOf(tx, account)
		if err != nil || !c.Active || t.since == 0 {
			return err
		}
		kind, err := s.useCode(tx, t, code)
		if err != nil || kind == wrongCode {
			return err
		}
		ok = true
		a, err = s.secondDone(tx, c, kind, addr, record)
		return err
	})
	s.guesses.settle(account, ok && err == nil, !ok && err == nil)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		s.failed(ctx, account, c.Login, addr)
		return Account{}, loginFailed()
	}
	return a, nil
}

func (s *Service) secondDone(tx *db.Tx, c credential, kind codeKind, addr string, record bool) (a Account, err error) {
	if kind == recoveryCode {
		if err := s.tellRecovery(tx, c, addr); err != nil {
			return a, err
		}
	}
	if record {
		return s.seen(tx, c.ID, addr)
	}
	return accountOf(tx, c.ID)
}

// tellRecovery tells of a recovery code that was used: whoever has not done it
// himself must hear of it.
func (s *Service) tellRecovery(tx *db.Tx, c credential, addr string) error {
	left, err := recoveryLeft(tx, c.ID)
	if err != nil {
		return err
	}
	if err := notify.Send(tx, s.bus, c.ID, "recovery_used", "me", "left", left, "addr", addr); err != nil {
		return err
	}
	return audit.Write(tx, entrant(Account{ID: c.ID, Login: c.Login}, addr), "recovery_used", "accounts", c.ID)
}

// guesses bounds wrong codes per account, from wherever they come: who guesses
// has the password or the key already, and a code has six digits only.
type guesses struct {
	mu sync.Mutex
	by map[int64]*guess
}

type guess struct {
	n     int
	since time.Time
}

// So many wrong codes within so long; then the account waits.
const (
	maxGuesses  = 5
	guessWindow = 5 * time.Minute
)

// reserve takes one guess before it is checked, so that a hundred at once are
// no more than one after the other.
func (g *guesses) reserve(account int64, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.by[account]
	if x == nil || now.Sub(x.since) >= guessWindow {
		if g.by == nil {
			g.by = map[int64]*guess{}
		}
		g.by[account] = &guess{n: 1, since: now}
		return nil
	}
	if x.n >= maxGuesses {
		return fault.New(fault.TooMany, "org.code_wait", "wait", x.since.Add(guessWindow).Sub(now))
	}
	x.n++
	return nil
}

// settle says how a guess went: a right one forgets the wrong ones, one that
// was no guess at all is given back.
func (g *guesses) settle(account int64, right, wrong bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch x := g.by[account]; {
	case x == nil || wrong:
	case right:
		delete(g.by, account)
	default:
		x.n--
	}
}
