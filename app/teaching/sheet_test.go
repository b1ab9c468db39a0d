package teaching

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cohort/app/i18n"
	"cohort/app/policy"
)

func (s *school) printer(l i18n.Lang) i18n.Printer {
	return i18n.Printer{Lang: l, Zone: s.Zone, Now: s.clock.Now}
}

// fetched gives the sheet of a lesson, as rows of cells without the mark.
func (s *school) fetched(by policy.Actor, lesson int64, l i18n.Lang) [][]string {
	s.t.Helper()
	d, err := s.Download(bg, by, lesson, time.Time{})
	must(s.t, err)
	var b bytes.Buffer
	must(s.t, d.Sheet(&b, s.printer(l)))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	must(s.t, err)
	return rows
}

func asCSV(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows)
	return b.Bytes()
}

func (s *school) imported(by policy.Actor, lesson int64, file []byte) Report {
	s.t.Helper()
	rows, err := ReadSheet(bytes.NewReader(file), int64(len(file)))
	must(s.t, err)
	rep, err := s.ImportSheet(bg, by, lesson, rows)
	must(s.t, err)
	return rep
}

func states(r Report) string {
	var out []string
	for _, x := range r.Rows {
		out = append(out, string(x.State))
	}
	return strings.Join(out, " ")
}

func TestTheSheetComesBack(t *testing.T) {
	for _, l := range i18n.Langs {
		s := withFolder(t)
		ids := []int64{s.student("kobe", 1), s.student("jordan", 1), s.student("yao", 1), s.student("duncan", 1), s.student("bird", 1)}
		lesson := s.due(time.Hour, 0)
		by := s.by("lecturer")
		s.grade(lesson.ID, ids[4], "A", "stays")
		rows := s.fetched(by, lesson.ID, l)
		score, comment := len(rows[0])-2, len(rows[0])-1
		rows[1][score], rows[1][comment] = "b+", "=HYPERLINK(\"x\")\nzwei"
		rows[2][score] = "-50"
		rows[3][score] = "A++"
		rows[4][score] = "COPY"
		s.grade(lesson.ID, ids[3], "B", "by somebody else")
		rows = append(rows, []string{"R99999v1", "77", "ghost", "ghost", "", "", "", "A", ""}, append([]string(nil), rows[1]...))
		rows[7][1] = "2" // kobe's row with jordan's number
		file := asCSV(rows)
		if l == i18n.Chinese {
			file, _ = simplifiedchinese.GBK.NewEncoder().Bytes(file)
		}
		rep := s.imported(by, lesson.ID, file)
		if got := states(rep); got != "applied applied off_scale stale unchanged unknown refused" {
			t.Errorf("%s: %s\n%s", l, got, rep.Text(s.printer(l)))
		}
		k, j, d := s.record(lesson.ID, ids[0]), s.record(lesson.ID, ids[1]), s.record(lesson.ID, ids[3])
		if k.Score != "B+" || k.Comment != "=HYPERLINK(\"x\")\nzwei" || j.Score != "D" || d.Score != "B" {
			t.Errorf("%s %q %s %s", k.Score, k.Comment, j.Score, d.Score)
		}
		if text := rep.Text(s.printer(l)); strings.Contains(text, "«") || !strings.Contains(text, "kobe") {
			t.Error(text)
		}
		// What goes out is no formula, and comes back as it was.
		again := s.fetched(by, lesson.ID, l)
		if again[1][comment][0] != '\'' {
			t.Errorf("%q", again[1][comment])
		}
		if got := states(s.imported(by, lesson.ID, asCSV(again))); strings.ReplaceAll(strings.ReplaceAll(got, "unchanged", ""), " ", "") != "" {
			t.Error(got)
		}
	}
}

func TestSheetsThatCannotBeRead(t *testing.T) {
	for key, text := range map[string]string{
		"homework.sheet_empty":   "",
		"homework.sheet_columns": "a,b\n1,2\n",
	} {
		_, err := ReadSheet(strings.NewReader(text), int64(len(text)))
		wantKey(t, err, key)
	}
	rows, err := ReadSheet(strings.NewReader("学号;成绩\n1;A\n\n2;\n"), 30)
	must(t, err)
	if len(rows) != 2 || rows[0].Roll != "1" || rows[1].Score != "" || rows[1].Line != 4 {
		t.Errorf("%+v", rows)
	}
}

func TestOthersMayNotGradeBySheet(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	l := s.due(time.Hour, 0)
	rows := []SheetRow{{Line: 2, Roll: "1", Score: "A", hasScore: true}}
	_, err := s.ImportSheet(bg, s.by("other"), l.ID, rows)
	wantKey(t, err, "fault.not_found")
	_, err = s.ImportSheet(bg, s.by("kobe"), l.ID, rows)
	wantKey(t, err, "fault.forbidden")
}

func TestDownloadOfALesson(t *testing.T) {
	s := withFolder(t)
	s.student("kobe", 1)
	s.student("aux", 1)
	s.student("late", 1)
	l := s.due(time.Hour, 0)
	s.hand("kobe", "作业.py", "print(1)", "a.py", "1", "A.py", "2", "con.txt", "3", "x?.txt", "4")
	s.clock.Pass(2 * time.Hour)
	half := s.clock.Now()
	s.hand("aux", "=cmd|x.py", "print(2)")
	by := s.by("lecturer")
	d, err := s.Download(bg, by, l.ID, time.Time{})
	must(t, err)
	var b bytes.Buffer
	must(t, s.WriteZip(bg, by, d, s.printer(i18n.English), &b))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		got[f.Name] = string(text)
		if strings.ContainsFunc(f.Name, func(r rune) bool { return r > 127 }) && f.NonUTF8 {
			t.Errorf("%s: not marked as UTF-8", f.Name)
		}
	}
	for name, want := range map[string]string{"01-kobe/作业.py": "print(1)", "01-kobe/a.py": "1", "01-kobe/A (2).py": "2", "01-kobe/_con.txt": "3", "01-kobe/x_.txt": "4", "02-aux/=cmd_x.py": "print(2)"} {
		if got[name] != want {
			t.Errorf("%s: %q in %v", name, got[name], len(got))
		}
	}
	m := got[ManifestFile]
	if !strings.HasPrefix(m, "\ufeff") || !strings.Contains(m, ",3,late,late,,not handed in") && !strings.Contains(m, "3,late,late,,not handed in") ||
		!strings.Contains(m, "late by 1 h 0 min") || !strings.Contains(m, "'=cmd_x.py") {
		t.Error(m)
	}
	d, err = s.Download(bg, by, l.ID, half)
	must(t, err)
	if len(d.Folders) != 3 || len(d.Folders[0].Files) != 0 || len(d.Folders[1].Files) != 1 {
		t.Errorf("since: %+v", d.Folders)
	}
	_, err = s.Download(bg, s.by("other"), l.ID, half)
	wantKey(t, err, "fault.not_found")
}

func TestSafeNames(t *testing.T) {
	for name, want := range map[string]string{
		"a.py": "a.py", "../x": ".._x", "CON": "_CON", "nul.txt": "_nul.txt", "LPT1.a.b": "_LPT1.a.b", "com\u00b9": "_com\u00b9", "a. ": "a", "...": "_unnamed", " x": "x",
		"a\x00b": "a_b", "e\u0301": "\u00e9", "a\u202eb": "ab", "a:b*c": "a_b_c", ".gitignore": ".gitignore",
		strings.Repeat("长", 90) + ".tar": strings.Repeat("长", 38) + ".tar",
	} {
		if got := safeName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	taken := names{}
	for i, want := range []string{"a.py", "A (2).py", "a (3).py"} {
		if got := taken.of([]string{"a.py", "A.py", "a.py"}[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever names are sent, those that go out are whole, short, their own, and
// lead nowhere.
func FuzzSafeNames(f *testing.F) {
	f.Add("a.py", "A.py")
	f.Add("CON.", "../..")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := names{}
		x, y := n.of(a), n.of(b)
		for _, s := range []string{x, y} {
			if s == "" || s == "." || s == ".." || strings.ContainsAny(s, `/\<>:"|?*`) || len(s) > longestName+40 || strings.HasSuffix(s, ".") || strings.HasSuffix(s, " ") {
				t.Errorf("%q", s)
			}
		}
		if fold(x) == fold(y) {
			t.Errorf("%q and %q", x, y)
		}
	})
}

func FuzzReadSheet(f *testing.F) {
	f.Add([]byte("学号,成绩\n1,A\n"))
	f.Add([]byte("\xef\xbb\xbfref (keep);score;comment\nR1v1;A+;\"x\ny\"\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := ReadSheet(bytes.NewReader(file), int64(len(file)))
		if err == nil {
			_ = fmt.Sprint(rows)
		}
		if len(rows) > maxSheet {
			t.Error(len(rows))
		}
	})
}

func TestFeedback(t *testing.T) {
	s := withFolder(t)
	kobe := s.student("kobe", 1)
	l := s.due(time.Hour, 0)
	id := s.record(l.ID, kobe).ID
	send := func(login, name, text string) error {
		u, err := s.SendFeedback(bg, s.by(login), id, name, -1)
		if err != nil {
			return err
		}
		if _, err := u.WriteAt([]byte(text), 0); err != nil {
			return err
		}
		return u.Commit()
	}
	must(t, send("lecturer", "批注.md", "first"))
	must(t, send("lecturer", "批注.md", "second"))
	wantKey(t, send("kobe", "x.md", "x"), "fault.forbidden")
	wantKey(t, send("other", "x.md", "x"), "fault.not_found")
	wantKey(t, send("lecturer", "a/b", "x"), "enrollment.name_unsafe")
	list, err := s.Feedback(bg, s.by("lecturer"), id)
	must(t, err)
	if len(list) != 1 || list[0].Size != 6 {
		t.Errorf("%+v", list)
	}
	if mine, err := s.Feedback(bg, s.by("kobe"), id); err != nil || len(mine) != 0 {
		t.Errorf("before the release: %+v %v", mine, err)
	}
	_, err = s.OpenFeedback(bg, s.by("kobe"), list[0])
	wantKey(t, err, "teaching.not_released")
	s.grade(l.ID, kobe, "A", "good")
	_, _, err = s.Release(bg, s.by("lecturer"), l.ID)
	must(t, err)
	mine, err := s.Feedback(bg, s.by("kobe"), id)
	must(t, err)
	f, err := s.OpenFeedback(bg, s.by("kobe"), mine[0])
	must(t, err)
	text, _ := io.ReadAll(f)
	must(t, f.Close())
	if string(text) != "second" {
		t.Errorf("%q", text)
	}
}
