package line

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"
)

// typed feeds packets to a reader and says what came out; what is incomplete at the end is late.
func typed(packets ...string) string {
	var got []string
	k := newKeys(func(msg tea.Msg) { got = append(got, name(msg)) }, func(error) {})
	var expire func()
	k.later = func(_ time.Duration, f func()) { expire = f }
	for _, p := range packets {
		expire = nil
		k.feed([]byte(p))
	}
	if expire != nil {
		expire()
	}
	if len(k.buf) > 0 || k.pasting {
		got = append(got, fmt.Sprintf("left %q", k.buf))
	}
	return strings.Join(got, " ")
}

func name(msg tea.Msg) string {
	switch msg := msg.(type) {
	case uv.KeyPressEvent:
		if msg.Text != "" && msg.Text != " " {
			return msg.Text
		}
		return msg.Keystroke()
	case tea.KeyPressMsg:
		return msg.Keystroke()
	case tea.PasteMsg:
		return fmt.Sprintf("paste %q", msg.Content)
	case uv.MouseClickEvent:
		return fmt.Sprintf("click %d,%d", msg.X, msg.Y)
	case uv.MouseWheelEvent:
		return fmt.Sprintf("wheel %d,%d", msg.X, msg.Y)
	}
	return fmt.Sprintf("%T", msg)
}

var sequences = []struct{ bytes, want string }{
	{"jjjjj", "j j j j j"},
	{"张三，", "张 三 ，"},
	{"é👍", "é 👍"},
	{"\r\t\x7f\b\x03 ", "enter tab backspace ctrl+h ctrl+c space"},
	{"\x1b[A\x1b[B\x1bOC\x1bOD", "up down right left"},
	{"\x1b[1;5C\x1b[3~\x1b[5~\x1b[6~", "ctrl+right delete pgup pgdown"},
	{"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home end home end"},
	{"\x1bOP\x1b[11~\x1b[[A\x1b[15~\x1b[24~", "f1 f1 f1 f5 f12"},
	{"\x1b[Z", "shift+tab"},
	{"\x1bb\x1bf\x1b\x7f", "alt+b alt+f alt+backspace"},
	{"\x1b\x1b[A", "alt+up"},
	{"\x1b\x1bj", "esc alt+j"},
	{"\x1b张", "alt+张"},
	{"\x1b[200~两行\r\nab\x1b[201~x", `paste "两行\r\nab" x`},
	{"\x1b[200~a\x1b[A\x1b[201b\x1b[201~", `paste "a\x1b[A\x1b[201b"`},
	{"\x1b[200~\x1b[201~", `paste ""`},
	{"\x1b[<0;5;3M\x1b[<64;1;2M", "click 4,2 wheel 0,1"},
	{"\x1b[M \x21\x22", "click 0,1"},
	{"\x1b]11;rgb:0000/0000/0000\x1b\\j", "uv.BackgroundColorEvent j"},
	{"\xc4\xe3\xba\xc3j", "j"}, // GBK
	{"\x81\x82j", "j"},
	{"\x1b[12\x01j", "ctrl+a j"},
}

// However the bytes are cut into packets, the keys are the same.
func TestKeysSplitAtEveryByte(t *testing.T) {
	for _, s := range sequences {
		if got := typed(s.bytes); got != s.want {
			t.Errorf("%q is %s, want %s", s.bytes, got, s.want)
			continue
		}
		for i := 1; i < len(s.bytes); i++ {
			if got := typed(s.bytes[:i], s.bytes[i:]); got != s.want {
				t.Errorf("%q and %q are %s, want %s", s.bytes[:i], s.bytes[i:], got, s.want)
			}
		}
		if got := typed(strings.Split(s.bytes, "")...); got != s.want {
			t.Errorf("%q by characters is %s, want %s", s.bytes, got, s.want)
		}
		one := make([]string, 0, len(s.bytes))
		for i := range len(s.bytes) {
			one = append(one, s.bytes[i:i+1])
		}
		if got := typed(one...); got != s.want {
			t.Errorf("%q by bytes is %s, want %s", s.bytes, got, s.want)
		}
	}
}

func TestKeysThatBreakOff(t *testing.T) {
	for bytes, want := range map[string]string{
		"\x1b":                "esc",
		"j\x1b":               "j esc",
		"\x1b\x1b":            "esc esc",
		"\x1b[":               "alt+[",
		"\x1bO":               "alt+shift+o",
		"\x1b]":               "alt+]",
		"\x1b[1;5":            "",
		"\xe5\xbc":            "",
		"\x1b[200~unfinished": `paste "unfinished"`,
		"\x1b[200~a\x1b[20":   `paste "a\x1b[20"`,
	} {
		if got := typed(bytes); got != want {
			t.Errorf("%q is %q, want %q", bytes, got, want)
		}
	}
}

func TestPasteIsBounded(t *testing.T) {
	n := 0
	k := newKeys(func(msg tea.Msg) { n += len(msg.(tea.PasteMsg).Content) }, func(error) {})
	k.feed([]byte(pasteStart))
	for range 40 {
		k.feed([]byte(strings.Repeat("长", 20<<10)))
	}
	k.feed([]byte(pasteEnd))
	if n > maxPaste || n < maxPaste-3 {
		t.Errorf("%d bytes of %d", n, 40*60<<10)
	}
}

// No input makes the reader panic, lose its place or keep memory.
func TestAnyBytes(t *testing.T) {
	piece := rapid.SampledFrom([]string{"\x1b", "[", "]", "O", "P", "M", "200~", "201~", "1;5", "<0;1;1", "张", "\xe5", "\x00", "\x07", "\\", "j", "~", "u", "_", "9999999999999", ":", "$"})
	rapid.Check(t, func(t *rapid.T) {
		k := newKeys(func(tea.Msg) {}, func(error) {})
		k.later = func(time.Duration, func()) {}
		for _, s := range rapid.SliceOf(piece).Draw(t, "pieces") {
			k.feed([]byte(s))
		}
		k.flush(-1)
		if len(k.buf) > 0 || k.pasting {
			t.Fatalf("left %q", k.buf)
		}
		var got []string
		k.send = func(msg tea.Msg) { got = append(got, name(msg)) }
		if k.feed([]byte("j")); strings.Join(got, "") != "j" {
			t.Fatalf("then j is %q", got)
		}
	})
}

// A decoder that panics costs the session, not the server.
func TestReaderPanic(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	k := newKeys(func(tea.Msg) { panic("decoder") }, cancel)
	k.read(strings.NewReader("j"))
	if err, ok := context.Cause(ctx).(*PanicError); !ok || err.Where != "input" {
		t.Errorf("ended with %v", context.Cause(ctx))
	}
}
