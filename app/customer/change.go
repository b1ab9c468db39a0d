package customer

import (
	"context"
	"sort"
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Change changes the fields given of a customer whose version by has read; 0
// takes the present one. What somebody else has changed since in other fields
// stays; where both changed one field, nothing is written and the fault
// fault.stale carries a Conflict.
func (s *Service) Change(ctx context.Context, by policy.Actor, id, version int64, v resource.Values) error {
	return s.change(ctx, by, id, version, v)
}

// change is behind Change, forms and commands.
func (s *Service) change(ctx context.Context, by policy.Actor, id, version int64, given resource.Values) error {
	res, _ := s.Engine.Get("customers")
	v, bad := res.Check(false, given)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "change", id)
		if err != nil {
			return err
		}
		e := &edit{s: s, tx: tx, by: by, was: c, row: s.row(c, tx.Now), res: res, v: v}
		if err := e.prepare(bad, version); err != nil || len(v) == 0 {
			return err
		}
		return e.write()
	})
	return s.explain(ctx, by, v, err)
}

// edit is one change on its way.
type edit struct {
	s   *Service
	tx  *db.Tx
	by  policy.Actor
	was Customer
	row policy.Row
	res *resource.Resource
	v   resource.Values

	old map[string]string // the record as typed text
	new map[string]string // the given values as typed text
}

// prepare leaves in v what is really to be written, and refuses what may not
// be.
func (e *edit) prepare(bad error, version int64) (err error) {
	if e.old, err = e.s.snapshot(e.tx, e.was.ID); err != nil {
		return err
	}
	e.dropMasks()
	if err := merge(bad, normalize(e.v)); err != nil {
		return err
	}
	if err := e.dropSame(); err != nil {
		return err
	}
	if err := e.fieldRights(); err != nil {
		return err
	}
	if err := e.collide(version); err != nil || len(e.v) == 0 {
		return err
	}
	if e.v.Has("owner") {
		if err := e.s.mayOn(e.tx, e.by, "assign", e.was.ID); err != nil {
			return err
		}
	}
	return e.s.check(e.tx, e.by, e.was.ID, e.v)
}

// dropMasks takes out what a form sends back as it showed it: the mask of a
// value that by sees masked.
func (e *edit) dropMasks() {
	for name := range e.v {
		f, _ := e.res.Field(name)
		if e.by.Mode("view", "customers", name, e.row) == policy.Masked && e.v.Str(name) == f.Masked(e.old[name]) {
			delete(e.v, name)
		}
	}
}

// dropSame takes out what is so already.
func (e *edit) dropSame() error {
	e.new = map[string]string{}
	for name := range e.v {
		f, _ := e.res.Field(name)
		text, err := typedOf(e.tx, f, e.v[name])
		if err != nil {
			return err
		}
		if text == e.old[name] {
			delete(e.v, name)
			continue
		}
		e.new[name] = text
	}
	return nil
}

// fieldRights refuses fields that the field rules do not let by change.
func (e *edit) fieldRights() error {
	var bad []*fault.Fault
	for name := range e.v {
		seen := e.by.Mode("view", "customers", name, e.row)
		may := e.by.Mode("change", "customers", name, e.row)
		f, _ := e.res.Field(name)
		switch {
		case seen == policy.Hidden || may >= policy.Masked:
			bad = append(bad, &fault.Fault{Kind: fault.Forbidden, Key: "customer.field_closed", Field: name})
		case may == policy.ReadOnly || seen == policy.ReadOnly:
			bad = append(bad, &fault.Fault{Kind: fault.Forbidden, Key: "fault.read_only", Field: name,
				Args: []any{"want", e.shown(f, e.old[name]), "got", e.new[name]}})
		}
	}
	sort.Slice(bad, func(i, j int) bool { return bad[i].Field < bad[j].Field })
	return fault.Join(bad...)
}

// shown is a value as by may see it.
func (e *edit) shown(f resource.Field, text string) string {
	switch e.by.Mode("view", "customers", f.Name, e.row) {
	case policy.Hidden:
		return ""
	case policy.Masked:
		return f.Masked(text)
	}
	return text
}

// write puts the change down with its audit entry.
func (e *edit) write() error {
	if err := updateCustomer(e.tx, e.was, columnsOf(e.v)); err != nil {
		return refused(err)
	}
	if err := e.s.besides(e.tx, e.was.ID, e.v); err != nil {
		return err
	}
	now, err := e.s.snapshot(e.tx, e.was.ID)
	if err != nil {
		return err
	}
	if owner := e.v.Int("owner"); owner != 0 && owner != e.by.Account {
		if err := e.s.tellOwner(e.tx, e.by, owner, e.was.ID, now["name"]); err != nil {
			return err
		}
	}
	e.s.publish(e.tx, "customers", e.was.ID, "changed")
	return audit.Write(e.tx, e.by, "change", "customers", e.was.ID, changes(e.old, now, e.was.Version+1)...)
}

// changes lists what differs for the audit trail, ID numbers without their
// middle, and the version that it makes: by it a later change knows what was
// changed since.
func changes(old, new map[string]string, version int64) []audit.Change {
	names := make([]string, 0, len(new))
	for n := range new {
		names = append(names, n)
	}
	sort.Strings(names)
	out := audit.Diff(old, new, names)
	for i, c := range out {
		if c.Field == "id_number" {
			out[i] = audit.Masked(c.Field, c.Old, c.New)
		}
	}
	return append(out, audit.Change{Field: "version", New: strconv.FormatInt(version, 10)})
}

// typedOf gives a parsed value as it would be typed.
func typedOf(tx *db.Tx, f resource.Field, v any) (string, error) {
	switch x := v.(type) {
	case []int64:
		codes, err := courseCodes(tx, x)
		return strings.Join(codes, ", "), err
	case []string:
		list := append([]string(nil), x...)
		sort.Strings(list)
		return strings.Join(list, ", "), nil
	case int64:
		code, err := codeOf(tx, f.Ref, x)
		return f.Typed(resource.Value{Raw: x, Code: code}), err
	}
	return f.Typed(resource.Value{Raw: v}), nil
}
