package ui

import (
	"context"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

func (d *desk) enrollmentActions(p *kit.Detail, x enrolled) []kit.Action {
	id := x.ID
	list := []kit.Action{
		{ID: "ui.enroll.copy", Keys: []string{"c"}, Weight: 9, WhyNot: firstError(x.may["link"], x.noLink), Run: func() kit.Cmd {
			l := d.reach(x.link)
			return kit.Copy(sshLine(l) + "\n" + uploadLine(l, 1<<10))
		}},
		{ID: "ui.enroll.mail", Keys: []string{"e"}, Weight: 9, WhyNot: firstError(x.may["link"], x.noLink), Run: func() kit.Cmd { return d.mailLink(p, x) }},
		{ID: "ui.pay.account", Keys: []string{"p"}, Weight: 7, WhyNot: x.noMoney, Run: func() kit.Cmd { return kit.Push(d.payAccount(id)) }},
		{ID: "ui.enroll.reissue", Keys: []string{"r"}, Weight: 6, WhyNot: firstError(x.may["link"], whyNoNewLink(x)),
			Confirm: &kit.Question{Key: "ui.enroll.reissue_ask"}, Run: func() kit.Cmd {
				return d.act("link", func(ctx context.Context, by policy.Actor) error {
					_, _, err := d.app.Enrollments.Reissue(ctx, by, id)
					return err
				}, "ui.enroll.reissued")
			}},
		{ID: "ui.enroll.revoke", Keys: []string{"x"}, Weight: 5, Danger: true, WhyNot: firstError(x.may["link"], x.noLink),
			Confirm: &kit.Question{Key: "ui.enroll.revoke_ask"}, Run: func() kit.Cmd {
				return d.act("link", func(ctx context.Context, by policy.Actor) error {
					_, err := d.app.Enrollments.Revoke(ctx, by, id)
					return err
				}, "ui.enroll.revoked")
			}},
		{ID: "ui.enroll.cancel", Keys: []string{"d"}, Weight: 4, Danger: true, WhyNot: firstError(x.may["cancel"], whyNoCancel(x)),
			Run: func() kit.Cmd { return kit.Push(d.cancelEnrollment(x)) }},
	}
	if x.State == enrollment.Submitted && x.may["approve"] == nil {
		list = append([]kit.Action{{ID: "ui.enroll.review", Keys: []string{"v"}, Weight: 10, Run: func() kit.Cmd { return kit.Push(d.review(id)) }}}, list...)
	}
	return append(list, d.historyAction("enrollments", id), d.addressAction("enrollments", id))
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// whyNoNewLink and whyNoCancel are what the service would answer.
func whyNoNewLink(x enrolled) error {
	if x.State == enrollment.Approved || x.State == enrollment.Cancelled {
		return fault.New(fault.Conflict, "enrollment.no_link", "state", i18n.W("choice.state."+string(x.State)))
	}
	return nil
}

func whyNoCancel(x enrolled) error {
	switch x.State {
	case enrollment.Approved:
		return fault.New(fault.Conflict, "enrollment.approved_already", "who", x.ApproverName, "when", x.Approved)
	case enrollment.Cancelled:
		return fault.New(fault.Conflict, "enrollment.state", "state", i18n.W("choice.state.cancelled"))
	}
	return nil
}

// mailLink asks where to send the link.
func (d *desk) mailLink(p *kit.Detail, x enrolled) kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.enroll.mail", Body: []any{i18n.W("ui.enroll.mail_ask", "name", x.CustomerName)}, Value: x.email, Over: true, Limit: 254, Then: func(to string) kit.Cmd {
		return kit.Work[string]{Name: "mail", Write: true, Label: "kit.saving",
			Do: asks(d, func(ctx context.Context, by policy.Actor) (string, error) {
				return d.app.Enrollments.MailLink(ctx, by, x.ID, strings.TrimSpace(to))
			}),
			Then: func(to string, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				return kit.Batch(p.Reload(), kit.Toast(kit.Good, "ui.enroll.mailed", "to", to))
			}}.Cmd()
	}})
}

// cancelEnrollment asks why.
func (d *desk) cancelEnrollment(x enrolled) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.enroll.cancel_title", Args: []any{"name", x.CustomerName, "class", x.ClassCode}, Intro: "ui.enroll.cancel_intro",
		Fields: []kit.Field{{Name: "reason", Kind: kit.KindArea, Required: true, Limit: 500, Rows: 4}}, SaveID: "ui.enroll.cancel",
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return kit.Close(kit.Toast(kit.Good, "ui.enroll.cancelled")), does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Enrollments.Cancel(ctx, by, x.ID, in.Values.Text("reason"))
				return err
			})(ctx)
		}})
}
