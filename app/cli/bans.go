package cli

import (
	"strings"

	"cohort/app/resource"
	"cohort/app/session"
)

// doorCommands show who came in, who failed, and whom the door holds off.
func doorCommands() []command {
	return []command{
		{path: "logins", may: right("list", "audit"), run: listLogins, flags: loginFlags, example: []string{"logins", "logins --failed", "logins --account sales_a --limit 200"}},
		{path: "bans list", may: right("list", "bans"), run: listBans},
		{path: "bans lift", use: "ID…", min: 1, max: -1, may: right("lift", "bans"), run: liftBans, example: []string{"bans lift 3fa2c81b09de"}},
	}
}

func loginFlags(_ *call, f flags) {
	f.flag("failed")
	f.text("account", "LOGIN")
	f.number("limit", "N", presetLimit)
}

// listLogins lists log-ins and failures from the audit trail, the newest first.
func listLogins(c *call, in input) error {
	limit := in.num("limit")
	if limit < 1 || limit > 1000 {
		return misuse("cli.bad_limit", "max", 1000)
	}
	query := "act:login,login_failed"
	if in.yes("failed") {
		query = "act:login_failed"
	}
	if login := in.str("account"); login != "" {
		query += ` login:"` + strings.ReplaceAll(login, `"`, "") + `"`
	}
	page, err := c.app.Engine.List(c.ctx, c.by, "audit", query, resource.Page{Limit: int(limit), Columns: []string{"at", "login", "act", "from", "changes"}})
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(jsonRows(page))
	}
	res, _ := c.app.Engine.Get("audit")
	c.printList(res, page)
	return nil
}

func listBans(c *call, _ input) error {
	list, err := c.app.Org.Bans(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, b := range list {
			out = append(out, object{"id": b.ID, "login": b.Login, "from": b.Addr, "failures": b.Failures, "last": stamp(b.Last), "until": stamp(b.Until)})
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("ui.bans.empty")
		return nil
	}
	var rows [][]string
	for _, b := range list {
		rows = append(rows, []string{b.ID, orWord(b.Login, c.p.T("ui.bans.anyone")), orWord(b.Addr, c.p.T("ui.bans.anywhere")), number(int64(b.Failures)), c.moment(b.Last), c.until(b)})
	}
	table(c.out, append([]string{"ID"}, c.p.T("field.login"), c.p.T("field.from"), c.p.T("ui.bans.failures"), c.p.T("ui.bans.last"), c.p.T("ui.bans.until")), rows)
	return nil
}

func orWord(text, word string) string {
	if text == "" {
		return word
	}
	return text
}

func (c *call) until(b session.Ban) string {
	switch {
	case b.Until.IsZero():
		return c.p.T("ui.bans.waits")
	case b.Until.After(c.app.DB.Now()):
		return c.moment(b.Until)
	}
	return c.p.T("ui.bans.watched")
}

func liftBans(c *call, in input) error {
	for _, id := range in.args {
		if _, err := c.app.Org.LiftBan(c.ctx, c.by, id); err != nil {
			return err
		}
	}
	return c.done(object{"lifted": len(in.args)}, "ui.bans.lifted")
}
