package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cohort/db"
)

// Errors by which a caller says what to do.
var (
	ErrNotEmpty = errors.New("backup: the folder is not empty")
	ErrNoBackup = errors.New("backup: this is no backup of a school")
	ErrCut      = errors.New("backup: the archive is cut short: its manifest is missing")
	ErrDamaged  = errors.New("backup: the archive is damaged")
)

// maxManifest bounds what a stranger's archive can make us read: 10,000,000 files are listed in less.
const maxManifest = 2 << 30

// Verify reads an archive to its end and says whether it can be restored: every part is there with its size and hash,
// the database is whole and holds as many rows as the manifest says, and every file that it names is there. It needs
// room for the database in the folder for temporary files.
func Verify(ctx context.Context, r io.Reader) (Manifest, error) {
	dir, err := os.MkdirTemp("", "cohort-verify-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return unpack(ctx, r, dir, func(name string) bool { return name == databaseName }, db.Inspect)
}

// Restore makes the folder into of an archive. The folder must be empty or not there; it holds the whole school when
// Restore succeeds, and nothing when it fails. The bytes are those that were written, by their hashes; of the database
// it checks what Write did.
func Restore(ctx context.Context, r io.Reader, into string) (m Manifest, err error) {
	into = filepath.Clean(into)
	if list, err := os.ReadDir(into); err == nil && len(list) > 0 {
		return m, ErrNotEmpty
	}
	if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	dir, err := os.MkdirTemp(filepath.Dir(into), ".restore-*") // beside it, so that one rename does it
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if m, err = unpack(ctx, r, dir, func(string) bool { return true }, db.Skim); err != nil {
		return m, err
	}
	if err := os.Remove(into); err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(dir, into); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, syncDir(filepath.Dir(into))
}

// inspect is how closely a database is looked at: db.Inspect or db.Skim.
type inspect func(ctx context.Context, path string) (db.Contents, error)

// unpack reads an archive into a folder, keeping the parts that keep names, and checks it against its manifest.
func unpack(ctx context.Context, r io.Reader, dir string, keep func(name string) bool, look inspect) (m Manifest, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = root.Close() }()
	found := map[string]Part{}
	t := tar.NewReader(r)
	for {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && len(found) > 0:
			return m, ErrCut
		case err != nil:
			return m, fmt.Errorf("%w: %w", ErrNoBackup, err)
		case h.Name == manifestName:
			if m, err = readManifest(t); err != nil {
				return m, err
			}
			return m, check(ctx, m, found, filepath.Join(dir, databaseName), look)
		case !known(h):
			return m, fmt.Errorf("%w: it holds %q", ErrNoBackup, h.Name)
		}
		p, err := take(root, t, h, keep(h.Name))
		if err != nil {
			return m, err
		}
		found[p.Name] = p
	}
}

// known says whether an entry is of the kind that we write. Names are ours: whatever else stands there is refused
// before the disk is touched.
func known(h *tar.Header) bool {
	if h.Typeflag != tar.TypeReg || path.Clean(h.Name) != h.Name || strings.Contains(h.Name, "\\") || !filepath.IsLocal(h.Name) {
		return false
	}
	if h.Name == databaseName {
		return true
	}
	top, _, _ := strings.Cut(h.Name, "/")
	for _, b := range besides {
		if top == b {
			return true
		}
	}
	return false
}

// take reads one part, and writes it to the disk where it is to be kept.
func take(root *os.Root, t *tar.Reader, h *tar.Header, keep bool) (p Part, err error) {
	sha := sha256.New()
	var to io.Writer = sha
	if keep {
		if dir := path.Dir(h.Name); dir != "." {
			if err := root.MkdirAll(dir, 0o700); err != nil {
				return p, fmt.Errorf("backup: %w", err)
			}
		}
		f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return p, fmt.Errorf("backup: %w", err)
		}
		defer func() {
			if e := errors.Join(f.Sync(), f.Close()); err == nil && e != nil {
				err = fmt.Errorf("backup: %w", e)
			}
		}()
		to = io.MultiWriter(sha, f)
	}
	n, err := io.Copy(to, t)
	if err != nil {
		return p, fmt.Errorf("%w: %s: %w", ErrDamaged, h.Name, err)
	}
	return Part{h.Name, n, sum(sha)}, nil
}

func readManifest(r io.Reader) (m Manifest, err error) {
	if err := json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(&m); err != nil {
		return m, fmt.Errorf("%w: its manifest cannot be read", ErrDamaged)
	}
	if m.Format != format {
		return m, fmt.Errorf("%w: format %d, this program knows %d", ErrNoBackup, m.Format, format)
	}
	return m, nil
}

// check compares what was found with what the manifest says.
func check(ctx context.Context, m Manifest, found map[string]Part, database string, look inspect) error {
	want := m.byName()
	for name, p := range want {
		switch got, ok := found[name]; {
		case !ok:
			return fmt.Errorf("%w: %s is missing", ErrDamaged, name)
		case got != p:
			return fmt.Errorf("%w: %s has changed", ErrDamaged, name)
		}
	}
	for name := range found {
		if _, ok := want[name]; !ok {
			return fmt.Errorf("%w: %s is not in its manifest", ErrDamaged, name)
		}
	}
	held, err := look(ctx, database)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if held.Version != m.Tables || !maps.Equal(held.Rows, m.Rows) {
		return fmt.Errorf("%w: the database does not hold what its manifest says", ErrDamaged)
	}
	return complete(ctx, database, m)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
