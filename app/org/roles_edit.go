package org

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// studentRole is given by approvals; it can be renamed in words only.
const studentRole = "student"

var roleForm = regexp.MustCompile(`^[a-z][a-z0-9_]{1,31}$`)

// NewRole is what is told of a new role.
type NewRole struct {
	Name, Title string
	Menu        []MenuEntry
	Permissions []Permission
}

// RoleChange is what is to be changed of a role; nil leaves it as it is.
// Permissions and Menu are given as a whole.
type RoleChange struct {
	Name, Title *string
	Menu        *[]MenuEntry
	Permissions *[]Permission
	Second      *bool // wants a second factor of everybody who holds it
}

// AddRole makes a role. Nobody but an administrator puts into it what he does
// not hold himself.
func (s *Service) AddRole(ctx context.Context, by policy.Actor, n NewRole) (r Role, err error) {
	r = Role{Name: strings.TrimSpace(n.Name), Title: clean.Line(n.Title)}
	if err := by.Need("add", "roles", r.row()); err != nil {
		return r, err
	}
	list, err := s.checkAll(n.Permissions, nil)
	if err != nil {
		return r, err
	}
	if r.Menu, err = s.checkMenu(ctx, n.Menu); err != nil {
		return r, err
	}
	if err := fault.Join(checkRoleName(r.Name), checkText("title", r.Title, maxName, false)); err != nil {
		return r, err
	}
	if err := mayGrant(by, grantsOf(r.Name, list)); err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if r.ID, err = insertRole(tx, r.Name, r.Title, strings.Join(r.Menu, " ")); err != nil {
			return nameTaken(err, r.Name)
		}
		if err := storePermissions(tx, r.ID, nil, list); err != nil {
			return err
		}
		changes := append(roleChanges(Role{}, r), permissionChanges(nil, list)...)
		s.publish(tx, bus.Event{Resource: "roles", Verb: "added", ID: r.ID})
		return audit.Write(tx, by, "add", "roles", r.ID, changes...)
	})
	r.Version = 1
	return r, err
}

// CopyRole makes a role with the permissions and the menu of another.
func (s *Service) CopyRole(ctx context.Context, by policy.Actor, from int64, name, title string) (Role, error) {
	p, err := s.GetRole(ctx, by, from)
	if err != nil {
		return Role{}, err
	}
	return s.AddRole(ctx, by, NewRole{Name: name, Title: title, Menu: ParseMenu(p.Menu), Permissions: p.Permissions})
}

func checkRoleName(name string) *fault.Fault {
	if !roleForm.MatchString(name) {
		return fault.Field("name", "org.role_form")
	}
	return nil
}

// ChangeRole changes a role whose version by has read.
func (s *Service) ChangeRole(ctx context.Context, by policy.Actor, id, version int64, c RoleChange) (Role, error) {
	var menu []string
	if c.Menu != nil {
		var err error
		if menu, err = s.checkMenu(ctx, *c.Menu); err != nil {
			return Role{}, err
		}
	}
	return s.editRole(ctx, by, id, version, func(r Role, old []Permission) (Role, []Permission, error) {
		if c.Name != nil {
			r.Name = strings.TrimSpace(*c.Name)
		}
		if c.Title != nil {
			r.Title = clean.Line(*c.Title)
		}
		if c.Menu != nil {
			r.Menu = menu
		}
		if c.Second != nil {
			r.Second = *c.Second
		}
		if c.Permissions == nil {
			return r, old, nil
		}
		next, err := s.checkAll(*c.Permissions, old)
		return r, next, err
	})
}

// Allow adds permissions to a role, or gives those it has other field rules. It
// changes these lines alone, whatever else changed since.
func (s *Service) Allow(ctx context.Context, by policy.Actor, id int64, add ...Permission) (Role, error) {
	return s.editRole(ctx, by, id, 0, func(r Role, old []Permission) (Role, []Permission, error) {
		next := slices.Clone(old)
		for _, p := range add {
			g, err := s.check(p)
			if err != nil {
				return r, nil, err
			}
			next = put(next, permission(g))
		}
		next, err := s.checkAll(next, next)
		return r, next, err
	})
}

// Disallow takes lines off a role: those of the actions on the resource, of one
// row rule only where rows is given. Taking off what is not there is a fault.
func (s *Service) Disallow(ctx context.Context, by policy.Actor, id int64, resource string, actions []string, rows *string) (Role, error) {
	return s.editRole(ctx, by, id, 0, func(r Role, old []Permission) (Role, []Permission, error) {
		next, err := Less(old, resource, actions, rows)
		return r, next, err
	})
}

// Less is a role's permissions without those that Disallow would take off.
func Less(list []Permission, resource string, actions []string, rows *string) ([]Permission, error) {
	next := slices.Clone(list)
	for _, action := range actions {
		before := len(next)
		next = slices.DeleteFunc(next, func(p Permission) bool {
			return p.Resource == resource && p.Action == action && (rows == nil || p.Rows == *rows)
		})
		if len(next) == before {
			return nil, fault.New(fault.NotFound, "org.no_permission", "action", action, "resource", resource)
		}
	}
	return next, nil
}

// editRole is how every change of a role goes. version 0 takes the role as it is.
func (s *Service) editRole(ctx context.Context, by policy.Actor, id, version int64, edit func(Role, []Permission) (Role, []Permission, error)) (next Role, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		r, err := fetchRole(tx, by, "change", id)
		if err != nil {
			return err
		}
		if version != 0 && r.Version != version {
			return stale()
		}
		old, err := permissionsOfRole(tx, id)
		if err != nil {
			return err
		}
		list := old
		if next, list, err = edit(r, old); err != nil {
			return err
		}
		return s.storeRole(tx, by, r, next, old, list)
	})
	return next, err
}

// storeRole writes what differs; nothing where nothing does.
func (s *Service) storeRole(tx *db.Tx, by policy.Actor, r, next Role, old, list []Permission) error {
	changes := append(roleChanges(r, next), permissionChanges(old, list)...)
	if len(changes) == 0 {
		return nil
	}
	if err := mayRename(tx, by, r, next); err != nil {
		return err
	}
	if err := mayRewrite(by, r, next, old, list); err != nil {
		return err
	}
	err := keepSome(tx, func() error {
		done, err := updateRole(tx, next)
		if err != nil || !done {
			return orStale(nameTaken(err, next.Name))
		}
		return storePermissions(tx, r.ID, old, list)
	})
	if err != nil {
		return err
	}
	s.publish(tx, bus.Event{Resource: "roles", Verb: "changed", ID: r.ID}, bus.Event{Resource: "permissions", Verb: "changed"},
		bus.Event{Resource: "policy", Verb: "changed"})
	return audit.Write(tx, by, "change", "roles", r.ID, changes...)
}

// mayRename holds the rules of a role's own values. Rules that name the role by
// its name would no longer find it.
func mayRename(tx *db.Tx, by policy.Actor, r, next Role) error {
	if err := fault.Join(checkRoleName(next.Name), checkText("title", next.Title, maxName, false)); err != nil {
		return err
	}
	if next.Name == r.Name {
		return nil
	}
	if !by.May("change", "roles", next.row()) {
		return policy.Forbidden("change", "roles")
	}
	return unneeded(tx, r)
}

// unneeded refuses to take away a name that something else goes by.
func unneeded(tx *db.Tx, r Role) error {
	if r.Name == studentRole {
		return fault.New(fault.Conflict, "org.role_needed", "role", roleWord(r.Name))
	}
	n, err := rulesNaming(tx, r.Name)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "org.role_named", "role", r.Name)
	}
	return err
}

// storePermissions writes what differs of a role's lines, so that the others keep
// their numbers.
func storePermissions(tx *db.Tx, role int64, old, next []Permission) error {
	for _, p := range old {
		if !slices.ContainsFunc(next, p.same) {
			if err := deletePermission(tx, p.ID); err != nil {
				return err
			}
		}
	}
	for _, p := range next {
		i := slices.IndexFunc(old, p.same)
		switch {
		case i < 0:
			if err := insertPermission(tx, role, p); err != nil {
				return err
			}
		case old[i].Fields != p.Fields:
			if err := setPermissionFields(tx, old[i].ID, p.Fields); err != nil {
				return err
			}
		}
	}
	return nil
}

func roleChanges(old, next Role) []audit.Change {
	values := func(r Role) map[string]string {
		return map[string]string{"name": r.Name, "title": r.Title, "menu": strings.Join(r.Menu, " "), "second_factor": map[bool]string{true: "yes"}[r.Second]}
	}
	return audit.Diff(values(old), values(next), []string{"name", "title", "menu", "second_factor"})
}

// DeleteRole deletes a role that nobody holds.
func (s *Service) DeleteRole(ctx context.Context, by policy.Actor, id, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		r, err := fetchRole(tx, by, "delete", id)
		if err != nil {
			return err
		}
		if version != 0 && r.Version != version {
			return stale()
		}
		if err := mayDelete(tx, by, r); err != nil {
			return err
		}
		old, err := permissionsOfRole(tx, id)
		if err != nil {
			return err
		}
		if err := deleteRole(tx, id); err != nil {
			return err
		}
		s.publish(tx, bus.Event{Resource: "roles", Verb: "deleted", ID: id}, bus.Event{Resource: "policy", Verb: "changed"})
		return audit.Write(tx, by, "delete", "roles", id, append(roleChanges(r, Role{}), permissionChanges(old, nil)...)...)
	})
}

// mayDelete refuses while somebody holds the role, and says who.
func mayDelete(tx *db.Tx, by policy.Actor, r Role) error {
	if r.Everything && !by.Administrator() {
		return policy.Forbidden("delete", "roles")
	}
	if r.Held == 0 {
		return unneeded(tx, r)
	}
	list, err := holdersOf(tx, by, r.ID, 5)
	if err != nil {
		return err
	}
	var names []string
	for _, h := range list {
		names = append(names, h.Name+" ("+h.Login+")")
	}
	if more := r.Held - len(names); more > 0 {
		names = append(names, "+"+number(int64(more)))
	}
	return fault.New(fault.Conflict, "org.role_held", "role", roleWord(r.Name), "n", r.Held, "who", strings.Join(names, ", "))
}
