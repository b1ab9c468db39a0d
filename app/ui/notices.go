package ui

import (
	"context"
	"slices"
	"time"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// noticeKey goes to what a notice is about while it is fresh, else to the inbox.
const noticeKey = "ctrl+g"

// fresh is how long the key means the last notice: a little longer than it is shown.
const fresh = 20 * time.Second

// latest is the notification that was said last.
type latest struct {
	notification notify.Notification
	until        time.Time
}

// notices says what has just been told to the person, in every session of his at once. It takes no key and no input.
func (d *desk) notices(events []bus.Event) kit.Cmd {
	var ids []int64
	for _, e := range events {
		if e.Resource == "notifications" && e.Verb == "notified" && e.Account == d.whose && e.ID != 0 && d.whose != 0 {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return kit.Work[[]notify.Notification]{Name: "notices", Quiet: true,
		Do: asks(d, func(ctx context.Context, by policy.Actor) ([]notify.Notification, error) {
			return d.app.Notify.List(ctx, by, true, 0, min(notify.MaxPage, len(ids)+20))
		}),
		Then: func(list []notify.Notification, err error) kit.Cmd {
			if err != nil {
				return nil
			}
			return d.notice(slices.DeleteFunc(list, func(n notify.Notification) bool { return !slices.Contains(ids, n.ID) }))
		}}.Cmd()
}

// notice says one notification, or how many there are and the newest of them.
func (d *desk) notice(list []notify.Notification) kit.Cmd {
	if len(list) == 0 {
		return nil
	}
	newest := list[0]
	d.latest = latest{newest, d.app.DB.Now().Add(fresh)}
	key := i18n.W("ui.notice.inbox", "key", kit.KeyName(d.p(), noticeKey))
	if newest.Link != "" && len(list) == 1 {
		key = i18n.W("ui.notice.jump", "key", kit.KeyName(d.p(), noticeKey))
	}
	if len(list) > 1 {
		d.latest = latest{}
		return kit.Unasked(i18n.W("ui.notice.many", "n", len(list), "text", newest.Text(d.p()), "key", key))
	}
	return kit.Unasked(i18n.W("ui.notice.one", "text", newest.Text(d.p()), "key", key))
}

// toNotice goes to the record of a fresh notice, and to the inbox otherwise.
func (d *desk) toNotice() kit.Cmd {
	last := d.latest
	d.latest = latest{}
	if last.notification.Link == "" || d.app.DB.Now().After(last.until) {
		return kit.Batch(kit.Seen(), kit.Push(d.notifications()))
	}
	return kit.Batch(kit.Seen(), d.openNotification(kit.Row{Data: last.notification}))
}
