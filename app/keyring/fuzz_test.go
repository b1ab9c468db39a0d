package keyring

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzKeyFile opens any text as a key file. What is refused is refused without quoting a key; what is taken opens what
// it sealed, and still does after a new key was put before it.
func FuzzKeyFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "school.age-key")
	f.Add([]byte("# created: 2026-11-26T08:00:00Z\nAGE-SECRET-KEY-1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			if strings.Contains(strings.ToUpper(err.Error()), "AGE-SECRET-KEY-1") && !strings.Contains(err.Error(), "1…") {
				t.Fatalf("the refusal of %q quotes a key: %v", text, err)
			}
			return
		}
		before := r.Keys()
		if len(before) == 0 {
			t.Fatalf("%q is a ring without keys", text)
		}
		var sealed bytes.Buffer
		w, err := r.Encrypt(&sealed)
		if err == nil {
			_, err = w.Write(text)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Add(now); err != nil {
			t.Fatalf("%q: a new key before it: %v", text, err)
		}
		if after := r.Keys(); len(after) != len(before)+1 || after[1].ID != before[0].ID {
			t.Fatalf("%q: %d keys became %d", text, len(before), len(after))
		}
		if got, err := open(r, bytes.NewReader(sealed.Bytes())); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q: %d bytes came back, %v", text, len(got), err)
		}
	})
}

// FuzzSealed opens any bytes as something sealed: it is told apart, or refused, and never read past its end.
func FuzzSealed(f *testing.F) {
	r, err := Make(filepath.Join(f.TempDir(), "school.age-key"), now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(header + "-> X25519 AAAA\nAAAA\n--- AAAA\n"))
	f.Add([]byte("plain"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		from := bytes.NewReader(sealed)
		plain, n, err := r.Decrypt(from, from.Size())
		if errors.Is(err, ErrPlain) != !bytes.HasPrefix(sealed, []byte(header)) {
			t.Fatalf("%q: %v", sealed, err)
		}
		if err != nil {
			return
		}
		if n > from.Size() {
			t.Fatalf("%d bytes came of %d", n, from.Size())
		}
		_, _ = io.Copy(io.Discard, io.NewSectionReader(plain, 0, n))
	})
}
