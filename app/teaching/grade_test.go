package teaching

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohort/app/audit"
	"cohort/app/resource"
)

func TestTheScale(t *testing.T) {
	for text, want := range map[string]int64{"A+": 100, "a": 90, " b+ ": 85, "B": 80, "b-": 75, "C+": 70, "c": 60, "C-": 40, "D": -50, "copy": -100,
		"100": 100, "85": 85, "-50": -50, "−100": -100, "n/a": 0, "NA": 0} {
		s, err := ParseScore(text)
		if err != nil || s.Points() != want {
			t.Errorf("%q: %s %d %v", text, s, s.Points(), err)
		}
	}
	for _, bad := range []string{"", "E", "99", "A++", "0", "-", "B +", "1e2"} {
		_, err := ParseScore(bad)
		wantKey(t, err, "teaching.off_scale")
	}
	if NotGraded.Counts() || !Copied.Counts() || Score("").Counts() {
		t.Error("N/A never counts, COPY does")
	}
}

func TestGradesAreKeptAndWrittenDown(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, resource.Values{"homework": "x"})
	s.grade(l.ID, kobe, "C", "thin")
	s.grade(l.ID, kobe, "B", "better now")
	s.grade(l.ID, kobe, "B", "better now") // nothing new
	r := s.record(l.ID, kobe)
	if r.Score != "B" || r.Comment != "better now" || r.GraderName != "Name of lecturer" || r.Graded.IsZero() || r.Version != 3 {
		t.Errorf("%+v", r)
	}
	list, err := audit.Entries(bg, s.DB, "study_records", r.ID, 10, "grade")
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	if got := fmt.Sprint(list[0].Changes); !strings.Contains(got, "C B") || !strings.Contains(got, "thin better now") {
		t.Error(got)
	}
	if err := s.DB.Write(bg, deleteRecord(r.ID)); err == nil {
		t.Error("a grade was deleted")
	}
	score := Score("A")
	_, err = s.Grade(bg, s.by("lecturer"), r.ID, 1, Grade{Score: &score})
	wantKey(t, err, "fault.stale")
	s.whole()
}

func TestGradesAreRefused(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, nil)
	id := s.record(l.ID, kobe).ID
	a, bad, long := Score("A"), Score("E"), strings.Repeat("x", 20_001)
	for name, x := range map[string]struct {
		who string
		id  int64
		g   Grade
		key string
	}{
		"off the scale": {"lecturer", id, Grade{Score: &bad}, "teaching.off_scale"},
		"too long":      {"lecturer", id, Grade{Comment: &long}, "fault.too_long"},
		"foreign class": {"other", id, Grade{Score: &a}, "fault.not_found"},
		"student":       {"kobe", id, Grade{Score: &a}, "fault.forbidden"},
		"no record":     {"lecturer", 99, Grade{Score: &a}, "fault.not_found"},
	} {
		_, err := s.Grade(bg, s.by(x.who), x.id, 0, x.g)
		t.Run(name, func(t *testing.T) { wantKey(t, err, x.key) })
	}
	// A lecturer who sits in his own class does not grade himself.
	s.sql(`UPDATE students SET account_id = $1 WHERE id = $2`, s.who["lecturer"], kobe)
	_, err := s.Grade(bg, s.by("lecturer"), id, 0, Grade{Score: &a})
	wantKey(t, err, "teaching.own_grade")
	_, _, err = s.Release(bg, s.by("lecturer"), l.ID)
	wantKey(t, err, "teaching.nothing_to_release")
	_, _, err = s.Release(bg, s.by("other"), l.ID)
	wantKey(t, err, "fault.not_found")
}

// A student sees neither score nor comment before they are released, by no way
// in: not by his record, not by the lists, not by his total or place.
func TestStudentsSeeWhatIsReleased(t *testing.T) {
	s := newSchool(t)
	kobe, wang := s.student("kobe", 1), s.student("wang", 1)
	l := s.lesson(1, resource.Values{"homework": "x"})
	s.grade(l.ID, kobe, "A", "well done")
	me := s.by("kobe")
	look := func() string {
		r, err := s.MyRecord(bg, me, "python-s9", 1)
		must(t, err)
		list, err := s.MyLessons(bg, me, 1)
		must(t, err)
		rows, err := s.Engine.List(bg, me, "study_records", "", resource.Page{})
		must(t, err)
		_, mine, err := s.MyRanking(bg, me, 1)
		must(t, err)
		return fmt.Sprint(r.Score, r.Comment, list[0].Record.Score, list[0].Record.Comment, rows.Rows[0].Values["score"].Raw, rows.Rows[0].Values["comment"].Raw, mine.Rank, mine.Total, len(rows.Rows))
	}
	if got := look(); got != fmt.Sprint("N/A", "", "N/A", "", nil, nil, 0, 0, 1) {
		t.Error("before:", got)
	}
	if l, err := s.Engine.List(bg, me, "study_records", "score:A", resource.Page{}); err == nil && len(l.Rows) > 0 {
		t.Error("a filter tells an unreleased score")
	}
	told, left, err := s.Release(bg, s.by("lecturer"), l.ID)
	if err != nil || told != 1 || left != 1 {
		t.Error(told, left, err)
	}
	if got := look(); got != fmt.Sprint("A", "well done", "A", "well done", "A", "well done", 1, 90, 1) {
		t.Error("after:", got)
	}
	if n := s.num(`SELECT count(*) FROM notifications WHERE kind = 'grade'`); n != 1 {
		t.Errorf("%d were told", n)
	}
	if told, _, err := s.Release(bg, s.by("lecturer"), l.ID); err != nil || told != 0 || s.num(`SELECT count(*) FROM notifications WHERE kind = 'grade'`) != 1 {
		t.Error("released twice", told, err)
	}
	s.grade(l.ID, wang, "D", "") // seen at once
	if n := s.num(`SELECT count(*) FROM notifications WHERE kind = 'grade' AND account_id = $1`, s.who["wang"]); n != 1 {
		t.Errorf("wang was told %d times", n)
	}
	_, err = s.Record(bg, me, s.record(l.ID, wang).ID)
	wantKey(t, err, "fault.not_found")
	s.whole()
}

func TestFillDown(t *testing.T) {
	s := newSchool(t)
	kobe, wang, li := s.student("kobe", 1), s.student("wang", 1), s.student("li", 1)
	l := s.lesson(1, nil)
	s.grade(l.ID, kobe, "A", "")
	b := Score("b")
	n, err := s.Fill(bg, s.by("lecturer"), l.ID, []int64{kobe, wang, li}, Grade{Score: &b})
	if err != nil || n != 2 || s.record(l.ID, kobe).Score != "A" || s.record(l.ID, li).Score != "B" {
		t.Error(n, err)
	}
	_, err = s.Fill(bg, s.by("other"), l.ID, []int64{kobe}, Grade{Score: &b})
	wantKey(t, err, "fault.not_found")
	s.whole()
}

func TestPhrases(t *testing.T) {
	s := newSchool(t)
	me := s.by("lecturer")
	for _, p := range []string{"Good.", "代码清楚,继续保持。", "Good."} {
		must(t, s.KeepPhrase(bg, me, p))
	}
	list, err := s.Phrases(bg, me)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if other, err := s.Phrases(bg, s.by("second")); err != nil || len(other) != 0 {
		t.Error("somebody else's phrases", other, err)
	}
	wantKey(t, s.DropPhrase(bg, s.by("second"), list[0].ID), "fault.not_found")
	must(t, s.DropPhrase(bg, me, list[0].ID))
	wantKey(t, s.KeepPhrase(bg, me, " "), "fault.required")
}

// TestRankIsTheOracles draws lessons, scores and releases, and compares totals
// and places with what plain counting makes of them.
func TestRankIsTheOracles(t *testing.T) {
	s := newSchool(t)
	var students []int64
	for i := range 7 {
		students = append(students, s.student(fmt.Sprint("s", i), 1))
	}
	me := s.by("s0")
	lecturer := s.by("lecturer")
	type given struct {
		score    Score
		released bool
	}
	grades := map[int64]map[int64]given{} // by lesson, by student
	draws(t, 40, func(t *rapid.T) {
		var ids []int64
		for id := range grades {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		if len(ids) == 0 || len(ids) < 5 && rapid.Bool().Draw(t, "new lesson") {
			id := s.lesson(1, nil).ID
			grades[id], ids = map[int64]given{}, append(ids, id)
		}
		lesson := rapid.SampledFrom(ids).Draw(t, "lesson")
		student := rapid.SampledFrom(students).Draw(t, "student")
		score := rapid.SampledFrom(Scores()).Draw(t, "score")
		if _, err := s.Grade(bg, lecturer, s.record(lesson, student).ID, 0, Grade{Score: &score}); err != nil {
			t.Fatal(err)
		}
		g := grades[lesson]
		g[student] = given{score, g[-1].released}
		if rapid.IntRange(0, 9).Draw(t, "release") == 0 {
			if _, _, err := s.Release(bg, lecturer, lesson); err == nil {
				g[-1] = given{released: true}
			}
		}
		want := func(student int64, releasedOnly bool) (total, n int64) {
			for _, g := range grades {
				if x, ok := g[student]; ok && x.score != "N/A" && (!releasedOnly || g[-1].released) {
					total, n = total+x.score.Points(), n+1
				}
			}
			return total, n
		}
		place := func(student int64, releasedOnly bool) (rank int64) {
			mine, _ := want(student, releasedOnly)
			any := int64(0)
			for _, o := range students {
				theirs, n := want(o, releasedOnly)
				any += n
				if theirs > mine {
					rank++
				}
			}
			if any == 0 {
				return 0
			}
			return rank + 1
		}
		r, err := s.Ranking(bg, lecturer, 1)
		if err != nil || r.Size != len(students) {
			t.Fatal(r, err)
		}
		for i, p := range r.Places {
			total, n := want(p.Student, false)
			if p.Total != total || p.Graded != n || p.Rank != place(p.Student, false) {
				t.Fatalf("student %d: %+v, want total %d of %d, place %d", p.Student, p, total, n, place(p.Student, false))
			}
			if i > 0 && r.Places[i-1].Total < p.Total {
				t.Fatal("not best first")
			}
		}
		mine, own, err := s.MyRanking(bg, me, 1)
		total, n := want(students[0], true)
		if err != nil || own.Total != total || own.Graded != n || own.Rank != place(students[0], true) || mine.Size != len(students) || len(mine.Places) != 1 {
			t.Fatalf("mine: %+v %v, want %d of %d, place %d", own, err, total, n, place(students[0], true))
		}
		if list, err := s.CheckStandings(bg, lecturer); err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
	})
}

func TestRank113(t *testing.T) {
	list := []Place{{Student: 1, Total: 80, Graded: 1}, {Student: 2, Total: -50, Graded: 1}, {Student: 3, Total: 90, Graded: 1}, {Student: 4, Total: 90, Graded: 2}, {Student: 5}}
	rank(list)
	var got []int64
	for _, p := range list {
		got = append(got, p.Student, p.Rank)
	}
	if !slices.Equal(got, []int64{3, 1, 4, 1, 1, 3, 5, 4, 2, 5}) {
		t.Error(got)
	}
}

// Others' names are shown only where the class is set so, and never their
// attendance or log-in names.
func TestOthersArePrivateUnlessTheClassIsOpen(t *testing.T) {
	s := newSchool(t)
	kobe, wang := s.student("kobe", 1), s.student("wang", 1)
	l := s.lesson(1, nil)
	s.grade(l.ID, kobe, "B", "")
	s.grade(l.ID, wang, "A", "")
	_, _, err := s.Release(bg, s.by("lecturer"), l.ID)
	must(t, err)
	r, mine, err := s.MyRanking(bg, s.by("kobe"), 1)
	if err != nil || mine.Rank != 2 || r.Size != 2 || len(r.Places) != 1 {
		t.Errorf("%+v %+v %v", r, mine, err)
	}
	must(t, s.Engine.Change(bg, s.by("admin"), "classes", 1, 0, map[string]string{"open_ranking": "yes"}))
	r, _, err = s.MyRanking(bg, s.by("kobe"), 1)
	if err != nil || len(r.Places) != 2 || r.Places[0] != (Place{Name: "wang", Rank: 1, Total: 90, Graded: 1}) {
		t.Errorf("%+v %v", r, err)
	}
	_, _, err = s.MyRanking(bg, s.by("kobe"), 2)
	wantKey(t, err, "fault.not_found")
	_, err = s.Ranking(bg, s.by("kobe"), 1)
	wantKey(t, err, "fault.forbidden")
}

func TestSumsThatDifferAreFoundAndMended(t *testing.T) {
	s := newSchool(t)
	kobe := s.student("kobe", 1)
	l := s.lesson(1, nil)
	s.grade(l.ID, kobe, "A", "")
	s.sql(`UPDATE standings SET total = 7`)
	list, err := s.CheckStandings(bg, s.by("admin"))
	if err != nil || len(list) != 1 || list[0].Student != kobe {
		t.Fatalf("%v %v", list, err)
	}
	_, err = s.RebuildStandings(bg, s.by("lecturer"))
	wantKey(t, err, "fault.forbidden")
	if list, err := s.RebuildStandings(bg, s.by("admin")); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
	s.whole()
}
