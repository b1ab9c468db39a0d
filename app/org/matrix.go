package org

import (
	"context"
	"slices"

	"cohort/app/policy"
	"cohort/db"
)

// RolePages gives every role that by may view with its permissions, for the
// matrix of roles, records and actions.
func (s *Service) RolePages(ctx context.Context, by policy.Actor) (pages []RolePage, err error) {
	if err := by.NeedAny("view", "roles"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err := listRoles(tx, "")
		if err != nil {
			return err
		}
		for _, r := range list {
			if !by.May("view", "roles", r.row()) {
				continue
			}
			p := RolePage{Role: r}
			if p.Permissions, err = permissionsOfRole(tx, r.ID); err != nil {
				return err
			}
			pages = append(pages, p)
		}
		return nil
	})
	return pages, err
}

// Cell is what a role's lines say of one action on one resource.
type Cell struct {
	Own     []Permission // lines about exactly this
	Wider   []Permission // lines about every action or resource, which bear on it too
	All     bool         // on all rows
	Limited bool         // with rules for fields
}

// Any says that the action is granted on some rows at least.
func (c Cell) Any() bool { return len(c.Own)+len(c.Wider) > 0 }

// CellOf gathers the lines that bear on an action.
func CellOf(list []Permission, resource, action string) (c Cell) {
	for _, p := range list {
		switch {
		case p.Resource == resource && p.Action == action:
			c.Own = append(c.Own, p)
		case (p.Resource == resource || p.Resource == policy.Any) && (p.Action == action || p.Action == policy.Any):
			c.Wider = append(c.Wider, p)
		default:
			continue
		}
		c.All = c.All || p.Rows == ""
	}
	c.Limited = c.Any() && !slices.ContainsFunc(append(slices.Clone(c.Own), c.Wider...), func(p Permission) bool { return p.Rows == "" && p.Fields == "" })
	c.Limited = c.Limited && slices.ContainsFunc(append(slices.Clone(c.Own), c.Wider...), func(p Permission) bool { return p.Fields != "" })
	return c
}

// Lines are all lines of the cell.
func (c Cell) Lines() []Permission { return append(slices.Clone(c.Own), c.Wider...) }

// texts says the lines' rules, each once.
func (c Cell) texts() (out []string) {
	for _, p := range c.Lines() {
		out = append(out, p.text())
	}
	slices.Sort(out)
	return slices.Compact(out)
}
