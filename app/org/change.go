package org

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Change is what is to be changed of an account; nil leaves a value as it is.
type Change struct {
	Name, Email, Phone, Lang *string
	Department, Campus       *int64
}

// apply gives the account as it would be.
func (c Change) apply(a Account) Account {
	set := func(to, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&a.Name, c.Name)
	set(&a.Email, c.Email)
	set(&a.Phone, c.Phone)
	set(&a.Lang, c.Lang)
	if c.Department != nil {
		a.Department = *c.Department
	}
	if c.Campus != nil {
		a.Campus = *c.Campus
	}
	return a
}

// ChangeAccount changes an account whose version by has read. The account must
// be one that by may change before and after: nobody moves one out of his
// reach, or his own to where more rows are his.
func (s *Service) ChangeAccount(ctx context.Context, by policy.Actor, id, version int64, c Change) (a Account, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		old, err := fetch(tx, by, "change", id)
		if err != nil {
			return err
		}
		if err := guard(tx, by, "change", old); err != nil {
			return err
		}
		if old.Version != version {
			return stale()
		}
		next := c.apply(old).tidy()
		if err := mayMove(by, old, next); err != nil {
			return err
		}
		if err := next.told().check(); err != nil {
			return err
		}
		a, err = s.store(tx, by, old, next)
		return err
	})
	return a.seenBy(by, "view"), err
}

func mayMove(by policy.Actor, old, next Account) error {
	moved := old.Department != next.Department || old.Campus != next.Campus
	if moved && by.Account == old.ID && !by.IsSystem() {
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	if !by.May("change", "accounts", next.row()) {
		return policy.Forbidden("change", "accounts")
	}
	return nil
}

// store writes what differs; nothing where nothing does.
func (s *Service) store(tx *db.Tx, by policy.Actor, old, next Account) (Account, error) {
	changes := differences(old, next)
	if len(changes) == 0 {
		return old, nil
	}
	done, err := updateAccount(tx, next)
	if err != nil {
		return old, badPlace(err)
	}
	if !done {
		return old, stale()
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: old.ID})
	if old.Department != next.Department || old.Campus != next.Campus {
		s.publish(tx, bus.Event{Resource: "policy", Verb: "changed"}) // other rows are his
	}
	if err := audit.Write(tx, by, "change", "accounts", old.ID, changes...); err != nil {
		return old, err
	}
	return accountOf(tx, old.ID)
}

// SetLang sets the language of one's own account: "zh", "en", or "" for the
// terminal's.
func (s *Service) SetLang(ctx context.Context, by policy.Actor, lang string) error {
	if err := self(by); err != nil {
		return err
	}
	if f := checkLang(lang); f != nil {
		return f
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "view", by.Account)
		if err != nil {
			return err
		}
		next := a
		next.Lang = lang
		_, err = s.store(tx, by, a, next)
		return err
	})
}

// maxWhy bounds why an account was disabled, in characters.
const maxWhy = 200

// SetActive disables an account, whose open sessions end and whose activation
// address dies, or enables it again. The reason is kept with the account while
// it is disabled, and in the audit trail. The last active administrator stays,
// and nobody disables himself.
func (s *Service) SetActive(ctx context.Context, by policy.Actor, id int64, active bool, reason string) error {
	reason = clean.Line(reason)
	if f := checkText("reason", reason, maxWhy, false); f != nil {
		return f
	}
	if by.Account == id && id != 0 {
		return fault.New(fault.Conflict, "org.own_account")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "disable", id)
		if err != nil {
			return err
		}
		if err := guard(tx, by, "disable", a); err != nil || a.Active == active {
			return err
		}
		return s.setActive(tx, by, a, active, reason)
	})
}

func (s *Service) setActive(tx *db.Tx, by policy.Actor, a Account, active bool, reason string) error {
	verb, kept := "enabled", ""
	if !active {
		verb, kept = "disabled", reason
		if _, err := revokeActivations(tx, a.ID); err != nil {
			return err
		}
	}
	if err := keepSome(tx, func() error { return setActive(tx, a.ID, active, kept) }); err != nil {
		return err
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: verb, ID: a.ID})
	var changes []audit.Change
	if reason != "" {
		changes = append(changes, audit.Change{Field: "reason", New: reason})
	}
	return audit.Write(tx, by, verb, "accounts", a.ID, changes...)
}

func orStale(err error) error {
	if err == nil {
		err = stale()
	}
	return err
}

// badPlace names what a foreign key of accounts may have missed.
func badPlace(err error) error {
	if name, ok := db.Constraint(err); ok && name == db.ForeignKey {
		return fault.New(fault.Invalid, "account.no_place").Because(err)
	}
	return err
}
