package resource

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Table is how a record is kept: one row of one table, checked by its
// declaration, audited and published. A resource that has one can be added,
// changed and deleted; its own Add and Change go before.
type Table struct {
	// Columns are the columns behind the fields where the field's SQL is not
	// plainly one: field → column.
	Columns map[string]string
	// Default fills in what was not given when adding; nil: nothing.
	Default func(tx *db.Tx, v Values) error
	// Check is the record's own rule over the whole record as it would be; nil:
	// none.
	Check func(tx *db.Tx, whole Values) error
	// Allow refuses what the actor himself may not give, such as more rights to
	// himself; id is 0 when adding; nil: nothing.
	Allow func(tx *db.Tx, by policy.Actor, id int64, given Values) error
	// After writes what is kept in other tables; nil: nothing.
	After func(tx *db.Tx, id int64, v Values) error
	// Taken names the field of a unique key where it is not that of the key's
	// last column: "classes.campus_id,classes.term" → "term".
	Taken map[string]string
	// What may not be done to the records this way.
	NoAdd, NoChange, NoDelete bool
}

// CanAdd says whether records can be added by forms and commands.
func (r *Resource) CanAdd() bool { return r.Add != nil || r.Table != nil && !r.Table.NoAdd }

// CanChange says whether records can be changed by forms and commands.
func (r *Resource) CanChange() bool { return r.Change != nil || r.Table != nil && !r.Table.NoChange }

// CanDelete says whether records can be deleted.
func (r *Resource) CanDelete() bool { return r.Delete != nil || r.Trash != nil }

// AddValues adds a record of parsed values.
func (e *Engine) AddValues(ctx context.Context, by policy.Actor, name string, v Values) (int64, error) {
	res, err := e.resource(name)
	if err != nil {
		return 0, err
	}
	if !res.CanAdd() {
		return 0, policy.Forbidden("add", name)
	}
	if err := by.NeedAny("add", name); err != nil {
		return 0, err
	}
	if res.Add != nil {
		return res.Add(ctx, by, v)
	}
	return e.addRow(ctx, by, res, v)
}

// ChangeValues changes a record by parsed values. version is the one that was
// read; 0 takes the present one. What another has changed since in other fields
// stays; where both changed one field, nothing is written and the fault
// fault.stale carries a Conflict.
func (e *Engine) ChangeValues(ctx context.Context, by policy.Actor, name string, id, version int64, v Values) error {
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	if !res.CanChange() {
		return policy.Forbidden("change", name)
	}
	if err := by.NeedAny("change", name); err != nil {
		return err
	}
	if res.Change != nil {
		return res.Change(ctx, by, id, version, v)
	}
	return e.changeRow(ctx, by, res, id, version, v)
}

func (e *Engine) addRow(ctx context.Context, by policy.Actor, res *Resource, v Values) (id int64, err error) {
	if v, err = res.Check(true, v); err != nil {
		return 0, err
	}
	given := make([]string, 0, len(v))
	for name := range v {
		given = append(given, name)
	}
	err = e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.checkRelations(tx, by, res, v); err != nil {
			return err
		}
		if err := res.Table.allow(tx, by, 0, v); err != nil {
			return err
		}
		if err := res.Table.complete(tx, v); err != nil {
			return err
		}
		if id, err = insertRow(tx, res.Name, res.columns(v)); err != nil {
			return res.refused(err)
		}
		if err := e.besides(tx, by, res, "add", id, v); err != nil {
			return err
		}
		if err := e.addedFields(tx, by, res, id, given); err != nil {
			return err
		}
		return e.wrote(tx, by, res, "add", id, 1, nil)
	})
	return id, err
}

func (e *Engine) changeRow(ctx context.Context, by policy.Actor, res *Resource, id, version int64, v Values) error {
	v, bad := res.Check(false, v)
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.Need(tx, by, "change", res.Name, id); err != nil {
			return err
		}
		ed, err := e.Edit(tx, by, res.Name, id, v)
		if err != nil {
			return err
		}
		ed.DropMasks()
		if bad != nil {
			return bad
		}
		if err := ed.Narrow(version); err != nil || len(v) == 0 {
			return err
		}
		if err := e.checkRelations(tx, by, res, v); err != nil {
			return err
		}
		if err := res.Table.allow(tx, by, id, v); err != nil {
			return err
		}
		if err := res.Table.check(tx, over(ed.row, v)); err != nil {
			return err
		}
		if err := updateRow(tx, res, id, res.columns(v)); err != nil {
			return res.refused(err)
		}
		if err := e.besides(tx, by, res, "change", id, v); err != nil {
			return err
		}
		return e.wrote(tx, by, res, "change", id, ed.Version+1, ed.Old)
	})
}

// complete fills in what was not given of a new record and holds its own rule.
func (t *Table) complete(tx *db.Tx, v Values) error {
	if t.Default != nil {
		if err := t.Default(tx, v); err != nil {
			return err
		}
	}
	return t.check(tx, v)
}

func (t *Table) allow(tx *db.Tx, by policy.Actor, id int64, given Values) error {
	if t.Allow == nil {
		return nil
	}
	return t.Allow(tx, by, id, given)
}

func (t *Table) check(tx *db.Tx, whole Values) error {
	if t.Check == nil {
		return nil
	}
	return t.Check(tx, whole)
}

// checkRelations refuses, on its field, a relation to what is not there or not
// there for by.
func (e *Engine) checkRelations(tx *db.Tx, by policy.Actor, res *Resource, v Values) error {
	var bad []*fault.Fault
	for _, f := range res.Fields {
		ids := v.IDs(f.Name)
		if id := v.Int(f.Name); f.Kind == Relation && id != 0 {
			ids = []int64{id}
		}
		if _, known := e.Get(f.Ref); !known {
			continue
		}
		for _, id := range ids {
			seen, err := e.shown(tx, by, f.Ref, id)
			if err != nil {
				return err
			}
			if !seen {
				bad = append(bad, fault.Field(f.Name, "record.no_such"))
				break
			}
		}
	}
	return fault.Join(bad...)
}

// shown says whether by sees a record, in lists or by itself.
func (e *Engine) shown(tx *db.Tx, by policy.Actor, name string, id int64) (bool, error) {
	seen, err := e.Sees(tx, by, "list", name, id)
	if err != nil || seen {
		return seen, err
	}
	return e.Sees(tx, by, "view", name, id)
}

// over lays values over a record as it is.
func over(row Row, v Values) Values {
	whole := Values{}
	for name, old := range row.Values {
		whole[name] = old.Raw
	}
	for name, new := range v {
		whole[name] = new
	}
	return whole
}

// besides writes the other tables and asks for the right over the row as it is
// now.
func (e *Engine) besides(tx *db.Tx, by policy.Actor, res *Resource, action string, id int64, v Values) error {
	if res.Table.After != nil {
		if err := res.Table.After(tx, id, v); err != nil {
			return res.refused(err)
		}
	}
	ok, err := e.Sees(tx, by, action, res.Name, id)
	if err == nil && !ok {
		err = policy.Forbidden(action, res.Name)
	}
	return err
}

// wrote does what follows every write: the audit entry, the word to open
// sessions. version is the one that the write makes.
func (e *Engine) wrote(tx *db.Tx, by policy.Actor, res *Resource, action string, id, version int64, old map[string]string) error {
	now, err := e.Snapshot(tx, res.Name, id)
	if err != nil {
		return err
	}
	e.Publish(tx, res.Name, id, pastOf[action])
	return audit.Write(tx, by, action, res.Name, id, res.Changes(old, now, version)...)
}

var pastOf = map[string]string{"add": "added", "change": "changed", "delete": "deleted", "restore": "added"}

// Publish tells open sessions of a record after the commit.
func (e *Engine) Publish(tx *db.Tx, name string, id int64, verb string) {
	if e.Bus != nil {
		tx.AfterCommit(func() { e.Bus.Publish(bus.Event{Resource: name, ID: id, Verb: verb}) })
	}
}

// refused says in words what a constraint has refused.
func (r *Resource) refused(err error) error {
	if key, twice := db.Unique(err); twice {
		if name := r.takenField(key); name != "" {
			return fault.New(fault.Conflict, "record.taken").On(name).Because(err)
		}
	}
	if key, ok := db.Constraint(err); ok && key == db.ForeignKey {
		return fault.New(fault.Invalid, "record.no_such").Because(err)
	}
	return err
}
