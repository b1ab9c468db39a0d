package org

import (
	"cmp"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
)

// Permission is one line of what a role grants, or an account alone: an action
// on a resource, on which rows and with which fields. The rules are text, as
// package policy writes them.
type Permission struct {
	ID               int64
	Resource, Action string // or policy.Any
	Rows, Fields     string
}

// maxPermissions bounds what one role may hold.
const maxPermissions = 1000

// grant reads the rules.
func (p Permission) grant(role string) (g policy.Grant, err error) {
	g = policy.Grant{ID: p.ID, Role: role, Resource: p.Resource, Action: p.Action}
	if g.Rows, err = policy.ParseRows(p.Rows); err != nil {
		return g, err
	}
	g.Fields, err = policy.ParseFields(p.Fields)
	return g, err
}

// permission writes a grant's rules as text, in their one form.
func permission(g policy.Grant) Permission {
	return Permission{ID: g.ID, Resource: g.Resource, Action: g.Action, Rows: policy.FormatRows(g.Rows), Fields: policy.FormatFields(g.Fields)}
}

// same says whether two lines are about the same: they differ in fields at most.
func (p Permission) same(q Permission) bool {
	return p.Resource == q.Resource && p.Action == q.Action && p.Rows == q.Rows
}

// check reads a permission and refuses one that names what the resource does not
// have.
func (s *Service) check(p Permission) (policy.Grant, error) {
	known, ok := s.opt.Engine.Known(p.Resource)
	if !ok {
		return policy.Grant{}, fault.Field("resource", "policy.no_resource", "name", p.Resource, "names", strings.Join(s.opt.Engine.Names(), ", "))
	}
	g, err := p.grant("")
	if err != nil {
		return g, err
	}
	return g, known.Check(g)
}

// checkAll reads permissions into their one form and order. Of two lines about
// the same the later one holds. What is in old already stays as it is: a record
// that is no longer declared keeps nobody from changing the rest.
func (s *Service) checkAll(list, old []Permission) (out []Permission, err error) {
	for _, p := range list {
		if slices.ContainsFunc(old, func(o Permission) bool { return o.same(p) && o.Fields == p.Fields }) {
			out = put(out, p)
			continue
		}
		g, err := s.check(p)
		if err != nil {
			return nil, err
		}
		out = put(out, permission(g))
	}
	if len(out) > maxPermissions {
		return nil, fault.New(fault.TooMany, "org.too_many_permissions", "max", maxPermissions)
	}
	slices.SortStableFunc(out, comparePermissions)
	return out, nil
}

func comparePermissions(a, b Permission) int {
	return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Rows, b.Rows))
}

// put adds a line, in place of one about the same.
func put(list []Permission, p Permission) []Permission {
	if i := slices.IndexFunc(list, p.same); i >= 0 {
		p.ID = list[i].ID
		list[i] = p
		return list
	}
	return append(list, p)
}

// grantsOf reads the permissions of a role; what cannot be read is left out, as
// it grants nothing.
func grantsOf(role string, list []Permission) (out []policy.Grant) {
	for _, p := range list {
		if g, err := p.grant(role); err == nil {
			out = append(out, g)
		}
	}
	return out
}

// text says the rules of a line in the audit trail: "*" for all rows.
func (p Permission) text() string {
	s := p.Rows
	if s == "" {
		s = policy.Any
	}
	if p.Fields != "" {
		s += " (" + p.Fields + ")"
	}
	return s
}

// cells gathers the lines of each action on each resource.
func cells(list []Permission) map[string]string {
	out := map[string]string{}
	for _, p := range slices.SortedStableFunc(slices.Values(list), comparePermissions) {
		key := p.Resource + " " + p.Action
		if out[key] != "" {
			out[key] += "; "
		}
		out[key] += p.text()
	}
	return out
}

// permissionChanges lists what differs, a change for each action on a resource.
func permissionChanges(old, next []Permission) []audit.Change {
	was, is := cells(old), cells(next)
	var names []string
	for k := range was {
		names = append(names, k)
	}
	for k := range is {
		names = append(names, k)
	}
	slices.Sort(names)
	return audit.Diff(was, is, slices.Compact(names))
}
