package customer

import (
	"context"

	"cohort/app/audit"
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
		e, err := s.edit(tx, by, c, v)
		if err != nil {
			return err
		}
		if err := e.prepare(bad, version); err != nil || len(v) == 0 {
			return err
		}
		return e.write()
	})
	return s.explain(ctx, by, v, err)
}

// edit is one change on its way.
type edit struct {
	*resource.Edit
	s   *Service
	tx  *db.Tx
	by  policy.Actor
	was Customer
}

func (s *Service) edit(tx *db.Tx, by policy.Actor, was Customer, v resource.Values) (*edit, error) {
	e, err := s.Engine.Edit(tx, by, "customers", was.ID, v)
	return &edit{e, s, tx, by, was}, err
}

// prepare leaves in Values what is really to be written, and refuses what may
// not be.
func (e *edit) prepare(bad error, version int64) error {
	e.DropMasks()
	if err := merge(bad, normalize(e.Values)); err != nil {
		return err
	}
	if err := e.Narrow(version); err != nil || len(e.Values) == 0 {
		return err
	}
	if e.Values.Has("owner") {
		if err := e.s.mayOn(e.tx, e.by, "assign", e.was.ID); err != nil {
			return err
		}
	}
	return e.s.check(e.tx, e.by, e.was.ID, e.Values)
}

// write puts the change down with its audit entry.
func (e *edit) write() error {
	if err := updateCustomer(e.tx, e.was, columnsOf(e.Values)); err != nil {
		return refused(err)
	}
	if err := e.s.besides(e.tx, e.was, e.Values); err != nil {
		return err
	}
	if owner := e.Values.Int("owner"); e.Values.Has("owner") {
		if err := recordOwner(e.tx, e.by, e.was.ID, e.was.Owner, owner, givenTo(owner), ""); err != nil {
			return err
		}
	}
	now, err := e.s.snapshot(e.tx, e.was.ID)
	if err != nil {
		return err
	}
	if owner := e.Values.Int("owner"); owner != 0 && owner != e.by.Account {
		if err := e.s.tellOwner(e.tx, e.by, owner, e.was.ID, now["name"]); err != nil {
			return err
		}
	}
	e.s.publish(e.tx, "customers", e.was.ID, "changed")
	return audit.Write(e.tx, e.by, "change", "customers", e.was.ID, e.s.changes(e.Old, now, e.was.Version+1)...)
}
