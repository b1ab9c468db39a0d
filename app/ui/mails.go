package ui

import (
	"context"

	"cohort/app/mail"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// mails is the log of the outbox.
func (d *desk) mails() kit.Screen {
	return d.recordList("mails", "", func(s *kit.ListSpec) {
		s.Name, s.Empty = "ui.place.mails", "ui.mails.empty"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.mail(r.ID)) }
		s.Views = []kit.ListView{{ID: "ui.mails.waiting", Query: "state:queued"}, {ID: "ui.mails.dead", Query: "state:dead"}}
		s.Select = true
		s.Actions = func(l *kit.List) []kit.Action {
			return []kit.Action{
				{ID: "ui.mails.retry", Keys: []string{"r"}, Weight: 8, WhyNot: d.can("retry", "mails"), Run: func() kit.Cmd { return l.Each("ui.mails.retry", d.retryMail) }},
				{ID: "ui.mails.status", Keys: []string{"o"}, Weight: 6, Run: d.mailStatus},
			}
		}
	})
}

func (d *desk) retryMail(ctx context.Context, id int64) error {
	return does(d, func(ctx context.Context, by policy.Actor) error {
		_, err := d.app.Mail.Retry(ctx, by, id)
		return err
	})(ctx)
}

// mailStatus says how the outbox does: by which server, what waits, why not.
func (d *desk) mailStatus() kit.Cmd {
	return kit.Ask("status", asks(d, d.app.Mail.Status), func(st mail.Status, err error) kit.Cmd {
		if err != nil {
			return kit.Fail(err)
		}
		body := []any{d.p().T("ui.mails.waiting_n", "n", st.Waiting)}
		if st.Server == "" {
			body = append(body, d.p().T("ui.mails.no_server"))
		} else {
			body = append(body, d.p().T("ui.mails.server", "server", st.Server))
		}
		if st.Error != "" {
			body = append(body, d.p().T("ui.mails.error", "error", st.Error, "until", st.Until))
		}
		return kit.Say("ui.mails.status", body...)
	})
}

// mail shows one mail as it is or will be sent.
func (d *desk) mail(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.mails", Addr: "mails/" + kit.ID(id), Watch: []string{"mails"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			m, err := d.app.Mail.Get(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return d.mailPage(m), nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			return []kit.Action{{ID: "ui.mails.retry", Keys: []string{"r"}, Weight: 8, WhyNot: d.can("retry", "mails"),
				Confirm: &kit.Question{Key: "ui.mails.retry_ask"},
				Run: func() kit.Cmd {
					return d.act("retry", func(ctx context.Context, _ policy.Actor) error { return d.retryMail(ctx, id) }, "ui.mails.retried")
				}}}
		}})
}

func (d *desk) mailPage(m mail.Mail) kit.DetailPage {
	tone := map[mail.State]kit.Tone{mail.Sent: kit.Good, mail.Dead: kit.Bad}[m.State]
	pairs := []kit.Pair{
		{Name: "field.to", Value: m.To},
		{Name: "field.subject", Value: m.Subject, Tone: kit.Strong},
		{Name: "field.state", Value: d.p().T("choice.state." + string(m.State)), Tone: tone},
		{Name: "field.created", Value: d.p().DateTime(m.CreatedAt)},
		{Name: "field.tries", Value: d.p().Value(m.Tries)},
	}
	if !m.SentAt.IsZero() {
		pairs = append(pairs, kit.Pair{Name: "field.sent", Value: d.p().DateTime(m.SentAt)})
	} else if m.State == mail.Queued {
		pairs = append(pairs, kit.Pair{Name: "ui.mails.next", Value: d.p().DateTime(m.NextAt)})
	}
	if m.LastError != "" {
		pairs = append(pairs, kit.Pair{Name: "field.last_error", Value: m.LastError, Tone: kit.Bad, Wide: true})
	}
	return kit.DetailPage{Title: m.Subject, Data: m, Sections: []kit.Section{
		{Pairs: pairs}, {Name: "ui.mails.body", Text: m.Body}}}
}
