package line

import (
	"testing"
)

// FuzzKeys checks that any bytes give the same keys however they are cut into packets, and that the reader knows its
// place afterwards. Each byte of cuts is the length of a packet; they are used in turn.
func FuzzKeys(f *testing.F) {
	for _, s := range sequences {
		f.Add([]byte(s.bytes), []byte{1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, input, cuts []byte) {
		if len(input) > maxSequence {
			return // what is longer than a sequence may be is dropped packet by packet
		}
		var packets []string
		rest := input
		for i := 0; len(rest) > 0 && len(cuts) > 0; i++ {
			n := min(1+int(cuts[i%len(cuts)]), len(rest))
			packets = append(packets, string(rest[:n]))
			rest = rest[n:]
		}
		if len(rest) > 0 {
			packets = append(packets, string(rest))
		}
		whole, cut := typed(string(input)), typed(packets...)
		if whole != cut {
			t.Fatalf("%q is %s, but as %q %s", input, whole, packets, cut)
		}
		if got := typed(append(packets, "\x1b\\\x1b[201~", "\a", "j")...); len(got) == 0 || got[len(got)-1] != 'j' {
			t.Fatalf("%q, then j: %s", input, got)
		}
	})
}
