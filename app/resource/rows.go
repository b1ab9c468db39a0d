package resource

import (
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// Rows gives records by their ids, with the columns asked for as a list shows
// them to the actor. Those that he may not list are not among them.
func (e *Engine) Rows(tx *db.Tx, by policy.Actor, name string, ids []int64, columns []string) (map[int64]Row, error) {
	res, err := e.resource(name)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	c := e.compiler(tx, by, res)
	proj := res.projection(by, []string{"list"}, columns, c)
	where, err := c.where("list", Query{})
	if err != nil {
		return nil, err
	}
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = c.args.Add(id)
	}
	var out List
	text := "SELECT " + proj.sql + ", " + res.Key + " FROM " + res.From + " WHERE " + where + " AND " + res.Key + " IN (" + strings.Join(marks, ", ") + ")"
	if err := e.rows(tx, res.bind(text, c.now, c.args), c.args, proj, &out); err != nil {
		return nil, err
	}
	rows := map[int64]Row{}
	for _, r := range out.Rows {
		rows[r.ID] = r
	}
	return rows, nil
}
