package ui

import (
	"context"
	"slices"

	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// onlyUnread is the query of the inbox's view.
const onlyUnread = "unread:yes"

// notifications is the person's inbox; enter goes to what one is about.
func (d *desk) notifications() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.notifications", Addr: "notifications", NoSearch: true,
		Watch: []string{"notifications"}, Empty: "ui.notifications.empty",
		Columns: []kit.Column{
			{Key: "at", Name: "field.created", Width: 16},
			{Key: "text", Name: "ui.notifications.text", Width: 30, Share: 1, Tell: true},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.inbox(ctx, by, q) })(ctx)
		}),
		Views:   []kit.ListView{{ID: "ui.notifications.unread", Query: onlyUnread}},
		Open:    func(r kit.Row) kit.Cmd { return d.openNotification(r) },
		Actions: d.inboxActions})
}

func (d *desk) inboxActions(l *kit.List) []kit.Action {
	list := []kit.Action{
		{ID: "ui.notifications.read_all", Keys: []string{"r"}, Weight: 8, Run: func() kit.Cmd {
			return d.act("read", func(ctx context.Context, by policy.Actor) error { return d.app.Notify.Read(ctx, by) }, "ui.notifications.all_read")
		}},
		{ID: "ui.telling", Keys: []string{"t"}, Weight: 4, Run: func() kit.Cmd { return kit.Push(d.telling()) }},
	}
	r, ok := l.Current()
	n, is := r.Data.(notify.Notification)
	if !ok || !is {
		return list
	}
	tick := kit.Action{ID: "ui.notifications.read_one", Keys: []string{"x"}, Weight: 7, Run: func() kit.Cmd { return d.mark(d.app.Notify.Read, n.ID) }}
	if !n.ReadAt.IsZero() {
		tick.ID, tick.Run = "ui.notifications.unread_one", func() kit.Cmd { return d.mark(d.app.Notify.Unmark, n.ID) }
	}
	return append(list, tick)
}

func (d *desk) mark(do func(context.Context, policy.Actor, ...int64) error, id int64) kit.Cmd {
	return kit.Do("read", does(d, func(ctx context.Context, by policy.Actor) error { return do(ctx, by, id) }),
		func(err error) kit.Cmd { return kit.Fail(err) })
}

// inbox reads a page of notifications, newest first, in either direction.
func (d *desk) inbox(ctx context.Context, by policy.Actor, q kit.Request) (kit.Page, error) {
	from, _ := q.After.(int64)
	limit := min(q.Limit, notify.MaxPage-1)
	read := d.app.Notify.List
	if q.Back {
		read = d.app.Notify.Newer
	}
	list, err := read(ctx, by, q.Query == onlyUnread, from, limit+1)
	if err != nil {
		return kit.Page{}, err
	}
	page := kit.Page{More: len(list) > limit, Total: -1}
	list = list[:min(limit, len(list))]
	if q.Back {
		slices.Reverse(list)
	}
	for _, n := range list {
		page.Rows = append(page.Rows, d.inboxRow(n))
	}
	return page, nil
}

func (d *desk) inboxRow(n notify.Notification) kit.Row {
	row := kit.Row{ID: n.ID, Cursor: n.ID, Data: n, Cells: []kit.Cell{{Text: d.p().DateTime(n.At)}, {Text: n.Text(d.p())}}}
	if n.ReadAt.IsZero() {
		row.Cells[1].Tone = kit.Strong
	} else {
		row.Tone = kit.Muted
	}
	return row
}

func (d *desk) openNotification(r kit.Row) kit.Cmd {
	n, ok := r.Data.(notify.Notification)
	if !ok {
		return nil
	}
	read := d.mark(d.app.Notify.Read, n.ID)
	if n.Link == "" {
		return kit.Batch(read, kit.Say("ui.place.notifications", n.Text(d.p())))
	}
	return kit.Batch(read, kit.Open(n.Link))
}
