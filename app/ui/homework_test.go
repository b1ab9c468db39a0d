package ui

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"cohort/app"
)

// handIn sends files for a lesson of python-s9, as one version.
func handIn(t testing.TB, a *app.App, login string, n int64, files ...string) {
	t.Helper()
	h, err := a.Teaching.HandIn(bg, actorOf(t, a, login), "python-s9", n)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		f, err := h.Create(files[i], -1)
		if err == nil {
			_, err = f.WriteAt([]byte(files[i+1]), 0)
		}
		if err == nil {
			err = f.Commit()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Finish(); err != nil {
		t.Fatal(err)
	}
}

func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// openLesson gives a lesson of python-s9 whose homework is still taken.
func openLesson(t testing.TB, a *app.App) (id, n int64) {
	t.Helper()
	made, err := a.Engine.Add(bg, actorOf(t, a, "lecturer"), "lessons", map[string]string{"class": "python-s9", "title": "Files", "homework": "Write one."})
	if err != nil {
		t.Fatal(err)
	}
	return made, single(t, a, "SELECT number FROM lessons WHERE id = $1", made)
}

// TestHomeworkOnScreen: the student sees where to send it, and what came; the
// lecturer looks at the files, and into an archive, file by file.
func TestHomeworkOnScreen(t *testing.T) {
	a := openSchool(t)
	id, n := openLesson(t, a)
	s := person(t, a, "kobe", address("lessons", id))
	s.See("How to hand in", "scp -P 2222 FILE... kobe@school.example:homework/python-s9/", "homework submit python-s9", "Nothing was handed in yet")
	s.both()
	s.Keys("enter")
	if want := "scp -P 2222 FILE... kobe@school.example:homework/python-s9/" + num(n) + "/"; s.Clip != want {
		t.Errorf("copied %q, want %q", s.Clip, want)
	}
	s.Keys("esc")
	handIn(t, a, "kobe", n, "hw1.py", "# 通讯录\ndef add(name):\n    return name\n", "hw.zip", zipped(t, "src/main.py", "import os\n", "../../说明.txt", "第一版"), "photo.bin", "\x00\x01\x02")
	s.See("Version 1", "in time", "hw1.py", "hw.zip") // by itself
	s.both()
	handIn(t, a, "kobe", n, "hw2.py", "print(2)")
	s.See("Version 2", "Every version")
	s.both()

	l := person(t, a, "lecturer", address("lessons", id))
	l.See("1 of ", "scp -r -P 2222 lecturer@school.example:classes/python-", "grades.csv")
	l.both()
	v := single(t, a, "SELECT h.id FROM homework h JOIN study_records r ON r.id = h.study_record_id WHERE r.lesson_id = $1 AND h.version = 1", id)
	h, err := a.Teaching.HomeworkOf(bg, actorOf(t, a, "lecturer"), v)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{"通讯录", "def add(name):", "   2  "}, {"src/main.py", "说明.txt", "zip, 2 files"}, {"this is no text"}} {
		l.show(l.desk.homeworkFile(h.Files[i]))
		l.See(want...)
		l.both()
	}
	l.show(l.desk.homeworkFile(h.Files[1]))
	l.Keys("down", "enter").See("第一版")
	l.both()

	// Others' files do not exist.
	o := person(t, a, "lecturer_2", "")
	o.show(o.desk.homeworkFile(h.Files[0]))
	o.SeeNot("通讯录")
}
