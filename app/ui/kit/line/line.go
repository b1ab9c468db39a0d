// Package line runs one bubbletea program over an SSH channel and draws it by lines: a line that changed is sent whole,
// one that did not is not sent. It stands in for bubbletea's own renderer and input reader, which cost a megabyte and a
// 60 Hz tick for each idle session, ask the terminal questions that old clients print as junk, and let a client that
// stopped reading block Update.
//
// What a session consists of here:
//
//	reader    (keys.go)    channel → keys, pastes, mouse            → program
//	watcher   (line.go)    window sizes, newest wins                → mailbox
//	post      (mailbox.go) messages of other goroutines, newest wins → program
//	program   (session.go) bubbletea's loop: Update, View, commands; panics end only this session
//	painter   (screen.go)  the newest view → changed lines → channel; the only one that a slow client holds up
package line

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Size is a terminal's size in cells.
type Size struct{ Width, Height int }

// Bounds of a screen in cells. What a client asks for beyond them is cut: a screen of 3000 × 1000 cells would cost
// hundreds of megabytes.
const (
	MinWidth, MaxWidth   = 20, 500
	MinHeight, MaxHeight = 5, 200
)

// Clamp brings the size within the bounds; no size at all becomes 80 × 24.
func (s Size) Clamp() Size {
	if s.Width <= 0 || s.Height <= 0 {
		s = Size{80, 24}
	}
	return Size{min(max(s.Width, MinWidth), MaxWidth), min(max(s.Height, MinHeight), MaxHeight)}
}

// Frame tells what it took to show something.
type Frame struct {
	Wait  time.Duration // from the first message that this frame answers to the end of its write
	Write time.Duration // the part of it spent in the client's channel
	Bytes int
}

// Options say where a program runs. In and Out are needed, the rest has defaults.
type Options struct {
	In  io.Reader // what the client types; its end ends the program
	Out io.Writer // the client's terminal; written by one goroutine, one Write a frame

	Width, Height int                  // cells, from the pty request, so that the first frame is right
	Resize        <-chan Size          // new sizes, the newest wins; closed when the client's channel closes, and the program ends
	Term          string               // TERM of the pty request
	Env           []string             // what the client sent, KEY=value
	Profile       colorprofile.Profile // colours of the terminal; by default from Term and Env
	Mail          *Mailbox             // messages from other goroutines

	Stock bool          // bubbletea's own renderer and input reader instead of ours
	Stuck time.Duration // a write blocked for so long ends the session; by default 60 s

	OnFrame func(Frame)                            // for metrics; called by the painter, must not block
	Slow    func(where string, took time.Duration) // an Update or View that took more than 50 ms
}

// How a program ended when not by tea.Quit.
var (
	ErrClosed = errors.New("line: the client closed the session")
	ErrStuck  = errors.New("line: the client stopped reading")
)

const (
	stuckAfter  = 60 * time.Second
	slowAfter   = 50 * time.Millisecond
	resizePause = 30 * time.Millisecond // at most one resize in this time
)

// Run runs m until it quits (nil), the client goes (ErrClosed, ErrStuck), ctx ends (its cause), or something panics
// (*PanicError, with the stack; only this session is lost). ctx may be the connection's: nothing here outlives Run but
// a read from In and a blocked write to Out, which end when the caller closes the channel. Unless the client is gone,
// its own screen and cursor are back when Run returns.
//
// The first Update gets the colours, the environment and the size; the first View follows. m may have a method
// Pictures (see Picture) and may return another model from Update, as in bubbletea. A program cannot suspend or start
// other programs: tea.Suspend, tea.Exec and queries of the terminal do nothing.
func Run(ctx context.Context, o Options, m tea.Model) error {
	o = o.withDefaults()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := newSession(o, m, cancel)
	p := tea.NewProgram(s, s.programOptions(ctx)...)
	s.start(ctx, p)
	err := s.run(ctx, p)
	s.stop()
	cause := context.Cause(ctx)
	if broke := new(PanicError); cause != nil && (err != nil || errors.As(cause, &broke)) {
		return cause
	}
	return err
}

// run waits for the program. The stock renderer does not end while the client does not read: then run goes on without.
func (s *session) run(ctx context.Context, p *tea.Program) error {
	if !s.Stock {
		_, err := p.Run()
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := p.Run()
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(closeTime):
		return context.Cause(ctx)
	}
}

// patient ends the session when the client does not take a write in time. The write itself ends with the channel.
type patient struct {
	io.Writer
	stuck  time.Duration
	cancel context.CancelCauseFunc
}

func (w *patient) Write(b []byte) (int, error) {
	t := time.AfterFunc(w.stuck, func() { w.cancel(ErrStuck) })
	defer t.Stop()
	return w.Writer.Write(b)
}

func (o Options) withDefaults() Options {
	z := Size{o.Width, o.Height}.Clamp()
	o.Width, o.Height = z.Width, z.Height
	o.Env = append([]string{"TERM=" + o.Term}, o.Env...)
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.Env(o.Env)
	}
	if o.Stuck <= 0 {
		o.Stuck = stuckAfter
	}
	if o.Mail == nil {
		o.Mail = new(Mailbox)
	}
	return o
}

// watch takes window sizes until the channel closes, which ends the session.
func (s *session) watch(ctx context.Context) {
	for s.Resize != nil {
		select {
		case <-ctx.Done():
			return
		case z, ok := <-s.Resize:
			for more := true; ok && more; {
				select {
				case z, ok = <-s.Resize:
				default:
					more = false
				}
			}
			if !ok {
				s.cancel(ErrClosed)
				return
			}
			z = z.Clamp()
			s.Mail.Post(sizeKind{}, tea.WindowSizeMsg{Width: z.Width, Height: z.Height})
		}
		if !pause(ctx, resizePause) {
			return
		}
	}
}

type sizeKind struct{}

// pause waits for d and says false when ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
