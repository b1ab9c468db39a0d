package cli

import (
	"context"

	"cohort/app/mail"
	"cohort/app/notify"
	"cohort/app/policy"
)

// messageCommands are about what the school has told people.
func messageCommands() []command {
	return []command{
		{path: "notifications list", may: (*call).person, flags: notificationFlags, run: listNotifications, example: []string{"notifications list --all"}},
		{path: "notifications read", use: "[ID…]", max: -1, may: (*call).person, run: readNotifications},
		{path: "notifications unread", use: "ID…", min: 1, max: -1, may: (*call).person, run: unreadNotifications},
		{path: "mail status", may: right("list", "mails"), run: mailStatus},
		{path: "mail show", use: "ID", min: 1, max: 1, may: right("view", "mails"), run: showMail},
		{path: "mail retry", use: "ID", min: 1, max: 1, may: right("retry", "mails"), run: retryMail},
	}
}

func notificationFlags(_ *call, f flags) {
	f.flag("all")
	f.number("limit", "N", presetLimit)
	f.number("before", "ID", 0)
}

func listNotifications(c *call, in input) error {
	if n := in.num("limit"); n < 1 || n > notify.MaxPage {
		return misuse("cli.bad_limit", "max", notify.MaxPage)
	}
	list, err := c.app.Notify.List(c.ctx, c.by, !in.yes("all"), in.num("before"), int(in.num("limit")))
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, n := range list {
			out = append(out, object{"id": n.ID, "kind": n.Kind, "text": n.Text(c.p), "link": n.Link, "at": stamp(n.At), "read": stamp(n.ReadAt)})
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.no_notifications")
		return nil
	}
	var rows [][]string
	for _, n := range list {
		state := ""
		if n.ReadAt.IsZero() {
			state = "*"
		}
		rows = append(rows, []string{number(n.ID), state, c.p.DateTime(n.At), n.Text(c.p), n.Link})
	}
	table(c.out, append([]string{"ID", ""}, c.heads("at", "text", "link")...), rows)
	return nil
}

// readNotifications ticks off those named, or all.
func readNotifications(c *call, in input) error { return c.markNotifications(in, c.app.Notify.Read) }

// unreadNotifications takes the tick off those named.
func unreadNotifications(c *call, in input) error {
	return c.markNotifications(in, c.app.Notify.Unmark)
}

func (c *call) markNotifications(in input, mark func(context.Context, policy.Actor, ...int64) error) error {
	var ids []int64
	for _, a := range in.args {
		id, err := parseID(a)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := mark(c.ctx, c.by, ids...); err != nil {
		return err
	}
	n, err := c.app.Notify.Unread(c.ctx, c.by)
	if err != nil {
		return err
	}
	return c.done(object{"unread": n}, "cli.unread", "n", n)
}

func showMail(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	m, err := c.app.Mail.Get(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(mailJSON(m))
	}
	list := [][2]string{
		{c.p.T("field.to"), m.To}, {c.p.T("field.subject"), m.Subject}, {c.p.T("field.state"), c.p.T("choice.state." + string(m.State))},
		{c.p.T("field.created"), c.moment(m.CreatedAt)}, {c.p.T("field.sent"), c.moment(m.SentAt)}, {c.p.T("field.tries"), number(int64(m.Tries))},
		{c.p.T("field.last_error"), m.LastError},
	}
	pairs(c.out, list)
	c.line(c.out, "")
	c.text(m.Body)
	return nil
}

func mailJSON(m mail.Mail) object {
	return object{"id": m.ID, "to": m.To, "template": m.Template, "lang": m.Lang, "subject": m.Subject, "body": m.Body, "message_id": m.MessageID,
		"state": m.State, "tries": m.Tries, "next_try": stamp(m.NextAt), "last_error": m.LastError, "created": stamp(m.CreatedAt), "sent": stamp(m.SentAt)}
}

func retryMail(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	m, err := c.app.Mail.Retry(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": m.ID, "state": m.State}, "cli.mail_queued", "id", m.ID, "to", m.To)
}

// mailStatus tells how the outbox does.
func mailStatus(c *call, _ input) error {
	s, err := c.app.Mail.Status(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"server": s.Server, "waiting": s.Waiting, "paused": s.Paused, "error": s.Error, "until": stamp(s.Until)})
	}
	if s.Server == "" {
		c.say("cli.mail_no_server", "n", s.Waiting)
		return nil
	}
	c.say("cli.mail_server", "server", s.Server, "n", s.Waiting)
	if s.Error != "" {
		c.say("cli.mail_error", "error", s.Error, "until", orDash(c.moment(s.Until)))
	}
	return nil
}

// heads are the headings of a table: fields' labels, or words of this package.
func (c *call) heads(names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = c.p.Or("cli.head."+n, ""); out[i] == "" {
			out[i] = c.p.T("field." + n)
		}
	}
	return out
}
