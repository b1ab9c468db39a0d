package ui

import (
	"context"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// myScores shows the student's classes with total and place, and every lesson
// with what he got for it.
func (d *desk) myScores() kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.my_scores", Addr: "my_scores", Watch: []string{"lessons", "study_records", "homework", "classes"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			page := kit.DetailPage{Title: d.p().T("ui.place.my_scores")}
			list, err := d.app.Teaching.MyLessons(ctx, by, 0)
			if err != nil {
				return page, err
			}
			var order []int64
			by1 := map[int64][]teaching.MyLesson{}
			for _, m := range list {
				if _, seen := by1[m.Class]; !seen {
					order = append(order, m.Class)
				}
				by1[m.Class] = append(by1[m.Class], m)
			}
			for _, class := range order {
				sections, err := d.standing(ctx, by, class, by1[class])
				if err != nil {
					return page, err
				}
				page.Sections = append(page.Sections, sections...)
			}
			if len(order) == 0 {
				page.Sections = []kit.Section{{Empty: "ui.teaching.no_lessons_yet"}}
			}
			return page, nil
		})})
}

// standing is where the student stands in one class, and its lessons.
func (d *desk) standing(ctx context.Context, by policy.Actor, class int64, lessons []teaching.MyLesson) ([]kit.Section, error) {
	r, mine, err := d.app.Teaching.MyRanking(ctx, by, class)
	if err != nil {
		return nil, err
	}
	p := d.p()
	place := p.T("ui.teaching.no_place")
	if mine.Rank > 0 {
		place = p.T("ui.teaching.place_of", "rank", mine.Rank, "size", r.Size)
	}
	out := []kit.Section{{Name: "ui.teaching.standing", Args: []any{"class", r.Code}, Pairs: []kit.Pair{
		{Name: "field.rank", Value: place, Tone: kit.Strong}, {Name: "field.total", Value: p.T("ui.teaching.total_of", "total", mine.Total, "graded", mine.Graded)},
		{Name: "field.attendance", Value: d.attendanceSum(mine), Wide: true}}},
		{Table: d.myLessonTable(lessons), Empty: "ui.teaching.no_lessons_yet"}}
	if len(r.Places) > 1 {
		out = append(out, kit.Section{Name: "ui.teaching.ranking", Table: d.openRanking(r)})
	}
	return out, nil
}

func (d *desk) attendanceSum(p teaching.Place) string {
	text := ""
	for i, n := range []int64{p.Present, p.Late, p.Absent, p.LeftEarly, p.Excused} {
		if i > 0 {
			text += "   "
		}
		text += d.p().T("choice.attendance."+string(teaching.Attendances[i])) + " " + num(n)
	}
	return text
}

// openRanking is what a class shows its students of each other.
func (d *desk) openRanking(r teaching.Ranking) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "rank", Name: "field.rank", Width: 4, Right: true}, {Key: "name", Name: "field.name", Width: 12, Share: 1, Max: 30},
		{Key: "total", Name: "field.total", Width: 6, Right: true}, {Key: "graded", Name: "field.graded", Width: 6, Right: true}}}
	for i, p := range r.Places {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: rankOf(p)}, {Text: p.Name}, {Text: num(p.Total)}, {Text: num(p.Graded)}}})
	}
	return t
}

func (d *desk) myLessonTable(list []teaching.MyLesson) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "number", Name: "field.number", Width: 4, Right: true},
		{Key: "held", Name: "field.held", Width: 10, Drop: 2},
		{Key: "title", Name: "field.title", Width: 16, Share: 2, Max: 48, Tone: kit.Strong},
		{Key: "attendance", Name: "field.attendance", Width: 12},
		{Key: "homework", Name: "field.homework_state", Width: 11},
		{Key: "score", Name: "field.score", Width: width.Of(d.p().T("ui.teaching.not_released"))},
		{Key: "comment", Name: "field.comment", Width: 14, Share: 2, Drop: 1},
		{Key: "due", Name: "field.due", Width: 16, Drop: 3},
	}, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.lesson(r.ID)) }}
	for _, m := range list {
		due := ""
		if !m.Due.IsZero() {
			due = d.p().DateTime(m.Due)
		}
		t.Rows = append(t.Rows, kit.Row{ID: m.ID, Cells: []kit.Cell{{Text: num(m.Number)}, {Text: m.Held}, {Text: m.Title}, d.attendanceCell(m.Record), d.workCell(m),
			d.myScore(m), {Text: m.Record.Comment}, {Text: due}}})
	}
	return t
}

// myScore is a score as its student sees it: not before the lesson's are
// released.
func (d *desk) myScore(m teaching.MyLesson) kit.Cell {
	if m.Released.IsZero() && !m.Record.BeforeJoin {
		return kit.Cell{Text: d.p().T("ui.teaching.not_released"), Tone: kit.Muted}
	}
	return d.scoreCell(m.Record)
}

// workCell says where a homework stands.
func (d *desk) workCell(m teaching.MyLesson) kit.Cell {
	state := m.State(d.app.DB.Now())
	tones := map[teaching.HomeworkState]kit.Tone{teaching.NoHomework: kit.Muted, teaching.OpenWork: kit.Accent, teaching.Overdue: kit.Bad, teaching.HandedIn: kit.Good}
	return kit.Cell{Text: d.p().T("choice.homework." + string(state)), Tone: tones[state]}
}

// myLessonPage is one lesson for its student.
func (d *desk) myLessonPage(ctx context.Context, by policy.Actor, m teaching.MyLesson) (kit.DetailPage, error) {
	p := d.p()
	work, score, attendance := d.workCell(m), d.myScore(m), d.attendanceCell(m.Record)
	pairs := []kit.Pair{{Name: "field.title", Value: m.Title, Tone: kit.Strong, Wide: true}, {Name: "field.held", Value: p.DayWeekday(d.dayOf(m.Held))},
		{Name: "field.lecturer", Value: m.LecturerName}, {Name: "field.attendance", Value: attendance.Text, Tone: attendance.Tone},
		{Name: "field.homework_state", Value: work.Text, Tone: work.Tone}}
	if m.Homework != "" {
		pairs = append(pairs, kit.Pair{Name: "field.due", Value: p.DateTime(m.Due)}, kit.Pair{Name: "field.cutoff", Value: p.DateTime(m.Cutoff)})
	}
	score1 := kit.Pair{Name: "field.score", Value: score.Text, Tone: score.Tone}
	page := kit.DetailPage{Title: d.lessonTitle(m.ClassCode, m.Number), Data: m, Sections: []kit.Section{{Pairs: append(pairs, score1)}}}
	if m.Record.Comment != "" {
		page.Sections = append(page.Sections, kit.Section{Name: "field.comment", Text: m.Record.Comment})
	}
	handed, err := d.recordHomework(ctx, by, m.Record)
	page.Sections = append(page.Sections, handed...)
	return d.withText(page, m.Lesson), err
}

// classLessons are the sections of a student's class: where he stands, and its
// lessons.
func (d *desk) classLessons(ctx context.Context, by policy.Actor, class int64) ([]kit.Section, error) {
	list, err := d.app.Teaching.MyLessons(ctx, by, class)
	if err != nil {
		if fault.Of(err) == fault.Forbidden {
			return nil, nil // a role may be without lessons
		}
		return nil, err
	}
	return d.standing(ctx, by, class, list)
}

// studentSheet shows a lecturer all lessons of one student of the class.
func (d *desk) studentSheet(class int64, code string, student int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.students", Watch: []string{"lessons", "study_records"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			ranking, err := d.app.Teaching.Ranking(ctx, by, class)
			if err != nil {
				return kit.DetailPage{}, err
			}
			list, err := d.app.Teaching.StudentRecords(ctx, by, class, student)
			page := kit.DetailPage{}
			for _, p := range ranking.Places {
				if p.Student != student {
					continue
				}
				place := d.p().T("ui.teaching.no_place")
				if p.Rank > 0 {
					place = d.p().T("ui.teaching.place_of", "rank", p.Rank, "size", ranking.Size)
				}
				page.Title = p.Name
				page.Sections = []kit.Section{{Pairs: []kit.Pair{{Name: "field.class", Value: code}, {Name: "field.roll", Value: num(p.Roll)}, {Name: "field.login", Value: p.Login},
					{Name: "field.rank", Value: place}, {Name: "field.total", Value: d.p().T("ui.teaching.total_of", "total", p.Total, "graded", p.Graded)},
					{Name: "field.attendance", Value: d.attendanceSum(p), Wide: true}}}}
			}
			page.Sections = append(page.Sections, kit.Section{Name: "resource.lessons", Table: d.sheetTable(list), Empty: "ui.teaching.no_lesson"})
			return page, err
		})})
}

func (d *desk) sheetTable(list []teaching.StudyRecord) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "number", Name: "field.number", Width: 4, Right: true}, {Key: "title", Name: "field.title", Width: 16, Share: 2, Max: 48, Tone: kit.Strong},
		{Key: "attendance", Name: "field.attendance", Width: 12}, {Key: "score", Name: "field.score", Width: 6},
		{Key: "comment", Name: "field.comment", Width: 14, Share: 3}, {Key: "note", Name: "field.remark", Width: 8, Share: 1, Drop: 1},
	}}
	at := map[int64]teaching.StudyRecord{}
	for _, r := range list {
		at[r.ID] = r
		t.Rows = append(t.Rows, kit.Row{ID: r.ID, Cells: []kit.Cell{{Text: num(r.Number)}, {Text: r.LessonTitle}, d.attendanceCell(r), d.scoreCell(r), {Text: r.Comment}, {Text: r.Note}}})
	}
	t.Open = func(row kit.Row) kit.Cmd { return kit.Push(d.grading(at[row.ID].Lesson, at[row.ID].Student)) }
	return t
}
