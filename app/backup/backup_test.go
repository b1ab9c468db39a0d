package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohort/app/blob"
	"cohort/db"
)

var (
	bg  = context.Background()
	now = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
)

// school is a data folder with a database that is in use, two stored files, one of them named by a row, and a secret.
type school struct {
	Source
	db     *db.DB
	blobs  *blob.Store
	stored string
}

func newSchool(t testing.TB) *school {
	t.Helper()
	dir := t.TempDir()
	s := &school{Source: Source{Data: dir, Database: filepath.Join(dir, "cohort.db")}}
	var err error
	if s.db, err = db.Open(bg, db.Options{Path: s.Database, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	if s.blobs, err = blob.Open(filepath.Join(dir, "files")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.blobs.Close() })
	for _, text := range []string{"an orphan", strings.Repeat("a document ", 5000)} {
		b, err := s.blobs.Write(bg, strings.NewReader(text), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		s.stored = b.Stored
	}
	for _, text := range []string{
		`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`,
		`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)`,
		`INSERT INTO courses (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`,
		`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`,
		`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES (1, 'a', 'a', 1, 1)`,
		`INSERT INTO classes (id, code, course_id, campus_id, kind, term, capacity, template_id, created_at, updated_at) VALUES (1, 'x', 1, 1, 'online', 1, 1, 1, 1, 1)`,
		`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES (1, 's', '10001', 1, 1, 1, 1)`,
		`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at) VALUES (1, 1, 1, 1, 'invited', 0, 'x', 1, 1, 1)`,
		`INSERT INTO documents (id, enrollment_id, place, name, stored, size, type, sha256, uploaded_at) VALUES (1, 1, 1, 'a.pdf', '` + s.stored + `', 1, 'application/pdf', 'x', 1)`,
	} {
		if err := s.db.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"secret.key": "secret", "hostkeys/ed25519": "key", "files/tmp/unfinished": "half", "note.txt": "not ours"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *school) backup(t testing.TB) ([]byte, Manifest) {
	t.Helper()
	var b bytes.Buffer
	var done, total int64
	m, err := Write(bg, s.Source, &b, now, func(d, t int64) { done, total = d, t })
	if err != nil {
		t.Fatal(err)
	}
	if done != total || total != m.Bytes {
		t.Errorf("reported %d of %d, wrote %d", done, total, m.Bytes)
	}
	return b.Bytes(), m
}

func TestBackupAndRestore(t *testing.T) {
	s := newSchool(t)
	b, m := s.backup(t)
	if m.Rows["customers"] != 1 || len(m.Parts) != 5 || m.Parts[0].Name != "cohort.db" {
		t.Errorf("%+v", m)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Data, "backup-*")); len(left) > 0 {
		t.Errorf("leaves %v", left)
	}
	if got, err := Verify(bg, bytes.NewReader(b)); err != nil || got.Bytes != m.Bytes || !got.Made.Equal(now) {
		t.Fatalf("%+v %v", got, err)
	}
	into := filepath.Join(t.TempDir(), "new", "school")
	if _, err := Restore(bg, bytes.NewReader(b), into); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"secret.key": "secret", "hostkeys/ed25519": "key", "files/" + s.stored: strings.Repeat("a document ", 5000)} {
		got, err := os.ReadFile(filepath.Join(into, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if info, _ := os.Stat(filepath.Join(into, name)); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %o", name, info.Mode().Perm())
		}
	}
	for _, name := range []string{"note.txt", "files/tmp/unfinished"} {
		if _, err := os.Stat(filepath.Join(into, name)); err == nil {
			t.Errorf("%s came along", name)
		}
	}
	d, err := db.Open(bg, db.Options{Path: filepath.Join(into, "cohort.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	var name string
	if err := d.Read(bg, func(tx *db.Tx) error { return tx.QueryRow("SELECT name FROM campuses").Scan(&name) }); err != nil || name != "北京" {
		t.Errorf("%q %v", name, err)
	}
	if _, err := Restore(bg, bytes.NewReader(b), into); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("over a school: %v", err)
	}
}

// TestDamage cuts and changes archives everywhere: none of them verifies, and restoring leaves nothing.
func TestDamage(t *testing.T) {
	b, _ := newSchool(t).backup(t)
	whole := int64(len(b))
	for at := int64(0); at < whole-1024; at += whole / 23 { // the last 1024 bytes are the archive's empty end
		if _, err := Verify(bg, bytes.NewReader(b[:at])); err == nil {
			t.Errorf("cut at %d of %d, and yet whole", at, whole)
		}
		hurt := bytes.Clone(b)
		for i := range 700 { // longer than a header's padding
			if p := at + int64(i); p < whole-1024 {
				hurt[p] ^= 0x55
			}
		}
		into := filepath.Join(t.TempDir(), "x")
		if _, err := Restore(bg, bytes.NewReader(hurt), into); err == nil {
			t.Errorf("damaged at %d of %d, and yet restored", at, whole)
		}
		if list, _ := os.ReadDir(filepath.Dir(into)); len(list) > 0 {
			t.Errorf("damaged at %d: leaves %v", at, list)
		}
	}
	if _, err := Verify(bg, bytes.NewReader(b[:whole-2048])); !errors.Is(err, ErrCut) && !errors.Is(err, ErrDamaged) {
		t.Errorf("without its manifest: %v", err)
	}
}

// TestForeignArchives are refused before anything of them reaches the disk.
func TestForeignArchives(t *testing.T) {
	for _, h := range []tar.Header{
		{Name: "../evil", Size: 1}, {Name: "/etc/passwd", Size: 1}, {Name: "files/../../evil", Size: 1}, {Name: "note.txt", Size: 1},
		{Name: "files/x", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, {Name: `files\..\..\evil`, Size: 1}, {Name: "files/", Typeflag: tar.TypeDir},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		h.Mode = 0o600
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, _ = w.Write([]byte("x"))
		}
		_ = w.Close()
		dir := t.TempDir()
		if _, err := Restore(bg, &b, filepath.Join(dir, "x")); !errors.Is(err, ErrNoBackup) {
			t.Errorf("%s: %v", h.Name, err)
		}
		if list, _ := os.ReadDir(dir); len(list) > 0 {
			t.Errorf("%s: leaves %v", h.Name, list)
		}
	}
	if _, err := Verify(bg, strings.NewReader("hello")); !errors.Is(err, ErrNoBackup) {
		t.Error(err)
	}
}

// TestMissingFile: a file that the database names must be in the archive.
func TestMissingFile(t *testing.T) {
	s := newSchool(t)
	if err := s.blobs.Remove(s.stored); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(bg, s.Source, &bytes.Buffer{}, now, nil); !errors.Is(err, ErrVanished) {
		t.Error(err)
	}
}
