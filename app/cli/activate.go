package cli

import (
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
)

// invitationCommands give people the address by which they choose a password.
func invitationCommands() []command {
	return []command{
		{path: "accounts invite", use: "LOGIN", min: 1, max: 1, may: right("invite", "accounts"), run: invite, example: []string{"accounts invite sales_e"}},
		{path: "accounts uninvite", use: "LOGIN", min: 1, max: 1, may: right("invite", "accounts"), run: uninvite},
		{path: "activate", may: (*call).activating, run: activate, flags: func(_ *call, f flags) { f.flag("keep-key") },
			example: []string{"activate < password.txt", "activate --keep-key < password.txt"}},
	}
}

// activating admits who came in by an activation address that he has not used.
func (c *call) activating() error {
	if c.by.Rights == nil || !c.by.Rights.Activating {
		return fault.New(fault.Forbidden, "org.not_activating")
	}
	return nil
}

func invite(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	inv, err := c.app.Org.Invite(c.ctx, c.by, a.ID)
	if err != nil {
		return err
	}
	return c.invited(a, inv)
}

// invited prints an activation address, which is shown now and never again.
func (c *call) invited(a org.Account, inv org.Invitation) error {
	out := object{"id": a.ID, "login": a.Login, "user": inv.User, "ssh": inv.SSH, "expires": stamp(inv.Expires), "mailed": inv.Mailed}
	if inv.Mailed != "" {
		return c.done(out, "cli.invited_mailed", "login", a.Login, "ssh", inv.SSH, "expires", i18n.Day(inv.Expires), "to", inv.Mailed)
	}
	return c.done(out, "cli.invited", "login", a.Login, "ssh", inv.SSH, "expires", i18n.Day(inv.Expires))
}

func uninvite(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Org.Uninvite(c.ctx, c.by, a.ID); err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login}, "cli.uninvited", "login", a.Login)
}

// activate takes the password from one line of standard input, or asks twice on
// a terminal.
func activate(c *call, in input) error {
	if in.yes("keep-key") && len(c.sess.Offered) == 0 {
		return fault.New(fault.Conflict, "cli.no_offered")
	}
	password, err := c.newPassword()
	if err != nil {
		return err
	}
	if err := c.app.Org.Activate(c.ctx, c.by, c.sess.Activation, password); err != nil {
		return err
	}
	c.sess.Activated.Store(true)
	out := object{"login": c.by.Login, "ssh": c.app.SSHLine(c.by.Login), "key": ""}
	if in.yes("keep-key") {
		by, ok := c.sess.Actor(c.ctx)
		if !ok {
			return fault.New(fault.Forbidden, "cli.ended")
		}
		k, err := c.app.Org.AddOfferedKey(c.ctx, by, c.sess.Offered, by.Login)
		if err != nil {
			return err
		}
		out["key"] = k.Fingerprint
	}
	return c.done(out, "cli.activated", "login", c.by.Login, "ssh", c.app.SSHLine(c.by.Login))
}

func (c *call) newPassword() (string, error) {
	if !c.sess.PTY {
		lines, err := c.lines(1, maxSecret)
		if err == nil && len(lines) < 1 {
			err = misuse("cli.activate_line")
		}
		if err != nil {
			return "", err
		}
		return lines[0], nil
	}
	all, err := c.askSecrets("cli.ask_new", "cli.ask_again")
	switch {
	case err != nil:
		return "", err
	case len(all) < 2:
		return "", misuse("cli.activate_line")
	case all[0] != all[1]:
		return "", fault.Field("password", "cli.password_differs")
	}
	return all[0], nil
}
