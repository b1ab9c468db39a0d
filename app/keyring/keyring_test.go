package keyring

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)

func newRing(t *testing.T) *Ring {
	t.Helper()
	r, err := Make(filepath.Join(t.TempDir(), "school.age-key"), now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sealUp(t *testing.T, r *Ring, text []byte) *bytes.Reader {
	t.Helper()
	var out bytes.Buffer
	w, err := r.Encrypt(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(out.Bytes())
}

func open(r *Ring, sealed *bytes.Reader) ([]byte, error) {
	plain, n, err := r.Decrypt(sealed, sealed.Size())
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(plain, 0, n))
}

func TestSealedAndOpened(t *testing.T) {
	r := newRing(t)
	for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 300_000} {
		text := bytes.Repeat([]byte("身份证"), size/9+1)[:size]
		sealed := sealUp(t, r, text)
		if got, err := open(r, sealed); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: %d came back, %v", size, len(got), err)
		}
		plain, n, err := r.Decrypt(sealed, sealed.Size())
		if err != nil || n != int64(size) {
			t.Fatalf("%d bytes: %d, %v", size, n, err)
		}
		if size > 70_000 { // from the middle
			part := make([]byte, 100)
			if _, err := plain.ReadAt(part, 65_500); err != nil || !bytes.Equal(part, text[65_500:65_600]) {
				t.Errorf("a range: %v", err)
			}
		}
	}
}

func TestOnlyItsOwnKeysOpen(t *testing.T) {
	r, other := newRing(t), newRing(t)
	sealed := sealUp(t, r, []byte("secret"))
	if _, err := open(other, sealed); !errors.Is(err, ErrForeign) {
		t.Errorf("another school: %v", err)
	}
	if _, err := open(r, bytes.NewReader([]byte("plain"))); !errors.Is(err, ErrPlain) {
		t.Errorf("plain: %v", err)
	}
	flipped, _ := io.ReadAll(sealed)
	flipped[len(flipped)-1] ^= 1
	if _, err := open(r, bytes.NewReader(flipped)); err == nil {
		t.Error("a changed byte is not noticed")
	}
}

// A key that is added by another process is used from then on; what was written before still opens.
func TestAnotherProcessAddsAKey(t *testing.T) {
	server := newRing(t)
	before := sealUp(t, server, []byte("before"))
	command, err := Open(server.Path())
	if err != nil {
		t.Fatal(err)
	}
	k, err := command.Add(now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if server.Current().ID != k.ID || len(server.Keys()) != 2 {
		t.Errorf("the server writes with %s, want %s", server.Current().ID, k.ID)
	}
	if text, err := open(server, before); err != nil || string(text) != "before" {
		t.Errorf("%q %v", text, err)
	}
	if yes, err := server.IsCurrent(before, before.Size()); yes || err != nil {
		t.Errorf("the old one counts as current: %v", err)
	}
	after := sealUp(t, server, []byte("after"))
	if err := command.Forget(now); err != nil {
		t.Fatal(err)
	}
	if _, err := open(server, before); !errors.Is(err, ErrForeign) {
		t.Errorf("the forgotten key opens: %v", err)
	}
	if text, err := open(server, after); err != nil || string(text) != "after" {
		t.Errorf("%q %v", text, err)
	}
}

func TestKeyFileIsPrivateAndNeverOverwritten(t *testing.T) {
	r := newRing(t)
	info, err := os.Stat(r.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if _, err := Make(r.Path(), now); err == nil {
		t.Error("overwritten")
	}
	if _, err := Open(r.Path() + "x"); !errors.Is(err, ErrNoFile) {
		t.Errorf("none: %v", err)
	}
	bad := r.Path() + "-bad"
	if err := os.WriteFile(bad, []byte("AGE-SECRET-KEY-1OOPS\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bad); err == nil || strings.Contains(err.Error(), "OOPS") {
		t.Errorf("damaged: %v", err)
	}
}
