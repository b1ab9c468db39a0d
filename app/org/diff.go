package org

import (
	"context"
	"fmt"
	"slices"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Diff says what other permissions of a role would add and take.
type Diff struct {
	Role    Role
	Lines   []DiffLine
	Holders int  // accounts that hold the role and are active
	Counted int  // for how many of them rows were counted
	Partial bool // there was too much to count all of it
}

// DiffLine is what changes of one action on one resource.
type DiffLine struct {
	Resource, Action string
	Before, After    []string // the rules as text, "*" for all rows; nil: not granted
	Gained, Lost     Reach
	Opened, Closed   []FieldDiff
}

// Reach says how many accounts gain or lose rows, and how many rows the one who
// gains or loses most.
type Reach struct {
	Accounts, Rows int
	Capped         bool // Rows is only a lower bound
}

// FieldDiff is a field of which more or less is shown on the rows of a rule.
type FieldDiff struct {
	Field    string
	From, To policy.Mode
	Rows     string // the row rule, "" for all rows
}

// What a difference counts at most: accounts, and questions to the database.
const (
	diffAccounts = 50
	diffCounts   = 300
)

// Diff compares a role's permissions with others that it might be given, by the
// same code that decides: rows are counted with the rights that each account
// would have.
func (s *Service) Diff(ctx context.Context, by policy.Actor, id int64, next []Permission) (d Diff, err error) {
	var holders []entry
	var old []Permission
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if d.Role, err = fetchRole(tx, by, "view", id); err != nil {
			return err
		}
		if old, err = permissionsOfRole(tx, id); err != nil {
			return err
		}
		holders, d.Holders, err = s.holderRights(tx, id)
		return err
	})
	if err != nil {
		return d, err
	}
	if next, err = s.checkAll(next, old); err != nil {
		return d, err
	}
	d.Counted = len(holders)
	c := &differ{s: s, by: by, role: d.Role, next: next, holders: holders, seen: map[string]count{}, left: diffCounts}
	for _, name := range append(s.opt.Engine.Names(), unknownOf(s, old, next)...) {
		for _, action := range s.actionsIn(name, old, next) {
			line, changed := compare(old, next, name, action)
			if !changed {
				continue
			}
			if err := c.count(ctx, &line); err != nil {
				return d, err
			}
			d.Lines = append(d.Lines, line)
		}
	}
	d.Partial = c.left <= 0 || d.Counted < d.Holders
	return d, nil
}

// holderRights reads the rights of the active accounts that hold a role, up to a
// limit, and says how many there are.
func (s *Service) holderRights(tx *db.Tx, role int64) (list []entry, n int, err error) {
	ids, err := activeHolders(tx, role)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range ids[:min(len(ids), diffAccounts)] {
		e, err := s.readRights(tx, id)
		if err != nil {
			return nil, 0, err
		}
		e.rights = settled(e.rights)
		list = append(list, e)
	}
	return list, len(ids), nil
}

// unknownOf are the resources of permissions that nothing is declared as.
func unknownOf(s *Service, lists ...[]Permission) (names []string) {
	for _, list := range lists {
		for _, p := range list {
			if _, ok := s.opt.Engine.Known(p.Resource); !ok && !slices.Contains(names, p.Resource) {
				names = append(names, p.Resource)
			}
		}
	}
	return names
}

// actionsIn lists the actions of a resource, those that only permissions name
// among them.
func (s *Service) actionsIn(name string, lists ...[]Permission) []string {
	known, _ := s.opt.Engine.Known(name)
	actions := slices.Clone(known.Actions)
	for _, list := range lists {
		for _, p := range list {
			if p.Resource == name && p.Action != policy.Any && !slices.Contains(actions, p.Action) {
				actions = append(actions, p.Action)
			}
		}
	}
	return actions
}

// compare finds what changes of one action on one resource.
func compare(old, next []Permission, name, action string) (DiffLine, bool) {
	was, is := CellOf(old, name, action), CellOf(next, name, action)
	l := DiffLine{Resource: name, Action: action, Before: was.texts(), After: is.texts()}
	if slices.Equal(l.Before, l.After) {
		return l, false
	}
	for _, p := range was.Lines() {
		for _, q := range is.Lines() {
			if p.Rows == q.Rows {
				l.fields(p, q)
			}
		}
	}
	return l, true
}

// fields compares the field rules of two lines about the same rows.
func (l *DiffLine) fields(p, q Permission) {
	was, err1 := p.grant("")
	is, err2 := q.grant("")
	if err1 != nil || err2 != nil {
		return
	}
	var names []string
	for _, f := range append(slices.Clone(was.Fields), is.Fields...) {
		if !slices.Contains(names, f.Field) {
			names = append(names, f.Field)
		}
	}
	for _, n := range names {
		d := FieldDiff{Field: n, From: was.Mode(n), To: is.Mode(n), Rows: p.Rows}
		switch {
		case d.To < d.From:
			l.Opened = append(l.Opened, d)
		case d.To > d.From:
			l.Closed = append(l.Closed, d)
		}
	}
}

// differ counts rows, the same question once.
type differ struct {
	s       *Service
	by      policy.Actor
	role    Role
	next    []Permission
	holders []entry
	seen    map[string]count
	left    int
}

type count struct {
	n      int
	capped bool
}

// count fills in how many rows a line opens and closes.
func (c *differ) count(ctx context.Context, l *DiffLine) error {
	res, ok := c.s.opt.Engine.Get(l.Resource)
	if !ok || l.Action == "add" || !c.by.Can("list", l.Resource) {
		return nil
	}
	for _, h := range c.holders {
		before := policy.Actor{Account: h.account.ID, Rights: h.rights}
		after := before
		after.Rights = c.would(h.rights)
		if err := c.reach(ctx, res, l.Action, before, after, &l.Gained); err != nil {
			return err
		}
		if err := c.reach(ctx, res, l.Action, after, before, &l.Lost); err != nil {
			return err
		}
	}
	return nil
}

// would are the rights of an account if the role were as proposed.
func (c *differ) would(r *policy.Rights) *policy.Rights {
	grants := slices.DeleteFunc(r.Grants(), func(g policy.Grant) bool { return g.Role == c.role.Name })
	return policy.NewRights(r.Roles, r.Scope, append(grants, grantsOf(c.role.Name, c.next)...))
}

func (c *differ) reach(ctx context.Context, res *resource.Resource, action string, before, after policy.Actor, to *Reach) error {
	key, same := question(res, action, before, after)
	if same {
		return nil
	}
	n, known := c.seen[key]
	if !known {
		if c.left--; c.left < 0 {
			return nil
		}
		var err error
		if n.n, n.capped, err = c.s.opt.Engine.Gained(ctx, before, after, action, res.Name); err != nil {
			return err
		}
		c.seen[key] = n
	}
	if n.n > 0 {
		to.Accounts++
		to.Rows, to.Capped = max(to.Rows, n.n), to.Capped || n.capped
	}
	return nil
}

// question is what the database would be asked; same says that both see the same
// rows for certain.
func question(res *resource.Resource, action string, before, after policy.Actor) (key string, same bool) {
	var a, b db.Args
	was := fmt.Sprint(before.Where(action, res.Name, res.Rules, &a), a)
	is := fmt.Sprint(after.Where(action, res.Name, res.Rules, &b), b)
	return res.Name + "\n" + action + "\n" + was + "\n" + is, was == is
}
