package resource

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Allowed gives the SQL condition of the rows on which the actor may do the
// action, ready to stand in a statement of somebody else's.
func (r *Resource) Allowed(by policy.Actor, action string, now time.Time, args policy.Args) string {
	return r.bind(r.rowRule(by, action, args), now, args)
}

// Gained counts the rows on which after may do the action and before may not, up
// to the resource's cap: what a change of rights opens. The other way round it
// counts what the change closes.
func (e *Engine) Gained(ctx context.Context, before, after policy.Actor, action, name string) (n int, capped bool, err error) {
	res, err := e.resource(name)
	if err != nil {
		return 0, false, err
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		args := &db.Args{}
		open := after.Where(action, name, res.Rules, args)
		if open == "1 = 0" {
			return nil
		}
		was := before.Where(action, name, res.Rules, args)
		text := "SELECT count(*) FROM (SELECT 1 FROM " + res.From + " WHERE " + open
		if was != "1 = 0" {
			text += " AND (" + was + ") IS NOT TRUE"
		}
		text = res.bind(text, e.now(tx), args) + " LIMIT " + args.Add(res.Cap+1) + ") AS gained"
		return tx.QueryRow(text, *args...).Scan(&n)
	})
	if n > res.Cap {
		return res.Cap, true, err
	}
	return n, false, err
}

// rowRule is the condition of the rows on which the actor may do the action.
func (r *Resource) rowRule(by policy.Actor, action string, args policy.Args) string {
	if r.Own == "" || by.IsSystem() {
		return by.Where(action, r.Name, r.Rules, args)
	}
	if r.ownAct(by, action) {
		return r.Own + " = " + args.Add(by.Account)
	}
	return "(" + by.Where(action, r.Name, r.Rules, args) + ") AND " + r.Own + " = " + args.Add(by.Account)
}

// ownAct says whether the action is one that everybody may do with what is his
// own.
func (r *Resource) ownAct(by policy.Actor, action string) bool {
	return r.Own != "" && (action == "list" || action == "view") && by.Account != 0 && by.Rights != nil && !by.Rights.MustChange
}

// NeedAny says why the actor may do an action on no record of a resource: the
// actor's own NeedAny, for what everybody has of his own as well. Faces ask it
// before there is a row.
func (e *Engine) NeedAny(by policy.Actor, action, name string) error {
	if r, ok := e.Get(name); ok {
		return r.need(by, action)
	}
	return by.NeedAny(action, name)
}

// need is the actor's NeedAny, for what everybody has of his own as well.
func (r *Resource) need(by policy.Actor, action string) error {
	if r.ownAct(by, action) {
		return nil
	}
	return by.NeedAny(action, r.Name)
}
