package resource

import (
	"context"
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// Keys lists the fields by which no two records of a resource are the same, as
// the database's own unique keys have it: one field, or several together.
func (e *Engine) Keys(ctx context.Context, name string) (keys [][]string, err error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	table, _, _ := strings.Cut(res.Key, ".")
	fields := map[string]string{}
	for _, f := range res.Fields {
		fields[f.SQL] = f.Name
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := tx.UniqueKeys(table)
		for _, columns := range all {
			if key := named(table, columns, fields); key != nil {
				keys = append(keys, key)
			}
		}
		return err
	})
	return keys, err
}

// named gives the fields of columns, nil where one has none.
func named(table string, columns []string, fields map[string]string) []string {
	key := make([]string, len(columns))
	for i, c := range columns {
		if key[i] = fields[table+"."+c]; key[i] == "" {
			return nil
		}
	}
	return key
}

// Match finds the records that have these values in these fields, two of them at
// most, among those that the actor lists and sees the fields of unmasked: else a
// value that he may not see could be guessed.
func (e *Engine) Match(ctx context.Context, by policy.Actor, name string, fields []Field, values Values) (ids []int64, err error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		c := e.compiler(tx, by, res)
		where := by.Where("list", name, res.Rules, c.args)
		for _, f := range fields {
			cond := f.SQL + " = " + c.args.Add(values[f.Name])
			if f.Kind == Text {
				cond += " AND " + f.SQL + " <> ''" // as the indexes say that leave empty ones out
			}
			where += " AND " + c.guard(f, cond)
		}
		text := res.bind("SELECT "+res.Key+" FROM "+res.From+" WHERE "+where+" LIMIT 2", c.now, c.args)
		rows, err := tx.Query(text, *c.args...)
		ids, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		return err
	})
	return ids, err
}
