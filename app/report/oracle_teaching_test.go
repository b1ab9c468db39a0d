package report

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"cohort/app/survey"
)

// The classroom of the oracle.

type lesson struct {
	id, class, lecturer int64
	held                string
	called, asks        bool
	due                 time.Time
}

type study struct {
	lesson     int64 // index
	student    int64
	before     bool
	attendance string
	score      string
	points     int64
	late       []int64 // of each version of the homework
}

var scores = map[string]int64{"A+": 100, "A": 90, "B": 80, "C": 60, "C-": 40, "D": -50, "COPY": -100, "N/A": 0}

// taught says who teaches which class: account 1 the first two, account 2 the
// third.
var taught = map[int64]int64{1: 1, 2: 1, 3: 2}

func drawClassroom(t *rapid.T, w *world) {
	w.teacher = rapid.SampledFrom([]int64{0, 1}).Draw(t, "teacher")
	names := []string{}
	for s := range scores {
		names = append(names, s)
	}
	slices.Sort(names)
	for i := range rapid.IntRange(0, 5).Draw(t, "lessons") {
		l := lesson{id: int64(i + 1), class: rapid.Int64Range(1, 3).Draw(t, "class"), lecturer: rapid.Int64Range(1, 4).Draw(t, "lecturer"),
			held: w.instant(t).In(w.zone).Format(time.DateOnly), called: rapid.Bool().Draw(t, "called"), asks: rapid.Bool().Draw(t, "asks")}
		if rapid.Bool().Draw(t, "due") {
			l.due = w.now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "due at")) * time.Millisecond)
		}
		for student := range rapid.Int64Range(0, 3).Draw(t, "students") {
			x := study{lesson: int64(i), student: student + 1, before: rapid.IntRange(0, 4).Draw(t, "before") == 0, score: rapid.SampledFrom(names).Draw(t, "score")}
			x.points = scores[x.score]
			x.attendance = rapid.SampledFrom([]string{"", "present", "present", "late", "absent", "left_early", "excused"}).Draw(t, "attendance")
			if l.asks {
				x.late = rapid.SliceOfN(rapid.SampledFrom([]int64{0, 1, 60_000}), 0, 2).Draw(t, "versions")
			}
			w.studies = append(w.studies, x)
		}
		w.lessons = append(w.lessons, l)
	}
	for range rapid.IntRange(0, 4).Draw(t, "surveys") {
		x := opinion{class: rapid.Int64Range(1, 3).Draw(t, "class"), closed: w.instant(t).In(w.zone).Format(time.DateOnly), least: rapid.Int64Range(3, 4).Draw(t, "least")}
		for range rapid.IntRange(0, 6).Draw(t, "answers") {
			x.marks = append(x.marks, rapid.Int64Range(1, 5).Draw(t, "mark"))
		}
		w.opinions = append(w.opinions, x)
	}
}

// opinion is a closed survey about the lecturer of a class; every question was
// answered by the same marks.
type opinion struct {
	class, least int64
	closed       string
	marks        []int64
}

func (w *world) insertOpinions(exec func(text string, args ...any)) {
	for i, x := range w.opinions {
		exec(`INSERT INTO surveys (id, class_id, lecturer_id, state, least, opened_on, closes_on, closed_on, invited, answers, created_at, updated_at)
			VALUES ($1, $2, $3, 'closed', $4, '2023-01-01', '2023-01-01', $5, 9, $6, 1, 1)`, i+1, x.class, taught[x.class], x.least, x.closed, len(x.marks))
		for _, q := range survey.Questions {
			for _, m := range x.marks {
				exec(`INSERT INTO survey_tallies (survey_id, question, mark, n) VALUES ($1, $2, $3, 1) ON CONFLICT (survey_id, question, mark) DO UPDATE SET n = survey_tallies.n + 1`, i+1, q, m)
			}
		}
	}
}

// satisfaction: surveys, answers, students, and the sum of the marks.
func (w *world) satisfaction(p Period, by string) table {
	t := table{}
	for _, x := range w.opinions {
		day, _ := time.ParseInLocation(time.DateOnly, x.closed, w.zone)
		if int64(len(x.marks)) < x.least || !within(day, p) || w.teacher != 0 && taught[x.class] != w.teacher {
			continue
		}
		key := w.lessonKey(lesson{class: x.class, lecturer: taught[x.class]}, by)
		for c, n := range []int64{1, int64(len(x.marks)), 9} {
			t.add(key, c, 4, n)
		}
		for _, m := range x.marks {
			t.add(key, 3, 4, m)
		}
	}
	return t
}

func (w *world) insertClassroom(exec func(text string, args ...any)) {
	for i, l := range w.lessons {
		ask, due, called := "", int64(0), int64(0)
		if l.asks {
			ask = "write a loop"
		}
		if !l.due.IsZero() {
			due = l.due.UnixMilli()
		}
		if l.called {
			called = 1
		}
		exec(`INSERT INTO lessons (id, class_id, number, lecturer_id, held_on, title, homework, due_at, called_at, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, 'x', $6, $7, $8, 1, 1)`, l.id, l.class, i+1, l.lecturer, l.held, ask, due, called)
	}
	for i, x := range w.studies {
		exec(`INSERT INTO study_records (id, lesson_id, class_id, student_id, before_join, attendance, score, points, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 1)`, i+1, w.lessons[x.lesson].id, w.lessons[x.lesson].class, x.student, x.before, x.attendance, x.score, x.points)
		for v, late := range x.late {
			exec(`INSERT INTO homework (study_record_id, version, receipt, files, size, sha256, handed_in_at, late_ms) VALUES ($1, $2, $3, 1, 1, 'x', 1, $4)`,
				i+1, v+1, fmt.Sprint("H", i, "-", v), late)
		}
	}
}

func (w *world) lessonKey(l lesson, by string) int64 {
	return map[string]int64{"class": l.class, "lecturer": l.lecturer, "course": w.courseOf[l.class], "campus": 1}[by]
}

func (w *world) held(p Period, do func(l lesson)) {
	for _, l := range w.lessons {
		day, _ := time.ParseInLocation(time.DateOnly, l.held, w.zone)
		if within(day, p) && (w.teacher == 0 || taught[l.class] == w.teacher) {
			do(l)
		}
	}
}

func (w *world) studied(p Period, do func(l lesson, x study)) {
	w.held(p, func(l lesson) {
		for _, x := range w.studies {
			if w.lessons[x.lesson].id == l.id && !x.before {
				do(l, x)
			}
		}
	})
}

func (w *world) attendance(p Period, by string) table {
	t := table{}
	one := func(yes bool) int64 {
		if yes {
			return 1
		}
		return 0
	}
	w.held(p, func(l lesson) { t.add(w.lessonKey(l, by), 0, 7, one(l.called)) })
	w.studied(p, func(l lesson, x study) {
		here := x.attendance == "present" || x.attendance == "late" || x.attendance == "left_early"
		for i, yes := range []bool{x.attendance != "", here, x.attendance == "late", x.attendance == "left_early", x.attendance == "absent", x.attendance == "excused"} {
			t.add(w.lessonKey(l, by), i+1, 7, one(yes))
		}
	})
	return t
}

func (w *world) homework(p Period, by string) table {
	t := table{}
	w.studied(p, func(l lesson, x study) {
		if !l.asks {
			return
		}
		column := 4 // not due
		switch {
		case len(x.late) > 0 && x.late[len(x.late)-1] == 0:
			column = 1
		case len(x.late) > 0:
			column = 2
		case !l.due.IsZero() && !l.due.After(w.now):
			column = 3
		}
		t.add(w.lessonKey(l, by), 0, 5, 1)
		t.add(w.lessonKey(l, by), column, 5, 1)
	})
	return t
}

// grades: graded, not graded, passed, and the sum of the points.
func (w *world) grades(p Period, by string) table {
	t := table{}
	w.studied(p, func(l lesson, x study) {
		key := w.lessonKey(l, by)
		if x.score == "N/A" {
			t.add(key, 1, 4, 1)
			return
		}
		t.add(key, 0, 4, 1)
		t.add(key, 3, 4, x.points)
		if x.points >= 60 {
			t.add(key, 2, 4, 1)
		}
	})
	return t
}

// averages compares the averages of a grades report with the sums.
func (w *world) averages(t *rapid.T, r Result, want table) {
	for _, row := range r.Rows {
		graded, sum := want[row.ID][0], want[row.ID][3]
		avg, passed := row.Cells[3], row.Cells[4]
		if avg.None != (graded == 0) || !avg.None && avg.N != round(sum*100, graded) || passed != rate(want[row.ID][2], graded) {
			t.Fatalf("grades by %s: row %d: %+v, want %d in %d", r.Ask.By, row.ID, row.Cells, sum, graded)
		}
	}
}

// monthly compares a report by month with what each of its months is in all.
func (w *world) monthly(t *rapid.T, r Result, of func(p Period) table, columns ...int) {
	last := Month(r.Ask.Period.To.Add(-time.Hour))
	if n := len(r.Rows); n != max(12, r.Ask.Period.spans()) {
		t.Fatalf("%d months", n)
	}
	for i, row := range r.Rows {
		m := Month(time.Date(last.From.Year(), last.From.Month()+time.Month(i-len(r.Rows)+1), 1, 0, 0, 0, 0, w.zone))
		sums := make([]int64, 10)
		for _, n := range of(m) {
			for k, x := range n {
				sums[k] += x
			}
		}
		for k, c := range columns {
			if row.Cells[c].N != sums[k] {
				t.Fatalf("%s by month, %s, %s: %d, want %d", r.Report.Name, row.Label.Text, r.Columns[c].Name, row.Cells[c].N, sums[k])
			}
		}
	}
}
