package app

import (
	"context"
	"slices"
	"testing"

	"cohort/app/i18n"
	"cohort/app/resource"
	"cohort/db"
)

// TestNothingPointsToARecordUnheeded reads the foreign keys of the schema: what
// points to a record that can be deleted either goes with it or keeps it, and is
// then called by a name that people know. A table added later is found here.
func TestNothingPointsToARecordUnheeded(t *testing.T) {
	a := open(t)
	checked := 0
	err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, name := range a.Engine.Names() {
			res, _ := a.Engine.Get(name)
			if res.Trash == nil {
				continue
			}
			if !slices.Contains(tables, name) {
				t.Errorf("%s can be deleted and is no table", name)
			}
			refs, err := tx.References(name)
			if err != nil {
				return err
			}
			for _, ref := range refs {
				checked++
				if slices.Contains(res.Trash.Owns, resource.Owned{Table: ref.Table, Column: ref.Column}) {
					continue
				}
				known := ref.Table
				if w := res.Trash.Blocks[ref.Table]; w != "" {
					known = w
				}
				if _, ok := a.Engine.Get(known); !ok || !i18n.Has("resource."+known) {
					t.Errorf("%s.%s points to %s: it neither goes with a deleted record nor has a name for why it stays", ref.Table, ref.Column, name)
				}
			}
			for _, o := range res.Trash.Owns {
				inner, err := tx.References(o.Table)
				if err != nil {
					return err
				}
				inner = slices.DeleteFunc(inner, func(r db.Reference) bool { return res.Trash.Keep != nil && slices.Contains(res.Trash.Kept, r.Table) })
				for _, ref := range inner {
					known := ref.Table
					if w := res.Trash.Blocks[ref.Table]; w != "" {
						known = w
					}
					if !i18n.Has("resource." + known) {
						t.Errorf("%s.%s points to %s, which goes with %s, and has no name for why it stays", ref.Table, ref.Column, o.Table, name)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 8 {
		t.Errorf("only %d references found", checked)
	}
}
