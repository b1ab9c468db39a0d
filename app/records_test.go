package app

import (
	"context"
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

// TestEveryListAnswersEverything asks each declared record for every order, for
// empty and not empty fields, and for a searched word: the database understands
// all of it.
func TestEveryListAnswersEverything(t *testing.T) {
	a := open(t)
	ctx := context.Background()
	asked := 0
	for _, name := range a.Engine.Names() {
		res, _ := a.Engine.Get(name)
		queries := []string{"", "学员", "#1", "sort:id"}
		for _, f := range res.Fields {
			if f.Sort {
				queries = append(queries, "sort:"+f.Name, "sort:-"+f.Name)
			}
			if !f.NoFilter {
				queries = append(queries, f.Name+":none", f.Name+":any", "-"+f.Name+":none")
			}
		}
		for _, q := range queries {
			asked++
			l, err := a.Engine.List(ctx, policy.System, name, q, resource.Page{Limit: 2, Count: true})
			if err != nil {
				t.Errorf("%s %q: %v", name, q, err)
				continue
			}
			if len(l.Rows) == 0 {
				continue
			}
			if _, err := a.Engine.List(ctx, policy.System, name, q, resource.Page{Limit: 2, After: l.Keys[0]}); err != nil {
				t.Errorf("%s %q, behind the first: %v", name, q, err)
			}
			if _, err := a.Engine.IDs(ctx, policy.System, name, q, 5); err != nil {
				t.Errorf("%s %q: %v", name, q, err)
			}
			if _, _, err := a.Engine.Show(ctx, policy.System, name, l.Rows[0].ID); err != nil {
				t.Errorf("%s %d: %v", name, l.Rows[0].ID, err)
			}
		}
		if !res.CanDelete() || res.Trash == nil {
			continue
		}
		if _, err := a.Engine.DeletePreview(ctx, policy.System, name, []int64{1}); err != nil {
			t.Errorf("%s: preview: %v", name, err)
		}
		if err := a.Engine.Delete(ctx, policy.System, name, 4711, 0); fault.Of(err) != fault.NotFound {
			t.Errorf("%s: deleting what is not there: %v", name, err)
		}
	}
	if asked < 300 {
		t.Errorf("only %d questions", asked)
	}
}
