package ui

import (
	"context"
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// accounts lists the people who may log in.
func (d *desk) accounts() kit.Screen {
	return d.recordList("accounts", "", func(s *kit.ListSpec) {
		s.Name = "ui.place.accounts"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.account(r.ID)) }
		s.Actions = func(*kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.accounts.add", Keys: []string{"n"}, Weight: 9, WhyNot: d.can("add", "accounts"),
				Run: func() kit.Cmd { return kit.Push(d.addAccount()) }}}
		}
	})
}

// account shows one account, its roles and keys, and what an administrator may
// do with it.
func (d *desk) account(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.accounts", Addr: "accounts/" + kit.ID(id), Watch: []string{"accounts"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			a, err := d.app.Org.GetAccount(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			keys, err := d.app.Org.Keys(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			second, err := d.app.Org.SecondFactor(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			table := d.keyTable(keys)
			if table != nil {
				table.Open = nil // others' keys are not ours to remove from here
			}
			grants, err := d.grantSection(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: a.Name, Data: a, Sections: []kit.Section{
				{Pairs: append(append(d.accountPairs(a), d.accountState(a)...), d.secondPair(second))},
				{Name: "ui.me.keys", Empty: "ui.accounts.no_keys", Table: table}, grants}}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			a, ok := page.Data.(org.Account)
			if !ok {
				return nil
			}
			return d.accountActions(a)
		}})
}

func (d *desk) accountState(a org.Account) []kit.Pair {
	state := kit.Pair{Name: "field.state", Value: d.p().T("ui.accounts.active"), Tone: kit.Good}
	switch {
	case !a.Active && a.Reason != "":
		state.Value, state.Tone = d.p().T("ui.accounts.disabled_why", "reason", a.Reason), kit.Bad
	case !a.Active:
		state.Value, state.Tone = d.p().T("ui.accounts.disabled"), kit.Bad
	case !a.Invited.IsZero():
		state.Value, state.Tone = d.p().T("ui.accounts.invited", "until", i18n.Day(a.Invited)), kit.Warn
	case a.MustChange:
		state.Value, state.Tone = d.p().T("ui.accounts.must_change"), kit.Warn
	}
	return []kit.Pair{state, {Name: "field.last_seen", Value: d.p().Ago(a.LastSeen)}, {Name: "field.created", Value: d.p().DateTime(a.Created)}}
}

func (d *desk) accountActions(a org.Account) []kit.Action {
	list := []kit.Action{
		{ID: "ui.accounts.edit", Keys: []string{"e"}, Weight: 9, WhyNot: d.can("change", "accounts"), Run: func() kit.Cmd { return kit.Push(d.editAccount(a)) }},
		{ID: "ui.accounts.roles", Keys: []string{"r"}, Weight: 8, WhyNot: d.can("assign", "accounts"), Run: func() kit.Cmd { return d.pickRoles(a) }},
		{ID: "ui.accounts.reset", Keys: []string{"p"}, Weight: 7, WhyNot: d.can("reset", "accounts"),
			Confirm: &kit.Question{Key: "ui.accounts.reset_ask", Args: []any{"name", a.Name}}, Run: func() kit.Cmd { return d.resetPassword(a) }},
	}
	list = append(append(append(list, d.grantActions(a)...), d.handoverActions(a)...), d.resetSecond(a))
	if a.Active {
		list = append(list, d.inviteActions(a)...)
		return append(list, kit.Action{ID: "ui.accounts.disable", Keys: []string{"x"}, Weight: 6, Danger: true, WhyNot: d.can("disable", "accounts"),
			Run: func() kit.Cmd { return d.disable(a) }})
	}
	return append(list, kit.Action{ID: "ui.accounts.enable", Keys: []string{"x"}, Weight: 6, WhyNot: d.can("disable", "accounts"),
		Run: func() kit.Cmd { return d.setActive(a, true, "", "ui.accounts.enabled_done") }})
}

// disable asks for the reason, which stays with the account.
func (d *desk) disable(a org.Account) kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.accounts.disable", Body: []any{i18n.W("ui.accounts.disable_ask", "name", a.Name), i18n.W("ui.accounts.disable_why")},
		Then: func(reason string) kit.Cmd { return d.setActive(a, false, reason, "ui.accounts.disabled_done") }})
}

func (d *desk) setActive(a org.Account, active bool, reason, done string) kit.Cmd {
	return d.act("active", func(ctx context.Context, by policy.Actor) error {
		return d.app.Org.SetActive(ctx, by, a.ID, active, reason)
	}, done, "name", a.Name)
}

// resetPassword shows the one-time password once; it is stored nowhere.
func (d *desk) resetPassword(a org.Account) kit.Cmd {
	return kit.Work[string]{Name: "reset", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (string, error) {
			return d.app.Org.ResetPassword(ctx, by, a.ID)
		}),
		Then: func(password string, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return d.sayPassword(a.Login, password)
		}}.Cmd()
}

func (d *desk) sayPassword(login, password string) kit.Cmd {
	text := strings.Split(d.p().T("ui.accounts.one_time_text", "login", login, "password", password), "\n")
	return kit.Show(&kit.Viewer{Key: "ui.accounts.one_time", Lines: append(text, "", password), Clip: password})
}

func (d *desk) roleOptions(ctx context.Context, _ string) ([]kit.Option, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) ([]kit.Option, error) {
		roles, err := d.app.Org.Roles(ctx, by)
		var out []kit.Option
		for _, r := range roles {
			out = append(out, kit.Option{Value: r.Name, Label: d.p().Or("role."+r.Name, r.Name), Note: r.Name})
		}
		return out, err
	})(ctx)
}

func (d *desk) pickRoles(a org.Account) kit.Cmd {
	var chosen []kit.Option
	for _, r := range a.Roles {
		chosen = append(chosen, kit.Option{Value: r, Label: d.p().Or("role."+r, r)})
	}
	return kit.Show(&kit.Picker{Name: "ui.accounts.roles", Search: d.roleOptions, Many: true, Chosen: chosen, Then: func(o []kit.Option) kit.Cmd {
		var names []string
		for _, x := range o {
			names = append(names, x.Value)
		}
		return d.act("roles", func(ctx context.Context, by policy.Actor) error { return d.app.Org.SetRoles(ctx, by, a.ID, names) }, "ui.saved")
	}})
}

// personFields are what an account tells of a person.
func (d *desk) personFields(a org.Account) []kit.Field {
	relation := func(id int64, label string) kit.Value {
		if id == 0 {
			return kit.Value{}
		}
		return kit.Value{Text: kit.ID(id), Label: label}
	}
	return []kit.Field{
		{Name: "name", Required: true, Limit: 50, Value: kit.Value{Text: a.Name}},
		{Name: "email", Limit: 200, Value: kit.Value{Text: a.Email}},
		{Name: "phone", Limit: 40, Value: kit.Value{Text: a.Phone}},
		{Name: "department", Kind: kit.KindRelation, Search: d.pick("departments", false), Value: relation(a.Department, a.DepartmentName)},
		{Name: "campus", Kind: kit.KindRelation, Search: d.pick("campuses", false), Value: relation(a.Campus, a.CampusName)},
		{Name: "lang", Kind: kit.KindChoice, Value: kit.Value{Text: a.Lang}, Options: []kit.Option{
			{Value: "", Label: d.p().T("ui.lang.client")}, {Value: "zh", Label: d.p().T("lang.zh")}, {Value: "en", Label: d.p().T("lang.en")}}},
	}
}

func (d *desk) addAccount() kit.Screen {
	fields := append([]kit.Field{{Name: "login", Required: true, Limit: 32, Help: "ui.accounts.login_help"}}, d.personFields(org.Account{})...)
	fields = append(fields, kit.Field{Name: "roles", Kind: kit.KindSeveral, Required: true, Search: d.roleOptions},
		kit.Field{Name: "invite", Kind: kit.KindBool, Value: kit.Value{Text: kit.Yes}, Help: "ui.accounts.invite_help"})
	return kit.NewForm(kit.FormSpec{Name: "ui.accounts.add", Fields: fields,
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				v := in.Values
				told := org.NewAccount{Login: v.Text("login"), Name: v.Text("name"), Email: v.Text("email"),
					Phone: v.Text("phone"), Department: v.Int("department"), Campus: v.Int("campus"), Lang: v.Text("lang"), Roles: v.List("roles")}
				if v.Bool("invite") {
					a, inv, err := d.app.Org.AddInvited(ctx, by, told)
					return kit.Batch(kit.Replace(d.account(a.ID)), d.sayInvitation(inv)), err
				}
				a, password, err := d.app.Org.AddAccount(ctx, by, told)
				if err != nil {
					return nil, err
				}
				return kit.Batch(kit.Replace(d.account(a.ID)), d.sayPassword(a.Login, password)), nil
			})(ctx)
		}})
}

func (d *desk) editAccount(a org.Account) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.accounts.edit", Fields: d.personFields(a),
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.Loaded, error) {
			a, err := d.app.Org.GetAccount(ctx, by, a.ID)
			out := kit.Loaded{Values: kit.Values{}, Version: a.Version}
			for _, f := range d.personFields(a) {
				out.Values[f.Name] = f.Value
			}
			return out, err
		}),
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return nil, does(d, func(ctx context.Context, by policy.Actor) error {
				v := in.Values
				text := func(n string) *string { s := v.Text(n); return &s }
				id := func(n string) *int64 { x := v.Int(n); return &x }
				version, _ := in.Version.(int64)
				_, err := d.app.Org.ChangeAccount(ctx, by, a.ID, version, org.Change{Name: text("name"), Email: text("email"), Phone: text("phone"),
					Lang: text("lang"), Department: id("department"), Campus: id("campus")})
				return err
			})(ctx)
		}})
}
