package enrollment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
)

func TestEveryRefusedUploadSaysWhyAndLeavesNothing(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	tests := []struct {
		name string
		data []byte
		key  string
	}{
		{"big.png", pngSized(MaxSize + 1), "enrollment.file_large"},
		{"empty.png", nil, "enrollment.file_empty"},
		{"text.jpg", []byte("hello, I am text"), "enrollment.file_type"},
		{"gif.png", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "enrollment.file_type"},
		{"head-only.png", pngOf(1, 1)[:12], "enrollment.file_type"},
		{"head-only.jpg", []byte{0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0}, "enrollment.file_type"},
		{"../../etc/passwd.png", pngOf(1, 1), "enrollment.name_unsafe"},
		{"a\x00.png", pngOf(1, 1), "enrollment.name_unsafe"},
		{"a\x1b[2J.png", pngOf(1, 1), "enrollment.name_unsafe"},
		{"a\nb.png", pngOf(1, 1), "enrollment.name_unsafe"},
		{"gnp\u202e.exe", pngOf(1, 1), "enrollment.name_unsafe"},
		{"..", pngOf(1, 1), "enrollment.name_unsafe"},
		{"", pngOf(1, 1), "enrollment.name_unsafe"},
		{`c:\id.png`, pngOf(1, 1), "enrollment.name_unsafe"},
		{strings.Repeat("证", 100) + ".png", pngOf(1, 1), "enrollment.name_long"},
		{".profile", pngOf(1, 1), "enrollment.name_hidden"},
		{"readme.TXT", pngOf(1, 1), "enrollment.name_reserved"},
	}
	for _, test := range tests {
		err := s.send(by, test.name, test.data)
		if key(err) != test.key {
			t.Errorf("%q: %v, want %s", test.name, err, test.key)
			continue
		}
		for _, l := range i18n.Langs {
			if line := (i18n.Printer{Lang: l}).Error(err); strings.ContainsAny(line, "\n«{\x1b") {
				t.Errorf("%q: not one clear line: %q", test.name, line)
			}
		}
		list, err := s.Refusals(bg, by)
		if err != nil || len(list) == 0 || list[0].Why.Key != test.key {
			t.Errorf("%q is not told in the open form: %+v %v", test.name, list, err)
		}
	}
	if n := s.stored(); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if n := s.num("SELECT count(*) FROM documents"); n != 0 {
		t.Errorf("%d documents are left", n)
	}
}

func TestTheLimitsAreInclusive(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	for name, data := range map[string][]byte{"exactly.png": pngSized(MaxSize), "scan.pdf": pdf, "身份证.jpeg": jpegOf()} {
		if err := s.send(by, name, data); err != nil {
			t.Errorf("%s of %d bytes: %v", name, len(data), err)
		}
	}
	err := s.send(by, "fourth.png", pngOf(3, 3))
	if key(err) != "enrollment.documents_full" || says(err) != "最多只能上传三个文件 / at most three files" {
		t.Errorf("the fourth file: %v, %s", err, says(err))
	}
	list, err := s.Documents(bg, by, by.Enrollment)
	if err != nil || len(list) != 3 || s.stored() != 3 {
		t.Errorf("%d documents, %d files, %v", len(list), s.stored(), err)
	}
	for _, d := range list {
		if want := map[string]string{"exactly.png": "image/png", "scan.pdf": "application/pdf", "身份证.jpeg": "image/jpeg"}[d.Name]; d.Type != want {
			t.Errorf("%s is %s", d.Name, d.Type)
		}
	}
}

func TestRefusedBeforeAnyByteIsSent(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	refused := func(name string, size int64, want string) {
		t.Helper()
		if _, err := s.Upload(bg, by, name, size); key(err) != want {
			t.Errorf("%s of %d bytes: %v, want %s", name, size, err, want)
		}
	}
	refused("a.png", MaxSize+1, "enrollment.file_large")
	refused("a.png", 0, "enrollment.file_empty")
	s.ready(by)
	refused("id.png", 10, "enrollment.file_there")
	_, err := s.Submit(bg, by)
	must(t, err)
	refused("late.png", 10, "enrollment.locked")
	if err := s.RemoveDocument(bg, by, 0, "id.png"); key(err) != "enrollment.locked" {
		t.Errorf("removed after handing in: %v", err)
	}
	_, err = s.Cancel(bg, s.as("admin"), e.ID, "moved away")
	must(t, err)
	refused("late.png", 10, "enrollment.link_cancelled")
	if _, err := s.Upload(bg, s.as("admin"), "a.png", 10); fault.Of(err) != fault.Forbidden {
		t.Errorf("staff sends documents: %v", err)
	}
	if s.stored() != 1 {
		t.Errorf("%d files", s.stored())
	}
}

func TestLockedWhileTheBytesWereComing(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	s.ready(by)
	u, err := s.Upload(bg, by, "second.png", -1)
	must(t, err)
	_, err = u.WriteAt(pngOf(9, 9), 0)
	must(t, err)
	_, err = s.Submit(bg, by)
	must(t, err)
	if _, err := u.Commit(); key(err) != "enrollment.locked" {
		t.Errorf("landed under review: %v", err)
	}
	if s.stored() != 1 {
		t.Errorf("%d files", s.stored())
	}
}

func TestPartialUploadsLeaveNothing(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	u, err := s.Upload(bg, by, "cut.png", -1)
	must(t, err)
	_, err = u.WriteAt(pngOf(9, 9)[:20], 0)
	must(t, err)
	u.Abort()
	hole, err := s.Upload(bg, by, "hole.png", -1)
	must(t, err)
	_, err = hole.WriteAt(pngOf(9, 9), 100)
	must(t, err)
	if _, err := hole.Commit(); key(err) != "enrollment.file_broken" {
		t.Errorf("a file with a hole: %v", err)
	}
	ctx, cancel := context.WithCancel(bg)
	gone, err := s.Upload(ctx, by, "gone.png", -1)
	must(t, err)
	_, err = gone.WriteAt(pngOf(9, 9), 0)
	must(t, err)
	cancel()
	if _, err := gone.Commit(); !errors.Is(err, context.Canceled) {
		t.Errorf("a session that ended: %v", err)
	}
	if s.stored() != 0 || s.num("SELECT count(*) FROM documents") != 0 {
		t.Errorf("%d files are left", s.stored())
	}
}

// TestThreeOfEightAtOnce lets eight files arrive at the same moment: exactly
// three are kept, and no bytes of the others, although two have equal contents.
func TestThreeOfEightAtOnce(t *testing.T) {
	s := newSchool(t)
	for round := range 10 {
		_, by := s.invite("sales_a", s.class)
		before := s.num("SELECT count(DISTINCT stored) FROM documents")
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { errs[i] = s.send(by, fmt.Sprintf("file%d.png", i), pngOf(1+i/2, 1+round)) })
		}
		wg.Wait()
		var ok int
		for _, err := range errs {
			switch key(err) {
			case "":
				ok++
			case "enrollment.documents_full":
			default:
				t.Errorf("round %d: %v", round, err)
			}
		}
		list, err := s.Documents(bg, by, by.Enrollment)
		must(t, err)
		if ok != 3 || len(list) != 3 {
			t.Errorf("round %d: %d taken, %d there", round, ok, len(list))
		}
		after := s.num("SELECT count(DISTINCT stored) FROM documents")
		if int64(s.stored()) != after || after == before {
			t.Errorf("round %d: %d files for %d contents", round, s.stored(), after)
		}
		for _, d := range list {
			f, _, err := s.OpenDocument(bg, by, by.Enrollment, d.ID)
			if err != nil {
				t.Fatalf("round %d: %s has a row and no bytes: %v", round, d.Name, err)
			}
			_ = f.Close()
		}
	}
}

// TestEqualContentsSurviveARefusal: the bytes of a refused file stay when
// another document has the same.
func TestEqualContentsSurviveARefusal(t *testing.T) {
	s := newSchool(t)
	_, a := s.invite("sales_a", s.class)
	_, b := s.invite("sales_a", s.class)
	must(t, s.send(a, "same.png", pngOf(5, 5)))
	u, err := s.Upload(bg, b, "same.png", -1)
	must(t, err)
	_, err = u.WriteAt(pngOf(5, 5), 0)
	must(t, err)
	must(t, s.send(b, "same.png", pngOf(6, 6)))
	if _, err := u.Commit(); key(err) != "enrollment.file_there" {
		t.Fatalf("the same name twice: %v", err)
	}
	list, err := s.Documents(bg, a, a.Enrollment)
	must(t, err)
	if f, _, err := s.OpenDocument(bg, a, a.Enrollment, list[0].ID); err != nil {
		t.Errorf("the other's bytes are gone: %v", err)
	} else {
		_ = f.Close()
	}
}

func TestNamesAreDataInNFC(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("身份证.png")
	must(t, err)
	for typed, want := range map[string]string{"cafe\u0301.png": "café.png", gbk: "身份证.png", "a b.png": "a b.png", "CON": "CON", "x:y*?.png": "x:y*?.png"} {
		if got, bad := cleanName(typed); bad != nil || got != want {
			t.Errorf("%q: %q, %v", typed, got, bad)
		}
	}
}

func TestRemovingMakesRoom(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	for i := range 3 {
		must(t, s.send(by, fmt.Sprintf("%d.png", i), pngOf(1, 1+i)))
	}
	must(t, s.RemoveDocument(bg, by, 0, "1.png"))
	if err := s.RemoveDocument(bg, by, 0, "1.png"); fault.Of(err) != fault.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	must(t, s.send(by, "1.png", pngOf(7, 7)))
	if err := s.RemoveDocument(bg, by, 99999, ""); fault.Of(err) != fault.NotFound {
		t.Errorf("a document that is not his: %v", err)
	}
	s.clock.Pass(2 * sweepOlder)
	removed, err := s.Blobs.Sweep(bg, func(list []string) (map[string]bool, error) { return s.named(bg, list) }, 0)
	if err != nil || removed != 1 || s.stored() != 3 {
		t.Errorf("%d swept, %d left, %v", removed, s.stored(), err)
	}
}

func TestReadingADocumentIsWrittenDown(t *testing.T) {
	s := newSchool(t)
	e, by := s.submitted("sales_a", s.class)
	list, err := s.Documents(bg, s.as("admin"), e.ID)
	must(t, err)
	reads := func() int64 {
		return s.num("SELECT count(*) FROM audit WHERE resource = 'documents' AND action = 'download' AND record_id = $1", list[0].ID)
	}
	f, d, err := s.OpenDocument(bg, s.as("admin"), e.ID, list[0].ID)
	must(t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(f)
	must(t, err)
	_ = f.Close()
	if !bytes.Equal(b.Bytes(), pngOf(2, 2)) || d.Name != "id.png" || reads() != 1 {
		t.Errorf("%d bytes of %s, written down %d times", b.Len(), d.Name, reads())
	}
	f, _, err = s.OpenDocument(bg, by, e.ID, list[0].ID)
	must(t, err)
	_ = f.Close()
	if reads() != 1 {
		t.Error("the applicant's own look was written down")
	}
	for _, who := range []policy.Actor{s.as("sales_b"), s.as("lecturer"), policy.Applicant(e.ID+1, policy.Files, "")} {
		if _, _, err := s.OpenDocument(bg, who, e.ID, list[0].ID); fault.Of(err) != fault.NotFound {
			t.Errorf("%s opens a foreign document: %v", who.Login, err)
		}
	}
}

// SFTP clients have many writes on the way when the limit is passed.
func TestTooLargeIsSaidOnceThoughWritesComeTogether(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	u, err := s.Upload(bg, by, "big.png", -1)
	must(t, err)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if _, err := u.WriteAt([]byte("x"), MaxSize+int64(i)); key(err) != "enrollment.file_large" {
				t.Errorf("taken: %v", err)
			}
		})
	}
	wg.Wait()
	if _, err := u.Commit(); key(err) != "enrollment.file_large" {
		t.Errorf("kept: %v", err)
	}
	if list, err := s.Refusals(bg, by); err != nil || len(list) != 1 {
		t.Errorf("said %d times, %v", len(list), err)
	}
}
