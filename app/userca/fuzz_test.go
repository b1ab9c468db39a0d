package userca

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// FuzzAuthorities reads any text as both files. What is taken for a list of authorities holds plain keys only, and is
// the same list when it is written again; nothing of a list of what was taken back is passed over in silence.
func FuzzAuthorities(f *testing.F) {
	f.Add([]byte("# the school's\n\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ca\n"))
	f.Add([]byte("serial 17\nid anna@laptop\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if cas, err := parseCAs(text); err == nil {
			var again []byte
			for _, ca := range cas {
				if _, is := ca.(*ssh.Certificate); is {
					t.Fatalf("%q holds a certificate", text)
				}
				again = append(again, ssh.MarshalAuthorizedKey(ca)...)
			}
			same, err := parseCAs(again)
			if err != nil || len(same) != len(cas) {
				t.Fatalf("%q gives %d keys, written again %d, %v", text, len(cas), len(same), err)
			}
			for i := range cas {
				if !bytes.Equal(cas[i].Marshal(), same[i].Marshal()) {
					t.Fatalf("%q: key %d is another one", text, i)
				}
			}
		}
		r, err := parseRevoked(text)
		if err != nil {
			return
		}
		said := map[string]bool{}
		for _, line := range strings.Split(string(text), "\n") {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				said[line] = true
			}
		}
		if n := len(r.serials) + len(r.ids) + len(r.sha256s); n == 0 && len(said) > 0 || n > len(said) {
			t.Fatalf("%q takes back %d of %d", text, n, len(said))
		}
		for sum := range r.sha256s {
			if len(sum) != len("SHA256:")+43 {
				t.Fatalf("%q: no key has the fingerprint %q", text, sum)
			}
		}
	})
}

// FuzzWithin: what opens from an address is that address's own, whatever else is in the list.
func FuzzWithin(f *testing.F) {
	f.Add("10.0.0.7", "10.0.0.0/8,::1")
	f.Fuzz(func(t *testing.T, addr, list string) {
		got := within(addr, list)
		one := false
		for _, part := range strings.Split(list, ",") {
			one = one || within(addr, part)
		}
		if got != one {
			t.Fatalf("%q in %q: %v, by its parts %v", addr, list, got, one)
		}
	})
}
