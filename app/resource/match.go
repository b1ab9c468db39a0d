package resource

import (
	"context"
	"database/sql"
	"strings"

	"cohort/app/fault"
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
		where := res.rowRule(by, "list", c.args)
		for _, f := range fields {
			cond := f.SQL + " = " + c.args.Add(values[f.Name])
			if f.Kind == Text {
				cond += " AND " + f.SQL + " <> ''" // as the indexes say that leave empty ones out
			}
			where += " AND " + c.guard(f, cond)
		}
		text := res.bind("SELECT "+res.Key+" FROM "+res.From+" WHERE "+where+" LIMIT 2", c.now, c.args)
		rows, err := tx.Query(text, *c.args...)
		ids, err = db.ColumnOf[int64](rows, err)
		return err
	})
	return ids, err
}

// Value reads what somebody typed for one field.
func (e *Engine) Value(ctx context.Context, by policy.Actor, f Field, text string) (v any, err error) {
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		var bad *fault.Fault
		if v, bad, err = e.parse(tx, by, f, text); err == nil && bad != nil {
			err = bad
		}
		return err
	})
	return v, err
}

// Version gives a record's version, 0 where it has none. It asks nobody's
// rights.
func (e *Engine) Version(ctx context.Context, name string, id int64) (version int64, err error) {
	res, err := e.resource(name)
	if err != nil || res.Ver == "" {
		return 0, err
	}
	table, _, _ := strings.Cut(res.Key, ".")
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT "+res.Ver+" FROM "+table+" WHERE "+res.Key+" = $1", id).Scan(&version)
	})
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return version, err
}

// Tally counts how often a relation's records stand in a field, among the
// records whose numbers a SELECT gives.
func (e *Engine) Tally(tx *db.Tx, name string, f Field, ids string, args ...any) (map[int64]int, error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query("SELECT COALESCE("+f.SQL+", 0), count(*) FROM "+res.From+" WHERE "+res.Key+" IN ("+ids+") GROUP BY 1", args...)
	out := map[int64]int{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		var n int
		err = r.Scan(&id, &n)
		out[id] = n
		return id, err
	})
	return out, err
}

type bulkKey struct{}

// Bulk marks what is done under a context as a part of something large: whoever
// would be told of each record is told once, by who does the large thing.
func Bulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

// InBulk says whether the context is of something large.
func InBulk(ctx context.Context) bool { return ctx.Value(bulkKey{}) != nil }
