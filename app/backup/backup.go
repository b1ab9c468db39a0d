// Package backup writes a whole school into one tar archive while it is being used, checks such an archive, and makes a
// school of it again. The archive holds a consistent copy of the database, the uploaded files, the secret and the host
// keys, and at its end a manifest with the size and hash of everything before: an archive that was cut short has none.
//
// The archive opens everything that the school holds. Keep it as private as the data folder.
package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"cohort/db"
)

// format is the archive's version. A reader refuses what it does not know.
const format = 1

// The names of the parts within the archive.
const (
	manifestName = "manifest.json"
	databaseName = "cohort.db"
	filesFolder  = "files"
)

// besides are the parts of the data folder that go with the database.
var besides = []string{"secret.key", "hostkeys", filesFolder}

// Source is the school that is copied.
type Source struct {
	Data     string // folder of the files, the secret and the host keys
	Database string // file of the database, wherever it is, or postgres://…

	// Fetch gives an uploaded file as it lies where it lies, which is not in Data; nil: they lie there.
	Fetch func(stored string) (io.ReadCloser, int64, error)
}

// Part is one file of the archive.
type Part struct {
	Name   string `json:"name"` // path within the archive, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Manifest says what an archive holds.
type Manifest struct {
	Format  int              `json:"format"`
	Made    time.Time        `json:"made"`
	Tables  int64            `json:"tables"` // version of the database's tables
	Rows    map[string]int64 `json:"rows"`   // by table
	Parts   []Part           `json:"parts"`
	Bytes   int64            `json:"bytes"` // of all parts
	Program string           `json:"program,omitempty"`
}

// ErrVanished means that a file which the database names went away while the archive was being written.
var ErrVanished = errors.New("backup: an uploaded file went away meanwhile; make the backup again")

// Write copies the school to w as one archive. report is told how many of how many bytes are written; nil is nobody.
func Write(ctx context.Context, from Source, w io.Writer, now time.Time, report func(done, total int64)) (m Manifest, err error) {
	copied, err := snapshot(ctx, from)
	if err != nil {
		return m, err
	}
	defer func() { _ = os.Remove(copied) }()
	held, err := db.Skim(ctx, copied) // the whole check is Verify's and doctor's: it would keep a core busy for minutes
	if err != nil {
		return m, err
	}
	m = Manifest{Format: format, Made: now.UTC(), Tables: held.Version, Rows: held.Rows}
	list, total, err := collect(from.Data, copied)
	if err == nil && from.Fetch != nil {
		list, err = fetched(ctx, from, copied, list)
	}
	if err != nil {
		return m, err
	}
	a := &archive{Writer: tar.NewWriter(w), m: &m, total: total, report: report}
	for _, f := range list {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		if err := a.add(f); err != nil {
			return m, err
		}
	}
	if err := complete(ctx, copied, m); err != nil {
		return m, err
	}
	return m, a.finish()
}

// snapshot copies the database beside the data: the same disk has room for it, and the same people may read it.
func snapshot(ctx context.Context, from Source) (string, error) {
	f, err := os.CreateTemp(from.Data, "backup-*.tmp")
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	_ = f.Close()
	if err := db.Copy(ctx, from.Database, f.Name()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// source is a file on the disk and what it is called in the archive.
type source struct {
	name, path string
	size       int64
	fetch      func() (io.ReadCloser, int64, error) // instead of a path; the size is known then only
}

// fetched adds what the database names to the list, to be fetched one after the other when its turn comes.
func fetched(ctx context.Context, from Source, database string, list []source) ([]source, error) {
	seen := map[string]bool{"": true}
	err := db.Each(ctx, database, "stored", func(stored string) error {
		if !seen[stored] {
			seen[stored] = true
			list = append(list, source{name: filesFolder + "/" + stored, fetch: func() (io.ReadCloser, int64, error) { return from.Fetch(stored) }})
		}
		return nil
	})
	return list, err
}

// open gives the bytes and how many they are.
func (s source) open() (io.ReadCloser, int64, error) {
	if s.fetch != nil {
		return s.fetch()
	}
	f, err := os.Open(s.path)
	return f, s.size, err
}

// collect lists what goes into the archive, the database first.
func collect(data, copied string) (list []source, total int64, err error) {
	add := func(name, path string, info fs.FileInfo) {
		list, total = append(list, source{name: name, path: path, size: info.Size()}), total+info.Size()
	}
	info, err := os.Stat(copied)
	if err != nil {
		return nil, 0, fmt.Errorf("backup: %w", err)
	}
	add(databaseName, copied, info)
	for _, top := range besides {
		err := filepath.WalkDir(filepath.Join(data, top), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !d.Type().IsRegular() {
				if err == nil && d.IsDir() && path == filepath.Join(data, filesFolder, "tmp") {
					return fs.SkipDir // unfinished uploads
				}
				return err
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(data, path)
			if err == nil {
				add(filepath.ToSlash(rel), path, info)
			}
			return err
		})
		if err != nil {
			return nil, 0, fmt.Errorf("backup: %w", err)
		}
	}
	return list, total, nil
}

// archive is a tar archive being written, with its manifest.
type archive struct {
	*tar.Writer
	m      *Manifest
	total  int64
	report func(done, total int64)
}

// add copies one file. Stored files never change, so one that is shorter than it was is damaged.
func (a *archive) add(s source) error {
	f, size, err := s.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // swept meanwhile; complete finds out whether it is missed
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = f.Close() }()
	if s.fetch != nil {
		s.size, a.total = size, a.total+size
	}
	if err := a.WriteHeader(&tar.Header{Name: s.name, Mode: 0o600, Size: s.size, ModTime: a.m.Made, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	h := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.Writer, h, &meter{a: a}), f, s.size); err != nil {
		return fmt.Errorf("backup: %s: %w", s.name, err)
	}
	a.m.Parts = append(a.m.Parts, Part{s.name, s.size, sum(h)})
	a.m.Bytes += s.size
	return nil
}

// finish writes the manifest and the archive's end.
func (a *archive) finish() error {
	text, err := json.MarshalIndent(a.m, "", " ")
	if err != nil {
		return err
	}
	if err := a.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(text)), ModTime: a.m.Made, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if _, err := a.Writer.Write(text); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := a.Close(); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// meter reports how much of a file has gone out.
type meter struct {
	a    *archive
	here int64
}

// Write counts.
func (m *meter) Write(p []byte) (int, error) {
	m.here += int64(len(p))
	if m.a.report != nil {
		m.a.report(m.a.m.Bytes+m.here, m.a.total)
	}
	return len(p), nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// complete makes sure that every file which the database names is in the archive. By convention the columns that name
// stored bytes are called "stored" in every table.
func complete(ctx context.Context, database string, m Manifest) error {
	have := map[string]bool{}
	for _, p := range m.Parts {
		have[p.Name] = true
	}
	return db.Each(ctx, database, "stored", func(stored string) error {
		if stored != "" && !have[filesFolder+"/"+stored] {
			return fmt.Errorf("%w (%s)", ErrVanished, stored)
		}
		return nil
	})
}

// byName finds a part.
func (m Manifest) byName() map[string]Part {
	out := make(map[string]Part, len(m.Parts))
	for _, p := range m.Parts {
		out[p.Name] = p
	}
	return out
}

// Counted lists the rows by table in a stable order, for people.
func (m Manifest) Counted() []string {
	var out []string
	for t, n := range m.Rows {
		if n > 0 {
			out = append(out, fmt.Sprintf("%s %d", t, n))
		}
	}
	sort.Strings(out)
	return out
}
