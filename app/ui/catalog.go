package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// courses lists what the school teaches.
func (d *desk) courses() kit.Screen {
	return d.recordList("courses", "", func(s *kit.ListSpec) {
		s.Name = "ui.place.courses"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.course(r.ID)) }
		s.Actions = d.recordActions("courses")
	})
}

// classes lists the classes that the person may see.
func (d *desk) classes() kit.Screen {
	return d.recordList("classes", "", func(s *kit.ListSpec) {
		s.Name = "ui.place.classes"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.class(r.ID)) }
		s.Actions = d.recordActions("classes")
	})
}

// recordActions adds and changes records of a list by their declared form,
// where the person may do that to at least some.
func (d *desk) recordActions(name string) func(*kit.List) []kit.Action {
	return func(l *kit.List) []kit.Action {
		var out []kit.Action
		if d.can("add", name) == nil {
			out = append(out, kit.Action{ID: "ui.records.add", Keys: []string{"n"}, Weight: 9, Run: func() kit.Cmd {
				return kit.Push(d.recordForm(name, 0, nil, func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved")) }))
			}})
		}
		if r, ok := l.Current(); ok && d.can("change", name) == nil {
			out = append(out, kit.Action{ID: "ui.records.edit", Keys: []string{"e"}, Weight: 8, Run: func() kit.Cmd {
				return kit.Push(d.recordForm(name, r.ID, nil, func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved")) }))
			}})
		}
		return out
	}
}

// course shows a course with its outline drawn as Markdown.
func (d *desk) course(id int64) kit.Screen { return d.recordPage("courses", id, "outline") }

// class shows a class.
func (d *desk) class(id int64) kit.Screen { return d.recordPage("classes", id, "") }

// recordPage shows a declared record; the field named markdown, if any, is
// drawn as such below the others.
func (d *desk) recordPage(name string, id int64, markdown string) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one." + name, Addr: name + "/" + kit.ID(id), Watch: []string{name},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			row, fields, err := d.app.Engine.Show(ctx, by, name, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			page := kit.DetailPage{Title: row.Title, Data: row, Sections: []kit.Section{{Pairs: d.recordPairs(row, fields, markdown)}}}
			if text, _ := row.Values[markdown].Raw.(string); text != "" {
				page.Sections = append(page.Sections, kit.Section{Name: "field." + markdown, Markdown: text})
			}
			return page, nil
		})})
}
