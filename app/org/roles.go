package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Role is a set of permissions with a name and a menu.
type Role struct {
	ID, Version int64
	Name        string // stable; the five ready-made ones have words role.<name>
	Title       string // the school's own words, or ""
	Menu        []string
	Everything  bool // holds a grant for everything, without any limit
	Held        int  // by how many accounts
	Second      bool // wants a second factor of everybody who holds it
	Updated     time.Time
}

// Holder is an account that holds a role.
type Holder struct {
	ID          int64
	Login, Name string
	Active      bool
}

// RolePage is a role with all that it says.
type RolePage struct {
	Role
	Permissions []Permission
	Holders     []Holder // the first of those whom the asker may list
}

// shownHolders is how many holders a role's page lists.
const shownHolders = 50

// RoleRules are the row-rule fields of roles and their permissions.
var RoleRules = policy.Fields{"role": {Cond: "roles.name {in}", Text: true}}

// Roles lists the roles.
func (s *Service) Roles(ctx context.Context, by policy.Actor) (list []Role, err error) {
	if err := by.NeedAny("list", "roles"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = listRoles(tx, "")
		return err
	})
	return slices.DeleteFunc(list, func(r Role) bool { return !by.May("list", "roles", r.row()) }), err
}

func (r Role) row() policy.Row { return policy.Row{"role": {r.Name}} }

// fetchRole reads a role through by's right to do the action on it.
func fetchRole(tx *db.Tx, by policy.Actor, action string, id int64) (Role, error) {
	r, err := roleOf(tx, id)
	if err != nil {
		return r, err
	}
	return r, by.Need(action, "roles", r.row())
}

// GetRole gives one role with its permissions and holders.
func (s *Service) GetRole(ctx context.Context, by policy.Actor, id int64) (p RolePage, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if p.Role, err = fetchRole(tx, by, "view", id); err != nil {
			return err
		}
		if p.Permissions, err = permissionsOfRole(tx, id); err != nil {
			return err
		}
		p.Holders, err = holdersOf(tx, by, id, shownHolders)
		return err
	})
	if err != nil {
		return RolePage{}, err
	}
	return p, nil
}

// FindRole gives the role with a name, if by may view it.
func (s *Service) FindRole(ctx context.Context, by policy.Actor, name string) (r Role, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err := listRoles(tx, `WHERE roles.name = $1`, name)
		if err != nil {
			return err
		}
		if len(list) == 0 || !by.May("view", "roles", list[0].row()) {
			return fault.New(fault.NotFound, "list.no_such", "value", name)
		}
		r = list[0]
		return nil
	})
	return r, err
}

// SetRoles gives an account these roles and no others. Nobody sets his own; who
// gives roles may also change the account; the school keeps an administrator.
func (s *Service) SetRoles(ctx context.Context, by policy.Actor, id int64, names []string) error {
	if by.Account == id && id != 0 {
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "assign", id)
		if err != nil {
			return err
		}
		if err := allow(by, "change", a); err != nil {
			return err
		}
		if err := guard(tx, by, "assign", a); err != nil {
			return err
		}
		next := a
		next.Roles = tidyRoles(names)
		if slices.Equal(next.Roles, a.Roles) {
			return nil
		}
		return s.storeRoles(tx, by, a, next)
	})
}

func (s *Service) storeRoles(tx *db.Tx, by policy.Actor, a, next Account) error {
	roles, err := rolesByName(tx, next.Roles)
	if err != nil {
		return err
	}
	if err := mayGive(tx, by, next, without(roles, a.Roles)); err != nil {
		return err
	}
	err = keepSome(tx, func() error {
		if err := replaceRoles(tx, a.ID, roles); err != nil {
			return err
		}
		return bumpAccount(tx, a.ID)
	})
	if err != nil {
		return err
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: a.ID}, bus.Event{Resource: "policy", Verb: "changed"})
	return audit.Write(tx, by, "assign", "accounts", a.ID,
		audit.Change{Field: "roles", Old: strings.Join(a.Roles, " "), New: strings.Join(next.Roles, " ")})
}

// without leaves roles out that are held already.
func without(roles []Role, held []string) []Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return slices.Contains(held, r.Name) })
}

// mayGive asks for the right to give an account these roles besides those it
// has: the account must be within reach with them too, and nobody but an
// administrator gives what he does not hold himself.
func mayGive(tx *db.Tx, by policy.Actor, next Account, roles []Role) error {
	if !by.May("assign", "accounts", next.row()) || !by.May("change", "accounts", next.row()) {
		return policy.Forbidden("assign", "accounts")
	}
	for _, r := range roles {
		if r.Everything && !by.Administrator() {
			return policy.Forbidden("assign", "accounts")
		}
		list, err := permissionsOfRole(tx, r.ID)
		if err != nil {
			return err
		}
		if err := mayGrant(by, grantsOf(r.Name, list)); err != nil {
			return err
		}
	}
	return nil
}

func tidyRoles(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// rolesByName finds roles, refusing a name that is none.
func rolesByName(tx *db.Tx, names []string) (found []Role, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	all, err := listRoles(tx, "")
	if err != nil {
		return nil, err
	}
	for _, n := range tidyRoles(names) {
		i := slices.IndexFunc(all, func(r Role) bool { return r.Name == n })
		if i < 0 {
			return nil, fault.Field("roles", "fault.bad_choice", "value", n, "choices", roleNames(all))
		}
		found = append(found, all[i])
	}
	return found, nil
}

func roleNames(list []Role) (names []string) {
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

// EnsureRoles puts the ready-made roles into a school that has none. What an
// administrator made of them later stays.
func (s *Service) EnsureRoles(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		have, err := listRoles(tx, "")
		if err != nil || len(have) > 0 {
			return err
		}
		for _, r := range ready {
			if err := r.insert(tx); err != nil {
				return err
			}
		}
		s.publish(tx, bus.Event{Resource: "roles", Verb: "added"})
		return nil
	})
}

func (r readyRole) insert(tx *db.Tx) error {
	id, err := insertRole(tx, r.name, "", r.menu)
	if err != nil {
		return err
	}
	for _, p := range r.permissions {
		for _, action := range strings.Fields(p.actions) {
			if err := insertPermission(tx, id, Permission{Resource: p.resource, Action: action, Rows: p.rows, Fields: p.fields}); err != nil {
				return err
			}
		}
	}
	return nil
}
