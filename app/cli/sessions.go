package cli

import (
	"cohort/app/fault"
	"cohort/app/org"
)

// sessionCommands show and end what is open now. One's own sessions are always
// one's own to see and end; others' need the right.
func sessionCommands() []command {
	return []command{
		{path: "sessions list", may: (*call).person, run: listSessions,
			flags: func(_ *call, f flags) { f.text("account", "LOGIN") }, example: []string{"sessions list", "sessions list --account sales_a"}},
		{path: "sessions end", use: "[ID…]", max: -1, may: (*call).person, run: endSessions,
			flags: func(_ *call, f flags) { f.text("account", "LOGIN") }, example: []string{"sessions end s12", "sessions end --account sales_a", "sessions end --account me"}},
	}
}

func listSessions(c *call, in input) error {
	account, err := c.accountFlag(in)
	if err != nil {
		return err
	}
	list, err := c.app.Org.Sessions(c.ctx, c.by, account)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, s := range list {
			out = append(out, c.sessionJSON(s))
		}
		return c.printJSON(out)
	}
	several := org.Several(list)
	var rows [][]string
	for _, s := range list {
		mark := ""
		if s.ID == c.sess.ID {
			mark = "*"
		}
		key := "-"
		if !s.LastKey.IsZero() {
			key = c.p.Ago(s.LastKey)
		}
		row := []string{s.ID, mark, s.Login, c.p.Or("choice.session."+s.Kind, s.Kind), s.Addr, c.p.Or("choice.method."+s.Method, s.Method), orDash(s.Term), c.moment(s.Since), key}
		if several {
			row = append(row, s.Process)
		}
		rows = append(rows, row)
	}
	heads := c.heads("login", "session_kind", "from", "method", "terminal", "since", "last_key")
	if several {
		heads = append(heads, c.heads("process")...)
	}
	table(c.out, append([]string{"ID", ""}, heads...), rows)
	return nil
}

func (c *call) sessionJSON(s org.Session) object {
	return object{"id": s.ID, "login": s.Login, "name": s.Name, "account": s.Account, "enrollment": s.Enrollment, "from": s.Addr, "kind": s.Kind,
		"method": s.Method, "terminal": s.Term, "since": stamp(s.Since), "last_key": stamp(s.LastKey), "process": s.Process, "own": s.Own, "this": s.ID == c.sess.ID}
}

// accountFlag finds the account of --account, 0 where it was not given.
func (c *call) accountFlag(in input) (int64, error) {
	text := in.str("account")
	if text == "" {
		return 0, nil
	}
	if text == "me" || text == c.by.Login {
		return c.by.Account, nil
	}
	a, err := c.account(text)
	return a.ID, err
}

// endSessions ends those named, or all of an account but the one that asks.
func endSessions(c *call, in input) error {
	account, err := c.accountFlag(in)
	switch {
	case err != nil:
		return err
	case (account != 0) == (len(in.args) > 0):
		return misuse("cli.sessions.end_what")
	case account != 0:
		n, err := c.app.Org.EndSessions(c.ctx, c.by, account, c.sess.ID)
		if err != nil {
			return err
		}
		return c.done(object{"ended": n}, "cli.sessions.ended", "n", n)
	}
	for _, id := range in.args {
		err := c.app.Org.EndSession(c.ctx, c.by, id, c.sess.ID)
		if fault.Of(err) == fault.NotFound && err != nil {
			err = fault.New(fault.NotFound, "cli.sessions.none", "id", short(id))
		}
		if err != nil {
			return err
		}
	}
	return c.done(object{"ended": len(in.args)}, "cli.sessions.ended", "n", len(in.args))
}
