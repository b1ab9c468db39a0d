package org

import (
	"context"
	"strings"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// maxToken bounds what is taken for a token, in bytes.
const maxToken = 64

// noActivation is the one answer to tokens that are unknown, used or revoked,
// and to those of disabled accounts.
func noActivation() error { return fault.New(fault.NotFound, "org.no_activation") }

// Activation is who comes in by an activation address: the account, which may
// do nothing but choose its password. It writes nothing; sessions ask again at
// every request.
func (s *Service) Activation(ctx context.Context, token string, via policy.Face, addr string) (by policy.Actor, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		a, err := activating(tx, token)
		if err != nil {
			return err
		}
		rights := policy.NewRights(nil, policy.Scope{Me: a.ID}, nil)
		rights.MustChange, rights.Activating = true, true
		by = policy.Actor{Account: a.ID, Login: a.Login, Name: a.Name, Via: via, Addr: addr, Rights: rights}
		return nil
	})
	return by, err
}

// activating finds the account that a token opens.
func activating(tx *db.Tx, token string) (Account, error) {
	token = strings.ToLower(strings.TrimSpace(token))
	if token == "" || len(token) > maxToken {
		return Account{}, noActivation()
	}
	found, err := activationBy(tx, hashToken(token))
	if err != nil {
		return Account{}, err
	}
	if found.account == 0 {
		return Account{}, noActivation()
	}
	a, err := accountOf(tx, found.account)
	switch {
	case err != nil:
		return a, err
	case !a.Active:
		return a, noActivation()
	case !found.expires.After(tx.Now):
		return a, fault.New(fault.Conflict, "org.activation_expired")
	}
	return a, nil
}

// Activate uses an activation address: the account gets the password, which is
// its own from then on, and the address is dead. by is who came in by it.
func (s *Service) Activate(ctx context.Context, by policy.Actor, token, password string) error {
	if by.Account == 0 || by.Rights == nil || !by.Rights.Activating {
		return fault.New(fault.Forbidden, "org.not_activating")
	}
	if f := checkPassword(by.Login, password); f != nil {
		return f
	}
	hash, err := s.hash.make(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := activating(tx, token)
		if err != nil {
			return err
		}
		if a.ID != by.Account {
			return noActivation()
		}
		if err := useActivation(tx, a.ID); err != nil {
			return err
		}
		if err := setOwnPassword(tx, a.ID, hash); err != nil {
			return err
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "activated", ID: a.ID})
		if err := audit.Write(tx, by, "activate", "accounts", a.ID, audit.Secret("password")); err != nil {
			return err
		}
		return touch(tx, a.ID)
	})
}
