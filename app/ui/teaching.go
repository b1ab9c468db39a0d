package ui

import (
	"context"
	"strconv"

	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// taught lists the classes that one teaches, with what waits there.
func (d *desk) taught() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.teaching", Addr: "teaching", NoSearch: true, Empty: "ui.teaching.no_class",
		Watch: []string{"lessons", "study_records", "classes", "homework"},
		Columns: []kit.Column{
			{Key: "class", Name: "field.class", Width: 10, Share: 1, Max: 16, Tone: kit.Strong},
			{Key: "course", Name: "field.course", Width: 14, Share: 3, Max: 40, Drop: 2},
			{Key: "kind", Name: "field.kind", Width: 9, Drop: 4},
			{Key: "starts", Name: "field.starts", Width: 10, Drop: 3},
			{Key: "held", Name: "field.lessons_held", Width: 9, Right: true},
			{Key: "students", Name: "field.students", Width: 8, Right: true},
			{Key: "open", Name: "field.open_grading", Width: 8, Right: true},
			{Key: "uncalled", Name: "field.uncalled", Width: 7, Right: true},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
				list, err := d.app.Teaching.Classes(ctx, by)
				page := kit.Page{Total: len(list)}
				for i, t := range list {
					page.Rows = append(page.Rows, kit.Row{ID: t.Class, Cursor: i, Cells: []kit.Cell{{Text: t.Code}, {Text: t.Course},
						{Text: d.p().T("choice.kind." + t.Kind)}, {Text: dayText(t.Starts)}, {Text: heldOf(t)}, {Text: num(t.Students)}, debt(t.Open), debt(t.Uncalled)}})
				}
				return page, err
			})(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.taughtClass(r.ID)) }})
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func heldOf(t teaching.Taught) string { return num(t.Held) + "/" + num(t.Planned) }

// debt is a number of things that wait.
func debt(n int64) kit.Cell {
	if n == 0 {
		return kit.Cell{Text: "-", Tone: kit.Muted}
	}
	return kit.Cell{Text: num(n), Tone: kit.Warn}
}

// classData is what the actions of a taught class's page depend on.
type classData struct {
	class   teaching.Taught
	lessons []teaching.Progress
}

// taughtClass is one class for who teaches it: its lessons, its students.
func (d *desk) taughtClass(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "field.class", Addr: "teaching/" + kit.ID(id), Watch: []string{"lessons", "study_records", "classes", "homework"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			t, err := d.app.Teaching.Class(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			lessons, err := d.app.Teaching.Lessons(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			ranking, err := d.app.Teaching.Ranking(ctx, by, id)
			return kit.DetailPage{Title: t.Code, Data: classData{t, lessons}, Sections: []kit.Section{
				{Pairs: d.taughtPairs(t)},
				{Name: "resource.lessons", Table: d.lessonTable(lessons), Empty: "ui.teaching.no_lesson"},
				{Name: "resource.students", Table: d.rankTable(ranking), Empty: "ui.teaching.no_student"},
			}}, err
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			data, _ := page.Data.(classData)
			return d.taughtActions(data)
		}})
}

func (d *desk) taughtPairs(t teaching.Taught) []kit.Pair {
	p := d.p()
	list := []kit.Pair{{Name: "field.course", Value: t.Course, Tone: kit.Strong}, {Name: "field.kind", Value: p.T("choice.kind." + t.Kind)},
		{Name: "field.campus", Value: t.Campus}, {Name: "field.room", Value: orDash(t.Room)},
		{Name: "ui.study.dates", Value: dayText(t.Starts) + " - " + dayText(t.Ends)}, {Name: "field.lessons_held", Value: heldOf(t)}}
	open, uncalled := debt(t.Open), debt(t.Uncalled)
	return append(list, kit.Pair{Name: "field.open_grading", Value: open.Text, Tone: open.Tone}, kit.Pair{Name: "field.uncalled", Value: uncalled.Text, Tone: uncalled.Tone})
}

func (d *desk) lessonTable(list []teaching.Progress) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "number", Name: "field.number", Width: 4, Right: true},
		{Key: "held", Name: "field.held", Width: 10},
		{Key: "title", Name: "field.title", Width: 16, Share: 1, Max: 60, Tone: kit.Strong},
		{Key: "roll", Name: "ui.teaching.roll", Width: 11},
		{Key: "handed", Name: "choice.homework.handed_in", Width: 9, Right: true, Drop: 2},
		{Key: "graded", Name: "field.graded", Width: 7, Right: true},
		{Key: "released", Name: "field.released", Width: 15, Drop: 3},
	}, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.lesson(r.ID)) }}
	for _, l := range list {
		roll := kit.Cell{Text: d.p().T("ui.teaching.not_called"), Tone: kit.Warn}
		if !l.Called.IsZero() {
			roll = kit.Cell{Text: num(l.Students-l.Away) + "/" + num(l.Students)}
		}
		handed, released := "-", kit.Cell{Text: "-", Tone: kit.Muted}
		if l.Homework != "" {
			handed = num(l.HandedIn) + "/" + num(l.Students)
		}
		if !l.Released.IsZero() {
			released = kit.Cell{Text: d.p().Date(l.Released), Tone: kit.Good}
		}
		t.Rows = append(t.Rows, kit.Row{ID: l.ID, Cells: []kit.Cell{{Text: num(l.Number)}, {Text: l.Held}, {Text: l.Title}, roll, {Text: handed},
			{Text: num(l.Graded) + "/" + num(l.Students)}, released}})
	}
	return t
}

func (d *desk) rankTable(r teaching.Ranking) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "rank", Name: "field.rank", Width: 4, Right: true},
		{Key: "roll", Name: "field.roll", Width: 4, Right: true, Drop: 3},
		{Key: "name", Name: "field.name", Width: 10, Share: 1, Max: 24, Tone: kit.Strong},
		{Key: "total", Name: "field.total", Width: 6, Right: true},
		{Key: "graded", Name: "field.graded", Width: 6, Right: true},
		{Key: "present", Name: "choice.attendance.present", Width: 7, Right: true},
		{Key: "late", Name: "choice.attendance.late", Width: 5, Right: true},
		{Key: "absent", Name: "choice.attendance.absent", Width: 6, Right: true},
		{Key: "left", Name: "choice.attendance.left_early", Width: 10, Right: true, Drop: 2},
		{Key: "excused", Name: "choice.attendance.excused", Width: 7, Right: true, Drop: 1},
	}, Open: func(row kit.Row) kit.Cmd { return kit.Push(d.studentSheet(r.Class, r.Code, row.ID)) }}
	for _, p := range r.Places {
		row := kit.Row{ID: p.Student, Cells: []kit.Cell{{Text: rankOf(p)}, {Text: num(p.Roll)}, {Text: p.Name}, {Text: num(p.Total)}, {Text: num(p.Graded)}}}
		for _, n := range []int64{p.Present, p.Late, p.Absent, p.LeftEarly, p.Excused} {
			row.Cells = append(row.Cells, kit.Cell{Text: num(n)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func rankOf(p teaching.Place) string {
	if p.Rank == 0 {
		return "-"
	}
	return num(p.Rank)
}

// taughtActions makes a lesson, and leads to what waits: the oldest roll that
// was not called, the oldest lesson that is not graded.
func (d *desk) taughtActions(data classData) []kit.Action {
	out := []kit.Action{{ID: "ui.teaching.new_lesson", Keys: []string{"n"}, Weight: 9, WhyNot: d.can("add", "lessons"),
		Run: func() kit.Cmd { return kit.Push(d.newLesson(data.class.Class, data.class.Code)) }}}
	today := d.today()
	for i := len(data.lessons) - 1; i >= 0; i-- {
		if l := data.lessons[i]; l.Called.IsZero() && l.Held <= today && l.Students > 0 {
			out = append(out, kit.Action{ID: "ui.teaching.call_next", Args: []any{"n", l.Number}, Keys: []string{"c"}, Weight: 8, WhyNot: d.can("mark", "study_records"),
				Run: func() kit.Cmd { return kit.Push(d.roll(l.ID)) }})
			break
		}
	}
	for i := len(data.lessons) - 1; i >= 0; i-- {
		if l := data.lessons[i]; l.Homework != "" && l.Graded < l.Students && l.Held <= today {
			out = append(out, kit.Action{ID: "ui.teaching.grade_next", Args: []any{"n", l.Number}, Keys: []string{"v"}, Weight: 7, WhyNot: d.can("grade", "study_records"),
				Run: func() kit.Cmd { return kit.Push(d.grading(l.ID, 0)) }})
			break
		}
	}
	return out
}

// today is the school's day.
func (d *desk) today() string { return d.p().Date(d.app.DB.Now()) }
