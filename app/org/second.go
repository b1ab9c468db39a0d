package org

import (
	"context"
	"errors"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// ErrSecondFactor says that a log-in's first step was right and the second is
// still to come; nothing has been recorded yet.
var ErrSecondFactor = errors.New("org: a second factor is wanted")

// SecondFactor says how an account stands. The secret is never shown again.
type SecondFactor struct {
	On       bool
	Since    time.Time
	Left     int  // recovery codes that were not used
	Required bool // a role of the account wants one
}

// personal says whether by is a person who may see to his own second factor:
// unlike everything else, also while a role wants one that he lacks.
func personal(by policy.Actor) error {
	switch {
	case by.Account == 0 || by.Rights == nil || by.Rights.Activating:
		return policy.Forbidden("change", "accounts")
	case by.Rights.MustChange:
		return fault.New(fault.Forbidden, "org.must_change")
	}
	return nil
}

// SecondFactor tells of an account's second factor; 0 stands for one's own.
func (s *Service) SecondFactor(ctx context.Context, by policy.Actor, account int64) (f SecondFactor, err error) {
	own := account == 0 || account == by.Account
	if own {
		account, err = by.Account, personal(by)
		if err != nil {
			return f, err
		}
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if !own {
			if _, err := fetch(tx, by, "view", account); err != nil {
				return err
			}
		}
		t, err := totpOf(tx, account)
		if err != nil {
			return err
		}
		f.On, f.Since = t.since != 0, instant(t.since)
		if f.Left, err = recoveryLeft(tx, account); err != nil {
			return err
		}
		f.Required, err = secondRequired(tx, account)
		return err
	})
	return f, err
}

// BeginSecondFactor makes a secret for one's own account. It counts from
// ConfirmSecondFactor on; beginning again makes another.
func (s *Service) BeginSecondFactor(ctx context.Context, by policy.Actor) (Setup, error) {
	if err := personal(by); err != nil {
		return Setup{}, err
	}
	secret := newSecret()
	sealed, err := s.seal(by.Account, secret)
	if err != nil {
		return Setup{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		t, err := totpOf(tx, by.Account)
		if err != nil {
			return err
		}
		if t.since != 0 {
			return fault.New(fault.Conflict, "org.second_on")
		}
		return putTotp(tx, by.Account, sealed)
	})
	if err != nil {
		return Setup{}, err
	}
	return setupOf(by.Login, secret), nil
}

// ConfirmSecondFactor switches the second factor on with the first code, and
// gives the recovery codes, which are shown now and never again.
func (s *Service) ConfirmSecondFactor(ctx context.Context, by policy.Actor, code string) (codes []string, err error) {
	if err := personal(by); err != nil {
		return nil, err
	}
	return s.withCode(ctx, by, code, false, func(tx *db.Tx) ([]string, error) {
		if err := confirmTotp(tx, by.Account); err != nil {
			return nil, err
		}
		if err := audit.Write(tx, by, "second_factor_on", "accounts", by.Account); err != nil {
			return nil, err
		}
		return s.newRecovery(tx, by.Account)
	})
}

// NewRecoveryCodes gives new recovery codes in place of the old ones, against a
// code.
func (s *Service) NewRecoveryCodes(ctx context.Context, by policy.Actor, code string) ([]string, error) {
	if err := personal(by); err != nil {
		return nil, err
	}
	return s.withCode(ctx, by, code, true, func(tx *db.Tx) ([]string, error) {
		if err := audit.Write(tx, by, "recovery_codes", "accounts", by.Account); err != nil {
			return nil, err
		}
		return s.newRecovery(tx, by.Account)
	})
}

func (s *Service) newRecovery(tx *db.Tx, account int64) ([]string, error) {
	codes := newRecovery()
	var hashes []string
	for _, c := range codes {
		hashes = append(hashes, s.hashRecovery(account, tidyCode(c)))
	}
	return codes, replaceRecovery(tx, account, hashes)
}

// DropSecondFactor switches one's own second factor off, against a code. It
// stays where a role wants it.
func (s *Service) DropSecondFactor(ctx context.Context, by policy.Actor, code string) error {
	if err := personal(by); err != nil {
		return err
	}
	_, err := s.withCode(ctx, by, code, true, func(tx *db.Tx) ([]string, error) {
		required, err := secondRequired(tx, by.Account)
		if err == nil && required {
			err = fault.New(fault.Conflict, "org.second_required")
		}
		if err != nil {
			return nil, err
		}
		if _, err := dropTotp(tx, by.Account); err != nil {
			return nil, err
		}
		return nil, audit.Write(tx, by, "second_factor_off", "accounts", by.Account)
	})
	return err
}

// withCode does something with one's own second factor against a code. on says
// whether it must be on already, or not yet. Wrong codes are counted as at the
// door, so that an open session is no place to guess.
func (s *Service) withCode(ctx context.Context, by policy.Actor, code string, on bool, do func(tx *db.Tx) ([]string, error)) (codes []string, err error) {
	if err := s.guesses.reserve(by.Account, s.db.Now()); err != nil {
		return nil, err
	}
	wrong := false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		t, err := totpOf(tx, by.Account)
		switch {
		case err != nil:
			return err
		case t.account == 0 || on && t.since == 0:
			return fault.New(fault.Conflict, "org.second_off")
		case !on && t.since != 0:
			return fault.New(fault.Conflict, "org.second_on")
		}
		kind, err := s.useCode(tx, t, code)
		if err != nil {
			return err
		}
		if kind == wrongCode {
			wrong = true
			return fault.Field("second_code", "org.code_wrong")
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: by.Account})
		codes, err = do(tx)
		return err
	})
	s.guesses.settle(by.Account, err == nil, wrong)
	return codes, err
}

// ResetSecondFactor takes the second factor of somebody who has lost telephone
// and codes away. He is told, here and by mail; where a role wants one he sets
// up another at the next log-in.
func (s *Service) ResetSecondFactor(ctx context.Context, by policy.Actor, id int64) error {
	if by.Account == id && id != 0 {
		return fault.New(fault.Conflict, "org.own_second_reset")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "reset", id)
		if err != nil {
			return err
		}
		if err := guard(tx, by, "reset", a); err != nil {
			return err
		}
		done, err := dropTotp(tx, id)
		if err == nil && !done {
			err = fault.New(fault.Conflict, "org.second_off_there", "name", a.Name)
		}
		if err != nil {
			return err
		}
		if err := s.tell(tx, a, "second_reset", strings.ToLower(newSecret()[:8]), "who", by.Name, "ssh", s.opt.SSH(a.Login)); err != nil {
			return err
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: id})
		return audit.Write(tx, by, "second_factor_reset", "accounts", id)
	})
}
