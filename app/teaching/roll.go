package teaching

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// State is how one student was there.
type State struct {
	Attendance Attendance
	Minutes    int64  // late; only with Late
	Note       string // free
}

// Mark is what somebody wants a student's state to be. Was is what he saw when
// he marked; nil marks whatever there is.
type Mark struct {
	Student int64
	State
	Was *State
}

// Clash is a student whom somebody else has marked otherwise since; nothing of
// him was written.
type Clash struct {
	Student     int64
	Name        string
	Yours       State
	Theirs      State
	TheirsBy    string
	TheirMoment time.Time
}

// Roll is a lesson's roll: those who belong there, in the order of the class's
// roll.
type Roll struct {
	Lesson  Lesson
	Records []StudyRecord
	MayMark error     // nil, or why the actor may not mark now: for greying out
	Until   time.Time // when the roll closes for the class's lecturers
}

// Roll gives the roll of a lesson that by may view.
func (s *Service) Roll(ctx context.Context, by policy.Actor, lesson int64) (r Roll, err error) {
	if err := by.NeedAny("list", "study_records"); err != nil {
		return r, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if r.Lesson, err = s.lessonFor(tx, by, "view", lesson); err != nil {
			return err
		}
		all, err := s.recordsOf(tx, by, lesson)
		for _, x := range all {
			if !x.BeforeJoin {
				r.Records = append(r.Records, x)
			}
		}
		r.Until, r.MayMark = s.closes(r.Lesson), s.open(tx, by, r.Lesson)
		return err
	})
	return r, err
}

// closes is the moment from which on only who may correct a roll changes it.
func (s *Service) closes(l Lesson) time.Time { return s.midnight(l.Held).AddDate(0, 0, s.RollDays()+1) }

// rollRight is the right that marking a lesson's roll takes now: "mark", and
// "correct" once it is closed for the class's lecturers.
func (s *Service) rollRight(tx *db.Tx, l Lesson) string {
	if tx.Now.Before(s.closes(l)) {
		return "mark"
	}
	return "correct"
}

// open says why the roll of a lesson cannot be marked now.
func (s *Service) open(tx *db.Tx, by policy.Actor, l Lesson) error {
	if s.today(tx) < l.Held {
		return fault.New(fault.Conflict, "teaching.roll_early", "day", i18n.Day(s.midnight(l.Held)))
	}
	right := s.rollRight(tx, l)
	if right == "correct" && by.Can("mark", "study_records") && !by.Can(right, "study_records") {
		return fault.New(fault.Forbidden, "teaching.roll_closed", "days", s.RollDays(), "day", i18n.Day(s.closes(l)))
	}
	return by.NeedAny(right, "study_records")
}

// Call saves marks of a lesson's roll as one batch. Everybody who is not marked
// yet is present. A student whom somebody else has marked since the marks were
// made is left as he is and comes back as a clash; the others are written.
func (s *Service) Call(ctx context.Context, by policy.Actor, lesson int64, marks []Mark) (clashes []Clash, err error) {
	if marks, err = tidyMarks(marks); err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.lessonFor(tx, by, "view", lesson)
		if err != nil {
			return err
		}
		if err := s.open(tx, by, l); err != nil {
			return err
		}
		clashes, err = s.call(tx, by, l, marks)
		return err
	})
	return clashes, err
}

// tidyMarks cleans and checks what is to be written.
func tidyMarks(list []Mark) ([]Mark, error) {
	out := make([]Mark, len(list))
	for i, m := range list {
		m.Note = clean.Line(m.Note)
		switch {
		case !m.Attendance.known():
			return nil, fault.Field("attendance", "fault.bad_choice", "value", string(m.Attendance), "choices", attendanceNames())
		case m.Attendance != Late && m.Minutes != 0:
			return nil, fault.Field("minutes_late", "teaching.minutes_only_late")
		case m.Minutes < 0 || m.Minutes > 600:
			return nil, fault.Field("minutes_late", "teaching.minutes_range")
		case len([]rune(m.Note)) > 200:
			return nil, fault.Field("remark", "fault.too_long", "max", 200)
		}
		out[i] = m
	}
	return out, nil
}

// call writes the marks and makes everybody else present.
func (s *Service) call(tx *db.Tx, by policy.Actor, l Lesson, marks []Mark) (clashes []Clash, err error) {
	records, err := s.markable(tx, by, l, marks)
	if err != nil {
		return nil, err
	}
	wanted := map[int64]Mark{}
	for _, m := range marks {
		wanted[m.Student] = m
	}
	changed := map[Attendance]int{}
	for _, r := range records {
		m, marked := wanted[r.Student]
		now := r.State()
		switch {
		case !marked && now.Attendance == Unmarked:
			m = Mark{Student: r.Student, State: State{Attendance: Present}}
		case !marked || m.State == now:
			continue
		case m.Was != nil && *m.Was != now && r.MarkedBy != 0:
			clashes = append(clashes, Clash{r.Student, r.Name, m.State, now, r.markerName, r.Marked})
			continue
		}
		if err := s.mark(tx, by, r, m.State, marked); err != nil {
			return nil, err
		}
		changed[m.Attendance]++
	}
	return clashes, s.called(tx, by, l, changed)
}

// markable gives the records of the roll that by may mark, and refuses a mark
// for somebody who is not among them.
func (s *Service) markable(tx *db.Tx, by policy.Actor, l Lesson, marks []Mark) ([]StudyRecord, error) {
	right := s.rollRight(tx, l)
	list, err := s.recordsWhere(tx, by, right, l.ID)
	if err != nil {
		return nil, err
	}
	there := map[int64]StudyRecord{}
	for _, r := range list {
		there[r.Student] = r
	}
	for _, m := range marks {
		r, ok := there[m.Student]
		if !ok {
			return nil, s.whyNotOn(tx, by, right, l, m.Student)
		}
		if r.BeforeJoin {
			return nil, fault.New(fault.Conflict, "teaching.before_join", "name", r.Name, "class", l.ClassCode, "n", l.Number)
		}
	}
	out := list[:0]
	for _, r := range list {
		if !r.BeforeJoin {
			out = append(out, r)
		}
	}
	return out, nil
}

// whyNotOn says why by may not act on a student's record of a lesson.
func (s *Service) whyNotOn(tx *db.Tx, by policy.Actor, action string, l Lesson, student int64) error {
	r, err := recordOfStudent(tx, l.ID, student)
	if db.NoRows(err) {
		return fault.New(fault.NotFound, "teaching.not_in_lesson", "class", l.ClassCode, "n", l.Number)
	}
	if err != nil {
		return err
	}
	return s.need(tx, by, action, "study_records", r.ID)
}

// mark writes one student's state. What was said of him alone is written down
// by itself; that everybody else was present is in the entry of the lesson.
func (s *Service) mark(tx *db.Tx, by policy.Actor, r StudyRecord, to State, alone bool) error {
	old := r
	r.Attendance, r.Minutes, r.Note = to.Attendance, to.Minutes, to.Note
	marker := by.Account
	if !alone {
		marker = 0 // nobody's word: whoever marks him otherwise contradicts no one
	}
	if err := storeState(tx, r.ID, to, marker); err != nil {
		return err
	}
	if err := recount(tx, old, r); err != nil {
		return err
	}
	if !alone {
		return nil
	}
	return audit.Write(tx, by, "mark", "study_records", r.ID, audit.Diff(old.State().texts(), to.texts(), []string{"attendance", "minutes_late", "remark"})...)
}

// called writes down that the roll was called.
func (s *Service) called(tx *db.Tx, by policy.Actor, l Lesson, changed map[Attendance]int) error {
	if !l.Called.IsZero() && len(changed) == 0 {
		return nil
	}
	if err := storeCalled(tx, l.ID, by.Account); err != nil {
		return err
	}
	s.publish(tx, "lessons", l.ID, "marked")
	return audit.Write(tx, by, "mark", "lessons", l.ID, rollChanges(changed)...)
}
