package resource

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// CursorOf gives the place of a row in a list's order, so that "the page behind
// record 42" can be asked for by its id.
func (e *Engine) CursorOf(ctx context.Context, by policy.Actor, name, query string, id int64) (Cursor, error) {
	res, err := e.resource(name)
	if err != nil {
		return Cursor{}, err
	}
	q, err := Parse(query)
	if err != nil {
		return Cursor{}, err
	}
	_, order, err := res.order(by, q)
	if err != nil {
		return Cursor{}, err
	}
	at := Cursor{ID: id}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		if err := e.Need(tx, by, "list", name, id); err != nil {
			return err
		}
		return tx.QueryRow("SELECT "+order+" FROM "+res.From+" WHERE "+res.Key+" = $1", id).Scan(&at.Key)
	})
	at.Key = keyOf(at.Key)
	return at, err
}

// Show gives one record with all fields that the actor may view; a row outside
// his rights is not found.
func (e *Engine) Show(ctx context.Context, by policy.Actor, name string, id int64) (Row, []Field, error) {
	res, err := e.resource(name)
	if err != nil {
		return Row{}, nil, err
	}
	if err := res.need(by, "view"); err != nil {
		return Row{}, nil, err
	}
	var out List
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		c := e.compiler(tx, by, res)
		proj := res.projection(by, []string{"view"}, res.names(), c)
		where, err := c.where("view", Query{})
		if err != nil {
			return err
		}
		text := "SELECT " + proj.sql + ", " + res.Key + " FROM " + res.From + " WHERE " + where +
			" AND " + res.Key + " = " + c.args.Add(id)
		text = res.bind(text, c.now, c.args)
		out.Columns = proj.fields
		return e.rows(tx, text, c.args, proj, &out)
	})
	if err == nil && len(out.Rows) == 0 {
		err = policy.NotFound()
	}
	if err != nil {
		return Row{}, nil, err
	}
	return out.Rows[0], out.Columns, nil
}

// Sees says, inside a transaction, whether the actor may do the action on the
// row: the check before every write, by the same SQL as the lists.
func (e *Engine) Sees(tx *db.Tx, by policy.Actor, action, name string, id int64) (bool, error) {
	res, err := e.resource(name)
	if err != nil {
		return false, err
	}
	args := &db.Args{}
	where := res.rowRule(by, action, args)
	var one int
	text := res.bind("SELECT 1 FROM "+res.From+" WHERE "+where+" AND "+res.Key+" = "+args.Add(id), e.now(tx), args)
	err = tx.QueryRow(text, *args...).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

// Need is Sees as an error: not found where the row may not even be viewed,
// forbidden where it may.
func (e *Engine) Need(tx *db.Tx, by policy.Actor, action, name string, id int64) error {
	ok, err := e.Sees(tx, by, action, name, id)
	if err != nil || ok {
		return err
	}
	seen := false
	if action != "view" {
		if seen, err = e.Sees(tx, by, "view", name, id); err != nil {
			return err
		}
	}
	if seen {
		return policy.Forbidden(action, name)
	}
	return policy.NotFound()
}

// May says whether the actor may do the action on the row, for faces that grey
// an action out with the very error the service would give.
func (e *Engine) May(ctx context.Context, by policy.Actor, action, name string, id int64) error {
	return e.DB.Read(ctx, func(tx *db.Tx) error { return e.Need(tx, by, action, name, id) })
}

func (r *Resource) names() []string {
	out := make([]string, len(r.Fields))
	for i, f := range r.Fields {
		out[i] = f.Name
	}
	return out
}
