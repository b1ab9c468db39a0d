package line

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// What old clients print as junk must not be sent: questions, keyboard protocols, cursor shapes.
func TestNothingThatOldClientsPrint(t *testing.T) {
	c := newClient(t, 80, 24).run(table{})
	c.shows(table{w: 80, h: 24}.content())
	c.keys("j\x03")
	_ = c.ends()
	for _, junk := range []string{"$p", ">4", "u\x1b", "\x1b[c", "\x1b[>", "\x1b[?u", "\x1b[6n", " q", "\x1b]1", "\x1bP", "?2026", "?2027", "?1004"} {
		if strings.Contains(string(c.raw), junk) {
			t.Errorf("sent %q", junk)
		}
	}
}

func TestFirstFrameHasTheSizeColoursAndEnvironment(t *testing.T) {
	var got []string
	first := make(chan []string, 1)
	c := newClient(t, 90, 20).run(probe{func(msg tea.Msg) {
		got = append(got, fmt.Sprintf("%T", msg))
	}, func() tea.View {
		select {
		case first <- append([]string{}, got...):
		default:
		}
		return tea.NewView("x")
	}})
	c.shows("x")
	if s := strings.Join(<-first, " "); s != "tea.ColorProfileMsg tea.EnvMsg tea.WindowSizeMsg" {
		t.Errorf("before the first View came %s", s)
	}
	c.keys("\x03")
	_ = c.ends()
	if s := strings.Join(got, " "); strings.Count(s, "tea.WindowSizeMsg") != 1 {
		t.Errorf("the size was told more than once: %s", s)
	}
	if c.writes != 2 { // and one to leave
		t.Errorf("%d writes", c.writes)
	}
}

// probe is a model made of functions.
type probe struct {
	update func(tea.Msg)
	view   func() tea.View
}

func (p probe) Init() tea.Cmd { return nil }
func (p probe) View() tea.View {
	if p.view == nil {
		return tea.NewView("probe")
	}
	return p.view()
}
func (p probe) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.Keystroke() == "ctrl+c" {
		return p, tea.Quit
	}
	if p.update != nil {
		p.update(msg)
	}
	return p, nil
}

// A thousand sizes in a row are few updates, and the last one counts.
func TestResizeStorm(t *testing.T) {
	var sizes atomic.Int64
	size := Size{}
	c := newClient(t, 80, 24)
	c.run(probe{
		update: func(msg tea.Msg) {
			if m, ok := msg.(tea.WindowSizeMsg); ok {
				size = Size{m.Width, m.Height}
				sizes.Add(1)
			}
		},
		view: func() tea.View { return tea.NewView(strings.Repeat("宽", size.Width/2) + fmt.Sprintf("\n%v", size)) },
	})
	c.shows(strings.Repeat("宽", 40) + "\n{80 24}")
	begin := time.Now()
	for i := 0; i < 1000 || sizes.Load() < 5; i++ {
		if c.resize(60+i%41, 20+i%7); time.Since(begin) > patience {
			t.Fatal("no updates")
		}
	}
	c.resize(99, 33)
	c.shows(strings.Repeat("宽", 49) + "\n{99 33}")
	if n, most := sizes.Load(), time.Since(begin)/resizePause+3; n > int64(most) {
		t.Errorf("%d updates, at most %d were due", n, most)
	}
	c.resize(3000, 1000)
	c.await("clamped size", func() bool { return strings.Contains(strings.Join(rows(c.screen), "\n"), "{500 200}") })
	c.resize(1, 1)
	c.await("clamped size", func() bool { return strings.Contains(string(c.raw), "{20 5}") })
}

// When the SSH channel goes, its size channel is closed: the program ends and nothing spins or stays.
func TestClosedResizeEndsTheProgram(t *testing.T) {
	for _, stock := range []bool{false, true} {
		before := runtime.NumGoroutine()
		c := newClient(t, 80, 24).run(table{}, func(o *Options) { o.Stock = stock })
		c.await("first frame", func() bool { return c.writes > 0 })
		close(c.size)
		if err := c.ends(); !errors.Is(err, ErrClosed) {
			t.Errorf("stock %v: ended with %v", stock, err)
		}
		_ = c.in.Close()
		_ = c.screen.InputPipe().(io.Closer).Close()
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; {
			if time.Now().After(end) {
				buf := make([]byte, 1<<20)
				t.Fatalf("stock %v: goroutines left:\n%s", stock, buf[:runtime.Stack(buf, true)])
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func TestEndOfInputEndsTheProgram(t *testing.T) {
	c := newClient(t, 80, 24).run(table{})
	c.await("first frame", func() bool { return c.writes > 0 })
	_ = c.in.Close()
	if err := c.ends(); !errors.Is(err, ErrClosed) {
		t.Errorf("ended with %v", err)
	}
	c.restored()
}

func TestContextEndsTheProgram(t *testing.T) {
	c := newClient(t, 80, 24)
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("server is going down")
	go func() { c.done <- Run(ctx, Options{In: c.out, Out: c, Width: 80, Height: 24}, table{}) }()
	c.await("first frame", func() bool { return c.writes > 0 })
	cancel(enough)
	if err := c.ends(); !errors.Is(err, enough) {
		t.Errorf("ended with %v", err)
	}
	c.restored()
}

func TestBatchAndSequenceRun(t *testing.T) {
	c := newClient(t, 40, 10)
	say := func(s string) tea.Cmd { return func() tea.Msg { return s } }
	got := make(chan string, 10)
	c.run(relay{tea.Sequence(say("a"), nil, tea.Sequence(say("b"), say("c")), tea.Batch(say("d"))), got})
	for _, w := range []string{"a", "b", "c", "d"} {
		select {
		case s := <-got:
			if s != w {
				t.Errorf("got %q, want %q", s, w)
			}
		case <-time.After(patience):
			t.Fatalf("%q did not come", w)
		}
	}
}

type relay struct {
	cmd tea.Cmd
	got chan string
}

func (r relay) Init() tea.Cmd  { return r.cmd }
func (r relay) View() tea.View { return tea.NewView("") }
func (r relay) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if s, ok := msg.(string); ok {
		r.got <- s
	}
	return r, nil
}

// Many messages at once are many updates, but few views: an unbracketed paste of 100 KB is quick.
func TestManyKeysFewViews(t *testing.T) {
	const n = 100_000
	var updates, views atomic.Int64
	c := newClient(t, 80, 24)
	c.run(probe{
		update: func(msg tea.Msg) {
			if _, ok := msg.(tea.KeyPressMsg); ok {
				updates.Add(1)
			}
		},
		view: func() tea.View { views.Add(1); return tea.NewView(fmt.Sprint(updates.Load())) },
	})
	c.keys(strings.Repeat("a", n))
	c.shows(fmt.Sprint(n))
	if updates.Load() != n || views.Load() > n/20 {
		t.Errorf("%d updates, %d views", updates.Load(), views.Load())
	}
}

func TestTitleMouseAndFrames(t *testing.T) {
	var frames atomic.Int64
	mode := tea.MouseModeCellMotion
	var clicked atomic.Value
	c := newClient(t, 40, 10)
	c.run(probe{
		update: func(msg tea.Msg) {
			switch msg := msg.(type) {
			case tea.MouseClickMsg:
				clicked.Store(fmt.Sprint(msg.X, ",", msg.Y))
				mode = tea.MouseModeNone
			}
		},
		view: func() tea.View {
			v := tea.NewView(fmt.Sprint(mode))
			v.MouseMode, v.WindowTitle = mode, "客户\x1b]2;evil\a 42"
			return v
		},
	}, func(o *Options) {
		o.OnFrame = func(f Frame) {
			if f.Bytes > 0 && f.Wait > 0 {
				frames.Add(1)
			}
		}
	})
	c.shows("1")
	c.await("title", func() bool { return c.title == "客户 42" })
	c.keys("\x1b[<0;5;3M")
	c.shows("0")
	if s := clicked.Load(); s != "4,2" {
		t.Errorf("clicked at %v", s)
	}
	c.keys("\x03")
	_ = c.ends()
	c.restored()
	if strings.Contains(string(c.raw), "1002") || strings.Contains(string(c.raw), "1003") {
		t.Error("asked for motion")
	}
	if frames.Load() != 2 {
		t.Errorf("%d frames reported", frames.Load())
	}
}

// bubbletea's renderer ticks though it draws nothing: after the start its ticker must be gone, or a thousand idle
// sessions wake the server a thousand times a second.
func TestNothingTicks(t *testing.T) {
	c := newClient(t, 40, 10).run(table{})
	c.await("first frame", func() bool { return c.writes > 0 })
	buf := make([]byte, 1<<20)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		all := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(all, "startRenderer") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("still ticking:\n%s", all)
		}
	}
}

func TestClearScreenDrawsEverythingAgain(t *testing.T) {
	c := newClient(t, 40, 10).run(commands{[]tea.Cmd{tea.ClearScreen, nil}})
	c.shows("0")
	c.mu.Lock()
	_, _ = c.screen.WriteString("\x1b[5;5Hnoise of the line")
	c.mu.Unlock()
	c.keys("x")
	c.shows("1")
}

func TestOnMouseIsAskedForItsView(t *testing.T) {
	said := ""
	c := newClient(t, 40, 10)
	c.run(probe{
		update: func(msg tea.Msg) {
			if s, ok := msg.(string); ok {
				said = s
			}
		},
		view: func() tea.View {
			v := tea.NewView("said " + said)
			v.MouseMode = tea.MouseModeCellMotion
			v.OnMouse = func(m tea.MouseMsg) tea.Cmd {
				return func() tea.Msg { return fmt.Sprint("row ", m.Mouse().Y) }
			}
			return v
		},
	})
	c.shows("said")
	c.keys("\x1b[<0;5;3M")
	c.shows("said row 2")
}

func TestSlowIsTold(t *testing.T) {
	where := make(chan string, 10)
	c := newClient(t, 40, 10)
	c.run(probe{view: func() tea.View {
		time.Sleep(slowAfter + time.Millisecond)
		return tea.NewView("late")
	}}, func(o *Options) { o.Slow = func(w string, _ time.Duration) { where <- w } })
	c.shows("late")
	if w := <-where; w != "View" {
		t.Errorf("slow was %s", w)
	}
}

func TestContextThatHasEnded(t *testing.T) {
	c := newClient(t, 40, 10)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Run(ctx, Options{In: c.out, Out: c}, table{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if c.alt {
		t.Error("in the alternate screen")
	}
}
