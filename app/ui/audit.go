package ui

import (
	"context"
	"encoding/json"
	"strconv"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// audit is the trail of everything that was done, the newest first.
func (d *desk) audit() kit.Screen {
	return d.recordList("audit", "", func(s *kit.ListSpec) {
		s.Name = "ui.place.audit"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.auditEntry(r.ID)) }
		s.Actions = func(*kit.List) []kit.Action { return []kit.Action{d.verifyAction()} }
		s.Views = []kit.ListView{{ID: "ui.audit.today", Query: "at:today"}, {ID: "ui.audit.logins", Query: "act:login"}, {ID: "ui.audit.refused", Query: "act:refused,login_failed"}, {ID: "ui.audit.reads", Query: "act:reveal,view,download"}}
		s.Filters = d.auditFilters(s.Filters)
		s.Edit = nil
	})
}

// auditFilters offers people, records and acts to choose from, where the trail
// itself holds only their names.
func (d *desk) auditFilters(list []kit.Filter) []kit.Filter {
	out := append([]kit.Filter(nil), list...)
	for i := range out {
		switch out[i].Field {
		case "login":
			out[i].Kind, out[i].Search = kit.FilterRelation, d.pick("accounts", true)
		case "on":
			out[i].Kind, out[i].Options = kit.FilterChoice, d.named("resource.", d.app.Engine.Names())
		case "act":
			out[i].Kind, out[i].Options = kit.FilterChoice, d.named("action.", auditedActs)
		}
	}
	return out
}

// auditedActs are the acts that one looks for most; any other can be typed.
var auditedActs = []string{"add", "change", "delete", "restore", "purge", "login", "reveal", "view", "download", "export", "import", "approve", "return", "assign",
	"grant", "reset", "disable", "end_session", "person_data", "erase"}

// named offers stored names with their words.
func (d *desk) named(words string, names []string) []kit.Option {
	var out []kit.Option
	for _, n := range names {
		out = append(out, kit.Option{Value: n, Label: kit.Label(d.p(), words+n), Note: n})
	}
	return out
}

// auditEntry shows one entry, its changes field by field, and the way to the
// record it is about.
func (d *desk) auditEntry(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.audit", Addr: "audit/" + kit.ID(id),
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			row, fields, err := d.app.Engine.Show(ctx, by, "audit", id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: d.auditTitle(row), Data: row, Sections: []kit.Section{
				{Pairs: d.recordPairs("audit", row, fields, "changes")}, d.auditChanges(row)}}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			row, _ := page.Data.(resource.Row)
			on, _ := row.Values["on"].Raw.(string)
			record, _ := row.Values["record"].Raw.(int64)
			if record == 0 {
				return nil
			}
			return []kit.Action{{ID: "ui.audit.record", Keys: []string{"o"}, Weight: 8, Run: func() kit.Cmd { return kit.Open(on + "/" + strconv.FormatInt(record, 10)) }}}
		}})
}

// auditTitle says what was done to what, in the person's words.
func (d *desk) auditTitle(row resource.Row) string {
	on, _ := row.Values["on"].Raw.(string)
	title := d.p().Or("action."+row.Title, row.Title) + " " + d.p().Or("one."+on, on)
	if n, _ := row.Values["record"].Raw.(int64); n != 0 {
		title += " " + kit.ID(n)
	}
	return title
}

func (d *desk) auditChanges(row resource.Row) kit.Section {
	s := kit.Section{Name: "field.changes", Empty: "ui.audit.no_changes"}
	if erasure, _ := row.Values["erased_by"].Raw.(int64); erasure != 0 {
		s.Empty = "ui.audit.erased"
		return s
	}
	var list []audit.Change
	text, _ := row.Values["changes"].Raw.(string)
	if json.Unmarshal([]byte(text), &list) != nil {
		return s
	}
	on, _ := row.Values["on"].Raw.(string)
	t := &kit.Table{Columns: []kit.Column{{Key: "field", Name: "ui.audit.field", Width: 14}, {Key: "old", Name: "ui.audit.old", Width: 14, Share: 1}, {Key: "new", Name: "ui.audit.new", Width: 14, Share: 1}}}
	for i, c := range list {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i + 1), Cells: []kit.Cell{{Text: kit.Label(d.p(), fieldWord(on, c.Field)), Tone: kit.Muted}, {Text: d.saidOf(on, c.Field, c.Old)}, {Text: d.saidOf(on, c.Field, c.New)}}})
	}
	if len(list) > 0 {
		s.Table = t
	}
	return s
}
