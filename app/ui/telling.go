package ui

import (
	"context"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/message"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// telling is where a person chooses what he is told by e-mail and QQ as well, one line for each kind.
func (d *desk) telling() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.telling", Addr: "me/notify", NoSearch: true, Watch: []string{"wishes", "accounts"},
		Columns: []kit.Column{
			{Key: "kind", Name: "ui.telling.kind", Width: 24, Share: 1, Max: 50},
			{Key: "mail", Name: "telling.by.mail", Width: 8},
			{Key: "qq", Name: "telling.by.qq", Width: 8},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) { return asks(d, d.choiceRows)(ctx) }),
		Open:   func(r kit.Row) kit.Cmd { return d.switchChoice(r, notify.ByMail) },
		Actions: func(l *kit.List) []kit.Action {
			return append(d.choiceActions(l), d.numberAction())
		}})
}

func (d *desk) choiceActions(l *kit.List) (list []kit.Action) {
	r, ok := l.Current()
	if !ok {
		return nil
	}
	for i, way := range notify.Channels {
		list = append(list, kit.Action{ID: "ui.telling." + string(way), Keys: []string{[]string{"e", "w"}[i]}, Weight: 9 - i,
			Run: func() kit.Cmd { return d.switchChoice(r, way) }})
	}
	return list
}

// choice is a row of the list: what one wants, and whether one can be reached so.
type choice struct {
	notify.Choice
	email, qq bool
}

func (d *desk) choiceRows(ctx context.Context, by policy.Actor) (kit.Page, error) {
	list, err := d.app.Notify.Choices(ctx, by)
	if err != nil {
		return kit.Page{}, err
	}
	w, err := d.app.Notify.Wishes(ctx, by)
	if err != nil {
		return kit.Page{}, err
	}
	me, err := d.app.Org.GetAccount(ctx, by, by.Account)
	page := kit.Page{Total: len(list)}
	for i, c := range list {
		row := kit.Row{ID: int64(i + 1), Cursor: i, Data: choice{c, me.Email != "", w.QQ != ""}, Cells: []kit.Cell{{Text: d.p().Or("kind."+c.Kind, c.Kind)}}}
		for _, way := range notify.Channels {
			row.Cells = append(row.Cells, d.choiceCell(c, way))
		}
		page.Rows = append(page.Rows, row)
	}
	return page, err
}

func (d *desk) choiceCell(c notify.Choice, way notify.Channel) kit.Cell {
	switch {
	case c.Mailed && way == notify.ByMail:
		return kit.Cell{Text: d.p().T("ui.telling.always"), Tone: kit.Muted}
	case !notify.May(c.Kind, way):
		return kit.Cell{Text: d.p().T("ui.telling.never"), Tone: kit.Muted}
	case c.By[way]:
		return kit.Cell{Text: d.p().T("ui.telling.yes"), Tone: kit.Good}
	}
	return kit.Cell{Text: d.p().T("ui.telling.no"), Tone: kit.Muted}
}

// switchChoice turns one way of one kind on or off. Who cannot be reached so is told what to do first.
func (d *desk) switchChoice(r kit.Row, way notify.Channel) kit.Cmd {
	c, ok := r.Data.(choice)
	if !ok {
		return nil
	}
	on := !c.By[way]
	switch {
	case on && way == notify.ByQQ && !c.qq:
		return kit.Fail(fault.New(fault.Conflict, "ui.telling.number_first"))
	case on && way == notify.ByMail && !c.email && notify.May(c.Kind, way):
		return kit.Fail(fault.New(fault.Conflict, "ui.telling.no_mail"))
	}
	return kit.Do("choose", does(d, func(ctx context.Context, by policy.Actor) error {
		return d.app.Notify.Choose(ctx, by, c.Kind, way, on)
	}), func(err error) kit.Cmd { return kit.Fail(err) })
}

func (d *desk) numberAction() kit.Action {
	return kit.Action{ID: "ui.telling.number", Keys: []string{"n"}, Weight: 7, Run: func() kit.Cmd {
		return kit.Ask("wishes", asks(d, d.app.Notify.Wishes), func(w notify.Wishes, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return kit.Show(&kit.Prompt{Name: "ui.telling.number", Body: []any{i18n.W("ui.telling.number_ask")}, Value: w.QQ, Over: true, Check: goodNumber, Then: d.saveNumber})
		})
	}}
}

func goodNumber(typed string) error { _, err := message.QQNumber(typed); return err }

func (d *desk) saveNumber(typed string) kit.Cmd {
	return d.wish(func(w *notify.Wishes) (err error) {
		w.QQ, err = message.QQNumber(typed)
		return err
	}, "ui.telling.number_saved")
}

// wish changes one of one's own wishes.
func (d *desk) wish(change func(w *notify.Wishes) error, done string) kit.Cmd {
	return d.act("wish", func(ctx context.Context, by policy.Actor) error {
		w, err := d.app.Notify.Wishes(ctx, by)
		if err == nil {
			err = change(&w)
		}
		if err != nil {
			return err
		}
		return d.app.Notify.Wish(ctx, by, w)
	}, done)
}

// tellingSection is what one's own page says of it.
func (d *desk) tellingSection(w notify.Wishes) kit.Section {
	number, links := w.QQ, "ui.telling.links_on"
	if number == "" {
		number = d.p().T("ui.telling.no_number")
	}
	if !w.Links {
		links = "ui.telling.links_off"
	}
	return kit.Section{Name: "ui.telling", Pairs: []kit.Pair{
		{Name: "ui.telling.number", Value: number}, {Name: "ui.telling.links", Value: d.p().T(links)}}}
}

func (d *desk) tellingActions() []kit.Action {
	return []kit.Action{
		{ID: "ui.telling", Keys: []string{"t"}, Weight: 8, Run: func() kit.Cmd { return kit.Push(d.telling()) }},
		{ID: "ui.telling.links_switch", Keys: []string{"i"}, Weight: 3, Run: func() kit.Cmd {
			return d.wish(func(w *notify.Wishes) error { w.Links = !w.Links; return nil }, "ui.saved")
		}},
	}
}
