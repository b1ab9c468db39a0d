package ui

import (
	"context"
	"strings"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// undoActions take back one's own acts, from any screen: the newest, or one of
// the list of them.
func (d *desk) undoActions() []kit.Action {
	return []kit.Action{
		{ID: "ui.undo", Keys: []string{"u"}, Weight: -1, Run: d.undoNewest},
		{ID: "ui.undo.list", Keys: []string{"U"}, Weight: -1, Run: func() kit.Cmd { return kit.Push(d.undoList()) }},
	}
}

func (d *desk) undoNewest() kit.Cmd {
	return kit.Ask("undo", asks(d, d.app.Engine.Undoable), func(list []resource.Entry, err error) kit.Cmd {
		switch {
		case err != nil:
			return kit.Fail(err)
		case len(list) == 0:
			return kit.Fail(fault.New(fault.NotFound, "record.nothing_to_undo", "hours", resource.UndoHours))
		}
		return d.undo(list[0])
	})
}

// undo asks, with what would be taken back field by field, and does it. What
// cannot be taken back says why.
func (d *desk) undo(x resource.Entry) kit.Cmd {
	what := d.p().T("ui.undo.what", "action", d.actionWord(x.Action), "record", one(x.Resource), "title", x.Title, "at", d.p().Ago(x.At))
	body := []any{what}
	if lines := d.changeLines(x.Resource, x.Changes, true); len(lines) > 0 {
		body = append(body, strings.Join(lines, "\n"))
	}
	if x.Why != nil {
		return kit.Say("ui.undo.cannot", append(body, x.Why)...)
	}
	return kit.Show(&kit.Confirm{Name: "ui.undo", Body: body, Yes: "ui.undo.yes", Then: func() kit.Cmd {
		return d.act("undoing", func(ctx context.Context, by policy.Actor) error { return d.app.Engine.Undo(ctx, by, x.ID) }, "ui.undo.done")
	}})
}

// undoList is everything that one can still take back.
func (d *desk) undoList() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.undo.list", Addr: "undo", NoSearch: true, Empty: "ui.undo.empty", EmptyArgs: []any{"hours", resource.UndoHours}, Watch: []string{"*"},
		Columns: []kit.Column{
			{Key: "at", Name: "field.at", Width: 14},
			{Key: "act", Name: "field.act", Width: 10},
			{Key: "record", Name: "field.record", Width: 20, Share: 1, Max: 36},
			{Key: "changes", Name: "field.changes", Width: 20, Share: 2, Drop: 1, Tone: kit.Muted},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
				list, err := d.app.Engine.Undoable(ctx, by)
				page := kit.Page{Total: len(list)}
				for _, x := range list {
					row := kit.Row{ID: x.ID, Data: x, Cells: []kit.Cell{{Text: d.p().Ago(x.At)}, {Text: d.actionWord(x.Action)},
						{Text: kit.Label(d.p(), "one."+x.Resource) + " " + x.Title}, {Text: strings.Join(d.changeLines(x.Resource, x.Changes, false), "; ")}}}
					if x.Why != nil {
						row.Tone = kit.Muted
					}
					page.Rows = append(page.Rows, row)
				}
				return page, err
			})(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			x, ok := r.Data.(resource.Entry)
			if !ok {
				return nil
			}
			return d.undo(x)
		}})
}

// actionWord says an act of the audit trail.
func (d *desk) actionWord(action string) string { return kit.Label(d.p(), "action."+action) }
