package ui

import (
	"context"
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// canDelete says whether records of a resource can be deleted here at all.
func (d *desk) canDelete(name string) bool {
	res, ok := d.app.Engine.Get(name)
	return ok && res.CanDelete()
}

// deleteAction deletes the marked rows of a list, or the highlighted one.
func (d *desk) deleteAction(l *kit.List, name string) kit.Action {
	return kit.Action{ID: "ui.records.delete", Keys: []string{"D"}, Weight: 1, Danger: true, Run: func() kit.Cmd {
		return d.askDelete(name, l.Marked(), func(body []any) kit.Cmd {
			return l.Bulk(kit.Bulk{Name: "ui.records.delete_of", Args: []any{"records", d.resourceWord(name)}, Ask: "ui.records.delete_ask", Body: body,
				Yes: "ui.records.delete_yes", Danger: true, Run: d.each(name, "delete", nil), Then: sayUndo})
		})
	}}
}

// sayUndo reminds of the way back.
func sayUndo() kit.Cmd { return kit.Toast(kit.Good, "ui.records.deleted") }

// askDelete reads what would go with the records, and hands its text on to the
// question. What would all be refused is refused at once.
func (d *desk) askDelete(name string, ids []int64, ask func(body []any) kit.Cmd) kit.Cmd {
	return kit.Ask("preview", asks(d, func(ctx context.Context, by policy.Actor) (resource.Preview, error) {
		return d.app.Engine.DeletePreview(ctx, by, name, ids)
	}), func(p resource.Preview, err error) kit.Cmd {
		switch {
		case err != nil:
			return kit.Fail(err)
		case len(p.Refused) == 1 && len(ids) == 1:
			return kit.Say("ui.records.cannot_delete", p.Refused[0].Title, p.Refused[0].Err)
		case len(p.Refused) == len(ids):
			return kit.Say("ui.records.cannot_delete", d.refusedText(p.Refused))
		}
		return ask(d.previewText(p))
	})
}

// previewText says what a deletion would take, and what it would leave.
func (d *desk) previewText(p resource.Preview) []any {
	var body []any
	if len(p.With) > 0 {
		lines := []string{d.p().T("ui.records.goes_too")}
		for _, part := range p.With {
			lines = append(lines, "  "+d.partText(part))
		}
		body = append(body, strings.Join(lines, "\n"))
	}
	if len(p.Refused) > 0 {
		body = append(body, d.p().T("ui.records.stays", "n", len(p.Refused))+"\n"+d.refusedText(p.Refused))
	}
	return append(body, d.p().T("ui.records.to_trash", "days", resource.TrashDays))
}

func (d *desk) partText(x resource.Part) string {
	text := d.p().T("record.counted", "n", x.Count, "records", kit.Label(d.p(), "resource."+x.Resource))
	if len(x.Titles) == 0 {
		return text
	}
	text += ": " + strings.Join(x.Titles, d.p().T("list.comma"))
	if x.Count > len(x.Titles) {
		text += " ..."
	}
	return text
}

// fewRefused is how many refusals a question names; the result names them all.
const fewRefused = 20

func (d *desk) refusedText(list []resource.Result) string {
	var lines []string
	for i, r := range list {
		if i == fewRefused {
			return d.p().T("kit.bulk.more", "list", strings.Join(lines, "\n")+"\n ", "n", len(list)-i)
		}
		lines = append(lines, "  "+r.Title+": "+strings.ReplaceAll(d.p().Error(r.Err), "\n", " "))
	}
	return strings.Join(lines, "\n")
}

// deletePage deletes the record of a page, and leaves the page.
func (d *desk) deletePage(name string, row resource.Row, why error) kit.Action {
	return kit.Action{ID: "ui.records.delete", Keys: []string{"D"}, Weight: 1, Danger: true, WhyNot: why, Run: func() kit.Cmd {
		return d.askDelete(name, []int64{row.ID}, func(body []any) kit.Cmd {
			body = append([]any{d.p().T("ui.records.delete_one", "title", row.Title)}, body...)
			return kit.Show(&kit.Confirm{Name: "ui.records.delete_of", Args: []any{"records", d.resourceWord(name)}, Body: body, Yes: "ui.records.delete_yes", Danger: true,
				Then: func() kit.Cmd {
					return kit.Do("delete", does(d, func(ctx context.Context, by policy.Actor) error {
						return d.app.Engine.Delete(ctx, by, name, row.ID, row.Version)
					}), func(err error) kit.Cmd {
						if err != nil {
							return kit.Fail(err)
						}
						return kit.Close(sayUndo())
					})
				}})
		})
	}}
}

// resourceWord is what records of a kind are called; one without words by its
// name.
func (d *desk) resourceWord(name string) string { return kit.Label(d.p(), "resource."+name) }
