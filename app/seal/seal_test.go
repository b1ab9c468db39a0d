package seal

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOpensForItsOwnerOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		owner, text := rapid.String().Draw(t, "owner"), rapid.String().Draw(t, "text")
		box := New(secret, "a test")
		sealed, err := box.Seal(owner, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := box.Open(owner, sealed); err != nil || got != text {
			t.Fatalf("opened %q, %v; sealed %q", got, err, text)
		}
		for name, open := range map[string]func() (string, error){
			"another owner":   func() (string, error) { return box.Open(owner+"x", sealed) },
			"another purpose": func() (string, error) { return New(secret, "another").Open(owner, sealed) },
			"another school":  func() (string, error) { return New(append([]byte("x"), secret...), "a test").Open(owner, sealed) },
			"a changed text":  func() (string, error) { return box.Open(owner, flip(sealed)) },
			"a cut text":      func() (string, error) { return box.Open(owner, sealed[:4]) },
		} {
			if got, err := open(); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: opened %q, %v", name, got, err)
			}
		}
	})
}

func TestSealsAnewEachTime(t *testing.T) {
	box := New([]byte("secret"), "a test")
	a, _ := box.Seal("1", "text")
	b, _ := box.Seal("1", "text")
	if a == b || strings.Contains(a, "text") {
		t.Errorf("sealed %q and %q", a, b)
	}
}

// flip changes one character in the middle.
func flip(s string) string {
	b := []byte(s)
	i := len(b) / 2
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}
