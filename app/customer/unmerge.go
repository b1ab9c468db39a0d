package customer

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Unmerge takes a merge back: lost is the number of the customer who went. He is
// there again with everything that was his. It is refused in words where
// somebody has since changed what the merge changed, or built on what it moved.
func (s *Service) Unmerge(ctx context.Context, by policy.Actor, lost int64) (keep int64, err error) {
	if err := by.NeedAny("merge", "customers"); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := mergeOf(tx, lost)
		if db.NoRows(err) {
			return fault.New(fault.NotFound, "customer.not_merged", "id", lost)
		}
		if err != nil {
			return err
		}
		keep = m.keep
		if _, err := s.fetch(tx, by, "merge", m.keep); err != nil {
			return err
		}
		p := &parting{s: s, tx: tx, by: by, m: m}
		return p.part()
	})
	return keep, err
}

// takeMergeBack is Unmerge as undoing an act.
func (s *Service) takeMergeBack(ctx context.Context, by policy.Actor, a audit.Entry) error {
	var lost int64
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		for _, ch := range a.Changes {
			if ch.Field == mergeField {
				var id int64
				_, _ = fmt.Sscan(ch.New, &id)
				lost, err = lostBy(tx, id)
			}
		}
		return err
	})
	if db.NoRows(err) || err == nil && lost == 0 {
		return fault.New(fault.Conflict, "record.undone")
	}
	if err == nil {
		_, err = s.Unmerge(ctx, by, lost)
	}
	return err
}

// parting is one merge on its way back.
type parting struct {
	s    *Service
	tx   *db.Tx
	by   policy.Actor
	m    mergeRow
	kept kept
}

func (p *parting) part() error {
	if p.m.contents == "" {
		return fault.New(fault.Conflict, "customer.unmerge_erased")
	}
	if err := resource.ReadRows(p.m.contents, &p.kept); err != nil {
		return err
	}
	if last, err := laterMerge(p.tx, p.m.keep); err != nil || last != p.m.id {
		if err == nil {
			err = fault.New(fault.Conflict, "customer.unmerge_later")
		}
		return err
	}
	before, err := Get(p.tx, p.m.keep)
	if err != nil {
		return err
	}
	back, err := p.columns()
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		p.untouched,
		func() error { return setColumns(p.tx, p.m.keep, back) },
		p.bring,
		func() error { return p.rekey(before) },
		func() error { return endMerge(p.tx, p.by, p.m.id) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	p.s.publish(p.tx, "customers", p.m.lose, "added")
	p.s.publish(p.tx, "customers", p.m.keep, "changed")
	lost := fmt.Sprintf("#%d", p.m.lose)
	if err := audit.Write(p.tx, p.by, "unmerge", "customers", p.m.keep, audit.Change{Field: "merged", Old: lost}); err != nil {
		return err
	}
	return audit.Write(p.tx, p.by, "unmerge", "customers", p.m.lose, audit.Change{Field: "merged_into", Old: fmt.Sprintf("#%d", p.m.keep)})
}

// moving are the columns that go on by themselves: where they have, they stay.
var moving = []string{"touched_at", "last_follow_up_at", "next_follow_up_on", "next_follow_up_time", "intention"}

// columns gives what the merge changed of the one who stays, as it was.
func (p *parting) columns() (back resource.WholeRow, err error) {
	rows, err := resource.WholeRows(p.tx, "customers", "id", p.m.keep)
	if err != nil {
		return nil, err
	}
	back = resource.WholeRow{}
	for name, was := range p.kept.Keep {
		after := resource.Plain(p.kept.After[name])
		if name == "version" || name == "updated_at" || reflect.DeepEqual(resource.Plain(was), after) {
			continue
		}
		switch now := rows[0][name]; {
		case same(p.tx, now, after):
			back[name] = was
		case !slices.Contains(moving, name):
			return nil, fault.New(fault.Conflict, "customer.unmerge_changed", "field", fieldOf(name))
		}
	}
	return back, nil
}

// same compares stored values; a sealed text is another each time it is sealed.
func same(tx *db.Tx, a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, ok := a.(string)
	y, ok2 := b.(string)
	if !ok || !ok2 || x == "" || y == "" {
		return false
	}
	x, err := tx.Unseal(x)
	y, err2 := tx.Unseal(y)
	return err == nil && err2 == nil && x == y
}

// untouched refuses where tags or courses were changed, or an enrollment went on.
func (p *parting) untouched() error {
	now, err := wholeSets(p.tx, p.m.keep)
	if err != nil {
		return err
	}
	for i, set := range p.kept.SetsAfter {
		if i >= len(now) || !sameRows(now[i].Rows, set.Rows) {
			return fault.New(fault.Conflict, "customer.unmerge_changed", "field", fieldOf(set.Table))
		}
	}
	for _, m := range p.kept.Moved {
		if m.Table != "enrollments" {
			continue
		}
		now, err := versions(p.tx, m.IDs)
		if db.NoRows(err) || err == nil && !slices.Equal(now, m.Versions) {
			return fault.New(fault.Conflict, "customer.unmerge_enrollment")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func sameRows(a, b []resource.WholeRow) bool {
	flat := func(rows []resource.WholeRow) (out []string) {
		for _, r := range rows {
			for k, v := range r {
				r[k] = resource.Plain(v)
			}
			out = append(out, fmt.Sprint(r))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(flat(a), flat(b))
}

// bring puts the other one back, and what was his.
func (p *parting) bring() error {
	if err := resource.PutRow(p.tx, "customers", p.kept.Lose); err != nil {
		if _, taken := db.Unique(err); taken {
			return fault.New(fault.Conflict, "customer.unmerge_taken").Because(err)
		}
		return err
	}
	for _, m := range p.kept.Moved {
		if err := point(p.tx, db.Reference{Table: m.Table, Column: m.Column}, m.IDs, p.m.keep, p.m.lose); err != nil {
			return err
		}
	}
	for _, set := range p.kept.Sets {
		if err := clearSet(p.tx, set, p.m.keep); err != nil {
			return err
		}
	}
	for _, set := range append(p.kept.Sets, p.kept.Dropped...) {
		for _, row := range set.Rows {
			if err := resource.PutRow(p.tx, set.Table, row); err != nil {
				return err
			}
		}
	}
	if p.kept.Ledger == 0 {
		return nil
	}
	return deleteOwnership(p.tx, p.kept.Ledger)
}

// rekey makes what both are found by.
func (p *parting) rekey(before Customer) error {
	now, err := Get(p.tx, p.m.keep)
	if err != nil {
		return err
	}
	if err := setKeys(p.tx, p.m.keep, keysOf(before), keysOf(now)); err != nil {
		return err
	}
	return rekey(p.tx, p.m.lose, false)
}

// fieldOf is the word for what a column or table of a customer is.
func fieldOf(column string) any {
	for field, name := range fieldColumns {
		if name == column {
			return i18n.W("field." + field)
		}
	}
	switch column {
	case "customer_tags":
		return i18n.W("field.tags")
	case "customer_courses":
		return i18n.W("field.courses")
	case "status":
		return i18n.W("field.status")
	}
	return i18n.W("field.name")
}
