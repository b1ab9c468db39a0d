package org

import (
	"slices"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// This file holds the rules that keep people from raising rights, their own or
// others', and the school from losing its last administrator.

// mayGrant refuses to give what by does not hold himself, unless he is an
// administrator.
func mayGrant(by policy.Actor, grants []policy.Grant) error {
	if by.Administrator() {
		return nil
	}
	for _, g := range grants {
		if !by.Holds(g) {
			return fault.New(fault.Forbidden, "org.not_held", "action", actionWord(g.Action, g.Resource), "resource", resourceWord(g.Resource))
		}
	}
	return nil
}

// mayEnter guards what hands an account over to whoever does it, a new password or
// an activation address: he could then do all that the account may, so it must be
// his own rights already, or he is an administrator.
func (s *Service) mayEnter(tx *db.Tx, by policy.Actor, action string, a Account) error {
	if by.Administrator() {
		return nil
	}
	if err := guard(tx, by, action, a); err != nil {
		return err
	}
	e, err := s.readRights(tx, a.ID)
	if err != nil {
		return err
	}
	return mayGrant(by, slices.DeleteFunc(e.rights.Grants(), func(g policy.Grant) bool { return g.Deny }))
}

// mayRewrite refuses a change of a role that raises rights: what it adds must be
// by's own, and a role that he holds himself may only become less, and asks for no
// less of a second factor.
func mayRewrite(by policy.Actor, r, to Role, old, next []Permission) error {
	if by.Administrator() {
		return nil
	}
	if r.Everything {
		return policy.Forbidden("change", "roles")
	}
	if r.Second && !to.Second && by.Rights.Has(r.Name) {
		return fault.New(fault.Forbidden, "org.own_role", "role", roleWord(r.Name))
	}
	was := grantsOf(r.Name, old)
	var added []policy.Grant
	for _, g := range grantsOf(r.Name, next) {
		if slices.ContainsFunc(was, func(o policy.Grant) bool { return o.Covers(g) }) {
			continue
		}
		if by.Rights.Has(r.Name) {
			return fault.New(fault.Forbidden, "org.own_role", "role", roleWord(r.Name))
		}
		added = append(added, g)
	}
	return mayGrant(by, added)
}

// keepSome runs an edit and refuses it, within the same transaction, if it leaves
// the school without an active administrator that it had.
func keepSome(tx *db.Tx, edit func() error) error {
	was, err := anyAdministrator(tx)
	if err != nil {
		return err
	}
	if err := edit(); err != nil || !was {
		return err
	}
	left, err := anyAdministrator(tx)
	if err == nil && !left {
		err = fault.New(fault.Conflict, "org.last_admin")
	}
	return err
}

// The words for the parts of a right; "*" is said as it is.
func actionWord(action, resource string) any {
	if action == policy.Any {
		return i18n.W("policy.any_action")
	}
	return i18n.W(policy.Verb(action, resource))
}

func resourceWord(resource string) any {
	if resource == policy.Any {
		return i18n.W("policy.any_resource")
	}
	return i18n.W("resource." + resource)
}

func roleWord(name string) any {
	if i18n.Has("role." + name) {
		return i18n.W("role." + name)
	}
	return name
}
