package ui

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// rollScreen calls the roll of a lesson: a grid of everybody, present unless one
// key says otherwise. What is marked is kept here until it is saved as one
// batch; what somebody else saves meanwhile is seen at once, and merges by
// student.
type rollScreen struct {
	d      *desk
	lesson int64
	roll   teaching.Roll
	loaded bool
	err    error
	mine   map[int64]teaching.Mark  // by student: marked here, not saved yet
	clash  map[int64]teaching.Clash // of those, who was marked otherwise by somebody else
	picked map[int64]bool           // for bulk keys
	at     int
	top    int // first row of the grid that is shown
	w, h   int
}

// roll is the roll call of a lesson.
func (d *desk) roll(lesson int64) kit.Screen {
	return &rollScreen{d: d, lesson: lesson, mine: map[int64]teaching.Mark{}, clash: map[int64]teaching.Clash{}, picked: map[int64]bool{}}
}

// Title is kit.Screen's.
func (s *rollScreen) Title(p i18n.Printer) string {
	if !s.loaded {
		return p.T("ui.teaching.roll")
	}
	return p.T("ui.teaching.roll_of", "class", s.roll.Lesson.ClassCode, "n", s.roll.Lesson.Number)
}

// Init is kit.Screen's.
func (s *rollScreen) Init() kit.Cmd { return s.load() }

// Typing is kit.Screen's.
func (s *rollScreen) Typing() bool { return false }

// load reads the roll as it is now; what was marked here stays.
func (s *rollScreen) load() kit.Cmd {
	return kit.Work[teaching.Roll]{Name: "roll", Label: "kit.loading",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (teaching.Roll, error) {
			return s.d.app.Teaching.Roll(ctx, by, s.lesson)
		}),
		Then: func(r teaching.Roll, err error) kit.Cmd {
			if s.err = err; err == nil {
				s.roll, s.loaded = r, true
				s.move(0)
			}
			return nil
		}}.Cmd()
}

// Changed is kit.Watcher's: somebody else may have saved.
func (s *rollScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	for _, e := range events {
		lost = lost || e.Resource == "lessons" && (e.ID == s.lesson || e.ID == 0)
	}
	if !lost {
		return nil
	}
	return s.load()
}

// Dirty is kit.Dirtier's.
func (s *rollScreen) Dirty() error {
	if len(s.mine) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "ui.teaching.roll_dirty", "n", len(s.mine))
}

// Update is kit.Screen's.
func (s *rollScreen) Update(msg tea.Msg) kit.Cmd {
	if z, ok := msg.(kit.Resized); ok {
		s.w, s.h = z.W, z.H
		s.move(0)
	}
	return nil
}

// Actions is kit.Screen's.
func (s *rollScreen) Actions() []kit.Action {
	if !s.loaded {
		return nil
	}
	mark := func(id, key string, a teaching.Attendance, weight int) kit.Action {
		return kit.Action{ID: id, Keys: []string{key}, Weight: weight, WhyNot: s.roll.MayMark, Run: func() kit.Cmd { return s.mark(a) }}
	}
	go1 := func(id string, by func() int, keys ...string) kit.Action {
		return kit.Action{ID: id, Keys: keys, Weight: -1, Quiet: true, Run: func() kit.Cmd { s.move(by()); return nil }}
	}
	n := func(k int) func() int { return func() int { return k } }
	return []kit.Action{
		{ID: "kit.save", Keys: []string{"ctrl+s"}, Weight: 12, WhyNot: s.whyNotSave(), Run: s.save},
		mark("choice.attendance.late", "l", teaching.Late, 11),
		mark("choice.attendance.absent", "a", teaching.Absent, 10),
		mark("choice.attendance.left_early", "e", teaching.LeftEarly, 9),
		mark("choice.attendance.excused", "x", teaching.Excused, 8),
		mark("choice.attendance.present", "p", teaching.Present, 7),
		{ID: "ui.teaching.minutes", Keys: []string{"t"}, Weight: 6, WhyNot: s.roll.MayMark, Run: s.minutes},
		{ID: "ui.teaching.note", Keys: []string{"n"}, Weight: 5, WhyNot: s.roll.MayMark, Run: s.note},
		{ID: "ui.teaching.undo_mark", Keys: []string{"u"}, Weight: 3, Run: s.undo},
		{ID: "ui.teaching.pick", Keys: []string{"space"}, Weight: 4, Run: s.pick},
		{ID: "ui.teaching.pick_all", Keys: []string{"A"}, Weight: -1, Run: s.pickAll},
		go1("kit.up", func() int { return -s.columns() }, "up", "k"),
		go1("kit.down", s.columns, "down", "j"),
		go1("ui.move.left", n(-1), "left"),
		go1("ui.move.right", n(1), "right", "tab"),
		go1("kit.top", n(-1<<30), "g", "home"),
		go1("kit.bottom", n(1<<30), "G", "end"),
		go1("kit.page_up", func() int { return -s.columns() * s.rows() }, "pgup", "ctrl+u"),
		go1("kit.page_down", func() int { return s.columns() * s.rows() }, "pgdown", "ctrl+d"),
		{ID: "kit.reload", Keys: []string{"ctrl+r"}, Weight: -1, Run: s.load},
	}
}

// whyNotSave says that there is nothing to save: the roll was called and nothing
// is marked.
func (s *rollScreen) whyNotSave() error {
	if s.roll.MayMark != nil {
		return s.roll.MayMark
	}
	if len(s.mine) == 0 && !s.roll.Lesson.Called.IsZero() && s.count()[teaching.Unmarked] == 0 {
		return fault.New(fault.Conflict, "ui.teaching.roll_same")
	}
	return nil
}

// move highlights another student.
func (s *rollScreen) move(by int) {
	s.at = max(0, min(s.at+by, len(s.roll.Records)-1))
	row := s.at / s.columns()
	s.top = max(min(s.top, row), row-s.rows()+1, 0)
}

// shown is a student's state as it would be saved now.
func (s *rollScreen) shown(r teaching.StudyRecord) teaching.State {
	if m, ok := s.mine[r.Student]; ok {
		return m.State
	}
	return r.State()
}

// targets are whom a key means: those picked, else the highlighted one.
func (s *rollScreen) targets() (out []teaching.StudyRecord) {
	for i, r := range s.roll.Records {
		if s.picked[r.Student] || len(s.picked) == 0 && i == s.at {
			out = append(out, r)
		}
	}
	return out
}

// mark marks whom the key means. Late again is five minutes more.
func (s *rollScreen) mark(a teaching.Attendance) kit.Cmd {
	for _, r := range s.targets() {
		now := s.shown(r)
		next := teaching.State{Attendance: a, Note: now.Note}
		if a == teaching.Late && now.Attendance == teaching.Late {
			next.Minutes = min(600, now.Minutes+5)
		}
		s.put(r, next)
	}
	clear(s.picked)
	return nil
}

// put keeps a mark until it is saved; one that says what is there already is
// none.
func (s *rollScreen) put(r teaching.StudyRecord, to teaching.State) {
	if to == r.State() {
		delete(s.mine, r.Student)
		delete(s.clash, r.Student)
		return
	}
	was := r.State()
	if m, ok := s.mine[r.Student]; ok {
		was = *m.Was
	}
	s.mine[r.Student] = teaching.Mark{Student: r.Student, State: to, Was: &was}
}

// minutes asks how late.
func (s *rollScreen) minutes() kit.Cmd {
	return kit.Show(&kit.Prompt{Name: "ui.teaching.minutes", Limit: 3, Check: func(text string) error {
		if n, err := strconv.Atoi(text); err != nil || n < 0 || n > 600 {
			return fault.New(fault.Invalid, "teaching.minutes_range")
		}
		return nil
	}, Then: func(text string) kit.Cmd {
		n, _ := strconv.ParseInt(text, 10, 64)
		for _, r := range s.targets() {
			s.put(r, teaching.State{Attendance: teaching.Late, Minutes: n, Note: s.shown(r).Note})
		}
		clear(s.picked)
		return nil
	}})
}

// note asks for a note; who is not marked yet is present with it.
func (s *rollScreen) note() kit.Cmd {
	list := s.targets()
	if len(list) == 0 {
		return nil
	}
	return kit.Show(&kit.Prompt{Name: "ui.teaching.note", Value: s.shown(list[0]).Note, Limit: 200, Then: func(text string) kit.Cmd {
		for _, r := range list {
			to := s.shown(r)
			if to.Note = text; to.Attendance == teaching.Unmarked {
				to.Attendance = teaching.Present
			}
			s.put(r, to)
		}
		clear(s.picked)
		return nil
	}})
}

// undo takes marks back that are not saved.
func (s *rollScreen) undo() kit.Cmd {
	for _, r := range s.targets() {
		delete(s.mine, r.Student)
		delete(s.clash, r.Student)
	}
	clear(s.picked)
	return nil
}

func (s *rollScreen) pick() kit.Cmd {
	if s.at >= len(s.roll.Records) {
		return nil
	}
	id := s.roll.Records[s.at].Student
	if s.picked[id] = !s.picked[id]; !s.picked[id] {
		delete(s.picked, id)
	}
	s.move(1)
	return nil
}

// pickAll picks everybody, or nobody where everybody is picked.
func (s *rollScreen) pickAll() kit.Cmd {
	all := len(s.picked) == len(s.roll.Records)
	clear(s.picked)
	for _, r := range s.roll.Records {
		if !all {
			s.picked[r.Student] = true
		}
	}
	return nil
}
