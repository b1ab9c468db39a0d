package ui

import (
	"context"
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/qr"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// secondPair says how one's own second factor stands.
func (d *desk) secondPair(f org.SecondFactor) kit.Pair {
	p := kit.Pair{Name: "field.second_factor", Value: d.p().T("ui.second.off"), Tone: kit.Muted}
	switch {
	case f.On:
		p.Value, p.Tone = d.p().T("ui.second.on", "since", i18n.Day(f.Since), "left", f.Left), kit.Good
	case f.Required:
		p.Value, p.Tone = d.p().T("ui.second.wanted"), kit.Warn
	}
	return p
}

// secondActions switch one's own second factor on and off.
func (d *desk) secondActions(f org.SecondFactor) []kit.Action {
	if !f.On {
		return []kit.Action{{ID: "ui.second.set_up", Keys: []string{"f"}, Weight: 7, Run: d.beginSecond}}
	}
	return []kit.Action{
		{ID: "ui.second.codes", Keys: []string{"r"}, Weight: 4, Run: func() kit.Cmd {
			return d.askCode("ui.second.codes", "ui.second.codes_ask", func(ctx context.Context, by policy.Actor, code string) ([]string, error) {
				return d.app.Org.NewRecoveryCodes(ctx, by, code)
			})
		}},
		{ID: "ui.second.switch_off", Keys: []string{"f"}, Weight: 4, Danger: true, Run: func() kit.Cmd {
			return d.askCode("ui.second.switch_off", "ui.second.off_ask", func(ctx context.Context, by policy.Actor, code string) ([]string, error) {
				return nil, d.app.Org.DropSecondFactor(ctx, by, code)
			})
		}},
	}
}

// askCode does something with the second factor against a code of it.
func (d *desk) askCode(name, ask string, do func(ctx context.Context, by policy.Actor, code string) ([]string, error)) kit.Cmd {
	return kit.Show(&kit.Prompt{Name: name, Body: []any{i18n.W(ask)}, Limit: 20, Then: func(code string) kit.Cmd {
		return kit.Work[[]string]{Name: "second", Write: true, Label: "kit.saving",
			Do: asks(d, func(ctx context.Context, by policy.Actor) ([]string, error) { return do(ctx, by, code) }),
			Then: func(codes []string, err error) kit.Cmd {
				switch {
				case err != nil:
					return kit.Fail(err)
				case codes == nil:
					return kit.Toast(kit.Good, "ui.second.now_off")
				}
				return d.sayCodes(codes, nil)
			}}.Cmd()
	}})
}

// sayCodes shows recovery codes once; then what comes after they were read.
func (d *desk) sayCodes(codes []string, then func() kit.Cmd) kit.Cmd {
	half := (len(codes) + 1) / 2
	var lines []string
	for i := range half {
		line := codes[i]
		if half+i < len(codes) {
			line += "    " + codes[half+i]
		}
		lines = append(lines, line)
	}
	return kit.Show(&kit.Message{Name: "ui.second.codes", Body: []any{i18n.W("ui.second.codes_text"), strings.Join(lines, "\n")}, Then: then})
}

// beginSecond makes a secret and shows it.
func (d *desk) beginSecond() kit.Cmd {
	return kit.Work[org.Setup]{Name: "second", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (org.Setup, error) {
			return d.app.Org.BeginSecondFactor(ctx, by)
		}),
		Then: func(set org.Setup, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return kit.Push(d.setUp(set, func(codes []string) kit.Cmd { return kit.Close(d.sayCodes(codes, nil)) }))
		}}.Cmd()
}

// firstSecond is all that somebody gets whose role wants a second factor that
// he lacks: it leads into the school as a first password does.
func (d *desk) firstSecond() kit.Screen {
	set, err := asks(d, func(ctx context.Context, by policy.Actor) (org.Setup, error) {
		return d.app.Org.BeginSecondFactor(ctx, by)
	})(context.Background())
	if err != nil {
		return &kit.Message{Name: "ui.second.set_up", Body: []any{err}}
	}
	return d.setUp(set, func(codes []string) kit.Cmd { return d.sayCodes(codes, d.begin) })
}

// setUp shows the QR code and the secret, and asks for the first code.
func (d *desk) setUp(set org.Setup, done func(codes []string) kit.Cmd) kit.Screen {
	intro := "ui.second.intro"
	if d.actor().Rights != nil && d.actor().Rights.MustEnroll {
		intro = "ui.second.intro_wanted"
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.second.set_up",
		Fields: []kit.Field{
			{Name: "secret", Label: "ui.second.secret", Kind: kit.KindBlock, Draw: func(e kit.Env, w int) []string { return d.drawSecret(set, e.T(intro), w) }},
			{Name: "second_code", Required: true, Limit: 10},
		},
		Actions: func(*kit.Form) []kit.Action { return nil },
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			codes, err := asks(d, func(ctx context.Context, by policy.Actor) ([]string, error) {
				return d.app.Org.ConfirmSecondFactor(ctx, by, in.Values.Text("second_code"))
			})(ctx)
			if err != nil {
				return nil, err
			}
			return done(codes), nil
		}})
}

// drawSecret draws the QR code with the words and the secret beside it, or above
// it where there is no room.
func (d *desk) drawSecret(set org.Setup, words string, w int) []string {
	code, err := qr.Lines(set.URL, d.sess.Getenv("NO_COLOR") == "")
	if err != nil {
		return []string{set.Secret}
	}
	wide := width.Of(code[0])
	room := w - wide - 3
	if room < 20 {
		return append(append(width.Wrap(words, w), inLines(set.Secret, w)...), code...)
	}
	text := append(append(width.Wrap(words, room), ""), inLines(set.Secret, room)...)
	for i := range text {
		if i+1 < len(code) {
			code[i+1] += "   " + text[i]
		}
	}
	return code
}

// inLines breaks a secret between its groups of four.
func inLines(secret string, w int) (out []string) {
	groups := strings.Fields(secret)
	for len(groups) > 0 {
		n := max(1, min(len(groups), 4, (w+1)/5))
		out = append(out, strings.Join(groups[:n], " "))
		groups = groups[n:]
	}
	return out
}

// resetSecond takes somebody's lost second factor away.
func (d *desk) resetSecond(a org.Account) kit.Action {
	return kit.Action{ID: "ui.second.reset", Keys: []string{"f"}, Weight: 2, Danger: true, WhyNot: d.can("reset", "accounts"),
		Confirm: &kit.Question{Key: "ui.second.reset_ask", Args: []any{"name", a.Name}}, Run: func() kit.Cmd {
			return d.act("second", func(ctx context.Context, by policy.Actor) error { return d.app.Org.ResetSecondFactor(ctx, by, a.ID) },
				"ui.second.was_reset", "name", a.Name)
		}}
}
