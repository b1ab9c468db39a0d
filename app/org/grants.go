package org

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// AccountGrant is what one account may do beyond its roles, or with Deny may not
// do in spite of them.
type AccountGrant struct {
	Permission
	Account int64
	Deny    bool
	Reason  string // why, for whoever asks later
	GivenBy string // name, "" for the system
	Given   time.Time
}

const maxReason = 200

func (g AccountGrant) stored() stored {
	return stored{Permission: g.Permission, account: g.Account, deny: g.Deny, reason: g.Reason}
}

// AccountGrants lists what is granted to one account alone, and denied to it.
// One's own are shown to everybody.
func (s *Service) AccountGrants(ctx context.Context, by policy.Actor, account int64) (list []AccountGrant, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := fetch(tx, by, "view", account); err != nil {
			return err
		}
		list, err = accountGrants(tx, account)
		return err
	})
	return list, err
}

// Grant gives one account a permission beyond its roles, or takes one away in
// spite of them. Nobody does so for himself, and nobody but an administrator
// gives what he does not hold.
func (s *Service) Grant(ctx context.Context, by policy.Actor, g AccountGrant) (AccountGrant, error) {
	if by.Account == g.Account && g.Account != 0 {
		return g, fault.New(fault.Forbidden, "org.own_rights")
	}
	rule, err := s.check(g.Permission)
	if err != nil {
		return g, err
	}
	g.Permission, g.Reason = permission(rule), clean.Line(g.Reason)
	if f := checkText("reason", g.Reason, maxReason, true); f != nil {
		return g, f
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayTouch(tx, by, g.Account); err != nil {
			return err
		}
		if !g.Deny {
			if err := mayGrant(by, []policy.Grant{rule}); err != nil {
				return err
			}
		}
		was, err := accountGrants(tx, g.Account)
		if err != nil {
			return err
		}
		err = keepSome(tx, func() error { g.ID, err = putGrant(tx, by, g); return err })
		if err != nil {
			return err
		}
		old := audit.Change{Field: g.field(), New: g.told()}
		for _, w := range was {
			if w.Deny == g.Deny && w.same(g.Permission) {
				old.Old = w.told()
			}
		}
		return s.grantsChanged(tx, by, g.verb(), g.Account, old)
	})
	return g, err
}

// Ungrant takes a grant or a denial of one account back.
func (s *Service) Ungrant(ctx context.Context, by policy.Actor, account, id int64) error {
	if by.Account == account && account != 0 {
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := mayTouch(tx, by, account); err != nil {
			return err
		}
		list, err := accountGrants(tx, account)
		if err != nil {
			return err
		}
		for _, g := range list {
			if g.ID == id {
				return s.ungrant(tx, by, g)
			}
		}
		return policy.NotFound()
	})
}

func (s *Service) ungrant(tx *db.Tx, by policy.Actor, g AccountGrant) error {
	if rule, err := g.grant(""); g.Deny && err == nil {
		// Lifting a denial gives what it bars.
		rule.Fields = nil
		if err := mayGrant(by, []policy.Grant{rule}); err != nil {
			return err
		}
	}
	if err := keepSome(tx, func() error { return deleteGrant(tx, g.ID) }); err != nil {
		return err
	}
	return s.grantsChanged(tx, by, "ungrant", g.Account, audit.Change{Field: g.field(), Old: g.told()})
}

// mayTouch asks for the right to change what one account alone may do.
func mayTouch(tx *db.Tx, by policy.Actor, account int64) error {
	a, err := fetch(tx, by, "grant", account)
	if err != nil {
		return err
	}
	return guard(tx, by, "grant", a)
}

func (s *Service) grantsChanged(tx *db.Tx, by policy.Actor, verb string, account int64, c audit.Change) error {
	if err := bumpAccount(tx, account); err != nil {
		return err
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: account}, bus.Event{Resource: "policy", Verb: "changed"})
	return audit.Write(tx, by, verb, "accounts", account, c)
}

func (g AccountGrant) verb() string {
	if g.Deny {
		return "deny"
	}
	return "grant"
}

// field and told say a grant in the audit trail.
func (g AccountGrant) field() string { return g.Resource + " " + g.Action }

func (g AccountGrant) told() string { return g.verb() + " " + g.text() + ": " + g.Reason }
