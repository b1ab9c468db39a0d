package cli

import (
	"strings"

	"cohort/app/enrollment"
	"cohort/app/i18n"
)

// showLink prints the lines that an applicant types, as the person reached the
// school.
func (c *call) showLink(id int64, state enrollment.State, link enrollment.Link) error {
	link = c.linkHere(link)
	if c.json {
		return c.printJSON(object{"id": id, "state": state, "token": link.Token, "link": link.SSH(), "upload": link.Upload(), "expires": stamp(link.Expires)})
	}
	c.say("cli.link.head", "id", id, "state", i18n.W("choice.state."+string(state)))
	pairs(c.out, [][2]string{{c.p.T("cli.link.form"), link.SSH()}, {c.p.T("cli.link.upload"), link.Upload()}, {c.p.T("cli.link.expires"), c.p.DayWeekday(link.Expires)}})
	return nil
}

func linkFlags(_ *call, f flags) {
	f.flag("new")
	f.flag("revoke")
	f.text("mail", "[ADDRESS]")
	f.Lookup("mail").NoOptDefVal = " "
}

// linkEnrollment shows the link, or makes another, kills it or mails it.
func linkEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	if len(in.args) > 1 && !in.Changed("mail") {
		return misuse("cli.too_many", "text", short(in.args[1]), "usage", "enrollments link ID")
	}
	if exclusive(in, "new", "revoke", "mail") > 1 {
		return misuse("cli.one_of", "flags", "--new, --revoke, --mail")
	}
	switch {
	case in.yes("new"):
		e, link, err := c.app.Enrollments.Reissue(c.ctx, c.by, id)
		if err != nil {
			return err
		}
		return c.showLink(id, e.State, link)
	case in.yes("revoke"):
		return c.revokeLink(id)
	case in.Changed("mail"):
		return c.mailLink(id, strings.TrimSpace(strings.Join(append(in.args[1:], in.str("mail")), " ")))
	}
	return c.presentLink(id)
}

func (c *call) revokeLink(id int64) error {
	e, err := c.app.Enrollments.Revoke(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": id, "state": e.State, "revoked": true}, "cli.link.revoked", "id", id)
}

func (c *call) presentLink(id int64) error {
	e, err := c.app.Enrollments.Get(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	link, err := c.app.Enrollments.Link(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.showLink(id, e.State, link)
}

func exclusive(in input, names ...string) (n int) {
	for _, name := range names {
		if in.Changed(name) {
			n++
		}
	}
	return n
}

func (c *call) mailLink(id int64, to string) error {
	to, err := c.app.Enrollments.MailLink(c.ctx, c.by, id, to)
	if err != nil {
		return err
	}
	return c.done(object{"id": id, "mailed": to}, "cli.link.mailed", "to", to)
}
