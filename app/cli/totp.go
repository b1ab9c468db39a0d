package cli

import (
	"slices"
	"strings"

	"cohort/app/org"
	"cohort/app/qr"
)

// totpCommands see to one's own second factor; an administrator takes a lost
// one away.
func totpCommands() []command {
	return []command{
		{path: "totp status", may: (*call).person, run: totpStatus},
		{path: "totp on", may: (*call).person, run: totpOn, flags: func(_ *call, f flags) { f.flag("no-qr") }},
		{path: "totp confirm", use: "CODE", min: 1, max: -1, may: (*call).person, run: totpConfirm, example: []string{"totp confirm 123456"}},
		{path: "totp codes", use: "CODE", min: 1, max: -1, may: (*call).person, run: totpCodes},
		{path: "totp off", use: "CODE", min: 1, max: -1, may: (*call).person, run: totpOff},
		{path: "roles second-factor", use: "ROLE yes|no", min: 2, max: 2, may: right("change", "roles"), run: roleSecond, example: []string{"roles second-factor admin yes"}},
		{path: "accounts totp-reset", use: "LOGIN", min: 1, max: 1, may: right("reset", "accounts"), run: totpReset},
	}
}

func totpStatus(c *call, _ input) error {
	f, err := c.app.Org.SecondFactor(c.ctx, c.by, 0)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"on": f.On, "since": stamp(f.Since), "recovery_codes": f.Left, "required": f.Required})
	}
	switch {
	case f.On:
		c.say("cli.totp.is_on", "since", f.Since, "left", f.Left)
	case f.Required:
		c.say("cli.totp.is_wanted")
	default:
		c.say("cli.totp.is_off")
	}
	return nil
}

// totpOn shows the secret, as a QR code too where there is a terminal.
func totpOn(c *call, in input) error {
	set, err := c.app.Org.BeginSecondFactor(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"secret": strings.ReplaceAll(set.Secret, " ", ""), "url": set.URL})
	}
	if !in.yes("no-qr") {
		lines, err := qr.Lines(set.URL, c.sess.PTY && c.sess.Getenv("NO_COLOR") == "")
		if err != nil {
			return err
		}
		for _, l := range lines {
			c.line(c.out, l)
		}
	}
	pairs(c.out, [][2]string{{c.p.T("cli.totp.secret"), set.Secret}, {c.p.T("cli.totp.url"), set.URL}})
	c.say("cli.totp.next")
	return nil
}

func totpConfirm(c *call, in input) error {
	codes, err := c.app.Org.ConfirmSecondFactor(c.ctx, c.by, strings.Join(in.args, ""))
	if err != nil {
		return err
	}
	return c.recovery(codes, "cli.totp.now_on")
}

func totpCodes(c *call, in input) error {
	codes, err := c.app.Org.NewRecoveryCodes(c.ctx, c.by, strings.Join(in.args, ""))
	if err != nil {
		return err
	}
	return c.recovery(codes, "cli.totp.new_codes")
}

// recovery prints recovery codes, which are shown now and never again.
func (c *call) recovery(codes []string, key string) error {
	if c.json {
		return c.printJSON(object{"recovery_codes": codes})
	}
	c.say(key)
	for _, code := range codes {
		c.line(c.out, "  "+code)
	}
	return nil
}

func totpOff(c *call, in input) error {
	if err := c.app.Org.DropSecondFactor(c.ctx, c.by, strings.Join(in.args, "")); err != nil {
		return err
	}
	return c.done(object{"on": false}, "cli.totp.now_off")
}

func totpReset(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Org.ResetSecondFactor(c.ctx, c.by, a.ID); err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login}, "cli.totp.was_reset", "login", a.Login)
}

// roleSecond says whether a role wants a second factor of everybody who holds
// it.
func roleSecond(c *call, in input) error {
	wanted := in.args[1] == "yes"
	if !wanted && in.args[1] != "no" {
		return misuse("cli.totp.yes_or_no")
	}
	list, err := c.app.Org.Roles(c.ctx, c.by)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r org.Role) bool { return r.Name == in.args[0] })
	if i < 0 {
		return noSuch("role", in.args[0])
	}
	if _, err := c.app.Org.ChangeRole(c.ctx, c.by, list[i].ID, list[i].Version, org.RoleChange{Second: &wanted}); err != nil {
		return err
	}
	key := map[bool]string{true: "cli.totp.role_wants", false: "cli.totp.role_does_not"}[wanted]
	return c.done(object{"role": list[i].Name, "second_factor": wanted}, key, "role", c.roleTitle(list[i]))
}
