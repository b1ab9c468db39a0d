package line

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// step is what a person does, and the model that must be on the screen afterwards.
type step struct {
	keys  string
	after func(table) table
}

var recorded = []step{
	{"j", func(m table) table { return m.with("j") }},
	{"jjjjj", func(m table) table { return m.with("j", "j", "j", "j", "j") }},
	{"\x1b[6~", func(m table) table { return m.with("pgdown") }},
	{"\x1b[6~\x1b[6~", func(m table) table { return m.with("pgdown", "pgdown") }},
	{"张三", func(m table) table { return m.with("张", "三") }},
	{"，Li", func(m table) table { return m.with("，", "L", "i") }},
	{"\x1b[200~粘贴的文字\x1b[201~", func(m table) table { m.typed += "粘贴的文字"; return m }},
	{"k", func(m table) table { return m.with("k") }},
}

// A session in Chinese, checked cell by cell in two emulators after every step, the cursor too.
func TestRecordedSession(t *testing.T) {
	const w, h = 100, 30
	c := newClient(t, w, h).run(table{})
	m := table{w: w, h: h}
	var frames bytes.Buffer
	sent := 0
	check := func() {
		t.Helper()
		c.shows(m.content())
		cur := m.View().Cursor
		c.await("cursor", func() bool { return c.screen.CursorPosition() == uv.Pos(cur.X, cur.Y) && !c.hidden })
		c.mu.Lock()
		defer c.mu.Unlock()
		frame, _ := json.Marshal(map[string]any{
			"data": base64.StdEncoding.EncodeToString(c.raw[sent:]), "x": cur.X, "y": cur.Y,
			"view": strings.Join(want(m.content(), w, h), "\n"),
		})
		frames.Write(append(frame, '\n'))
		sent = len(c.raw)
	}
	check()
	for _, s := range recorded {
		c.keys(s.keys)
		m = s.after(m)
		check()
	}
	c.keys("\x03")
	if err := c.ends(); err != nil {
		t.Errorf("ended with %v", err)
	}
	c.restored()
	replay(t, frames.Bytes(), w, h)
}

// replay checks the recording in pyte, an emulator by other people, if it is installed (Debian: python3-pyte).
func replay(t *testing.T, frames []byte, w, h int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frames.jsonl")
	if err := os.WriteFile(file, frames, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import pyte").Run() != nil {
			continue
		}
		out, err := exec.Command(python, "testdata/replay_pyte.py", file, fmt.Sprint(w), fmt.Sprint(h)).CombinedOutput()
		if err != nil {
			t.Errorf("pyte shows something else: %v\n%s", err, out)
		}
		return
	}
	t.Log("no pyte: one emulator only")
}

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

// A client that stops reading holds up the painter only.
func TestBlockedReader(t *testing.T) {
	for _, stock := range []bool{false} { // bubbletea's own does block: that is why
		var updates atomic.Int64
		c := newClient(t, 80, 24)
		mail := new(Mailbox)
		n := 0
		c.run(probe{
			update: func(msg tea.Msg) { updates.Add(1); n++ },
			view:   func() tea.View { return tea.NewView(fmt.Sprint(n)) },
		}, func(o *Options) { o.Stock, o.Mail = stock, mail })
		c.await("first frame", func() bool { return c.writes > 0 })
		gate := make(chan struct{})
		c.mu.Lock()
		c.blocked = gate
		c.mu.Unlock()
		before := updates.Load()
		for range 500 {
			c.keys("x")
			mail.Post("tick", "tick")
		}
		for end := time.Now().Add(patience); updates.Load() < before+500; {
			if time.Now().After(end) {
				t.Fatalf("only %d updates while the client does not read", updates.Load()-before)
			}
			time.Sleep(time.Millisecond)
		}
		c.mu.Lock()
		c.blocked = nil
		c.mu.Unlock()
		close(gate)
		c.keys("\x03")
		if err := c.ends(); err != nil {
			t.Error(err)
		}
		c.restored()
	}
}

// A write that stays blocked ends the session, and Run returns although the write does not.
func TestStuckReaderEndsTheSession(t *testing.T) {
	for _, stock := range []bool{false, true} {
		c := newClient(t, 80, 24)
		gate := make(chan struct{})
		defer close(gate)
		c.blocked = gate
		c.run(table{}, func(o *Options) { o.Stuck, o.Stock = 50*time.Millisecond, stock })
		if err := c.ends(); !errors.Is(err, ErrStuck) {
			t.Errorf("stock %v: ended with %v", stock, err)
		}
	}
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

// bomb panics where it is told to, when a key comes.
type bomb struct {
	where string
	lit   bool
}

func (b bomb) Init() tea.Cmd {
	if b.where == "Init" {
		panic("boom")
	}
	return nil
}
func (b bomb) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	boom := func() tea.Msg { panic("boom") }
	if _, ok := msg.(tea.KeyPressMsg); !ok {
		return b, nil
	}
	switch b.where {
	case "Update":
		panic("boom")
	case "command":
		return b, boom
	case "batch":
		return b, tea.Batch(nop, tea.Batch(boom, nop))
	case "sequence":
		return b, tea.Sequence(nop, tea.Sequence(nop, boom), nop)
	case "error":
		panic(fmt.Errorf("wrapped: %w", errBoom))
	}
	b.lit = true
	return b, nil
}
func (b bomb) View() tea.View {
	if b.lit && b.where == "View" {
		panic("boom")
	}
	return tea.NewView("quiet")
}
func (b bomb) Pictures() []Picture {
	if b.lit && b.where == "Pictures" {
		panic("boom")
	}
	return nil
}

var errBoom = errors.New("boom")

// A panic ends its session only, gives the screen back and comes out as an error with the stack.
func TestPanics(t *testing.T) {
	for _, where := range []string{"Init", "Update", "View", "Pictures", "command", "batch", "sequence", "error"} {
		for _, stock := range []bool{false, true} {
			if stock && where == "Pictures" {
				continue
			}
			t.Run(fmt.Sprint(where, stock), func(t *testing.T) {
				c := newClient(t, 40, 10).run(bomb{where: where}, func(o *Options) { o.Stock = stock })
				if where != "Init" {
					c.await("first frame", func() bool { return c.writes > 0 })
					c.keys("x")
				}
				err := c.ends()
				var p *PanicError
				if !errors.As(err, &p) {
					t.Fatalf("ended with %v", err)
				}
				if !strings.Contains(string(p.Stack), "run_test.go") {
					t.Errorf("no stack of the culprit:\n%s", p.Stack)
				}
				if where == "error" && !errors.Is(err, errBoom) {
					t.Errorf("%v lost its cause", err)
				}
				if !stock && where != "Init" {
					c.restored()
				}
				if c.alt {
					t.Error("still in the alternate screen")
				}
			})
		}
	}
}

// tea.Suspend would stop the server process, tea.Exec start a program on it.
func TestNothingReachesTheServer(t *testing.T) {
	c := newClient(t, 40, 10)
	ran := make(chan error, 1)
	c.run(commands{[]tea.Cmd{
		tea.Suspend,
		tea.ExecProcess(exec.Command("true"), func(err error) tea.Msg { ran <- err; return nil }),
	}})
	c.keys("x")
	c.keys("y")
	c.shows("2")
	c.keys("\x03")
	_ = c.ends()
	select {
	case <-ran:
		t.Error("a program was started")
	default:
	}
}

// commands issues one command for each key.
type commands struct{ todo []tea.Cmd }

func (m commands) Init() tea.Cmd { return nil }
func (m commands) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case ok && k.Keystroke() == "ctrl+c":
		return m, tea.Quit
	case ok && len(m.todo) > 0:
		c := m.todo[0]
		m.todo = m.todo[1:]
		return m, c
	}
	return m, nil
}
func (m commands) View() tea.View { return tea.NewView(fmt.Sprint(2 - len(m.todo))) }

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

func TestMailbox(t *testing.T) {
	var m Mailbox
	m.Post("a", 1)
	m.Post("b", 1)
	m.Post("a", 2)
	for _, want := range []any{2, 1} {
		if got, ok := m.take(); !ok || got != want {
			t.Errorf("took %v, %v; want %v", got, ok, want)
		}
	}
	if _, ok := m.take(); ok {
		t.Error("took something from an empty mailbox")
	}
	for i := range 3 * maxKinds {
		m.Post(i, i)
	}
	if got, _ := m.take(); got != 2*maxKinds {
		t.Errorf("the oldest of an overfull mailbox is %v", got)
	}
}

func TestMailReachesTheProgram(t *testing.T) {
	mail := new(Mailbox)
	mail.Post("early", "before the start")
	got := make(chan string, 10)
	newClient(t, 40, 10).run(relay{nil, got}, func(o *Options) { o.Mail = mail })
	if s := <-got; s != "before the start" {
		t.Errorf("got %q", s)
	}
	mail.Post("late", "afterwards")
	if s := <-got; s != "afterwards" {
		t.Errorf("got %q", s)
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
