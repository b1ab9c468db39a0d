package ui

import (
	"context"

	"cohort/app/i18n"
	"cohort/app/message"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// messages is the log of what went to QQ, the group and the web hook; t tests them.
func (d *desk) messages(query string) kit.Screen {
	return d.recordList("messages", query, func(s *kit.ListSpec) {
		s.Empty = "ui.messages.empty"
		s.Views = []kit.ListView{{ID: "ui.messages.waiting", Query: "state:queued"}, {ID: "ui.messages.dead", Query: "state:dead"}}
		usual := s.Actions
		s.Actions = func(l *kit.List) []kit.Action {
			return append([]kit.Action{
				{ID: "ui.messages.test_qq", Keys: []string{"t"}, Weight: 9, WhyNot: d.can("test", "messages"), Run: d.testQQ},
				{ID: "ui.messages.test_hook", Keys: []string{"w"}, Weight: 8, WhyNot: d.can("test", "messages"), Run: func() kit.Cmd { return d.testMessage(message.Hook, "") }},
				{ID: "ui.messages.status", Keys: []string{"o"}, Weight: 7, Run: d.messageStatus},
			}, usual(l)...)
		}
	})
}

func (d *desk) testQQ() kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.messages.test_qq", Body: []any{i18n.W("ui.messages.test_ask")}, Check: goodNumber,
		Then: func(number string) kit.Cmd { return d.testMessage(message.QQ, number) }})
}

func (d *desk) testMessage(way message.Channel, number string) kit.Cmd {
	return d.act("test", func(ctx context.Context, by policy.Actor) error {
		return d.app.Messages.Test(ctx, by, way, number, d.p())
	}, "ui.messages.tested", "server", d.app.Messages.Config().Server(way))
}

// messageStatus says how each way out does: where to, what waits, why not.
func (d *desk) messageStatus() kit.Cmd {
	return kit.Ask("status", asks(d, d.app.Messages.Status), func(list []message.Status, err error) kit.Cmd {
		if err != nil {
			return kit.Fail(err)
		}
		var body []any
		for _, st := range list {
			way := i18n.W("choice.way." + string(st.Channel))
			if st.Server == "" {
				body = append(body, i18n.W("ui.messages.no_server", "way", way))
				continue
			}
			body = append(body, i18n.W("ui.messages.server", "way", way, "server", st.Server, "n", st.Waiting))
			if st.Error != "" {
				body = append(body, i18n.W("ui.messages.error", "error", st.Error, "until", st.Until))
			}
		}
		return kit.Say("ui.messages.status", body...)
	})
}
