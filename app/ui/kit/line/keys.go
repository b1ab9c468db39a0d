package line

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// keys turns what the client types into messages, however it is cut into packets. It stands in for bubbletea's reader,
// which keeps a table of some hundred kilobytes for each session, has no bound for a paste, and would take the server
// with it if its decoder panicked.
type keys struct {
	send   func(tea.Msg)
	cancel context.CancelCauseFunc
	later  func(time.Duration, func()) // time.AfterFunc

	mu      sync.Mutex
	decoder uv.EventDecoder
	buf     []byte // not decoded yet
	pasting bool
	paste   []byte
	fed     int // counts feeds, so that an old timer knows that it is one
}

const (
	maxPaste    = 1 << 20 // bytes; the rest of a longer one is dropped
	maxSequence = 64 << 10

	escapeTime = 50 * time.Millisecond  // after it a lone ESC is the key
	brokenTime = 300 * time.Millisecond // after it the rest of a sequence or character is not waited for
	pasteTime  = 2 * time.Second        // after it a paste without an end has ended
)

const pasteStart, pasteEnd = "\x1b[200~", "\x1b[201~"

func newKeys(send func(tea.Msg), cancel context.CancelCauseFunc) *keys {
	return &keys{send: send, cancel: cancel, later: func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
}

// read runs until the input ends, which ends the session.
func (k *keys) read(in io.Reader) {
	defer k.guard()
	var chunk [1024]byte
	for {
		n, err := in.Read(chunk[:])
		if n > 0 {
			k.feed(chunk[:n])
		}
		if err != nil {
			k.flush(-1)
			k.cancel(ErrClosed)
			return
		}
	}
}

func (k *keys) guard() {
	if r := recover(); r != nil {
		k.cancel(&PanicError{Where: "input", Value: r, Stack: stack()})
	}
}

func (k *keys) feed(p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fed++
	k.buf = append(k.buf, p...)
	k.scan(false)
	if wait := k.wait(); wait > 0 {
		fed := k.fed
		k.later(wait, func() {
			defer k.guard()
			k.flush(fed)
		})
	}
}

// wait is how long to wait for the rest of what has come in part.
func (k *keys) wait() time.Duration {
	switch {
	case k.pasting:
		return pasteTime
	case len(k.buf) == 0:
		return 0
	case len(k.buf) == 1 && k.buf[0] == 0x1b:
		return escapeTime
	}
	return brokenTime
}

// flush decodes what is left, if nothing came since the given feed (-1: whatever came).
func (k *keys) flush(fed int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if fed < 0 || fed == k.fed {
		k.scan(true)
	}
}

// scan sends all that is complete; late: also what is not, as far as it means anything.
func (k *keys) scan(late bool) {
	rest := k.buf
	for len(rest) > 0 || late && k.pasting {
		if k.pasting {
			n, done := k.takePaste(rest, late)
			if rest = rest[n:]; !done {
				break
			}
			continue
		}
		n, whole := complete(rest)
		if !whole && !late {
			break
		}
		if n = max(n, 1); string(rest[:n]) == pasteStart {
			k.pasting = true
		} else if whole || rest[0] == 0x1b && len(rest) <= 2 {
			k.decode(rest[:n])
		}
		rest = rest[n:]
	}
	if len(rest) == 0 {
		k.buf = nil // an idle session keeps no buffer
	} else {
		k.buf = append(k.buf[:0], rest...)
	}
}

// takePaste moves bytes of b into the paste and returns how many, and whether the paste ended with them.
func (k *keys) takePaste(b []byte, late bool) (n int, done bool) {
	n, done = bytes.Index(b, []byte(pasteEnd)), true
	end := n + len(pasteEnd)
	if n < 0 {
		n, done = len(b)-partial(b), late
		if end = n; late {
			n, end = len(b), len(b)
		}
	}
	k.paste = append(k.paste, b[:min(n, max(maxPaste-len(k.paste), 0))]...)
	if done {
		text := string(bytes.ToValidUTF8(k.paste, nil))
		k.paste, k.pasting = nil, false
		k.send(tea.PasteMsg{Content: text})
	}
	return end, done
}

// partial is the length of the end of b that may be the beginning of pasteEnd.
func partial(b []byte) int {
	for n := min(len(b), len(pasteEnd)-1); n > 0; n-- {
		if bytes.HasSuffix(b, []byte(pasteEnd[:n])) {
			return n
		}
	}
	return 0
}

// decode sends the message for one complete key, mouse event or reply. What is none is dropped: bytes that are not
// UTF-8, for one (an old client set to GBK).
func (k *keys) decode(b []byte) {
	if !utf8.Valid(b) && b[0] != 0x1b {
		return
	}
	if key, ok := console[string(b)]; ok {
		k.send(tea.KeyPressMsg{Code: key})
		return
	}
	_, ev := k.decoder.Decode(b)
	switch ev := ev.(type) {
	case nil, uv.UnknownEvent:
	case uv.MultiEvent:
		for _, e := range ev {
			k.send(e)
		}
	default:
		k.send(ev)
	}
}
