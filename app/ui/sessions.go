package ui

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// sessions is the list of who is in now.
func (d *desk) sessions() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.sessions", Addr: "sessions", Empty: "ui.empty", NoSearch: true, Watch: []string{"sessions"},
		Columns: d.sessionColumns(),
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			list, err := d.openSessions(ctx, 0)
			return kit.Page{Rows: d.sessionRows(list), Total: len(list)}, err
		}),
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.sessionPage(r.Data.(org.Session))) },
		Actions: func(l *kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.sessions.end", Keys: []string{"x"}, Weight: 9, Danger: true, WhyNot: d.can("end", "sessions"), Run: func() kit.Cmd {
				if r, ok := l.Current(); ok {
					return d.endSession(r.Data.(org.Session))
				}
				return nil
			}}}
		}})
}

func (d *desk) openSessions(ctx context.Context, account int64) ([]org.Session, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) ([]org.Session, error) {
		return d.app.Org.Sessions(ctx, by, account)
	})(ctx)
}

func (d *desk) sessionColumns() []kit.Column {
	list := []kit.Column{
		{Key: "login", Name: "field.login", Width: 12, Share: 1, Max: 24},
		{Key: "kind", Name: "ui.sessions.kind", Width: 10},
		{Key: "from", Name: "field.from", Width: 15, Max: 40},
		{Key: "method", Name: "ui.sessions.method", Width: 12, Drop: 3},
		{Key: "term", Name: "ui.sessions.term", Width: 18, Drop: 4},
		{Key: "since", Name: "ui.sessions.since", Width: 14, Drop: 1},
		{Key: "key", Name: "ui.sessions.key", Width: 14},
	}
	if d.app.Mark != "" {
		list = append(list, kit.Column{Key: "process", Name: "field.process", Width: 12, Share: 1, Max: 24, Drop: 2})
	}
	return list
}

// sessionRows says sessions as rows; the own one is marked.
func (d *desk) sessionRows(list []org.Session) (out []kit.Row) {
	for _, s := range list {
		row := kit.Row{ID: sessionNumber(s.ID), Data: s, Cells: []kit.Cell{{Text: s.Login}, {Text: d.sessionKind(s)}, {Text: s.Addr},
			{Text: d.p().Or("choice.method."+s.Method, s.Method)}, {Text: orDash(s.Term)}, {Text: d.p().Ago(s.Since)}, {Text: d.lastKey(s)}}}
		if d.app.Mark != "" {
			row.Cells = append(row.Cells, kit.Cell{Text: s.Process})
		}
		if s.ID == d.sess.ID {
			row.Cells[0].Text = d.p().T("ui.sessions.this", "login", s.Login)
			row.Cells[0].Tone = kit.Strong
		}
		out = append(out, row)
	}
	return out
}

func (d *desk) sessionKind(s org.Session) string { return d.p().Or("choice.session."+s.Kind, s.Kind) }

func (d *desk) lastKey(s org.Session) string {
	if s.LastKey.IsZero() {
		return "-"
	}
	return d.p().Ago(s.LastKey)
}

// sessionNumber is a number of its own for a session's id, which may hold its process's mark: "s12", "s12-k7qa".
func sessionNumber(id string) int64 {
	number, mark, _ := strings.Cut(strings.TrimPrefix(id, "s"), "-")
	n, _ := strconv.ParseInt(number, 10, 32)
	m, _ := strconv.ParseInt(mark, 36, 32)
	return m<<32 | n
}

// sessionPage shows one session with all there is to know of it.
func (d *desk) sessionPage(s org.Session) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.sessions",
		Load: func(context.Context) (kit.DetailPage, error) {
			return kit.DetailPage{Title: s.Login, Data: s, Sections: []kit.Section{{Pairs: d.sessionPairs(s)}}}, nil
		},
		Actions: func(*kit.Detail) []kit.Action {
			list := []kit.Action{{ID: "ui.sessions.end", Keys: []string{"x"}, Weight: 9, Danger: true, WhyNot: d.mayEnd(s), Run: func() kit.Cmd { return d.endSession(s) }}}
			if s.Account != 0 && d.actor().Can("view", "accounts") {
				list = append(list, kit.Action{ID: "ui.sessions.account", Keys: []string{"o"}, Weight: 7, Run: func() kit.Cmd { return kit.Open("accounts/" + kit.ID(s.Account)) }})
			}
			return list
		}})
}

func (d *desk) sessionPairs(s org.Session) []kit.Pair {
	pairs := []kit.Pair{{Name: "ui.sessions.id", Value: s.ID}, {Name: "field.login", Value: s.Login, Tone: kit.Strong}, {Name: "field.name", Value: orDash(s.Name)},
		{Name: "ui.sessions.kind", Value: d.sessionKind(s)}, {Name: "field.from", Value: s.Addr},
		{Name: "ui.sessions.method", Value: d.p().Or("choice.method."+s.Method, s.Method)}, {Name: "ui.sessions.term", Value: orDash(s.Term)},
		{Name: "ui.sessions.since", Value: d.p().DateTime(s.Since) + "  " + d.p().Ago(s.Since)}, {Name: "ui.sessions.key", Value: d.lastKey(s)}}
	if s.Process != "" {
		pairs = append(pairs, kit.Pair{Name: "field.process", Value: s.Process})
	}
	if s.ID == d.sess.ID {
		pairs = append(pairs, kit.Pair{Value: d.p().T("ui.sessions.is_this"), Tone: kit.Warn})
	}
	return pairs
}

// mayEnd greys the end out where it is somebody else's session.
func (d *desk) mayEnd(s org.Session) error {
	if s.Own {
		return nil
	}
	return d.can("end", "sessions")
}

// endSession asks, and ends a session with its connection.
func (d *desk) endSession(s org.Session) kit.Cmd {
	ask := i18n.W("ui.sessions.end_ask", "login", s.Login, "from", s.Addr)
	if s.ID == d.sess.ID {
		ask = i18n.W("ui.sessions.end_this")
	}
	return kit.Show(&kit.Confirm{Name: "ui.sessions.end", Body: []any{ask}, Danger: true, Then: func() kit.Cmd {
		return d.act("end", func(ctx context.Context, by policy.Actor) error {
			return d.app.Org.EndSession(ctx, by, s.ID, d.sess.ID)
		}, "ui.sessions.ended", "login", s.Login)
	}})
}

// mySessions is the table of one's own sessions, for one's own page.
func (d *desk) mySessions(ctx context.Context, by policy.Actor) (kit.Section, error) {
	s := kit.Section{Name: "ui.me.sessions"}
	list, err := d.app.Org.Sessions(ctx, by, by.Account)
	if err != nil || len(list) == 0 {
		return s, err
	}
	s.Table = &kit.Table{Columns: d.sessionColumns()[1:], Open: func(r kit.Row) kit.Cmd { return d.endSession(r.Data.(org.Session)) }}
	for _, r := range d.sessionRows(list) {
		if x := r.Data.(org.Session); x.ID == d.sess.ID {
			r.Cells[1] = kit.Cell{Text: d.p().T("ui.sessions.this_one"), Tone: kit.Strong}
		}
		r.Cells = r.Cells[1:]
		s.Table.Rows = append(s.Table.Rows, r)
	}
	return s, nil
}

// endOthers ends all one's own sessions but this one.
func (d *desk) endOthers() kit.Cmd {
	return kit.Work[int]{Name: "others", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (int, error) {
			return d.app.Org.EndSessions(ctx, by, by.Account, d.sess.ID)
		}),
		Then: func(n int, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return kit.Toast(kit.Good, "ui.sessions.others_ended", "n", n)
		}}.Cmd()
}
