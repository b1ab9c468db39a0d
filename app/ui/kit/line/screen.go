package line

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// shot is a view on its way to the screen.
type shot struct {
	view     tea.View
	size     Size
	pictures []Picture
	since    time.Time
	clear    bool   // write everything again
	clip     string // a sequence for the clipboard, sent with the frame
}

// screen paints shots on a client's terminal and knows what stands there. reserve, submit and close are called by
// others; everything else belongs to its own goroutine.
type screen struct {
	out     io.Writer
	profile colorprofile.Profile
	links   bool // the terminal takes links
	onFrame func(Frame)
	cancel  context.CancelCauseFunc
	again   func() // asks the program for a view; may block until the program ends

	shots      chan shot
	quit, done chan struct{}

	mu   sync.Mutex
	busy bool // a shot is due or being painted, or the pause after it is not over
	left bool // a view was left out meanwhile

	entered bool
	broken  bool // a write failed: nothing more is written
	size    Size
	lines   []string // what is on the screen, by line; unknown where we cannot say
	wrote   []bool   // the lines written in this frame
	shown   []Picture
	title   string
	mouse   bool
	cursor  tea.Position
	visible bool // the cursor is shown
	colors  map[string]string
}

// unknown is a line that equals no view's: it holds a byte that never comes in one.
const unknown = "\n"

// frameTime is the least time from one frame to the next. The first one after a pause goes out at once.
const frameTime = time.Second / 30

const (
	enter = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l\x1b[m\x1b[2J"
	leave = "\x1b[m\x1b[?25h\x1b[?7h\x1b[?2004l\x1b[?1049l"

	mouseOn  = "\x1b[?1000h\x1b[?1006h" // presses, releases and the wheel; no motion
	mouseOff = "\x1b[?1006l\x1b[?1000l"
	hide     = "\x1b[?25l"
	show     = "\x1b[?25h"
)

func newScreen(o Options, cancel context.CancelCauseFunc) *screen {
	return &screen{
		out: &patient{o.Out, o.Stuck, cancel}, profile: o.Profile, links: tellsMore(o.Term), onFrame: o.OnFrame, cancel: cancel,
		shots: make(chan shot, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
}

// reserve says whether the painter is free for one shot, which must follow. If not, the painter calls again later.
func (c *screen) reserve() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy {
		c.left = true
		return false
	}
	c.busy = true
	return true
}

// submit never blocks: there is at most one shot for each reserve.
func (c *screen) submit(s shot) { c.shots <- s }

func (c *screen) run() {
	defer close(c.done)
	defer c.leave()
	defer func() {
		if r := recover(); r != nil {
			c.cancel(&PanicError{Where: "renderer", Value: r, Stack: stack()})
		}
	}()
	pause := time.NewTimer(time.Hour)
	pause.Stop()
	for {
		var s shot
		select {
		case <-c.quit:
			return
		case s = <-c.shots:
		}
		start := time.Now()
		if err := c.paint(s, start); err != nil {
			c.cancel(fmt.Errorf("%w: %w", ErrClosed, err))
			return
		}
		pause.Reset(frameTime - time.Since(start))
		select {
		case <-c.quit:
			return
		case <-pause.C:
		}
		if c.release() {
			c.again()
		}
	}
}

// release makes the painter free and says whether a view was left out.
func (c *screen) release() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.left
	c.busy, c.left = false, false
	return left
}

// paint writes one frame.
func (c *screen) paint(s shot, start time.Time) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	b := append(c.frame((*buf)[:0], s), s.clip...)
	*buf = b
	if len(b) == 0 {
		return nil
	}
	err := c.write(b)
	if c.onFrame != nil && err == nil {
		now := time.Now()
		c.onFrame(Frame{Wait: now.Sub(s.since), Write: now.Sub(start), Bytes: len(b)})
	}
	return err
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// write sends b in one piece.
func (c *screen) write(b []byte) error {
	_, err := c.out.Write(b)
	c.broken = c.broken || err != nil
	return err
}

// leave gives the client its own screen back.
func (c *screen) leave() {
	if !c.entered || c.broken {
		return
	}
	var b []byte
	for _, p := range c.shown {
		b = append(b, p.Clear...)
	}
	if c.mouse {
		b = append(b, mouseOff...)
	}
	if c.title != "" {
		b = append(b, "\x1b]2;\a"...)
	}
	_ = c.write(append(b, leave...))
}

// close stops the painter. It waits for it, but not for a client that does not read.
func (c *screen) close() {
	close(c.quit)
	select {
	case <-c.done:
	case <-time.After(closeTime):
	}
}

// closeTime is what a client gets to take the end of its last frame.
const closeTime = time.Second
