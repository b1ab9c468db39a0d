package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

var ctx = context.Background()

func open(t testing.TB) (s *Store, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "blobs")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files lists every file under dir.
func files(t testing.TB, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func content(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func read(t testing.TB, s *Store, stored string) []byte {
	t.Helper()
	f, err := s.Open(stored)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWriteAndOpen(t *testing.T) {
	for _, n := range []int{0, 1, 511, HeadSize - 1, HeadSize, HeadSize + 1, 64 << 10, 1<<20 + 7} {
		s, dir := open(t)
		want := content(n)
		sum := sha256.Sum256(want)
		b, err := s.Write(ctx, bytes.NewReader(want), int64(n))
		if err != nil {
			t.Fatalf("%d bytes at a limit of as many: %v", n, err)
		}
		hash := hex.EncodeToString(sum[:])
		if b.SHA256 != hash || b.Stored != hash[:2]+"/"+hash || b.Size != int64(n) || !bytes.Equal(b.Head, want[:min(n, HeadSize)]) {
			t.Errorf("%d bytes: %s %s %d, head of %d", n, b.SHA256, b.Stored, b.Size, len(b.Head))
		}
		if got := read(t, s, b.Stored); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: others come back", n)
		}
		if list := files(t, dir); len(list) != 1 || list[0] != b.Stored {
			t.Errorf("%d bytes: on the disk %v", n, list)
		}
	}
}

func TestOneByteMoreThanTheLimit(t *testing.T) {
	const limit = 2 << 20
	for name, r := range map[string]io.Reader{
		"all at once":        bytes.NewReader(content(limit + 1)),
		"in small pieces":    struct{ io.Reader }{bytes.NewReader(content(limit + 1))},
		"a byte after limit": io.MultiReader(bytes.NewReader(content(limit)), strings.NewReader("x")),
		"without end":        endless{},
	} {
		s, dir := open(t)
		if _, err := s.Write(ctx, r, limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if list := files(t, dir); len(list) != 0 {
			t.Errorf("%s: keeps %v", name, list)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestNothingIsKeptOfAFailure(t *testing.T) {
	broken := errors.New("broken")
	midway, cancel := context.WithCancel(ctx)
	ended, cancelNow := context.WithCancel(ctx)
	cancelNow()
	for name, c := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		"reader fails":        {ctx, io.MultiReader(bytes.NewReader(content(100)), iotest.ErrReader(broken)), broken},
		"context ends midway": {midway, io.MultiReader(bytes.NewReader(content(100)), after(cancel), bytes.NewReader(content(9))), context.Canceled},
		"context ended":       {ended, bytes.NewReader(content(9)), context.Canceled},
	} {
		s, dir := open(t)
		if _, err := s.Write(c.ctx, c.r, 1000); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if list := files(t, dir); len(list) != 0 {
			t.Errorf("%s: keeps %v", name, list)
		}
	}
}

// after gives nothing and calls f once it is read.
func after(f func()) io.Reader {
	return readerFunc(func([]byte) (int, error) { f(); return 0, io.EOF })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOnlyTheOwnerReads(t *testing.T) {
	s, dir := open(t)
	b, err := s.Write(ctx, strings.NewReader("x"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(ctx, 10); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has %o", p, info.Mode().Perm())
		}
		return err
	})
	if err != nil || b.Size != 1 {
		t.Error(err)
	}
}

func TestNamesOfOthersDoNotReachTheDisk(t *testing.T) {
	s, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := strings.Repeat("a", 64)
	for _, name := range []string{
		"", ".", "..", "../secret", "aa/../../secret", secret, "tmp", "aa", h, "aa/" + h[1:], "aa/" + h + "a", "ab/" + h,
		"AA/" + strings.ToUpper(h), "aa\\" + h, "aa/" + h[:63] + "/", "aa/" + h[:63] + "\x00", "aa/" + h[:61] + "中", "./aa/" + h[2:],
	} {
		if _, err := s.Open(name); !errors.Is(err, ErrName) {
			t.Errorf("Open(%q): %v", name, err)
		}
		if err := s.Remove(name); !errors.Is(err, ErrName) {
			t.Errorf("Remove(%q): %v", name, err)
		}
	}
	if _, err := os.Stat(secret); err != nil {
		t.Error(err)
	}
	if _, err := s.Open("aa/" + h); !errors.Is(err, ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
}

// A link that somebody put into the folder leads nowhere outside.
func TestLinksDoNotLeadOut(t *testing.T) {
	s, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := "aa/" + strings.Repeat("a", 64)
	if err := os.Mkdir(filepath.Join(dir, "aa"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Skip(err)
	}
	if _, err := s.Open(name); err == nil {
		t.Error("opened")
	}
}

func TestRemove(t *testing.T) {
	s, dir := open(t)
	b, err := s.Write(ctx, strings.NewReader("x"), 10)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Remove(b.Stored); err != nil {
			t.Fatal(err)
		}
	}
	if list := files(t, dir); len(list) != 0 {
		t.Error(list)
	}
}

func TestManyWritersOfFewContents(t *testing.T) {
	s, dir := open(t)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			want := content(1000 + i%4)
			b, err := s.Write(ctx, bytes.NewReader(want), 2000)
			if err != nil {
				t.Error(err)
				return
			}
			if !bytes.Equal(read(t, s, b.Stored), want) {
				t.Error("others come back")
			}
		})
	}
	all.Wait()
	if list := files(t, dir); len(list) != 4 {
		t.Errorf("%d files: %v", len(list), list)
	}
}

func TestBytesOutliveTheProgram(t *testing.T) {
	s, dir := open(t)
	b, err := s.Write(ctx, strings.NewReader("王"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, again, b.Stored); string(got) != "王" {
		t.Errorf("%q", got)
	}
	_ = again.Close()
}

func age(t testing.TB, dir, name string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(name)), then, then); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkWrite1MiB(b *testing.B) {
	s, _ := open(b)
	data := content(1 << 20)
	b.SetBytes(1 << 20)
	n := uint64(0)
	for b.Loop() {
		n++
		data[n%1024]++ // other bytes each time
		if _, err := s.Write(ctx, struct{ io.Reader }{bytes.NewReader(data)}, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}

// As an sftp client does it: packets of 32 KiB, two of them always swapped.
func BenchmarkUploadOutOfOrder1MiB(b *testing.B) {
	s, _ := open(b)
	data := content(1 << 20)
	b.SetBytes(1 << 20)
	n := uint64(0)
	for b.Loop() {
		n++
		data[n%1024]++
		u, err := s.Create(ctx, 1<<20)
		if err != nil {
			b.Fatal(err)
		}
		const packet = 32 << 10
		for off := int64(0); off < 1<<20; off += 2 * packet {
			for _, o := range []int64{off + packet, off} {
				if _, err := u.WriteAt(data[o:o+packet], o); err != nil {
					b.Fatal(err)
				}
			}
		}
		if _, err := u.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}
