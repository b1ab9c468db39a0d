package resource

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// MaxIDs bounds one answer of IDs.
const MaxIDs = 100_000

// IDs gives the numbers of all records that the actor may list and the query
// wants, in the list's order, the first limit of them (1 to MaxIDs; else
// MaxIDs): what "all 214" stands for.
func (e *Engine) IDs(ctx context.Context, by policy.Actor, name, query string, limit int) (ids []int64, err error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	if err := res.need(by, "list"); err != nil {
		return nil, err
	}
	q, err := Parse(query)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > MaxIDs {
		limit = MaxIDs
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err = e.ids(tx, by, res, q, limit)
		return err
	})
	return ids, err
}

func (e *Engine) ids(tx *db.Tx, by policy.Actor, res *Resource, q Query, limit int) ([]int64, error) {
	q, order, err := res.order(by, q)
	if err != nil {
		return nil, err
	}
	c := e.compiler(tx, by, res)
	where, err := c.where("list", q)
	if err != nil {
		return nil, err
	}
	dir := ""
	if q.Desc {
		dir = " DESC"
	}
	text := "SELECT " + res.Key + " FROM " + res.From + " WHERE " + where + " ORDER BY " + order + dir + ", " + res.Key + dir +
		" LIMIT " + c.args.Add(limit)
	rows, err := tx.Query(res.bind(text, c.now, c.args), *c.args...)
	return db.ColumnOf[int64](rows, err)
}

// title is what the actor reads of a record, "#7" where he does not see it.
func (e *Engine) title(tx *db.Tx, by policy.Actor, res *Resource, id int64) (string, error) {
	seen, err := e.shown(tx, by, res.Name, id)
	if err != nil || !seen {
		return "#" + str(id), err
	}
	for _, f := range res.titleParts() {
		if by.Limited("view", res.Name, f.Name) {
			return "#" + str(id), nil
		}
	}
	var title any
	err = tx.QueryRow("SELECT "+res.Title+" FROM "+res.From+" WHERE "+res.Key+" = $1", id).Scan(&title)
	f, ok := res.titleField()
	if err != nil || !ok || !by.Limited("list", res.Name, f.Name) && !by.Limited("view", res.Name, f.Name) {
		return str(title), err
	}
	mode, err := e.titleMode(tx, by, res, f, id)
	return titled(str(title), f, mode, id), err
}

// titleMode is how much of a title the actor sees, in lists or by itself.
func (e *Engine) titleMode(tx *db.Tx, by policy.Actor, res *Resource, f Field, id int64) (policy.Mode, error) {
	listed, err := e.modes(tx, by, res, "list", id)
	if err != nil {
		return policy.Hidden, err
	}
	viewed, err := e.modes(tx, by, res, "view", id)
	return min(listed[f.Name], viewed[f.Name]), err
}
