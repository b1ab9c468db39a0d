package sshsrv

import (
	"bytes"
	"context"
	"io"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// crlf puts "\r" before each "\n" that lacks it, as a terminal in raw mode
// needs. It reports the bytes it was given, not those it wrote. Several
// goroutines may write.
type crlf struct {
	w  io.Writer
	mu sync.Mutex
	cr bool // the last byte was "\r"
}

func (c *crlf) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]byte, 0, len(p)+bytes.Count(p, []byte{'\n'}))
	for _, b := range p {
		if b == '\n' && !c.cr {
			out = append(out, '\r')
		}
		c.cr = b == '\r'
		out = append(out, b)
	}
	if _, err := c.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Control characters that a terminal in raw mode sends.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x08
	ctrlU     = 0x15
	del       = 0x7f
)

// maxLine bounds a line that a person types to a command, in bytes.
const maxLine = 4096

// cooked is a terminal's line discipline for commands that run on one: the
// client's terminal is raw, so the server echoes, edits the line and hears
// ctrl+c.
type cooked struct {
	*io.PipeReader
	in     io.Reader
	screen io.Writer
	cancel context.CancelFunc
	silent atomic.Bool

	pipe *io.PipeWriter
	line []byte
	cr   bool
}

// Echo says whether what is typed from now on is seen. Line breaks always are.
func (c *cooked) Echo(on bool) { c.silent.Store(!on) }

func (c *cooked) echo(text string) {
	if !c.silent.Load() {
		_, _ = io.WriteString(c.screen, text)
	}
}

// newCooked reads in until it ends or ctrl+c, which calls cancel. The reader of
// it gets whole lines that end in "\n", and the end at ctrl+d.
func newCooked(in io.Reader, screen io.Writer, cancel context.CancelFunc) *cooked {
	r, w := io.Pipe()
	c := &cooked{PipeReader: r, in: in, screen: screen, cancel: cancel, pipe: w}
	go c.run()
	return c
}

// run takes keys as they come: lines wait in a queue, so that ctrl+c is heard
// while nobody reads them.
func (c *cooked) run() {
	lines := make(chan []byte, 16)
	go func() {
		for l := range lines {
			_, _ = c.pipe.Write(l)
		}
		_ = c.pipe.Close()
	}()
	defer close(lines)
	buf := make([]byte, 256)
	for {
		n, err := c.in.Read(buf)
		for _, b := range buf[:n] {
			if !c.key(b, lines) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// key takes one byte; false ends the input.
func (c *cooked) key(b byte, lines chan<- []byte) bool {
	afterCR := c.cr
	c.cr = b == '\r'
	switch {
	case b == ctrlC:
		_, _ = io.WriteString(c.screen, "^C\r\n")
		c.cancel()
		return false
	case b == ctrlD:
		return len(c.line) > 0
	case b == '\n' && afterCR:
	case b == '\r' || b == '\n':
		_, _ = io.WriteString(c.screen, "\r\n")
		select {
		case lines <- append(c.line, '\n'):
		default: // nobody reads, and the queue is full
		}
		c.line = nil
	case b == backspace || b == del:
		c.erase(1)
	case b == ctrlU:
		c.erase(utf8.RuneCount(c.line))
	case b < ' ' && b != '\t' || len(c.line) >= maxLine:
	default:
		c.line = append(c.line, b)
		c.echo(string([]byte{b}))
	}
	return true
}

// erase takes n characters off the line and the screen.
func (c *cooked) erase(n int) {
	for ; n > 0 && len(c.line) > 0; n-- {
		r, size := utf8.DecodeLastRune(c.line)
		c.line = c.line[:len(c.line)-size]
		back := "\b \b"
		if r >= 0x1100 { // the wide scripts begin here: two cells
			back += back
		}
		c.echo(back)
	}
}
