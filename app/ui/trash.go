package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// trash lists what was deleted, until it is swept: to be brought back, or ended
// for good.
func (d *desk) trash(query string) kit.Screen {
	return d.recordList("trash", query, func(s *kit.ListSpec) {
		s.Empty = "ui.trash.empty"
		s.Actions = func(l *kit.List) []kit.Action {
			if _, ok := l.Current(); !ok {
				return nil
			}
			return []kit.Action{
				{ID: "ui.trash.restore", Keys: []string{"r"}, Weight: 9, Run: func() kit.Cmd { return l.Each("ui.trash.restoring", d.restore) }},
				{ID: "ui.trash.purge", Keys: []string{"Z"}, Weight: 1, Danger: true, WhyNot: d.can("purge", "trash"), Run: func() kit.Cmd {
					return l.Bulk(kit.Bulk{Name: "ui.trash.purge", Ask: "ui.trash.purge_ask", Danger: true, Run: d.eachRow(d.purge)})
				}},
			}
		}
	})
}

func (d *desk) restore(ctx context.Context, id int64) error {
	return does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Engine.Restore(ctx, by, id) })(ctx)
}

func (d *desk) purge(ctx context.Context, id int64) error {
	return does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Engine.Purge(ctx, by, id) })(ctx)
}

// eachRow does something with many rows that no resource declares as an action.
func (d *desk) eachRow(do func(ctx context.Context, id int64) error) func(context.Context, []int64) ([]kit.Result, error) {
	return func(ctx context.Context, ids []int64) ([]kit.Result, error) {
		out := make([]kit.Result, len(ids))
		for i, id := range ids {
			out[i] = kit.Result{ID: id, Err: do(ctx, id)}
			kit.Report(ctx, i+1, len(ids))
		}
		return out, nil
	}
}
