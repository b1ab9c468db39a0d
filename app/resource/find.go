package resource

import (
	"database/sql"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// find resolves what people type for a relation: "me", #id, or a text that the
// field's lookup knows. A text that finds nothing is a fault that says so.
func (e *Engine) find(tx *db.Tx, by policy.Actor, f Field, texts []string) ([]int64, error) {
	var ids []int64
	for _, t := range texts {
		if t == "me" && f.Ref == "accounts" {
			ids = append(ids, by.Account)
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimPrefix(t, "#"), 10, 64); err == nil && (strings.HasPrefix(t, "#") || f.Lookup == "") {
			ids = append(ids, n)
			continue
		}
		found, err := e.lookup(tx, f, t)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fault.Field(f.Name, "list.no_such", "value", t)
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

func (e *Engine) lookup(tx *db.Tx, f Field, text string) ([]int64, error) {
	if f.Lookup == "" {
		return nil, nil
	}
	args := &db.Args{}
	text = strings.ReplaceAll(f.Lookup, "{in}", "= "+args.Add(strings.ToLower(text)))
	rows, err := tx.Query(text+" LIMIT 50", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		err = r.Scan(&id)
		return id, err
	})
}
