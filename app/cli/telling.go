package cli

import (
	"cohort/app/i18n"
	"cohort/app/message"
	"cohort/app/notify"
)

// tellingCommands are about how one is told besides the screen, and about the outbox of QQ and the web hook.
func tellingCommands() []command {
	return []command{
		{path: "me notify", use: "[KIND mail|qq on|off]", max: 3, may: (*call).person, run: myNotify, example: []string{"me notify digest mail on", "me notify all qq off"}},
		{path: "me qq", use: "[NUMBER|none]", max: 1, may: (*call).person, run: myQQ, example: []string{"me qq 10001"}},
		{path: "me links", use: "[on|off]", max: 1, may: (*call).person, run: myLinks},
		{path: "messages status", may: right("list", "messages"), run: messageStatus},
		{path: "messages retry", use: "ID", min: 1, max: 1, may: right("retry", "messages"), run: retryMessage},
		{path: "messages test", use: "qq|hook [NUMBER]", min: 1, max: 2, may: right("test", "messages"), run: testMessage, example: []string{"messages test qq 10001", "messages test hook"}},
	}
}

// myNotify lists one's choices, or changes one.
func myNotify(c *call, in input) error {
	switch len(in.args) {
	case 0:
		return c.listChoices()
	case 3:
	default:
		return misuse("cli.bad_switch")
	}
	on, err := onOff(in.args[2])
	if err != nil {
		return err
	}
	kind, way := in.args[0], notify.Channel(in.args[1])
	if err := c.app.Notify.Choose(c.ctx, c.by, kind, way, on); err != nil {
		return err
	}
	if on && way == notify.ByQQ {
		if w, err := c.app.Notify.Wishes(c.ctx, c.by); err == nil && w.QQ == "" {
			c.say("ui.telling.no_number_yet")
		}
	}
	return c.done(object{"kind": kind, "by": way, "on": on}, "cli.telling_set", "kind", c.p.Or("kind."+kind, kind),
		"channel", i18n.W("telling.by."+string(way)), "state", switched(on))
}

func onOff(word string) (bool, error) {
	switch word {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, misuse("cli.bad_switch")
}

func switched(on bool) i18n.Word {
	if on {
		return i18n.W("setting.on")
	}
	return i18n.W("setting.off")
}

func (c *call) listChoices() error {
	list, err := c.app.Notify.Choices(c.ctx, c.by)
	if err != nil {
		return err
	}
	out := make([]object, 0, len(list))
	var rows [][]string
	for _, x := range list {
		row := []string{x.Kind, c.p.Or("kind."+x.Kind, x.Kind)}
		entry := object{"kind": x.Kind}
		for _, way := range notify.Channels {
			state := i18n.W("setting.off")
			switch {
			case way == notify.ByMail && x.Mailed:
				state = i18n.W("ui.telling.always")
			case !notify.May(x.Kind, way):
				state = i18n.W("ui.telling.never")
			case x.By[way]:
				state = i18n.W("setting.on")
			}
			entry[string(way)] = x.By[way] || way == notify.ByMail && x.Mailed
			row = append(row, c.p.Value(state))
		}
		out, rows = append(out, entry), append(rows, row)
	}
	if c.json {
		return c.printJSON(out)
	}
	table(c.out, append([]string{"KIND"}, c.heads("telling", "mail", "qq")...), rows)
	return nil
}

// wish changes one of one's own wishes.
func (c *call) wish(change func(w *notify.Wishes) error) (w notify.Wishes, err error) {
	if w, err = c.app.Notify.Wishes(c.ctx, c.by); err != nil || change == nil {
		return w, err
	}
	if err = change(&w); err != nil {
		return w, err
	}
	return w, c.app.Notify.Wish(c.ctx, c.by, w)
}

func myQQ(c *call, in input) error {
	var change func(w *notify.Wishes) error
	if len(in.args) == 1 {
		change = func(w *notify.Wishes) (err error) {
			if w.QQ = ""; in.args[0] != "none" {
				w.QQ, err = message.QQNumber(in.args[0])
			}
			return err
		}
	}
	w, err := c.wish(change)
	if err != nil {
		return err
	}
	return c.done(object{"qq": w.QQ}, "cli.qq_is", "qq", orDash(w.QQ))
}

func myLinks(c *call, in input) error {
	var change func(w *notify.Wishes) error
	if len(in.args) == 1 {
		on, err := onOff(in.args[0])
		if err != nil {
			return err
		}
		change = func(w *notify.Wishes) error { w.Links = on; return nil }
	}
	w, err := c.wish(change)
	if err != nil {
		return err
	}
	return c.done(object{"links": w.Links}, "cli.links_are", "state", switched(w.Links))
}

func retryMessage(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	m, err := c.app.Messages.Retry(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": m.ID, "state": m.State}, "cli.message_queued", "id", m.ID, "to", m.Receiver())
}

// testMessage sends one at once.
func testMessage(c *call, in input) error {
	way, number := message.Channel(in.args[0]), ""
	if len(in.args) == 2 {
		number = in.args[1]
	}
	if err := c.app.Messages.Test(c.ctx, c.by, way, number, c.p); err != nil {
		return err
	}
	server := c.app.Messages.Config().Server(way)
	return c.done(object{"server": server, "taken": true}, "cli.message_tested", "server", server)
}

// messageStatus tells how each way out does.
func messageStatus(c *call, _ input) error {
	list, err := c.app.Messages.Status(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, s := range list {
			out = append(out, object{"channel": s.Channel, "server": s.Server, "waiting": s.Waiting, "paused": s.Paused, "error": s.Error, "until": stamp(s.Until)})
		}
		return c.printJSON(out)
	}
	for _, s := range list {
		way := i18n.W("choice.way." + string(s.Channel))
		if s.Server == "" {
			c.say("ui.messages.no_server", "way", way)
			continue
		}
		c.say("ui.messages.server", "way", way, "server", s.Server, "n", s.Waiting)
		if s.Error != "" {
			c.say("ui.messages.error", "error", s.Error, "until", orDash(c.moment(s.Until)))
		}
	}
	return nil
}
