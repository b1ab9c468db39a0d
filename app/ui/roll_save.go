package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// save writes all marks as one batch. Whom somebody else has marked otherwise
// meanwhile stays marked here, with what the other one said beside it: saving
// again insists.
func (s *rollScreen) save() kit.Cmd {
	var marks []teaching.Mark
	for _, r := range s.roll.Records {
		if m, ok := s.mine[r.Student]; ok {
			marks = append(marks, m)
		}
	}
	return kit.Work[[]teaching.Clash]{Name: "call", Write: true, Label: "kit.saving",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) ([]teaching.Clash, error) {
			return s.d.app.Teaching.Call(ctx, by, s.lesson, marks)
		}),
		Then: func(list []teaching.Clash, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			s.saved(marks, list)
			if len(list) > 0 {
				return kit.Batch(kit.Toast(kit.Warn, "ui.teaching.roll_clash", "n", len(list), "who", list[0].TheirsBy), s.load())
			}
			return kit.Batch(kit.Toast(kit.Good, "ui.teaching.roll_saved"), s.load())
		}}.Cmd()
}

// saved forgets the marks that were written.
func (s *rollScreen) saved(marks []teaching.Mark, list []teaching.Clash) {
	clear(s.clash)
	for _, c := range list {
		s.clash[c.Student] = c
	}
	for _, m := range marks {
		c, clashed := s.clash[m.Student]
		switch now, still := s.mine[m.Student]; {
		case clashed:
			m.Was = &c.Theirs
			s.mine[m.Student] = m
		case still && now.State == m.State:
			delete(s.mine, m.Student)
		}
	}
}

// One student takes so many cells at least, of which how he was there takes so
// many.
const (
	leastCell = 26
	stateCell = 10
)

// columns are as many as fit; fewer, so that no name is cut, where the whole class
// is in sight all the same.
func (s *rollScreen) columns() int {
	longest := 0
	for _, r := range s.roll.Records {
		longest = max(longest, width.Of(width.Clean(r.Name)))
	}
	whole := (s.w - 1) / max(leastCell, longest+stateCell+7)
	if whole > 0 && whole*s.rows() >= len(s.roll.Records) {
		return whole
	}
	return max(1, (s.w-1)/leastCell)
}

// cellWidth spreads the columns over the window.
func (s *rollScreen) cellWidth() int { return max(leastCell, min(40, (s.w-1)/s.columns())) }

// rows is how many rows of the grid are in sight.
func (s *rollScreen) rows() int { return max(1, s.h-5) }

// count says how many would be how, if it were saved now.
func (s *rollScreen) count() map[teaching.Attendance]int {
	out := map[teaching.Attendance]int{}
	for _, r := range s.roll.Records {
		out[s.shown(r).Attendance]++
	}
	return out
}

// View is kit.Screen's.
func (s *rollScreen) View(e kit.Env, w, h int) kit.View {
	if !s.loaded {
		text := e.Theme.Paint(kit.Muted, e.T("kit.loading"))
		if s.err != nil {
			text = e.Theme.Paint(kit.Bad, width.Cut(e.Error(s.err), w-2))
		}
		return kit.View{Lines: []string{"", " " + text}}
	}
	v := kit.View{Lines: append(s.head(e, w), "")}
	cols, rows := s.columns(), s.rows()
	for row := s.top; row < s.top+rows && row*cols < len(s.roll.Records); row++ {
		text := " "
		for i := row * cols; i < min((row+1)*cols, len(s.roll.Records)); i++ {
			text += s.cell(e, i)
		}
		v.Lines = append(v.Lines, width.Head(text, w))
	}
	if len(s.roll.Records) == 0 {
		v.Lines = append(v.Lines, "  "+e.Theme.Paint(kit.Muted, width.Cut(e.T("ui.teaching.no_student"), w-4)))
	}
	for len(v.Lines) < h-1 {
		v.Lines = append(v.Lines, "")
	}
	v.Lines = append(v.Lines[:h-1], s.foot(e, w))
	v.Status = e.T("ui.teaching.roll_status", "at", min(s.at+1, len(s.roll.Records)), "n", len(s.roll.Records))
	return v
}

// head tells the lesson and how many are how.
func (s *rollScreen) head(e kit.Env, w int) []string {
	l := s.roll.Lesson
	first := " " + e.Theme.Paint(kit.Strong, width.Clean(l.Title)) + "  " + e.Theme.Paint(kit.Muted, e.DayWeekday(s.d.dayOf(l.Held)))
	n := s.count()
	second := " "
	for _, a := range teaching.Attendances {
		k := n[a]
		if a == teaching.Present {
			k += n[teaching.Unmarked]
		}
		tone := stateTones[a]
		if k == 0 {
			tone = kit.Muted
		}
		second += e.Theme.Paint(tone, e.T("choice.attendance."+string(a))+" "+num(int64(k))) + "   "
	}
	return []string{width.Head(first, w), width.Head(second, w)}
}

// foot says what is not saved, or why nothing can be; of the highlighted student
// the note, and what somebody else has marked.
func (s *rollScreen) foot(e kit.Env, w int) string {
	text, tone := "", kit.Muted
	switch {
	case s.roll.MayMark != nil:
		text, tone = e.Error(s.roll.MayMark), kit.Warn
	case len(s.mine) > 0:
		text, tone = e.T("ui.teaching.roll_unsaved", "n", len(s.mine)), kit.Accent
	case s.roll.Lesson.Called.IsZero():
		text = e.T("ui.teaching.roll_first")
	default:
		text = e.T("ui.teaching.roll_until", "when", s.roll.Until)
	}
	if s.at < len(s.roll.Records) {
		r := s.roll.Records[s.at]
		if c, ok := s.clash[r.Student]; ok {
			text, tone = e.T("ui.teaching.roll_theirs", "name", r.Name, "who", c.TheirsBy, "state", s.d.stateText(c.Theirs)), kit.Warn
		} else if note := s.shown(r).Note; note != "" {
			text = r.Name + ": " + note
		}
	}
	return " " + e.Theme.Paint(tone, width.Cut(width.Clean(text), w-2))
}

// cell draws one student: number, name, how he was there. A star is a mark that
// is not saved, an exclamation mark one that somebody else contradicts.
func (s *rollScreen) cell(e kit.Env, i int) string {
	r := s.roll.Records[i]
	state := s.shown(r)
	_, mine := s.mine[r.Student]
	sign := " "
	if mine {
		sign = "*"
	}
	if _, ok := s.clash[r.Student]; ok {
		sign = "!"
	}
	box := " "
	if s.picked[r.Student] {
		box = "+"
	}
	name := width.Fit(width.FitLeft(num(r.Roll), 3)+" "+width.Clean(r.Name), s.cellWidth()-stateCell-3)
	word := s.d.stateText(state)
	if state.Minutes > 0 {
		word = e.T("ui.teaching.late_short", "n", state.Minutes)
	}
	if state.Attendance == teaching.Unmarked && s.roll.MayMark == nil {
		word = e.T("choice.attendance.present") // which he will be unless a key says otherwise
	}
	if state.Note != "" {
		word += " #"
	}
	text := box + name + sign + width.Fit(word, stateCell)
	if i == s.at {
		return e.Theme.Selected.S(text) + " "
	}
	return box + e.Theme.Paint(kit.Plain, name) + e.Theme.Paint(kit.Accent, sign) + e.Theme.Paint(stateTones[state.Attendance], width.Fit(word, stateCell)) + " "
}
