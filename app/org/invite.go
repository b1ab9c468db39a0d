package org

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// ActivationPrefix begins the user names of activation addresses:
// "ssh activate-TOKEN@HOST" opens one account, once, to choose its password.
const ActivationPrefix = "activate-"

// activationDays is how long an activation address works.
const activationDays = 7

// Invitation is an activation address as it is shown, once: only its hash is
// kept.
type Invitation struct {
	Account int64
	Login   string
	User    string    // "activate-TOKEN", as one logs in with it
	SSH     string    // the command line to give to the person
	Expires time.Time // when it stops working
	Mailed  string    // the address it was mailed to, "" where the account has none
}

// Invite makes an activation address for an account, in place of the one it
// has, and mails it where there is an address. A password that the account has
// goes on working until the address is used.
func (s *Service) Invite(ctx context.Context, by policy.Actor, id int64) (inv Invitation, err error) {
	if by.Account == id && id != 0 {
		return inv, fault.New(fault.Conflict, "org.own_invite")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := s.invitable(tx, by, id)
		if err != nil {
			return err
		}
		inv, err = s.invite(tx, by, a)
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return inv, nil
}

// AddInvited makes an account without any password, and an activation address
// for its person to choose one.
func (s *Service) AddInvited(ctx context.Context, by policy.Actor, n NewAccount) (a Account, inv Invitation, err error) {
	if err := by.NeedAny("add", "accounts"); err != nil {
		return a, inv, err
	}
	n = n.tidy()
	if err := n.check(); err != nil {
		return a, inv, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		roles, err := mayAdd(tx, by, n)
		if err != nil {
			return err
		}
		if a, err = s.insert(tx, by, n, roles, secret{mustChange: true}); err != nil {
			return err
		}
		if inv, err = s.invite(tx, by, a); err != nil {
			return err
		}
		a, err = accountOf(tx, a.ID)
		return err
	})
	if err != nil {
		return Account{}, Invitation{}, err
	}
	return a, inv, nil
}

// invitable reads an account that by may invite: who could do that to an
// administrator could become one.
func (s *Service) invitable(tx *db.Tx, by policy.Actor, id int64) (Account, error) {
	a, err := fetch(tx, by, "invite", id)
	if err != nil {
		return a, err
	}
	if err := s.mayEnter(tx, by, "invite", a); err != nil {
		return a, err
	}
	if !a.Active {
		return a, fault.New(fault.Conflict, "org.invite_disabled")
	}
	return a, nil
}

// invite makes the address; rights have been asked for.
func (s *Service) invite(tx *db.Tx, by policy.Actor, a Account) (Invitation, error) {
	if _, err := revokeActivations(tx, a.ID); err != nil {
		return Invitation{}, err
	}
	token := strings.ToLower(rand.Text()) // 130 bits
	until := tx.Now.AddDate(0, 0, activationDays)
	if err := insertActivation(tx, a.ID, by.Account, hashToken(token), until); err != nil {
		return Invitation{}, err
	}
	user := ActivationPrefix + token
	inv := Invitation{Account: a.ID, Login: a.Login, User: user, SSH: s.opt.SSH(user), Expires: until, Mailed: a.Email}
	if err := s.tellSecret(tx, a, "activation", token[:8], token, "ssh", inv.SSH, "login", a.Login, "expires", i18n.Day(until)); err != nil {
		return inv, err
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: "invited", ID: a.ID})
	return inv, audit.Write(tx, by, "invite", "accounts", a.ID, audit.Secret("activation"))
}

// Uninvite kills an account's activation address; sessions that it opened end.
func (s *Service) Uninvite(ctx context.Context, by policy.Actor, id int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "invite", id)
		if err != nil {
			return err
		}
		if err := guard(tx, by, "invite", a); err != nil {
			return err
		}
		done, err := revokeActivations(tx, id)
		if err != nil || !done {
			return orNoInvitation(err)
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "uninvited", ID: id})
		return audit.Write(tx, by, "uninvite", "accounts", id)
	})
}

func orNoInvitation(err error) error {
	if err == nil {
		err = fault.New(fault.Conflict, "org.no_invitation")
	}
	return err
}

// hashToken is what is stored and looked up: who does not know the token cannot
// choose its hash, so finding a row by it leaks nothing by time.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
