package resource

import (
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// find resolves what people type for a relation: "me", #id, or a text that the
// field's lookup knows. A text that finds nothing is a fault that says so. In a
// filter, what the actor may not list is as if it were not there: no answer and
// no error tells him that it is.
func (e *Engine) find(tx *db.Tx, by policy.Actor, f Field, texts []string, filter bool) ([]int64, error) {
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
		blind := false
		if filter {
			if found, blind, err = e.visible(tx, by, f, found); err != nil {
				return nil, err
			}
		}
		if len(found) == 0 && !blind {
			return nil, fault.Field(f.Name, "list.no_such", "value", t)
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

// visible leaves of the records that a text stands for those that the actor may
// list. blind says that he may list none of that kind at all: then the rows that
// he sees are all he can find by them, and that there is none goes unsaid.
func (e *Engine) visible(tx *db.Tx, by policy.Actor, f Field, ids []int64) (seen []int64, blind bool, err error) {
	res, ok := e.Get(f.Ref)
	if !ok {
		return ids, false, nil
	}
	if res.need(by, "list") != nil {
		return ids, true, nil
	}
	for _, id := range ids {
		ok, err := e.shown(tx, by, f.Ref, id)
		if err != nil {
			return nil, false, err
		}
		if ok {
			seen = append(seen, id)
		}
	}
	return seen, false, nil
}

func (e *Engine) lookup(tx *db.Tx, f Field, text string) ([]int64, error) {
	if f.Lookup == "" {
		return nil, nil
	}
	args := &db.Args{}
	text = strings.ReplaceAll(f.Lookup, "{in}", "= "+args.Add(strings.ToLower(text)))
	rows, err := tx.Query(text+" LIMIT 50", *args...)
	return db.ColumnOf[int64](rows, err)
}
