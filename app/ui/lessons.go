package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// lessonData is what the actions of a lesson's page depend on.
type lessonData struct {
	roll    teaching.Roll
	all     []teaching.StudyRecord // those of before joining too
	change  error
	release error
	delete  error
}

// lesson is one lesson: for its lecturers with everybody's record, for its
// student with his own.
func (d *desk) lesson(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.lessons", Addr: "lessons/" + kit.ID(id), Watch: []string{"lessons", "study_records", "homework"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			if mine, err := d.app.Teaching.MyLesson(ctx, by, id); err == nil {
				return d.myLessonPage(ctx, by, mine)
			}
			return d.lessonPage(ctx, by, id)
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			if data, ok := page.Data.(lessonData); ok {
				return d.lessonActions(data)
			}
			return []kit.Action{d.addressAction("lessons", id)}
		}})
}

func (d *desk) lessonPage(ctx context.Context, by policy.Actor, id int64) (kit.DetailPage, error) {
	roll, err := d.app.Teaching.Roll(ctx, by, id)
	if err != nil {
		return kit.DetailPage{}, err
	}
	all, err := d.app.Teaching.Records(ctx, by, id)
	if err != nil {
		return kit.DetailPage{}, err
	}
	l := roll.Lesson
	data := lessonData{roll, all, d.may(ctx, by, "change", "lessons", id), d.may(ctx, by, "release", "lessons", id), d.may(ctx, by, "delete", "lessons", id)}
	page := kit.DetailPage{Title: d.lessonTitle(l.ClassCode, l.Number), Data: data, Sections: []kit.Section{{Pairs: d.lessonPairs(l, roll)}}}
	page.Sections = append(page.Sections, kit.Section{Name: "resource.study_records", Table: d.recordTable(l, all), Empty: "ui.teaching.no_student"})
	more, err := d.lessonHomework(ctx, by, l)
	page.Sections = append(page.Sections, more...)
	return d.withText(page, l), err
}

// lessonTitle calls a lesson by its class and number.
func (d *desk) lessonTitle(class string, number int64) string {
	return d.p().T("ui.teaching.lesson_of", "class", class, "n", number)
}

// withText puts content and homework below.
func (d *desk) withText(page kit.DetailPage, l teaching.Lesson) kit.DetailPage {
	page.Sections = append(page.Sections, kit.Section{Name: "field.content", Markdown: l.Content, Empty: "ui.teaching.no_content"})
	if l.Homework != "" {
		page.Sections = append(page.Sections, kit.Section{Name: "field.homework", Markdown: l.Homework})
	}
	return page
}

func (d *desk) lessonPairs(l teaching.Lesson, roll teaching.Roll) []kit.Pair {
	p := d.p()
	list := []kit.Pair{{Name: "field.title", Value: l.Title, Tone: kit.Strong, Wide: true}, {Name: "field.held", Value: p.DayWeekday(d.dayOf(l.Held))},
		{Name: "field.lecturer", Value: l.LecturerName}}
	called := kit.Pair{Name: "field.called", Value: p.T("ui.teaching.not_called"), Tone: kit.Warn}
	if !l.Called.IsZero() {
		called = kit.Pair{Name: "field.called", Value: p.DateTime(l.Called)}
	}
	released := kit.Pair{Name: "field.released", Value: p.T("ui.teaching.not_released")}
	if !l.Released.IsZero() {
		released = kit.Pair{Name: "field.released", Value: p.DateTime(l.Released), Tone: kit.Good}
	}
	if l.Homework != "" {
		list = append(list, kit.Pair{Name: "field.due", Value: p.DateTime(l.Due)}, kit.Pair{Name: "field.cutoff", Value: p.DateTime(l.Cutoff)})
	}
	return append(list, called, released)
}

func (d *desk) recordTable(l teaching.Lesson, list []teaching.StudyRecord) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "roll", Name: "field.roll", Width: 4, Right: true},
		{Key: "name", Name: "field.name", Width: 10, Share: 1, Max: 24, Tone: kit.Strong},
		{Key: "attendance", Name: "field.attendance", Width: 12},
		{Key: "score", Name: "field.score", Width: 6},
		{Key: "comment", Name: "field.comment", Width: 16, Share: 3, Drop: 2},
		{Key: "note", Name: "field.remark", Width: 8, Share: 1, Max: 24, Drop: 3},
	}, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.grading(l.ID, r.ID)) }}
	for _, r := range list {
		t.Rows = append(t.Rows, kit.Row{ID: r.Student, Cells: []kit.Cell{{Text: num(r.Roll)}, {Text: r.Name}, d.attendanceCell(r), d.scoreCell(r), {Text: r.Comment}, {Text: r.Note}}})
	}
	return t
}

// attendanceCell says how somebody was there.
func (d *desk) attendanceCell(r teaching.StudyRecord) kit.Cell {
	if r.BeforeJoin {
		return kit.Cell{Text: d.p().T("field.before_join"), Tone: kit.Muted}
	}
	return kit.Cell{Text: d.stateText(r.State()), Tone: stateTones[r.Attendance]}
}

func (d *desk) stateText(s teaching.State) string {
	switch {
	case s.Attendance == teaching.Unmarked:
		return "-"
	case s.Minutes > 0:
		return d.p().T("ui.teaching.late_minutes", "n", s.Minutes)
	}
	return d.p().T("choice.attendance." + string(s.Attendance))
}

var stateTones = map[teaching.Attendance]kit.Tone{teaching.Present: kit.Plain, teaching.Late: kit.Warn, teaching.Absent: kit.Bad, teaching.LeftEarly: kit.Warn,
	teaching.Excused: kit.Muted, teaching.Unmarked: kit.Muted}

func (d *desk) scoreCell(r teaching.StudyRecord) kit.Cell {
	switch {
	case r.BeforeJoin:
		return kit.Cell{Text: "-", Tone: kit.Muted}
	case !r.Score.Counts():
		return kit.Cell{Text: d.p().T("choice.score.N/A"), Tone: kit.Muted}
	case r.Score.Points() < 0:
		return kit.Cell{Text: d.p().T("choice.score." + string(r.Score)), Tone: kit.Bad}
	}
	return kit.Cell{Text: string(r.Score), Tone: kit.Strong}
}

func (d *desk) lessonActions(data lessonData) []kit.Action {
	l := data.roll.Lesson
	at := []any{"class", l.ClassCode, "n", l.Number}
	left := 0
	for _, r := range data.roll.Records {
		if !r.Score.Counts() {
			left++
		}
	}
	out := []kit.Action{
		{ID: "ui.teaching.call", Keys: []string{"c"}, Weight: 9, WhyNot: data.roll.MayMark, Run: func() kit.Cmd { return kit.Push(d.roll(l.ID)) }},
		{ID: "ui.teaching.grade", Keys: []string{"v"}, Weight: 8, WhyNot: d.can("grade", "study_records"), Run: func() kit.Cmd { return kit.Push(d.grading(l.ID, 0)) }},
		{ID: "ui.records.edit", Keys: []string{"e"}, Weight: 7, WhyNot: data.change, Run: func() kit.Cmd { return kit.Push(d.editLesson(l.ID)) }},
		d.deletePage("lessons", resource.Row{ID: l.ID, Version: l.Version, Title: l.ClassCode + "/" + num(l.Number) + " " + l.Title}, data.delete),
		d.historyAction("lessons", l.ID),
		d.addressAction("lessons", l.ID),
	}
	if l.Released.IsZero() {
		out = append(out, kit.Action{ID: "ui.teaching.release", Keys: []string{"r"}, Weight: 6, WhyNot: data.release,
			Confirm: &kit.Question{Key: "ui.teaching.release_ask", Args: append(at, "left", left), Yes: "ui.teaching.release"},
			Run: func() kit.Cmd {
				return d.act("release", func(ctx context.Context, by policy.Actor) error {
					_, _, err := d.app.Teaching.Release(ctx, by, l.ID)
					return err
				}, "ui.teaching.released", at...)
			}})
	}
	return out
}
