package teaching

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

// withFolder gives the school a place for files.
func withFolder(t *testing.T) *school {
	t.Helper()
	s := newSchool(t)
	store, err := blob.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	s.Blobs = store
	store.Refer(s.namedFiles)
	return s
}

// due makes a lesson with homework that is due in so long, and cut off so long
// after; cut 0 takes it late without end.
func (s *school) due(in, cut time.Duration) Lesson {
	v := resource.Values{"homework": "Write one.", "due": db.Millis(s.clock.Now().Add(in))}
	if cut > 0 {
		v["cutoff"] = db.Millis(s.clock.Now().Add(in + cut))
	}
	return s.lesson(1, v)
}

func (h *Handing) send(name, text string) error {
	f, err := h.Create(name, -1)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}

// hand hands files in as one version.
func (s *school) hand(login string, files ...string) Homework {
	s.t.Helper()
	h, err := s.HandIn(bg, s.by(login), "python-s9", 1)
	must(s.t, err)
	for i := 0; i < len(files); i += 2 {
		must(s.t, h.send(files[i], files[i+1]))
	}
	v, err := h.Finish()
	must(s.t, err)
	return v
}

func (s *school) kept() (n int) {
	s.t.Helper()
	_, err := s.Blobs.Sweep(bg, func(list []string) (map[string]bool, error) {
		n += len(list)
		all := map[string]bool{}
		for _, x := range list {
			all[x] = true
		}
		return all, nil
	}, time.Hour)
	must(s.t, err)
	return n
}

func TestHandingIn(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	l := s.due(24*time.Hour, 0)
	first := s.hand("kobe", "main.py", "print(1)", "说明.txt", "第一版", "__init__.py", "")
	if first.Version != 1 || first.Late != 0 || len(first.Files) != 3 || first.Size != 8+9 || !strings.HasPrefix(first.Receipt, "python-s9-1-") {
		t.Errorf("%+v", first)
	}
	s.clock.Pass(26 * time.Hour)
	second := s.hand("kobe", "main.py", "print(2)")
	if second.Version != 2 || second.Late != 2*time.Hour || second.Receipt == first.Receipt {
		t.Errorf("%+v", second)
	}
	list, err := s.MyHomework(bg, s.by("kobe"), "python-s9", 1)
	must(t, err)
	if len(list) != 2 || list[0].Version != 2 || list[1].Files[1].Name != "说明.txt" || list[1].SHA256 != first.SHA256 {
		t.Errorf("%+v", list)
	}
	all, err := s.Handed(bg, s.by("lecturer"), l.ID)
	must(t, err)
	if len(all) != 1 || all[0].Last.Version != 2 || all[0].Login != "kobe" {
		t.Errorf("%+v", all)
	}
	f, err := s.OpenHomework(bg, s.by("lecturer"), list[1].Files[1])
	must(t, err)
	text, err := io.ReadAll(f)
	must(t, err)
	must(t, f.Close())
	if string(text) != "第一版" {
		t.Errorf("%q", text)
	}
	// What is named is not swept.
	if n, err := s.Blobs.Sweep(bg, func(l []string) (map[string]bool, error) { return s.Blobs.Named(bg, l) }, -time.Hour); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

// Files of one session are one version; what comes after it was looked at makes
// another that holds them all.
func TestOneSessionOneVersion(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	s.due(time.Hour, 0)
	h, err := s.HandIn(bg, s.by("kobe"), "python-s9", 1)
	must(t, err)
	must(t, h.send("a.py", "a"))
	must(t, h.send("a.py", "b"))
	v, err := h.Finish()
	must(t, err)
	if v.Version != 1 || len(v.Files) != 1 || v.Size != 1 {
		t.Errorf("%+v", v)
	}
	if v, err = h.Finish(); err != nil || v.Version != 0 {
		t.Errorf("nothing new: %+v %v", v, err)
	}
	must(t, h.send("c.py", "c"))
	if v, err = h.Finish(); err != nil || v.Version != 2 || len(v.Files) != 2 {
		t.Errorf("%+v %v", v, err)
	}
	h.Drop()
	if n := s.kept(); n != 2 {
		t.Errorf("%d files kept, want those of b and c", n)
	}
}

func TestHomeworkIsRefused(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	s.due(time.Hour, time.Hour)
	s.lesson(1, nil) // 2: no homework
	kobe := s.by("kobe")
	for key, x := range map[string]struct {
		login, class string
		n            int64
	}{
		"fault.not_found":      {"kobe", "linux-40", 1},
		"teaching.no_homework": {"kobe", "python-s9", 2},
	} {
		_, err := s.HandIn(bg, s.by(x.login), x.class, x.n)
		wantKey(t, err, key)
	}
	for _, n := range []int64{0, 3, -1} {
		_, err := s.HandIn(bg, kobe, "python-s9", n)
		wantKey(t, err, "fault.not_found")
	}
	_, err := s.HandIn(bg, s.by("lecturer"), "python-s9", 1)
	wantKey(t, err, "fault.not_found")

	h, err := s.HandIn(bg, kobe, "python-s9", 1)
	must(t, err)
	for name, key := range map[string]string{"../x": "enrollment.name_unsafe", "a\x1b[2Jb": "enrollment.name_unsafe", "": "enrollment.name_unsafe", "Receipt.TXT": "enrollment.name_reserved", strings.Repeat("长", 90): "enrollment.name_long"} {
		wantKey(t, h.send(name, "x"), key)
	}
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", ".gitignore"} {
		must(t, h.send(name, name))
	}
	wantKey(t, h.send("11", "x"), "teaching.homework_full")
	_, err = h.Finish()
	must(t, err)
	list, err := s.RefusedHomework(bg, kobe, "python-s9", 1)
	must(t, err)
	if len(list) == 0 || s.num(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'homework_refused'`, s.who["kobe"]) == 0 {
		t.Error("the student was not told")
	}

	s.clock.Pass(3 * time.Hour)
	_, err = s.HandIn(bg, kobe, "python-s9", 1)
	wantKey(t, err, "teaching.cut_off")
	wantKey(t, h.send("late", "x"), "teaching.cut_off") // a session that began in time

	// A class that is over takes nothing, unless a cut-off says so.
	s.sql(`UPDATE lessons SET cutoff_at = 0 WHERE number = 1`)
	_, err = s.HandIn(bg, kobe, "python-s9", 1)
	must(t, err)
	s.sql(`UPDATE classes SET ends_on = '2026-11-25' WHERE id = 1`)
	_, err = s.HandIn(bg, kobe, "python-s9", 1)
	wantKey(t, err, "teaching.class_over")
}

// The size holds for all files of a version together, whoever sends them first.
func TestTheLimitsHoldTogether(t *testing.T) {
	s := withFolder(t)
	s.HomeworkBytes = func() int64 { return 1000 }
	s.student("kobe", 1)
	s.due(time.Hour, 0)
	h, err := s.HandIn(bg, s.by("kobe"), "python-s9", 1)
	must(t, err)
	_, err = h.Create("announced", 1001)
	wantKey(t, err, "teaching.homework_large")
	var wg sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for i := range 30 {
		wg.Go(func() {
			if h.send(string(rune('a'+i)), strings.Repeat("x", 200)) == nil {
				mu.Lock()
				good++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	v, err := h.Finish()
	must(t, err)
	if good > 5 || good == 0 || v.Size != int64(good)*200 {
		t.Errorf("%d files, %d bytes", good, v.Size)
	}
	// What was refused makes room again.
	h, err = s.HandIn(bg, s.by("kobe"), "python-s9", 1)
	must(t, err)
	wantKey(t, h.send("big", strings.Repeat("x", 1001)), "teaching.homework_large")
	must(t, h.send("fits", strings.Repeat("x", 1000)))
}

// An upload that is cut leaves nothing, and two sessions make two versions.
func TestCutAndTogether(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	s.due(time.Hour, 0)
	h, err := s.HandIn(bg, s.by("kobe"), "python-s9", 1)
	must(t, err)
	must(t, h.send("whole", "whole"))
	f, err := h.Create("half", -1)
	must(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte("x"), 100), 0)
	must(t, err)
	f.Abort()
	h.Drop()
	if n := s.num(`SELECT count(*) FROM homework`); n != 0 || s.kept() != 0 {
		t.Errorf("%d versions, %d files", n, s.kept())
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			h, err := s.HandIn(bg, s.by("kobe"), "python-s9", 1)
			if err == nil {
				err = h.send("same", "same")
			}
			if err == nil {
				_, err = h.Finish()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.num(`SELECT max(version) FROM homework`); n != 8 {
		t.Errorf("%d versions", n)
	}
}

// Others' homework does not exist.
func TestForeignHomework(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	s.student("jordan", 1)
	l := s.due(time.Hour, 0)
	v := s.hand("kobe", "a.py", "a")
	for _, login := range []string{"jordan", "other"} {
		_, err := s.OpenHomework(bg, s.by(login), v.Files[0])
		wantKey(t, err, "fault.not_found")
		_, err = s.HomeworkOf(bg, s.by(login), v.ID)
		wantKey(t, err, "fault.not_found")
		if _, err := s.Versions(bg, s.by(login), v.Record); fault.Of(err) != fault.NotFound {
			t.Errorf("%s: %v", login, err)
		}
	}
	_, err := s.Handed(bg, s.by("other"), l.ID)
	wantKey(t, err, "fault.not_found")
	page, err := s.Engine.List(bg, s.by("jordan"), "homework", "", resource.Page{})
	must(t, err)
	if len(page.Rows) != 0 {
		t.Error("listed")
	}
	page, err = s.Engine.List(bg, s.by("lecturer"), "homework", "latest:yes lesson:python-s9/1", resource.Page{})
	must(t, err)
	if len(page.Rows) != 1 {
		t.Error("not listed")
	}
}
