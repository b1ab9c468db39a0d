package resource

import (
	"context"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// Plan says how the database would find a page, a line for each step, for tests
// that every list is served by an index, and for whoever wonders why one is
// slow.
func (e *Engine) Plan(ctx context.Context, by policy.Actor, name, query string, p Page) (string, error) {
	res, err := e.resource(name)
	if err != nil {
		return "", err
	}
	q, err := Parse(query)
	if err != nil {
		return "", err
	}
	var steps []string
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		l, err := e.listing(tx, by, res, q, p)
		if err != nil {
			return err
		}
		rows, err := tx.Query("EXPLAIN QUERY PLAN "+l.text, *l.args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id, parent, unused int64
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	return strings.Join(steps, "\n"), err
}
