package ui

import (
	"context"

	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// notifications is the person's inbox; enter goes to what one is about.
func (d *desk) notifications() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.notifications", Addr: "notifications", NoSearch: true,
		Watch: []string{"notifications"}, Empty: "ui.notifications.empty",
		Columns: []kit.Column{
			{Key: "at", Name: "field.created", Width: 16},
			{Key: "text", Name: "ui.notifications.text", Width: 30, Share: 1},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.inbox(ctx, by, q) })(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd { return d.openNotification(r) },
		Actions: func(*kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.notifications.read_all", Keys: []string{"r"}, Weight: 8, Run: func() kit.Cmd {
				return d.act("read", func(ctx context.Context, by policy.Actor) error { return d.app.Notify.Read(ctx, by) }, "ui.notifications.all_read")
			}}}
		}})
}

// inbox reads a page of notifications, newest first. Going back reads from the
// newest, which is where an inbox's reader comes from.
func (d *desk) inbox(ctx context.Context, by policy.Actor, q kit.Request) (kit.Page, error) {
	before, _ := q.After.(int64)
	if q.Back {
		return kit.Page{Total: -1}, nil
	}
	limit := min(q.Limit, notify.MaxPage-1)
	list, err := d.app.Notify.List(ctx, by, false, before, limit+1)
	if err != nil {
		return kit.Page{}, err
	}
	page := kit.Page{More: len(list) > limit, Total: -1}
	for _, n := range list[:min(limit, len(list))] {
		row := kit.Row{ID: n.ID, Cursor: n.ID, Data: n, Cells: []kit.Cell{{Text: d.p().DateTime(n.At)}, {Text: n.Text(d.p())}}}
		if n.ReadAt.IsZero() {
			row.Cells[1].Tone = kit.Strong
		} else {
			row.Tone = kit.Muted
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

func (d *desk) openNotification(r kit.Row) kit.Cmd {
	n, ok := r.Data.(notify.Notification)
	if !ok {
		return nil
	}
	read := kit.Do("read", does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Notify.Read(ctx, by, n.ID) }),
		func(err error) kit.Cmd { return kit.Fail(err) })
	if n.Link == "" {
		return kit.Batch(read, kit.Say("ui.place.notifications", n.Text(d.p())))
	}
	return kit.Batch(read, kit.Open(n.Link))
}
