package ui

import (
	"context"
	"slices"
	"strconv"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// gradingScreen grades a lesson, one student after the other.
type gradingScreen struct {
	*kit.Detail
	d      *desk
	lesson int64
}

// grading opens the grading of a lesson at a student, or at the first who has no
// score yet where that is 0.
func (d *desk) grading(lesson, student int64) kit.Screen {
	s := &gradingScreen{d: d, lesson: lesson}
	s.Detail = kit.NewDetail(kit.DetailSpec{Name: "ui.teaching.grading", Watch: []string{"study_records", "lessons", "homework"},
		Actions: func(p *kit.Detail) []kit.Action { return s.actions() }})
	s.at(student)
	return s
}

// at makes the page the one of a student, from the next reading on.
func (s *gradingScreen) at(student int64) {
	s.Spec.Load = asks(s.d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) { return s.load(ctx, by, student) })
}

// gradingData is one student's page with the whole class beside it.
type gradingData struct {
	lesson  teaching.Lesson
	list    []teaching.StudyRecord
	student int64
}

// load reads everybody's record and the page of the one who is shown.
func (s *gradingScreen) load(ctx context.Context, by policy.Actor, student int64) (kit.DetailPage, error) {
	l, err := s.d.app.Teaching.Lesson(ctx, by, s.lesson)
	if err != nil {
		return kit.DetailPage{}, err
	}
	all, err := s.d.app.Teaching.Records(ctx, by, s.lesson)
	if err != nil {
		return kit.DetailPage{}, err
	}
	data := gradingData{lesson: l, student: student}
	for _, r := range all {
		if !r.BeforeJoin || r.Student == student {
			data.list = append(data.list, r)
		}
	}
	if len(data.list) == 0 {
		return kit.DetailPage{Title: s.d.lessonTitle(l.ClassCode, l.Number), Data: data, Sections: []kit.Section{{Empty: "ui.teaching.no_student"}}}, nil
	}
	i := indexOf(data.list, data.student)
	if i < 0 {
		i = max(0, slices.IndexFunc(data.list, func(r teaching.StudyRecord) bool { return !r.Score.Counts() }))
	}
	r := data.list[i]
	data.student = r.Student
	sections, err := s.page(ctx, by, l, r, i, len(data.list))
	return kit.DetailPage{Title: s.d.p().T("ui.teaching.grading_of", "name", r.Name, "class", l.ClassCode, "n", l.Number), Data: data, Sections: sections}, err
}

func indexOf(list []teaching.StudyRecord, student int64) int {
	return slices.IndexFunc(list, func(r teaching.StudyRecord) bool { return r.Student == student })
}

// page is one student: where he stands, what he handed in, what was asked.
func (s *gradingScreen) page(ctx context.Context, by policy.Actor, l teaching.Lesson, r teaching.StudyRecord, i, n int) ([]kit.Section, error) {
	d, p := s.d, s.d.p()
	score, attendance := d.scoreCell(r), d.attendanceCell(r)
	pairs := []kit.Pair{{Name: "field.student", Value: r.Name + "  (" + num(int64(i+1)) + "/" + num(int64(n)) + ")", Tone: kit.Strong}, {Name: "field.attendance", Value: attendance.Text, Tone: attendance.Tone},
		{Name: "field.score", Value: score.Text, Tone: score.Tone}}
	if !r.Graded.IsZero() {
		pairs = append(pairs, kit.Pair{Name: "field.graded_by", Value: p.T("ui.teaching.graded_by", "who", r.GraderName, "when", r.Graded)})
	}
	if r.Note != "" {
		pairs = append(pairs, kit.Pair{Name: "field.remark", Value: r.Note})
	}
	out := []kit.Section{{Pairs: pairs}, {Name: "field.comment", Text: r.Comment, Empty: "ui.teaching.no_comment"}}
	handed, err := d.recordHomework(ctx, by, r)
	if err != nil {
		return nil, err
	}
	out = append(out, handed...)
	if l.Homework != "" {
		out = append(out, kit.Section{Name: "field.homework", Markdown: l.Homework})
	}
	entries, err := d.app.Teaching.GradeHistory(ctx, by, r.ID)
	if err != nil && fault.Of(err) != fault.Forbidden {
		return nil, err
	}
	if len(entries) > 1 {
		out = append(out, kit.Section{Name: "ui.teaching.history", Timeline: d.gradeMoments(entries)})
	}
	return out, nil
}

// gradeMoments tells what a grade was before.
func (d *desk) gradeMoments(list []teaching.GradeEntry) (out []kit.Moment) {
	for _, e := range list {
		m := kit.Moment{When: d.p().DateTime(e.At), Who: e.Who, Body: d.erasedOr(e.Erased, "")}
		for _, c := range e.Changes {
			switch c.Field {
			case "score":
				m.Head = d.scoreWord(c.Old) + " > " + d.scoreWord(c.New)
			case "comment":
				m.Body = c.New
			}
		}
		out = append(out, m)
	}
	return out
}

// scoreWord says a score as the audit trail keeps it.
func (d *desk) scoreWord(score string) string { return d.p().Or("choice.score."+score, score) }

// now gives what is shown.
func (s *gradingScreen) now() (gradingData, teaching.StudyRecord, bool) {
	page, _ := s.Page()
	data, _ := page.Data.(gradingData)
	i := indexOf(data.list, data.student)
	if i < 0 {
		return data, teaching.StudyRecord{}, false
	}
	return data, data.list[i], true
}

func (s *gradingScreen) actions() []kit.Action {
	data, r, ok := s.now()
	if !ok {
		return nil
	}
	may := s.d.can("grade", "study_records")
	if may == nil && r.BeforeJoin {
		may = fault.New(fault.Conflict, "teaching.before_join", "name", r.Name, "class", r.ClassCode, "n", r.Number)
	}
	return []kit.Action{
		{ID: "ui.teaching.set_score", Keys: []string{"s"}, Weight: 12, WhyNot: may, Run: func() kit.Cmd { return s.score(r) }},
		{ID: "ui.teaching.set_comment", Keys: []string{"c"}, Weight: 11, WhyNot: may, Run: func() kit.Cmd { return kit.Push(s.comment(r)) }},
		{ID: "ui.teaching.next", Keys: []string{"n"}, Weight: 10, Run: func() kit.Cmd { return s.step(data, 1) }},
		{ID: "ui.teaching.prev", Keys: []string{"p"}, Weight: 9, Run: func() kit.Cmd { return s.step(data, -1) }},
		{ID: "ui.teaching.next_open", Keys: []string{"u"}, Weight: 8, Run: func() kit.Cmd { return s.nextOpen(data) }},
		{ID: "ui.teaching.phrases", Keys: []string{"f"}, Weight: 7, WhyNot: may, Run: func() kit.Cmd { return s.phrases(r) }},
		{ID: "ui.teaching.fill", Keys: []string{"d"}, Weight: 5, WhyNot: s.whyNotFill(may, r), Run: func() kit.Cmd { return s.fill(data, r) }},
		{ID: "ui.teaching.keep_phrase", Keys: []string{"b"}, Weight: -1, WhyNot: may, Run: func() kit.Cmd { return s.keep(r) }},
	}
}

// goTo shows another student.
func (s *gradingScreen) goTo(student int64) kit.Cmd {
	s.at(student)
	return s.Reload()
}

func (s *gradingScreen) step(data gradingData, by int) kit.Cmd {
	i := indexOf(data.list, data.student) + by
	if i < 0 || i >= len(data.list) {
		return kit.Toast(kit.Plain, "ui.teaching.no_more")
	}
	return s.goTo(data.list[i].Student)
}

// nextOpen goes to the next student without a score, from the one shown and
// round.
func (s *gradingScreen) nextOpen(data gradingData) kit.Cmd {
	at := indexOf(data.list, data.student)
	for k := 1; k <= len(data.list); k++ {
		if r := data.list[(at+k)%len(data.list)]; !r.Score.Counts() && !r.BeforeJoin {
			return s.goTo(r.Student)
		}
	}
	return kit.Toast(kit.Good, "ui.teaching.all_graded")
}

// write grades the one who is shown, as he was shown.
func (s *gradingScreen) write(r teaching.StudyRecord, g teaching.Grade) kit.Cmd {
	s.at(r.Student)
	return s.d.act("grade", func(ctx context.Context, by policy.Actor) error {
		_, err := s.d.app.Teaching.Grade(ctx, by, r.ID, r.Version, g)
		return err
	}, "ui.teaching.graded", "name", r.Name)
}

// score chooses one of the scale.
func (s *gradingScreen) score(r teaching.StudyRecord) kit.Cmd {
	var options []kit.Option
	for _, x := range teaching.Scores() {
		o := kit.Option{Value: string(x), Label: s.d.p().T("choice.score." + string(x))}
		if x.Counts() {
			o.Note = strconv.FormatInt(x.Points(), 10)
		}
		options = append(options, o)
	}
	return kit.Choose("ui.teaching.set_score", options, func(o kit.Option) kit.Cmd {
		score := teaching.Score(o.Value)
		return s.write(r, teaching.Grade{Score: &score})
	})
}

func (s *gradingScreen) whyNotFill(may error, r teaching.StudyRecord) error {
	if may == nil && !r.Score.Counts() {
		return fault.New(fault.Conflict, "ui.teaching.fill_nothing")
	}
	return may
}
