package teaching

import (
	"reflect"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func TestSectionsOfAnOutline(t *testing.T) {
	for name, x := range map[string]struct {
		outline string
		want    []Section
	}{
		"headings": {"# Course\n\nfor all\n\n## One\n\ntext\n- a\n\n## Two ##\nmore\n", []Section{{"One", "text\n- a"}, {"Two", "more"}}},
		"deepest":  {"# A\n## Part\n### One\nx\n### Two\n## Part\n### Three\ny", []Section{{"One", "x"}, {"Two", ""}, {"Three", "y"}}},
		"code":     {"## One\n```\n## not\n### a\n### heading\n```\n## Two", []Section{{"One", "```\n## not\n### a\n### heading\n```"}, {"Two", ""}}},
		"items":    {"# Only one\n\n1. 基础\n2. 进阶\n   - inner\n- last", []Section{{"基础", ""}, {"进阶", ""}, {"last", ""}}},
		"windows":  {"## a\r\nx\r\n## b\r\n", []Section{{"a", "x"}, {"b", ""}}},
		"nothing":  {"", nil},
	} {
		if got := Sections(x.outline); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %+v, want %+v", name, got, x.want)
		}
	}
}

func TestALessonIsFilledFromTheOutline(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	id, err := s.AddLesson(bg, s.by("second"), resource.Values{"class": int64(1), "homework": "Write one.", "due": db.Millis(s.clock.Now().Add(48 * time.Hour))})
	must(t, err)
	l, err := s.LessonByNumber(bg, s.by("lecturer"), "python-s9", 1)
	must(t, err)
	if l.ID != id || l.Title != "变量 Variables" || l.Content != "Names for values." || l.Held != "2026-11-26" || l.LecturerLogin != "second" || l.Homework != "Write one." {
		t.Errorf("%+v", l)
	}
	r := s.record(id, kobe)
	if r.BeforeJoin || r.Attendance != Unmarked || r.Score != NotGraded || r.Roll != 1 {
		t.Errorf("%+v", r)
	}
	if n := s.num(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'lesson_due'`, s.who["kobe"]); n != 1 {
		t.Errorf("kobe was told %d times", n)
	}
	d, err := s.Draft(bg, s.by("lecturer"), 1)
	if err != nil || d.Number != 2 || d.Title != "循环 Loops" || d.Content != "- for\n- while" {
		t.Errorf("%+v %v", d, err)
	}
}

func TestLessonsAreRefused(t *testing.T) {
	s := newSchool(t)
	s.lesson(1, nil)
	due := db.Millis(s.clock.Now())
	for name, x := range map[string]struct {
		v   resource.Values
		key string
	}{
		"foreign class": {resource.Values{"class": int64(2)}, "record.no_such"},
		"no class":      {resource.Values{"class": int64(99)}, "record.no_such"},
		"same number":   {resource.Values{"class": int64(1), "number": int64(1)}, "teaching.number_taken"},
		"number":        {resource.Values{"class": int64(1), "number": int64(10000)}, "teaching.number_range"},
		"no title":      {resource.Values{"class": int64(1), "number": int64(9)}, "fault.required"},
		"due, no work":  {resource.Values{"class": int64(1), "due": due}, "teaching.due_without_homework"},
		"cut-off":       {resource.Values{"class": int64(1), "homework": "x", "due": due, "cutoff": due - 1}, "teaching.cutoff_early"},
		"only cut-off":  {resource.Values{"class": int64(1), "homework": "x", "cutoff": due}, "teaching.cutoff_without_due"},
		"lecturer":      {resource.Values{"class": int64(1), "lecturer": int64(99)}, "teaching.no_lecturer"},
	} {
		_, err := s.AddLesson(bg, s.by("lecturer"), x.v)
		if t.Run(name, func(t *testing.T) { wantKey(t, err, x.key) }); err == nil {
			t.Errorf("%s was made", name)
		}
	}
	if _, err := s.AddLesson(bg, s.by("admin"), resource.Values{"class": int64(2), "title": "x"}); err != nil {
		t.Error(err)
	}
	kobe := s.student("kobe", 1)
	_ = kobe
	_, err := s.AddLesson(bg, s.by("kobe"), resource.Values{"class": int64(1)})
	wantKey(t, err, "fault.forbidden")
	_, err = s.LessonByNumber(bg, s.by("other"), "python-s9", 1)
	wantKey(t, err, "fault.not_found")
	wantKey(t, s.ChangeLesson(bg, s.by("other"), 1, 0, resource.Values{"title": "x"}), "fault.not_found")
	wantKey(t, s.ChangeLesson(bg, s.by("kobe"), 1, 0, resource.Values{"title": "x"}), "fault.forbidden")
}

// Who joins later has a record of what was before, which counts for nothing, and
// takes part from the day he joins.
func TestLateJoiners(t *testing.T) {
	s := newSchool(t)
	s.student("kobe", 1)
	past := s.lesson(1, resource.Values{"held": "2026-11-24"})
	today := s.lesson(1, resource.Values{"held": "2026-11-26"})
	next := s.lesson(1, resource.Values{"held": "2026-11-28"})
	late := s.student("late", 1)
	for l, want := range map[int64]bool{past.ID: true, today.ID: false, next.ID: false} {
		if r := s.record(l, late); r.BeforeJoin != want || r.Score != NotGraded || r.Attendance != Unmarked {
			t.Errorf("lesson %d: %+v", r.Number, r)
		}
	}
	score := Score("A")
	_, err := s.Grade(bg, s.by("lecturer"), s.record(past.ID, late).ID, 0, Grade{Score: &score})
	wantKey(t, err, "teaching.before_join")
	_, err = s.Call(bg, s.by("lecturer"), past.ID, []Mark{{Student: late, State: State{Attendance: Late}}})
	wantKey(t, err, "teaching.before_join")
	_, err = s.Call(bg, s.by("lecturer"), past.ID, nil)
	must(t, err)
	if r := s.record(past.ID, late); r.Attendance != Unmarked {
		t.Errorf("%+v", r)
	}
	// The lesson turns out to have been held later: he was there.
	must(t, s.ChangeLesson(bg, s.by("lecturer"), past.ID, 0, resource.Values{"held": "2026-11-26"}))
	if s.record(past.ID, late).BeforeJoin {
		t.Error("still before joining")
	}
	// A lesson written down afterwards is before his time as well.
	forgotten := s.lesson(1, resource.Values{"held": "2026-11-20"})
	if !s.record(forgotten.ID, late).BeforeJoin || !s.record(forgotten.ID, 1).BeforeJoin {
		t.Error("both joined later than that")
	}
	s.whole()
}

func TestChangingAClassKeepsWhatHappened(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, nil)
	_, err := s.Call(bg, s.by("lecturer"), l.ID, []Mark{{Student: kobe, State: State{Late, 10, "bus"}}})
	must(t, err)
	s.grade(l.ID, kobe, "B+", "good")
	must(t, s.ChangeLesson(bg, s.by("lecturer"), l.ID, l.Version, resource.Values{"lecturer": s.who["second"], "held": "2026-11-27", "title": "moved"}))
	must(t, s.Engine.Change(bg, s.by("admin"), "classes", 1, 0, map[string]string{"lecturers": "other", "room": "301", "starts": "2026-11-02"}))
	s.org.Invalidate()
	if r := s.record(l.ID, kobe); r.Attendance != Late || r.Minutes != 10 || r.Note != "bus" || r.Score != "B+" || r.Comment != "good" || r.GradedBy != s.who["lecturer"] {
		t.Errorf("%+v", r)
	}
	_, err = s.Lesson(bg, s.by("lecturer"), l.ID)
	wantKey(t, err, "fault.not_found")
	if _, err := s.Lesson(bg, s.by("other"), l.ID); err != nil {
		t.Error(err)
	}
	wantKey(t, s.ChangeLesson(bg, s.by("other"), l.ID, l.Version, resource.Values{"title": "stale"}), "fault.stale")
	s.whole()
}

func TestClassesAtAGlance(t *testing.T) {
	s := newSchool(t)
	s.student("kobe", 1)
	s.student("wang", 1)
	s.lesson(1, resource.Values{"homework": "x"})
	l := s.lesson(1, resource.Values{"homework": "x", "due": db.Millis(s.clock.Now().Add(-time.Hour))})
	list, err := s.Classes(bg, s.by("lecturer"))
	must(t, err)
	if len(list) != 1 || list[0].Code != "python-s9" || list[0].Held != 2 || list[0].Planned != 60 || list[0].Students != 2 || list[0].Uncalled != 2 || list[0].Open != 2 {
		t.Fatalf("%+v", list)
	}
	_, err = s.Call(bg, s.by("lecturer"), l.ID, nil)
	must(t, err)
	s.grade(l.ID, 1, "A", "")
	if c, err := s.Class(bg, s.by("lecturer"), 1); err != nil || c.Uncalled != 1 || c.Open != 1 {
		t.Errorf("%+v %v", c, err)
	}
	_, err = s.Class(bg, s.by("lecturer"), 2)
	wantKey(t, err, "fault.not_found")
	_, err = s.Classes(bg, s.by("kobe"))
	wantKey(t, err, "fault.forbidden")
	if all, err := s.Classes(bg, policy.System); err != nil || len(all) != 2 {
		t.Errorf("%+v %v", all, err)
	}
}

// A lesson made by mistake goes to the trash and comes back; one of which
// something is known stays.
func TestDeletingALesson(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, nil)
	must(t, s.Engine.Delete(bg, s.by("lecturer"), "lessons", l.ID, 0))
	if n := s.num(`SELECT count(*) FROM study_records`); n != 0 {
		t.Errorf("%d study records are left", n)
	}
	must(t, s.Engine.Restore(bg, s.by("admin"), s.num(`SELECT max(id) FROM trash`)))
	if r := s.record(l.ID, kobe); r.Score != NotGraded {
		t.Errorf("%+v", r)
	}
	wantKey(t, s.Engine.Delete(bg, s.by("other"), "lessons", l.ID, 0), "fault.not_found")
	handed := s.lesson(1, nil)
	s.sql(`INSERT INTO homework (study_record_id, version, receipt, files, size, sha256, handed_in_at) VALUES ($1, 1, 'r', 1, 1, 'x', 1)`, s.record(handed.ID, kobe).ID)
	wantKey(t, s.Engine.Delete(bg, s.by("lecturer"), "lessons", handed.ID, 0), "teaching.lesson_kept")
	s.grade(l.ID, kobe, "A", "")
	wantKey(t, s.Engine.Delete(bg, s.by("lecturer"), "lessons", l.ID, 0), "teaching.lesson_kept")
	called := s.lesson(1, nil)
	_, err := s.Call(bg, s.by("lecturer"), called.ID, nil)
	must(t, err)
	wantKey(t, s.Engine.Delete(bg, s.by("admin"), "lessons", called.ID, 0), "teaching.lesson_kept")
	s.whole()
}
