package org

import (
	"context"
	"slices"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Why tells why an account may do something, or may not, and with which fields.
type Why struct {
	Account          Account
	Action, Resource string
	ID               int64 // 0: asked in general
	policy.Explanation
	Disabled   bool               // the account is: it may do nothing
	MustChange bool               // its password: until then it may do nothing
	Self       bool               // it is the account itself, which everybody may view
	Fields     []policy.FieldMode // those that are not open
}

// Explain says why an account may do an action on a resource, or on one of its
// records. The asker must be one who may view roles, the account and the record;
// a role that he may not view is not named.
func (s *Service) Explain(ctx context.Context, by policy.Actor, account int64, action, name string, id int64) (w Why, err error) {
	if err := by.NeedAny("view", "roles"); err != nil {
		return w, err
	}
	if _, err := s.check(Permission{Resource: name, Action: action}); err != nil {
		return w, err
	}
	if id != 0 {
		if err := s.opt.Engine.May(ctx, by, "view", name, id); err != nil {
			return w, err
		}
	}
	w = Why{Action: action, Resource: name, ID: id}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := fetch(tx, by, "view", account); err != nil {
			return err
		}
		e, err := s.readRights(tx, account)
		if err != nil {
			return err
		}
		return s.explain(tx, &w, e)
	})
	if err != nil {
		return Why{}, err
	}
	w.Account = w.Account.seenBy(by, "view")
	w.Grants, w.Denials = unnamed(by, w.Grants), unnamed(by, w.Denials)
	return w, nil
}

func (s *Service) explain(tx *db.Tx, w *Why, e entry) error {
	w.Account, w.Disabled, w.MustChange = e.account, !e.account.Active, e.account.MustChange
	who := policy.Actor{Account: e.account.ID, Rights: settled(e.rights)}
	var failed error
	meets := func(g policy.Grant) bool {
		if w.ID == 0 {
			return true
		}
		ok, err := s.meets(tx, who, g, *w)
		if err != nil {
			failed = err
		}
		return ok
	}
	w.Explanation = who.ExplainOn(w.Action, w.Resource, meets, w.ID == 0)
	if failed != nil {
		return failed
	}
	w.Self = w.Resource == "accounts" && w.Action == "view" && w.ID == e.account.ID
	w.Allowed = (w.Allowed || w.Self) && !w.Disabled && !w.MustChange
	if res, ok := s.opt.Engine.Get(w.Resource); ok && w.Explanation.Allowed && !w.Self {
		w.Fields = limited(res, w.Explanation)
	}
	return nil
}

// settled are the rights as they are once the password is changed.
func settled(r *policy.Rights) *policy.Rights {
	out := policy.NewRights(r.Roles, r.Scope, r.Grants())
	out.Read = r.Read
	return out
}

// meets asks the database whether the rule of one grant or denial meets a row.
func (s *Service) meets(tx *db.Tx, who policy.Actor, g policy.Grant, w Why) (bool, error) {
	alone := policy.Grant{Resource: w.Resource, Action: w.Action, Rows: g.Rows}
	who.Rights = policy.NewRights(nil, who.Rights.Scope, []policy.Grant{alone})
	return s.opt.Engine.Sees(tx, who, w.Action, w.Resource, w.ID)
}

// limited lists the fields that are not wholly open.
func limited(res *resource.Resource, e policy.Explanation) (list []policy.FieldMode) {
	for _, f := range res.Fields {
		if m := e.Mode(f.Name); m != policy.Open {
			list = append(list, policy.FieldMode{Field: f.Name, Mode: m})
		}
	}
	return list
}

// unnamed takes out what the asker may not know of roles that he may not view.
func unnamed(by policy.Actor, list []policy.Grant) []policy.Grant {
	list = slices.Clone(list)
	for i, g := range list {
		if g.Role != "" && !by.May("view", "roles", policy.Row{"role": {g.Role}}) {
			list[i] = policy.Grant{Role: "?", Resource: g.Resource, Action: g.Action}
		}
	}
	return list
}
