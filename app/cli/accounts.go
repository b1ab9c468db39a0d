package cli

import (
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/resource"
)

// accountCommands are the administrator's.
func accountCommands() []command {
	one := func(verb, use string, action string, run func(c *call, in input) error) command {
		return command{path: "accounts " + verb, use: use, min: 1, max: 1, may: right(action, "accounts"), run: run}
	}
	add := one("add", "--login LOGIN --name NAME --role ROLE…", "add", addAccount)
	add.min, add.max, add.required = 0, 0, []string{"login", "name"}
	add.flags = func(c *call, f flags) { accountFlags(true)(c, f); f.flag("invite") }
	add.example = []string{"accounts add --login sales_e --name 周杰 --role sales --email zj@example.com --invite"}
	disable := one("disable", "LOGIN", "disable", setActive(false))
	disable.flags = func(_ *call, f flags) { f.text("reason", "TEXT") }
	disable.example = []string{"accounts disable sales_e --reason 离职"}
	change := one("change", "LOGIN --FIELD VALUE…", "change", changeAccount)
	change.flags = accountFlags(false)
	roles := one("roles", "LOGIN ROLE…", "assign", setRoles)
	roles.max, roles.example = -1, []string{"accounts roles sales_a sales sales_manager"}
	return []command{
		one("show", "LOGIN", "view", showAccount), add, change, roles,
		disable, one("enable", "LOGIN", "disable", setActive(true)),
		one("reset", "LOGIN", "reset", resetPassword),
	}
}

// account finds an account by its log-in name or number.
func (c *call) account(text string) (org.Account, error) {
	if text == "me" {
		text = c.by.Login
	}
	a, err := c.app.Org.FindAccount(c.ctx, c.by, text)
	if id, wrong := parseID(text); err != nil && wrong == nil {
		a, err = c.app.Org.GetAccount(c.ctx, c.by, id)
	}
	if fault.Of(err) == fault.NotFound && err != nil {
		err = noSuch("login", text)
	}
	return a, err
}

// inputs are the fields of an account that may be given.
func (c *call) inputs(adding bool) []resource.Field {
	res, _ := c.app.Engine.Get("accounts")
	return res.Inputs(adding)
}

func accountFlags(adding bool) func(c *call, f flags) {
	return func(c *call, f flags) { f.fields(c, c.inputs(adding)) }
}

func addAccount(c *call, in input) error {
	v, err := c.app.Engine.Input(c.ctx, c.by, "accounts", true, given(in, c.inputs(true)))
	if err != nil {
		return err
	}
	told := org.NewAccount{Login: v.Str("login"), Name: v.Str("name"), Email: v.Str("email"),
		Phone: v.Str("phone"), Department: v.Int("department"), Campus: v.Int("campus"), Lang: v.Str("lang"), Roles: v.Strs("roles")}
	if in.yes("invite") {
		a, inv, err := c.app.Org.AddInvited(c.ctx, c.by, told)
		if err != nil {
			return err
		}
		return c.invited(a, inv)
	}
	a, password, err := c.app.Org.AddAccount(c.ctx, c.by, told)
	if err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login, "password": password}, "cli.account_added", "login", a.Login, "password", password)
}

func changeAccount(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	typed := given(in, c.inputs(false))
	if len(typed) == 0 {
		return misuse("cli.nothing_given")
	}
	v, err := c.app.Engine.Input(c.ctx, c.by, "accounts", false, typed)
	if err != nil {
		return err
	}
	a, err = c.app.Org.ChangeAccount(c.ctx, c.by, a.ID, a.Version, accountChange(v))
	if err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login}, "cli.changed", "record", i18n.W("one.accounts"), "id", a.ID)
}

// accountChange is what was given; nil leaves a value as it is.
func accountChange(v resource.Values) org.Change {
	text := func(name string) *string {
		if s := v.Str(name); v.Has(name) {
			return &s
		}
		return nil
	}
	place := func(name string) *int64 {
		if n := v.Int(name); v.Has(name) {
			return &n
		}
		return nil
	}
	return org.Change{Name: text("name"), Email: text("email"), Phone: text("phone"), Lang: text("lang"), Department: place("department"), Campus: place("campus")}
}

func showAccount(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	row, fields, err := c.app.Engine.Show(c.ctx, c.by, "accounts", a.ID)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(jsonRow(row, fields))
	}
	pairs(c.out, c.rowPairs(row, fields))
	return nil
}

// setRoles gives an account the roles named, and no others.
func setRoles(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	names := in.args[1:]
	if err := c.app.Org.SetRoles(c.ctx, c.by, a.ID, names); err != nil {
		return err
	}
	if a, err = c.app.Org.GetAccount(c.ctx, c.by, a.ID); err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login, "roles": orEmpty(a.Roles)}, "cli.roles_set", "login", a.Login, "roles", c.roleWords(a.Roles))
}

func (c *call) roleWords(names []string) []string {
	out := []string{}
	for _, n := range names {
		out = append(out, c.p.Or("role."+n, n))
	}
	return out
}

func setActive(active bool) func(c *call, in input) error {
	return func(c *call, in input) error {
		a, err := c.account(in.args[0])
		if err != nil {
			return err
		}
		if err := c.app.Org.SetActive(c.ctx, c.by, a.ID, active, in.reason(active)); err != nil {
			return err
		}
		key := map[bool]string{true: "cli.account_enabled", false: "cli.account_disabled"}[active]
		return c.done(object{"id": a.ID, "login": a.Login, "active": active}, key, "login", a.Login)
	}
}

// reason is why an account is disabled; enabling needs none.
func (in input) reason(active bool) string {
	if active {
		return ""
	}
	return in.str("reason")
}

func resetPassword(c *call, in input) error {
	a, err := c.account(in.args[0])
	if err != nil {
		return err
	}
	password, err := c.app.Org.ResetPassword(c.ctx, c.by, a.ID)
	if err != nil {
		return err
	}
	return c.done(object{"id": a.ID, "login": a.Login, "password": password}, "cli.account_reset", "login", a.Login, "password", password)
}
