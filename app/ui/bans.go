package ui

import (
	"context"
	"strconv"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/app/ui/kit"
)

// bans is the list of those whom the door holds off, and the way to all log-ins.
func (d *desk) bans() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.bans", Addr: "bans", Empty: "ui.bans.empty", NoSearch: true, Watch: []string{"bans"},
		Columns: []kit.Column{
			{Key: "login", Name: "field.login", Width: 14, Share: 1, Max: 32},
			{Key: "from", Name: "field.from", Width: 18, Max: 40},
			{Key: "failures", Name: "ui.bans.failures", Width: 8, Right: true},
			{Key: "last", Name: "ui.bans.last", Width: 14, Drop: 1},
			{Key: "until", Name: "ui.bans.until", Width: 16},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			list, err := asks(d, d.app.Org.Bans)(ctx)
			return kit.Page{Rows: d.banRows(list), Total: len(list)}, err
		}),
		Actions: func(l *kit.List) []kit.Action {
			return []kit.Action{
				{ID: "ui.bans.lift", Keys: []string{"x"}, Weight: 9, WhyNot: d.can("lift", "bans"), Run: func() kit.Cmd {
					if r, ok := l.Current(); ok {
						return d.liftBan(r.Data.(session.Ban))
					}
					return nil
				}},
				{ID: "ui.bans.logins", Keys: []string{"L"}, Weight: 8, WhyNot: d.can("list", "audit"), Run: func() kit.Cmd { return kit.Open("audit?act:login") }},
			}
		}})
}

func (d *desk) banRows(list []session.Ban) (out []kit.Row) {
	for _, b := range list {
		id, _ := strconv.ParseInt(b.ID, 16, 64)
		out = append(out, kit.Row{ID: id, Data: b, Cells: []kit.Cell{{Text: d.anyone(b.Login)}, {Text: d.anywhere(b.Addr)},
			{Text: strconv.Itoa(b.Failures)}, {Text: d.p().Ago(b.Last)}, d.until(b)}})
	}
	return out
}

func (d *desk) anyone(login string) string {
	if login == "" {
		return d.p().T("ui.bans.anyone")
	}
	return login
}

func (d *desk) anywhere(addr string) string {
	if addr == "" {
		return d.p().T("ui.bans.anywhere")
	}
	return addr
}

// until says how long attempts are refused: until when, no more, or never.
func (d *desk) until(b session.Ban) kit.Cell {
	switch {
	case b.Until.IsZero():
		return kit.Cell{Text: d.p().T("ui.bans.waits"), Tone: kit.Warn}
	case b.Until.After(d.app.DB.Now()):
		return kit.Cell{Text: d.p().DateTime(b.Until), Tone: kit.Bad}
	}
	return kit.Cell{Text: d.p().T("ui.bans.watched"), Tone: kit.Muted}
}

func (d *desk) liftBan(b session.Ban) kit.Cmd {
	ask := i18n.W("ui.bans.lift_ask", "login", d.anyone(b.Login), "from", d.anywhere(b.Addr))
	return kit.Show(&kit.Confirm{Name: "ui.bans.lift", Body: []any{ask}, Then: func() kit.Cmd {
		return d.act("lift", func(ctx context.Context, by policy.Actor) error {
			_, err := d.app.Org.LiftBan(ctx, by, b.ID)
			return err
		}, "ui.bans.lifted")
	}})
}
