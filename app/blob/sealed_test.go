package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	filippo "filippo.io/age"

	"cohort/app/keyring"
)

// sealedStore is a store in a folder of its own whose keys lie beside it.
func sealedStore(t *testing.T) (*Store, *keyring.Ring, string) {
	t.Helper()
	top := t.TempDir()
	keys, err := keyring.Make(filepath.Join(top, "age-key"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "files")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Seal(keys)
	return s, keys, dir
}

// inTheClear says where bytes can be read in a folder without a key.
func inTheClear(t *testing.T, dir string, text []byte) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func readAll(t *testing.T, s *Store, stored string) []byte {
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

var card = bytes.Repeat([]byte("公民身份号码 11010519491231002X "), 6000) // over three of age's chunks

// Pieces come in any order and size; neither while they come nor afterwards can they be read on the disk.
func TestSealedFilesAreReadByNobodyElse(t *testing.T) {
	s, _, dir := sealedStore(t)
	temp, err := s.Create(context.Background(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var pieces [][2]int
	for from := 0; from < len(card); {
		to := min(len(card), from+1+rand.IntN(40_000))
		pieces = append(pieces, [2]int{from, to})
		from = to
	}
	rand.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for _, p := range pieces {
		if _, err := temp.WriteAt(card[p[0]:p[1]], int64(p[0])); err != nil {
			t.Fatal(err)
		}
	}
	if found := inTheClear(t, dir, []byte("11010519491231002X")); len(found) > 0 {
		t.Errorf("while it comes: %v", found)
	}
	b, err := temp.Commit()
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := Open(t.TempDir())
	want, err := plain.Write(context.Background(), bytes.NewReader(card), 1<<20)
	if err != nil || b.Stored != want.Stored || b.Size != want.Size || !bytes.Equal(b.Head, want.Head) {
		t.Errorf("told as %+v, want %+v", b, want)
	}
	if found := inTheClear(t, dir, []byte("11010519491231002X")); len(found) > 0 {
		t.Errorf("afterwards: %v", found)
	}
	if !bytes.Equal(readAll(t, s, b.Stored), card) {
		t.Error("other bytes come back")
	}
	f, _ := s.Open(b.Stored)
	defer func() { _ = f.Close() }()
	part := make([]byte, 1000)
	if _, err := f.ReadAt(part, 130_000); err != nil || !bytes.Equal(part, card[130_000:131_000]) {
		t.Errorf("a range: %v", err)
	}
	if n, err := f.ReadAt(make([]byte, len(card)), 0); n != len(card) || err != nil {
		t.Errorf("to its end: %d, %v", n, err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, temporaries)); len(left) != 0 {
		t.Errorf("temporaries stay: %v", left)
	}
}

func TestAbortedSealedUploadLeavesNothing(t *testing.T) {
	s, _, dir := sealedStore(t)
	if _, err := s.Write(context.Background(), bytes.NewReader(card), 10); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, temporaries)); len(left) != 0 {
		t.Errorf("temporaries stay: %v", left)
	}
}

// Files from before the store was sealed are read, are sealed by Rewrite, and a file that its owner had encrypted with
// age himself stays what it was.
func TestRewriteSealsAndRotates(t *testing.T) {
	s, keys, dir := sealedStore(t)
	s.Seal(nil)
	old, err := s.Write(context.Background(), bytes.NewReader(card), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	own := &bytes.Buffer{}
	id, _ := filippo.GenerateX25519Identity()
	w, _ := filippo.Encrypt(own, id.Recipient())
	_, _ = w.Write([]byte("his own secret"))
	_ = w.Close()
	his, err := s.Write(context.Background(), bytes.NewReader(own.Bytes()), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	s.Seal(keys)
	check := func(when string) {
		t.Helper()
		if !bytes.Equal(readAll(t, s, old.Stored), card) || !bytes.Equal(readAll(t, s, his.Stored), own.Bytes()) {
			t.Errorf("%s: other bytes come back", when)
		}
	}
	check("before")
	if n, err := s.Rewrite(context.Background(), nil); err != nil || n != 2 {
		t.Fatalf("sealed %d, %v", n, err)
	}
	check("sealed")
	if found := inTheClear(t, dir, []byte("11010519491231002X")); len(found) > 0 {
		t.Errorf("still in the clear: %v", found)
	}
	if n, err := s.Rewrite(context.Background(), nil); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	// Rotation that is broken off in the middle goes on where it was.
	if _, err := keys.Add(time.Now()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if _, err := s.Rewrite(ctx, func(int, int) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("broken off: %v", err)
	}
	check("in the middle")
	if n, err := s.Rewrite(context.Background(), nil); err != nil || n != 1 {
		t.Errorf("goes on: %d, %v", n, err)
	}
	if err := keys.Forget(time.Now()); err != nil {
		t.Fatal(err)
	}
	check("without the old key")
	if n, err := s.Verify(context.Background(), func(name string, err error) { t.Errorf("%s: %v", name, err) }); err != nil || n != 2 {
		t.Errorf("verified %d, %v", n, err)
	}
}

func TestVerifyFindsEveryDamage(t *testing.T) {
	s, _, dir := sealedStore(t)
	b, err := s.Write(context.Background(), bytes.NewReader(card), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(b.Stored))
	whole, _ := os.ReadFile(path)
	for name, bytes := range map[string][]byte{
		"a flipped byte":             append(bytes.Clone(whole[:100_000]), append([]byte{whole[100_000] ^ 1}, whole[100_001:]...)...),
		"cut":                        whole[:len(whole)-70_000],
		"in the clear, another text": []byte("公民身份号码"),
	} {
		if err := os.WriteFile(path, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		found := 0
		if _, err := s.Verify(context.Background(), func(string, error) { found++ }); err != nil || found != 1 {
			t.Errorf("%s: found %d, %v", name, found, err)
		}
	}
}
