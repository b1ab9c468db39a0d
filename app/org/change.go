package org

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
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

// SetActive disables an account, whose open sessions end, or enables it again.
// The last active administrator stays, and nobody disables himself.
func (s *Service) SetActive(ctx context.Context, by policy.Actor, id int64, active bool) error {
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
		if err := keepAdministrator(tx, a, func() error { return setActive(tx, id, active) }); err != nil {
			return err
		}
		verb := map[bool]string{true: "enabled", false: "disabled"}[active]
		s.publish(tx, bus.Event{Resource: "accounts", Verb: verb, ID: id})
		return audit.Write(tx, by, verb, "accounts", id)
	})
}

// keepAdministrator runs an edit of an account or its roles and refuses it,
// within the same transaction, if it leaves the school without an active
// administrator that it had.
func keepAdministrator(tx *db.Tx, a Account, edit func() error) error {
	was, err := isAdministrator(tx, a.ID)
	if err != nil {
		return err
	}
	if err := edit(); err != nil || !was || !a.Active {
		return err
	}
	left, err := anyAdministrator(tx)
	if err == nil && !left {
		err = fault.New(fault.Conflict, "org.last_admin")
	}
	return err
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
