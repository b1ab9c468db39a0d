package teaching

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/resource"
	"cohort/db"
)

func TestEverybodyIsPresentButTheExceptions(t *testing.T) {
	s := newSchool(t)
	kobe, wang, li := s.student("kobe", 1), s.student("wang", 1), s.student("li", 1)
	l := s.lesson(1, nil)
	clashes, err := s.Call(bg, s.by("lecturer"), l.ID, []Mark{{Student: kobe, State: State{Late, 10, "  the\tbus\x1b[2J "}}, {Student: wang, State: State{Attendance: Absent}}})
	if err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
	for id, want := range map[int64]State{kobe: {Late, 10, "the bus"}, wang: {Attendance: Absent}, li: {Attendance: Present}} {
		if got := s.record(l.ID, id).State(); got != want {
			t.Errorf("%d: %+v, want %+v", id, got, want)
		}
	}
	roll, err := s.Roll(bg, s.by("lecturer"), l.ID)
	must(t, err)
	if roll.MayMark != nil || roll.Lesson.Called.IsZero() || len(roll.Records) != 3 || roll.Records[0].Name != "kobe" {
		t.Errorf("%+v", roll)
	}
	if missing, err := s.Missing(bg, s.by("lecturer")); err != nil || len(missing) != 0 {
		t.Error(missing, err)
	}
	s.whole()
}

func TestRollCallsAreRefused(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l, soon := s.lesson(1, nil), s.lesson(1, resource.Values{"held": "2026-12-01"})
	foreign := s.student("foreign", 2)
	late := []Mark{{Student: kobe, State: State{Attendance: Late}}}
	for name, x := range map[string]struct {
		who    string
		lesson int64
		marks  []Mark
		key    string
	}{
		"foreign class":   {"other", l.ID, late, "fault.not_found"},
		"no lesson":       {"lecturer", 99, late, "fault.not_found"},
		"student":         {"kobe", l.ID, late, "fault.forbidden"},
		"before the day":  {"lecturer", soon.ID, late, "teaching.roll_early"},
		"foreign student": {"lecturer", l.ID, []Mark{{Student: foreign, State: State{Attendance: Late}}}, "teaching.not_in_lesson"},
		"no such kind":    {"lecturer", l.ID, []Mark{{Student: kobe, State: State{Attendance: "asleep"}}}, "fault.bad_choice"},
		"unmarked":        {"lecturer", l.ID, []Mark{{Student: kobe}}, "fault.bad_choice"},
		"minutes":         {"lecturer", l.ID, []Mark{{Student: kobe, State: State{Late, 601, ""}}}, "teaching.minutes_range"},
		"minutes of whom": {"lecturer", l.ID, []Mark{{Student: kobe, State: State{Absent, 5, ""}}}, "teaching.minutes_only_late"},
	} {
		_, err := s.Call(bg, s.by(x.who), x.lesson, x.marks)
		t.Run(name, func(t *testing.T) { wantKey(t, err, x.key) })
	}
	if s.num(`SELECT count(*) FROM study_records WHERE attendance <> ''`) != 0 || s.num(`SELECT count(*) FROM lessons WHERE called_at > 0`) != 0 {
		t.Error("something was written")
	}
}

// A roll may be changed for seven days, and by the administrator afterwards; a
// missed one stays on the list.
func TestTheRollCloses(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, nil)
	s.clock.Pass(7 * 24 * time.Hour) // the seventh day after
	_, err := s.Call(bg, s.by("lecturer"), l.ID, nil)
	must(t, err)
	s.clock.Pass(15 * time.Hour) // midnight
	_, err = s.Call(bg, s.by("lecturer"), l.ID, []Mark{{Student: kobe, State: State{Attendance: Absent}}})
	wantKey(t, err, "teaching.roll_closed")
	roll, err := s.Roll(bg, s.by("lecturer"), l.ID)
	must(t, err)
	wantKey(t, roll.MayMark, "teaching.roll_closed")
	_, err = s.Call(bg, s.by("admin"), l.ID, []Mark{{Student: kobe, State: State{Attendance: Excused}}})
	must(t, err)
	if s.record(l.ID, kobe).Attendance != Excused {
		t.Error("the administrator's correction is lost")
	}
	s.lesson(1, resource.Values{"held": "2026-12-01"})
	s.lesson(1, resource.Values{"held": "2026-12-30"})
	missing, err := s.Missing(bg, s.by("lecturer"))
	if err != nil || len(missing) != 1 || missing[0].Held != "2026-12-01" {
		t.Errorf("%+v %v", missing, err)
	}
	if list, err := s.Missing(bg, s.by("other")); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// Two lecturers mark the same roll from the same sight of it: what they mark of
// different students merges, what they mark of one comes back as a clash.
func TestTwoLecturersMerge(t *testing.T) {
	s := newSchool(t)
	kobe, wang, li := s.student("kobe", 1), s.student("wang", 1), s.student("li", 1)
	l := s.lesson(1, nil)
	unmarked := State{}
	_, err := s.Call(bg, s.by("lecturer"), l.ID, []Mark{{kobe, State{Late, 10, ""}, &unmarked}, {li, State{Attendance: Absent}, &unmarked}})
	must(t, err)
	clashes, err := s.Call(bg, s.by("second"), l.ID, []Mark{{wang, State{Attendance: Excused}, &unmarked}, {kobe, State{Attendance: Absent}, &unmarked}, {li, State{Attendance: Absent}, &unmarked}})
	must(t, err)
	if len(clashes) != 1 || clashes[0].Student != kobe || clashes[0].Theirs != (State{Late, 10, ""}) || clashes[0].TheirsBy != "Name of lecturer" {
		t.Fatalf("%+v", clashes)
	}
	// Wang was only present because nobody had said otherwise.
	if s.record(l.ID, wang).Attendance != Excused || s.record(l.ID, li).Attendance != Absent || s.record(l.ID, kobe).Attendance != Late {
		t.Error("the first lecturer's marks are gone")
	}
	seen := clashes[0].Theirs
	clashes, err = s.Call(bg, s.by("second"), l.ID, []Mark{{kobe, State{Attendance: Absent}, &seen}})
	if err != nil || len(clashes) != 0 || s.record(l.ID, kobe).Attendance != Absent {
		t.Error("having seen it, he may insist", clashes, err)
	}
	s.whole()
}

// TestMarksMergeByStudent draws what two people do to one roll in turn, each
// from what he saw last, and compares with a plain map.
func TestMarksMergeByStudent(t *testing.T) {
	s := newSchool(t)
	var students []int64
	for i := range 6 {
		students = append(students, s.student(fmt.Sprint("s", i), 1))
	}
	n := int64(0)
	draws(t, 15, func(t *rapid.T) {
		n++
		l := s.lesson(1, resource.Values{"number": n})
		truth, said := map[int64]State{}, map[int64]bool{}
		seen := []map[int64]State{{}, {}}
		for range rapid.IntRange(1, 6).Draw(t, "saves") {
			who := rapid.IntRange(0, 1).Draw(t, "who")
			var marks []Mark
			for _, st := range rapid.SliceOfNDistinct(rapid.SampledFrom(students), 0, 4, func(x int64) int64 { return x }).Draw(t, "students") {
				was := seen[who][st]
				marks = append(marks, Mark{st, State{Attendance: rapid.SampledFrom(Attendances).Draw(t, "as")}, &was})
			}
			clashes, err := s.Call(bg, s.by([]string{"lecturer", "second"}[who]), l.ID, marks)
			if err != nil {
				t.Fatal(err)
			}
			clashed := map[int64]bool{}
			for _, c := range clashes {
				clashed[c.Student] = true
			}
			for _, m := range marks {
				now := truth[m.Student]
				want := said[m.Student] && now != *m.Was && now != m.State
				if clashed[m.Student] != want {
					t.Fatalf("student %d: clash %v; was %v, is %v, wanted %v", m.Student, !want, *m.Was, now, m.State)
				}
				if !want {
					said[m.Student] = said[m.Student] || now != m.State
					truth[m.Student] = m.State
				}
			}
			for _, st := range students {
				if truth[st].Attendance == Unmarked {
					truth[st] = State{Attendance: Present}
				}
				if got := s.record(l.ID, st).State(); got != truth[st] {
					t.Fatalf("student %d: %v, want %v", st, got, truth[st])
				}
			}
			if rapid.Bool().Draw(t, "looks") {
				for _, st := range students {
					seen[who][st] = truth[st]
				}
			}
		}
	})
	s.whole()
}

// large is a class of so many with some lessons.
func large(b testing.TB, students, lessons int) (*school, []Lesson) {
	s := newSchool(b)
	must(b, s.DB.Write(bg, func(tx *db.Tx) error {
		for i := range int64(students) {
			id := 1000 + i
			for _, q := range []string{
				`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES ($1, 's' || $1, '学员' || $1, 1, 1)`,
				`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 's', '5' || $1, 1, 1, 1, 1)`,
				`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $1, 1)`,
			} {
				if _, err := tx.Exec(q, id); err != nil {
					return err
				}
			}
			if err := s.seat(tx, id, 1); err != nil {
				return err
			}
		}
		return nil
	}))
	var out []Lesson
	for range lessons {
		out = append(out, s.lesson(1, nil))
	}
	return s, out
}

// BenchmarkSaveTheRollOf500 saves a whole class of 500, every tenth an
// exception.
func BenchmarkSaveTheRollOf500(b *testing.B) {
	s, lessons := large(b, 500, 1)
	by := s.by("lecturer")
	kinds := []Attendance{Late, Absent}
	for n := 0; b.Loop(); n++ {
		s.sql(`UPDATE study_records SET attendance = ''`)
		var marks []Mark
		for i := int64(0); i < 500; i += 10 {
			marks = append(marks, Mark{Student: 1000 + i, State: State{Attendance: kinds[n%2]}})
		}
		if _, err := s.Call(bg, by, lessons[0].ID, marks); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRankAClassOf500 ranks it after 20 lessons.
func BenchmarkRankAClassOf500(b *testing.B) {
	s, lessons := large(b, 500, 2)
	s.sql(`UPDATE study_records SET score = 'A', points = 90 WHERE lesson_id = $1 AND student_id % 3 = 0`, lessons[0].ID)
	must(b, s.DB.Write(bg, func(tx *db.Tx) error { return rebuild(tx) }))
	by := s.by("lecturer")
	for b.Loop() {
		if r, err := s.Ranking(bg, by, 1); err != nil || r.Size != 500 {
			b.Fatal(r.Size, err)
		}
	}
}
