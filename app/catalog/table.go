package catalog

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Table adds and changes a simple record: one row of one table with a version,
// checked by its resource, audited and published. The nouns above use it for
// their own lists, such as the sources of customers.
type Table struct {
	DB      *db.DB
	Bus     *bus.Bus
	Engine  *resource.Engine
	Name    string            // of the resource and of the table
	Columns map[string]string // field → column
	// Default fills in what was not given when adding; nil: nothing.
	Default func(tx *db.Tx, v resource.Values) error
	// Check is the record's own rule over the whole record as it would be; nil:
	// none.
	Check func(tx *db.Tx, whole resource.Values) error
	// After writes what is kept in other tables; nil: nothing.
	After func(tx *db.Tx, id int64, v resource.Values) error
	// Taken names the field of a unique key: "courses.code" → "code".
	Taken map[string]string
}

// Add adds a record.
func (t Table) Add(ctx context.Context, by policy.Actor, v resource.Values) (id int64, err error) {
	if err := by.NeedAny("add", t.Name); err != nil {
		return 0, err
	}
	if v, err = t.tidy(true, v); err != nil {
		return 0, err
	}
	err = t.DB.Write(ctx, func(tx *db.Tx) error {
		if t.Default != nil {
			if err := t.Default(tx, v); err != nil {
				return err
			}
		}
		if err := t.check(tx, v); err != nil {
			return err
		}
		if id, err = insertRow(tx, t.Name, t.columns(v)); err != nil {
			return t.refused(err)
		}
		return t.wrote(tx, by, "add", id, nil, v)
	})
	return id, err
}

// Change changes the fields given of a record whose version by has read; 0 takes
// the present one.
func (t Table) Change(ctx context.Context, by policy.Actor, id, version int64, v resource.Values) error {
	v, err := t.tidy(false, v)
	if err != nil {
		return err
	}
	return t.DB.Write(ctx, func(tx *db.Tx) error {
		if err := t.Engine.Need(tx, by, "change", t.Name, id); err != nil {
			return err
		}
		row, fields, err := t.Engine.Show(tx.Ctx(), policy.System, t.Name, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return fault.New(fault.Stale, "fault.stale")
		}
		if err := t.check(tx, over(row, v)); err != nil {
			return err
		}
		if err := updateRow(tx, t.Name, id, t.columns(v)); err != nil {
			return t.refused(err)
		}
		return t.wrote(tx, by, "change", id, Typed(row, fields), v)
	})
}

// tidy cleans values; codes are typed, and so they are stored in small letters.
func (t Table) tidy(adding bool, v resource.Values) (resource.Values, error) {
	r, _ := t.Engine.Get(t.Name)
	v, err := r.Check(adding, v)
	if v.Has("code") {
		v["code"] = tidyCode(v.Str("code"))
	}
	return v, err
}

func (t Table) check(tx *db.Tx, whole resource.Values) error {
	if t.Check == nil {
		return nil
	}
	return t.Check(tx, whole)
}

// over lays values over a record as it is.
func over(row resource.Row, v resource.Values) resource.Values {
	whole := resource.Values{}
	for name, old := range row.Values {
		whole[name] = old.Raw
	}
	for name, new := range v {
		whole[name] = new
	}
	return whole
}

// wrote does what follows every write: the other tables, the right over the row
// as it is now, the audit entry, the word to open sessions.
func (t Table) wrote(tx *db.Tx, by policy.Actor, action string, id int64, old map[string]string, v resource.Values) error {
	if t.After != nil {
		if err := t.After(tx, id, v); err != nil {
			return t.refused(err)
		}
	}
	if ok, err := t.Engine.Sees(tx, by, action, t.Name, id); err != nil || !ok {
		if err == nil {
			err = policy.Forbidden(action, t.Name)
		}
		return err
	}
	row, fields, err := t.Engine.Show(tx.Ctx(), policy.System, t.Name, id)
	if err != nil {
		return err
	}
	changes := audit.Diff(old, Typed(row, fields), names(fields))
	publish(tx, t.Bus, t.Name, id, action+"ed")
	return audit.Write(tx, by, action, t.Name, id, changes...)
}

// Typed gives a record's input fields as they would be typed, for the audit
// trail.
func Typed(row resource.Row, fields []resource.Field) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		if f.Input {
			out[f.Name] = f.Typed(row.Values[f.Name])
		}
	}
	return out
}

func names(fields []resource.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}

// refused says in words what a constraint has refused.
func (t Table) refused(err error) error {
	if key, twice := db.Unique(err); twice {
		if f, known := t.Taken[key]; known {
			return fault.New(fault.Conflict, "catalog.taken").On(f).Because(err)
		}
	}
	if key, ok := db.Constraint(err); ok && key == db.ForeignKey {
		return fault.New(fault.Invalid, "catalog.no_such_relation").Because(err)
	}
	return err
}

func (t Table) columns(v resource.Values) []column {
	r, _ := t.Engine.Get(t.Name)
	var out []column
	for _, f := range r.Fields {
		col, ok := t.Columns[f.Name]
		if !ok || !v.Has(f.Name) {
			continue
		}
		out = append(out, column{col, stored(f, v[f.Name])})
	}
	return out
}

// stored is a value as a column holds it.
func stored(f resource.Field, v any) any {
	switch x := v.(type) {
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	case int64:
		if f.Kind == resource.Relation && x == 0 {
			return nil
		}
	}
	return v
}
