package ui

import (
	"context"
	"fmt"

	"golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// me is the person's own account: language, password and keys.
func (d *desk) me() kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.me", Addr: "me", Watch: []string{"accounts", "keys", "sessions", "wishes"},
		Load: asks(d, d.loadMe),
		Actions: func(p *kit.Detail) []kit.Action {
			list := []kit.Action{
				{ID: "ui.me.password", Keys: []string{"p"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.changePassword()) }},
				{ID: "ui.me.key_add", Keys: []string{"n"}, Weight: 8, Run: func() kit.Cmd { return kit.Push(d.addKey()) }},
			}
			if f := d.offered(); f != "" {
				list = append(list, kit.Action{ID: "ui.me.key_keep", Keys: []string{"o"}, Weight: 8, Run: d.keepKey})
			}
			list = append(list, d.tellingActions()...)
			page, _ := p.Page()
			if f, ok := page.Data.(org.SecondFactor); ok {
				list = append(list, d.secondActions(f)...)
			}
			list = append(list, kit.Action{ID: "ui.sessions.end_others", Keys: []string{"x"}, Weight: 6, Danger: true,
				Confirm: &kit.Question{Key: "ui.sessions.end_others_ask"}, Run: d.endOthers})
			return append(list, d.languageAction()...)
		}})
}

func (d *desk) loadMe(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
	acc, err := d.app.Org.GetAccount(ctx, by, by.Account)
	if err != nil {
		return kit.DetailPage{}, err
	}
	keys, err := d.app.Org.Keys(ctx, by, 0)
	if err != nil {
		return kit.DetailPage{}, err
	}
	open, err := d.mySessions(ctx, by)
	if err != nil {
		return kit.DetailPage{}, err
	}
	second, err := d.app.Org.SecondFactor(ctx, by, 0)
	if err != nil {
		return kit.DetailPage{}, err
	}
	wishes, err := d.app.Notify.Wishes(ctx, by)
	if err != nil {
		return kit.DetailPage{}, err
	}
	return kit.DetailPage{Title: d.p().T("ui.place.me"), Data: second, Sections: []kit.Section{
		{Name: "one.accounts", Pairs: append(d.accountPairs(acc), d.secondPair(second))},
		{Name: "ui.me.keys", Empty: "ui.me.no_keys", Table: d.keyTable(keys)},
		d.tellingSection(wishes),
		open,
	}}, nil
}

// accountPairs shows an account as its owner and an administrator see it.
func (d *desk) accountPairs(a org.Account) []kit.Pair {
	var roles []string
	for _, r := range a.Roles {
		roles = append(roles, d.p().Or("role."+r, r))
	}
	lang := d.p().T("ui.lang.client")
	if a.Lang != "" {
		lang = d.p().T("lang." + a.Lang)
	}
	pairs := []kit.Pair{
		{Name: "field.login", Value: a.Login, Tone: kit.Strong},
		{Name: "field.name", Value: a.Name},
		{Name: "field.roles", Value: d.p().Value(roles)},
		{Name: "field.lang", Value: lang},
	}
	for _, p := range []kit.Pair{{Name: "field.department", Value: a.DepartmentName}, {Name: "field.campus", Value: a.CampusName},
		{Name: "field.email", Value: a.Email}, {Name: "field.phone", Value: a.Phone}} {
		if p.Value != "" {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

func (d *desk) keyTable(keys []org.Key) *kit.Table {
	if len(keys) == 0 {
		return nil
	}
	t := &kit.Table{Columns: []kit.Column{
		{Key: "comment", Name: "ui.key.comment", Width: 16, Share: 1, Max: 30},
		{Key: "fingerprint", Name: "ui.key.fingerprint", Width: 22, Share: 2},
		{Key: "used", Name: "ui.key.used", Width: 14},
	}, Open: func(r kit.Row) kit.Cmd { k, _ := r.Data.(org.Key); return d.removeKey(k) }}
	for _, k := range keys {
		t.Rows = append(t.Rows, kit.Row{ID: k.ID, Data: k, Cells: []kit.Cell{{Text: orDash(k.Comment)}, {Text: k.Fingerprint}, {Text: d.p().Ago(k.LastUsed)}}})
	}
	return t
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (d *desk) removeKey(k org.Key) kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "ui.me.keys", Body: []any{i18n.W("ui.me.key_remove", "key", k.Fingerprint)}, Danger: true,
		Then: func() kit.Cmd {
			return d.act("key", func(ctx context.Context, by policy.Actor) error {
				return d.app.Org.RemoveKey(ctx, by, k.Fingerprint)
			}, "ui.me.key_removed")
		}})
}

// addKey asks for a public key, as a line to paste.
func (d *desk) addKey() kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.me.key_add", Intro: "ui.me.key_intro",
		Fields: []kit.Field{{Name: "key", Kind: kit.KindArea, Rows: 4, Required: true, Limit: 8000}},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Org.AddKey(ctx, by, in.Values.Text("key"))
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.me.key_added")), err
		}})
}

// offered is the fingerprint of a key that the client offered while its owner
// logged in with a password.
func (d *desk) offered() string {
	if len(d.sess.Offered) == 0 {
		return ""
	}
	key, err := ssh.ParsePublicKey(d.sess.Offered)
	if err != nil {
		return ""
	}
	return ssh.FingerprintSHA256(key)
}

// keepKey makes the offered key the account's after showing which one it is.
func (d *desk) keepKey() kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "ui.me.key_keep", Body: []any{i18n.W("ui.me.key_keep_ask", "key", d.offered())},
		Then: func() kit.Cmd {
			return kit.Do("key", does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Org.AddOfferedKey(ctx, by, d.sess.Offered, fmt.Sprintf("%s@%s", by.Login, d.sess.Addr))
				return err
			}), func(err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				d.sess.Offered = nil
				return kit.Toast(kit.Good, "ui.me.key_added")
			})
		}})
}

// passwordFields are asked wherever somebody chooses a password.
func passwordFields() []kit.Field {
	return []kit.Field{
		{Name: "old_password", Kind: kit.KindPassword, Required: true, Limit: 128},
		{Name: "password", Kind: kit.KindPassword, Required: true, Limit: 128, Help: "ui.password.rule"},
		{Name: "password_again", Kind: kit.KindPassword, Required: true, Limit: 128},
	}
}

func (d *desk) savePassword(ctx context.Context, in kit.Submit) error {
	// Passwords are taken as typed: blanks may be part of them.
	v := in.Values
	if v["password"].Text != v["password_again"].Text {
		return fault.Field("password_again", "ui.password.differs")
	}
	return does(d, func(ctx context.Context, by policy.Actor) error {
		return d.app.Org.ChangePassword(ctx, by, v["old_password"].Text, v["password"].Text)
	})(ctx)
}

func (d *desk) changePassword() kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.me.password", Fields: passwordFields(),
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return kit.Close(kit.Toast(kit.Good, "ui.password.changed")), d.savePassword(ctx, in)
		}})
}

// firstPassword is all that somebody with a one-time password gets. A key his
// client offered can be kept on the way in.
func (d *desk) firstPassword() kit.Screen {
	fields := passwordFields()
	if f := d.offered(); f != "" {
		fields = append(fields, kit.Field{Name: "keep_key", Kind: kit.KindBool, Help: "ui.password.keep_help", HelpArgs: []any{"key", f}})
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.password.first", Intro: "ui.password.first_intro", Fields: fields,
		Actions: func(*kit.Form) []kit.Action { return nil },
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			if err := d.savePassword(ctx, in); err != nil {
				return nil, err
			}
			toast := kit.Toast(kit.Good, "ui.password.changed")
			if in.Values.Bool("keep_key") {
				toast = d.keepOffered(ctx)
			}
			return kit.Batch(d.begin(), toast), nil
		}})
}

func (d *desk) keepOffered(ctx context.Context) kit.Cmd {
	err := does(d, func(ctx context.Context, by policy.Actor) error {
		_, err := d.app.Org.AddOfferedKey(ctx, by, d.sess.Offered, by.Login)
		return err
	})(ctx)
	if err != nil {
		return kit.Fail(err)
	}
	d.sess.Offered = nil
	return kit.Toast(kit.Good, "ui.password.changed_and_key")
}

// languageAction switches between Chinese and English, for this person from now
// on, or for this session where there is no account.
func (d *desk) languageAction() []kit.Action {
	return []kit.Action{{ID: "ui.language", Keys: []string{"ctrl+t"}, Weight: 2, Run: func() kit.Cmd {
		to := i18n.Chinese
		if d.p().Lang == i18n.Chinese {
			to = i18n.English
		}
		return kit.Do("language", does(d, func(ctx context.Context, by policy.Actor) error {
			if by.Enrollment != 0 {
				return d.app.Enrollments.SetLang(ctx, by, string(to))
			}
			return d.app.Org.SetLang(ctx, by, string(to))
		}), func(err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return d.refresh()
		})
	}}}
}
