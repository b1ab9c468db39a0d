package files

import (
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// However a stream is cut, its packets are counted the same.
func TestFramesHoweverCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var kinds []byte
		for range rapid.IntRange(0, 8).Draw(t, "packets") {
			body := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "body")
			stream = append(append(stream, 0, 0, byte(len(body)>>8), byte(len(body))), body...)
			kinds = append(kinds, body[0])
		}
		var f frames
		for rest := stream; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			f.pass(rest[:n])
			rest = rest[n:]
		}
		if f.whole != len(kinds) || !f.between() || len(kinds) > 0 && f.kind != kinds[len(kinds)-1] {
			t.Fatalf("%d packets, the last of kind %d; want %d, %v", f.whole, f.kind, len(kinds), kinds)
		}
	})
}

// pipe is a channel whose two directions the test holds.
type pipe struct {
	io.Reader
	io.Writer
}

func (pipe) Close() error { return nil }

// What comes behind an opening or a closing is not read before that is answered, and
// is when there will be no answer.
func TestNothingOvertakes(t *testing.T) {
	write := []byte{0, 0, 0, 2, 6, 9}
	for kind, first := range map[string][]byte{"open": {0, 0, 0, 2, 3, 9}, "close": {0, 0, 0, 2, 4, 9}, "opendir": {0, 0, 0, 2, 11, 9}} {
		t.Run(kind, func(t *testing.T) { nothingOvertakes(t, first, write) })
	}
}

func nothingOvertakes(t *testing.T, open, write []byte) {
	for name, let := range map[string]func(o *ordered) error{
		"an answer": func(o *ordered) error { _, err := o.Write([]byte{0, 0, 0, 2, 102, 9}); return err },
		"the end":   func(o *ordered) error { return o.Close() },
	} {
		var said bytes.Buffer
		o := inOrder(pipe{bytes.NewReader(append(append([]byte{}, open...), write...)), &said})
		if got, err := io.ReadAll(io.LimitReader(o, int64(len(open)))); err != nil || !bytes.Equal(got, open) {
			t.Fatalf("%s: %v, %v", name, got, err)
		}
		next := make(chan []byte)
		go func() {
			got, _ := io.ReadAll(o)
			next <- got
		}()
		select {
		case got := <-next:
			t.Errorf("%s: %v overtook it", name, got)
			continue
		default:
		}
		if err := let(o); err != nil {
			t.Fatal(err)
		}
		if got := <-next; !bytes.Equal(got, write) {
			t.Errorf("%s: then came %v", name, got)
		}
	}
}
