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
	return r.bind(by.Where(action, r.Name, r.Rules, args), now, args)
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
