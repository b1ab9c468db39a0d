package ui

import (
	"context"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// inviteActions make an activation address, or take it back.
func (d *desk) inviteActions(a org.Account) []kit.Action {
	list := []kit.Action{{ID: "ui.accounts.invite", Keys: []string{"i"}, Weight: 7, WhyNot: d.can("invite", "accounts"),
		Confirm: &kit.Question{Key: "ui.accounts.invite_ask", Args: []any{"name", a.Name}}, Run: func() kit.Cmd { return d.invite(a) }}}
	if !a.Invited.IsZero() {
		list = append(list, kit.Action{ID: "ui.accounts.uninvite", Keys: []string{"z"}, Weight: 3, WhyNot: d.can("invite", "accounts"), Run: func() kit.Cmd {
			return d.act("uninvite", func(ctx context.Context, by policy.Actor) error { return d.app.Org.Uninvite(ctx, by, a.ID) }, "ui.accounts.uninvited")
		}})
	}
	return list
}

// invite shows the activation address once; only its hash is kept.
func (d *desk) invite(a org.Account) kit.Cmd {
	return kit.Work[org.Invitation]{Name: "invite", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (org.Invitation, error) {
			return d.app.Org.Invite(ctx, by, a.ID)
		}),
		Then: func(inv org.Invitation, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return d.sayInvitation(inv)
		}}.Cmd()
}

func (d *desk) sayInvitation(inv org.Invitation) kit.Cmd {
	sent := i18n.W("ui.accounts.invite_by_hand")
	if inv.Mailed != "" {
		sent = i18n.W("ui.accounts.invite_mailed", "to", inv.Mailed)
	}
	text := d.p().T("ui.accounts.invite_text", "ssh", inv.SSH, "expires", i18n.Day(inv.Expires)) + "\n" + d.p().Value(sent)
	return kit.Show(&kit.Viewer{Key: "ui.accounts.invite", Lines: strings.Split(text, "\n"), Clip: inv.SSH})
}

// activate is all that an activation address opens: the person chooses his
// password, and keeps the key that his client proved, if it has one.
func (d *desk) activate() kit.Screen {
	by := d.actor()
	fields := []kit.Field{
		{Name: "login", Kind: kit.KindShow, Value: kit.Value{Text: by.Login}},
		{Name: "password", Kind: kit.KindPassword, Required: true, Limit: 128, Help: "ui.password.rule"},
		{Name: "password_again", Kind: kit.KindPassword, Required: true, Limit: 128},
	}
	if f := d.offered(); f != "" {
		fields = append(fields, kit.Field{Name: "keep_key", Kind: kit.KindBool, Value: kit.Value{Text: kit.Yes}, Help: "ui.password.keep_help", HelpArgs: []any{"key", f}})
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.activate", Intro: "ui.activate.intro", Args: []any{"name", by.Name}, Fields: fields,
		Actions: func(*kit.Form) []kit.Action { return nil },
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			// Passwords are taken as typed: blanks may be part of them.
			if in.Values["password"].Text != in.Values["password_again"].Text {
				return nil, fault.Field("password_again", "ui.password.differs")
			}
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				return d.app.Org.Activate(ctx, by, d.sess.Activation, in.Values["password"].Text)
			})(ctx)
			if err != nil {
				return nil, err
			}
			d.sess.Activated.Store(true)
			toast := kit.Toast(kit.Good, "ui.activate.done")
			if in.Values.Bool("keep_key") {
				toast = d.keepOffered(ctx)
			}
			return kit.Batch(d.begin(), toast), nil
		}})
}
