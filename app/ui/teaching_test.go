package ui

import (
	"fmt"
	"testing"

	"cohort/app"
	"cohort/app/teaching"
)

// lessonOf gives the id of a demo lesson.
func lessonOf(t testing.TB, a *app.App, class string, n int) int64 {
	t.Helper()
	return single(t, a, "SELECT l.id FROM lessons l JOIN classes c ON c.id = l.class_id WHERE c.code = $1 AND l.number = $2", class, n)
}

// recordOf reads how somebody stands in a lesson.
func recordOf(t testing.TB, a *app.App, lesson int64, login string) teaching.StudyRecord {
	t.Helper()
	list, err := a.Teaching.Records(bg, actorOf(t, a, "admin"), lesson)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if r.Login == login {
			return r
		}
	}
	t.Fatal("no record of", login)
	return teaching.StudyRecord{}
}

// TestLecturersDay makes a lesson, calls its roll with Kobe late, grades and
// releases it.
func TestLecturersDay(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "lecturer", "teaching")
	s.See("python-s9", "7/60", "python-o3").SeeNot("linux-40")
	s.both()
	s.Keys("enter").See("python-s9", "not called", "科比", "rank")
	s.both()
	s.Keys("n").See("New lesson of python-s9", "filled in from the course")
	s.both()
	s.Keys("tab", "tab").Type("装饰器").Keys("ctrl+s").See("the lesson is made", "装饰器")
	lesson := lessonOf(t, a, "python-s9", 8)
	s.both()
	s.Keys("c").See("Roll of python-s9 8", "not called yet", "科比")
	s.both()
	s.Keys("G", "a", "g").See("1 not saved")
	for rollAt(s) != "科比" {
		s.Keys("right")
	}
	s.Keys("l", "l", "l").See("late 10'", "2 not saved")
	s.Keys("n").Type("traffic").Keys("enter").See("科比: traffic")
	s.both()
	s.Keys("ctrl+s").See("the roll is saved")
	if r := recordOf(t, a, lesson, "kobe"); r.State() != (teaching.State{Attendance: teaching.Late, Minutes: 10, Note: "traffic"}) {
		t.Errorf("%+v", r.State())
	}
	if n := single(t, a, "SELECT count(*) FROM study_records WHERE lesson_id = $1 AND attendance = 'present'", lesson); n != 5 {
		t.Errorf("%d present", n)
	}
	s.both()
	s.Keys("esc").See("late 10 min").Keys("v").See("(1/7)", "No comment yet")
	s.both()
}

// rollAt names the student who is highlighted in the grid.
func rollAt(s *seat) string {
	r, ok := s.Root.Top().(*rollScreen)
	if !ok || len(r.roll.Records) == 0 {
		return "科比"
	}
	return r.roll.Records[r.at].Name
}

// TestGradingOneAfterTheOther grades with a letter, a comment, a phrase, fills
// the rest and releases.
func TestGradingOneAfterTheOther(t *testing.T) {
	a := openSchool(t)
	lesson := lessonOf(t, a, "python-s9", 6)
	s := person(t, a, "lecturer", fmt.Sprintf("lessons/%d", lesson))
	s.See("文件与异常", "not released").Keys("v").See("(1/7)")
	s.Keys("d").See("score this one first")
	s.Keys("s").See("COPY").Type("B+").Keys("enter").See("is graded", "B+")
	s.Keys("c").Type("清楚,继续").Keys("ctrl+s").See("清楚,继续")
	s.both()
	s.Keys("f").See("代码清楚").Type("Handed").Keys("enter").See("Handed in late; the work itself is fine.")
	s.Keys("b").See("kept as a phrase")
	s.Keys("n").See("(2/7)").Keys("p").See("(1/7)").Keys("p").See("nobody further")
	s.Keys("u").See("(2/7)").Keys("s").Type("copy").Keys("enter").See("COPY")
	s.Keys("d").See("Give the 5 below").Keys("y").See("5 students graded")
	s.Keys("u").See("everybody is graded")
	s.Keys("esc").See("released").Keys("r").See("Release the grades of lesson 6").Keys("y").See("are released")
	if n := single(t, a, "SELECT count(*) FROM study_records WHERE lesson_id = $1 AND score = 'COPY'", lesson); n != 6 {
		t.Errorf("%d copied", n)
	}
	if n := single(t, a, "SELECT count(*) FROM notifications WHERE kind = 'grade' AND link = $1", fmt.Sprintf("lessons/%d", lesson)); n != 7 {
		t.Errorf("%d were told", n)
	}
	person(t, a, "kobe", "my_scores").See("6").Keys("enter").See("python-s9")
}

// TestASecondLecturerSeesTheRollLive has two people mark one roll; what they
// mark of different students merges, and one student's clash is shown.
func TestASecondLecturerSeesTheRollLive(t *testing.T) {
	a := openSchool(t)
	lesson := lessonOf(t, a, "python-s9", 7)
	first, second := person(t, a, "lecturer", fmt.Sprintf("lessons/%d", lesson)), person(t, a, "admin", fmt.Sprintf("lessons/%d", lesson))
	first.Keys("c").See("not called yet")
	second.Keys("c").See("not called yet").Keys("a", "right", "x", "right").See("2 not saved")
	first.Keys("l", "ctrl+s").See("the roll is saved")
	second.See("late").Keys("ctrl+s").See("has marked 1 of them otherwise")
	second.Keys("g").See("林涛 says late")
	second.both()
	second.Keys("ctrl+s").See("the roll is saved")
	first.See("absent", "excused")
	if n := single(t, a, "SELECT count(*) FROM study_records WHERE lesson_id = $1 AND attendance IN ('absent', 'excused')", lesson); n != 2 {
		t.Errorf("%d", n)
	}
	first.Keys("A", "e", "ctrl+s").See("the roll is saved", "left early 7")
	first.Keys("a", "esc").See("1 mark not saved")
}

// A student sees his lesson, not the class's; a lecturer of another class sees
// neither.
func TestLessonsOfOthers(t *testing.T) {
	a := openSchool(t)
	lesson := lessonOf(t, a, "python-s9", 1)
	s := person(t, a, "kobe", fmt.Sprintf("lessons/%d", lesson))
	s.See("环境与第一个程序", "late 10 min", "A").SeeNot("丁宁")
	s.both()
	person(t, a, "lecturer_2", fmt.Sprintf("lessons/%d", lesson)).See("no such record")
	late := single(t, a, "SELECT lesson_id FROM study_records WHERE before_join = 1 LIMIT 1")
	v := person(t, a, "admin", fmt.Sprintf("lessons/%d", late))
	v.See("joined later")
	v.both()
	person(t, a, "admin", fmt.Sprintf("teaching/%d", classID(t, a, "python-s9"))).Keys("tab").Everywhere()
}

func classID(t testing.TB, a *app.App, code string) int64 {
	t.Helper()
	return single(t, a, "SELECT id FROM classes WHERE code = $1", code)
}

// The keys of the roll are all in words, and a grade's past names people.
func TestClassroomSaysItsWords(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "lecturer", "teaching")
	s.Keys("enter", "c", "?").See("left", "right").SeeNot("ui.move.left").Keys("esc", "esc")
	s.Keys("v", "s").Type("B+").Keys("enter").See("B+", "林涛")
	s.Keys("c").See("Comment for").Type("well done").Keys("ctrl+s").See("N/A > B+", "林涛").Everywhere()
}
