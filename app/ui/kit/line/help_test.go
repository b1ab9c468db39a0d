package line

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"cohort/app/ui/kit/width"
)

// patience is how long a test waits for what must happen; nothing is measured by it.
const patience = 20 * time.Second

// client is a terminal at the other end of a session: it shows what it gets, and types.
type client struct {
	t    testing.TB
	in   *io.PipeWriter
	out  *io.PipeReader // what the session reads
	size chan Size
	done chan error

	mu       sync.Mutex
	moved    *sync.Cond
	screen   *vt.Emulator
	raw      []byte // all that came
	writes   int
	alt      bool
	hidden   bool
	title    string
	blocked  chan struct{} // when not nil, writes wait for its end
	deadline *time.Timer
}

func newClient(t testing.TB, w, h int) *client {
	c := &client{t: t, screen: vt.NewEmulator(w, h), size: make(chan Size, 1), done: make(chan error, 1)}
	c.moved = sync.NewCond(&c.mu)
	c.out, c.in = io.Pipe()
	c.screen.SetCallbacks(vt.Callbacks{
		AltScreen:        func(on bool) { c.alt = on },
		CursorVisibility: func(on bool) { c.hidden = !on },
		Title:            func(s string) { c.title = s },
	})
	go func() { _, _ = io.Copy(io.Discard, c.screen) }() // its answers
	c.deadline = time.AfterFunc(patience, func() { c.moved.Broadcast() })
	t.Cleanup(func() {
		c.deadline.Stop()
		_ = c.in.Close()
		_ = c.screen.InputPipe().(io.Closer).Close()
	})
	return c
}

// Write is the terminal taking bytes.
func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	gate := c.blocked
	c.mu.Unlock()
	if gate != nil {
		<-gate
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, p...)
	c.writes++
	_, _ = c.screen.Write(p)
	c.moved.Broadcast()
	return len(p), nil
}

// run starts m on this client.
func (c *client) run(m tea.Model, change ...func(*Options)) *client {
	o := Options{
		In: c.out, Out: c, Width: c.screen.Width(), Height: c.screen.Height(), Resize: c.size,
		Term: "xterm-256color", Env: []string{"COLORTERM=truecolor"},
	}
	for _, f := range change {
		f(&o)
	}
	go func() {
		err := Run(context.Background(), o, m)
		c.done <- err
	}()
	return c
}

func (c *client) keys(s string) {
	c.t.Helper()
	if _, err := c.in.Write([]byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) resize(w, h int) {
	c.mu.Lock()
	c.screen.Resize(w, h)
	c.mu.Unlock()
	select {
	case <-c.size:
	default:
	}
	c.size <- Size{w, h}
}

// await waits until ok holds on the terminal.
func (c *client) await(what string, ok func() bool) {
	c.t.Helper()
	end := time.Now().Add(patience)
	c.deadline.Reset(patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	for !ok() {
		if time.Now().After(end) {
			c.t.Fatalf("still no %s; the screen:\n%s", what, strings.Join(rows(c.screen), "\n"))
		}
		c.moved.Wait()
	}
}

// shows waits until the screen is exactly this view.
func (c *client) shows(view string) {
	c.t.Helper()
	c.await("view:\n"+view, func() bool {
		return strings.Join(rows(c.screen), "\n") == strings.Join(want(view, c.screen.Width(), c.screen.Height()), "\n")
	})
}

// ends waits for the program's end.
func (c *client) ends() error {
	c.t.Helper()
	select {
	case err := <-c.done:
		return err
	case <-time.After(patience):
		c.t.Fatal("the program does not end")
		return nil
	}
}

// restored checks that the person's own screen and cursor are back.
func (c *client) restored() {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alt || c.screen.IsAltScreen() {
		c.t.Error("still in the alternate screen")
	}
	if c.hidden {
		c.t.Error("the cursor is hidden")
	}
	for _, mode := range []string{"1000", "1006", "2004"} {
		on, off := strings.Count(string(c.raw), "\x1b[?"+mode+"h"), strings.Count(string(c.raw), "\x1b[?"+mode+"l")
		if on != off {
			c.t.Errorf("mode %s: %d times on, %d times off", mode, on, off)
		}
	}
	if !strings.HasSuffix(string(c.raw), leave) {
		c.t.Errorf("the last bytes are %q", c.raw[max(0, len(c.raw)-60):])
	}
}

// rows reads the emulator's screen, cell by cell.
func rows(e *vt.Emulator) []string {
	out := make([]string, e.Height())
	for y := range out {
		var b strings.Builder
		for x := 0; x < e.Width(); {
			c := e.CellAt(x, y)
			if c == nil || c.Width == 0 {
				b.WriteByte('\x00') // half of a broken wide character
				x++
				continue
			}
			b.WriteString(c.Content)
			x += c.Width
		}
		out[y] = strings.TrimRight(b.String(), " ")
	}
	return out
}

// want is what a plain or styled view looks like on a screen of w × h, by another way than the renderer's.
func want(view string, w, h int) []string {
	out := make([]string, h)
	for y, l := range strings.Split(view, "\n") {
		if y < h {
			out[y] = strings.TrimRight(width.Head(ansi.Strip(l), w), " ")
		}
	}
	return out
}

// table is a list as the screens have them: 400 Chinese and Latin rows, a cursor row, a field to type into.
type table struct {
	w, h, at, top int
	typed         string
	keys          []string
}

var cities = strings.Split("北京 上海 广州 深圳 杭州 成都 武汉 西安 南京 重庆", " ")

func (m table) Init() tea.Cmd { return nil }

func (m table) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.PasteMsg:
		m.typed += msg.Content
	case tea.KeyPressMsg:
		m.keys = append(m.keys[:len(m.keys):len(m.keys)], msg.Keystroke())
		switch msg.Keystroke() {
		case "j", "down":
			m.at = min(m.at+1, 399)
		case "k", "up":
			m.at = max(m.at-1, 0)
		case "pgdown", "space":
			m.at = min(m.at+m.page(), 399)
		case "ctrl+c":
			return m, tea.Quit
		default:
			m.typed += msg.Text
		}
	}
	if m.at < m.top || m.at >= m.top+m.page() {
		m.top = m.at / m.page() * m.page()
	}
	return m, nil
}

func (m table) page() int { return max(m.h-3, 1) }

func (m table) row(i int) string {
	city := cities[i%len(cities)]
	s := width.PadLeft(fmt.Sprint(i), 4) + "  " + width.Fit("张"+city+"三年级", 14) + "  " +
		width.Fit([]string{"已报名", "待审核", "Enrolled, paid"}[i%3], 16) + "  " +
		width.Fit(fmt.Sprintf("1380013%04d", i*7919%10000), 11) + "  " + width.Fit("备注："+strings.Repeat(city+"，", i%9), 40)
	s = width.Fit(s, m.w)
	switch {
	case i == m.at:
		return "\x1b[7m" + s + "\x1b[m"
	case i%3 == 1:
		return s[:6] + "\x1b[38;2;200;120;0m" + s[6:] + "\x1b[m"
	}
	return s
}

func (m table) content() string {
	var b strings.Builder
	b.WriteString("\x1b[1m客户列表\x1b[m  400\n")
	for i := m.top; i < m.top+m.page(); i++ {
		if i < 400 {
			b.WriteString(m.row(i))
		}
		b.WriteByte('\n')
	}
	b.WriteString("查找：" + m.typed)
	return b.String()
}

func (m table) View() tea.View {
	v := tea.NewView(m.content())
	v.Cursor = tea.NewCursor(6+width.Of(m.typed), m.page()+1)
	return v
}

// with applies keys to a copy of the model, as the program does to its own.
func (m table) with(keys ...string) table {
	for _, k := range keys {
		next, _ := m.Update(key(k))
		m = next.(table)
	}
	return m
}

// key makes the message of a key from its name; only those that the tests use.
func key(name string) tea.KeyPressMsg {
	switch name {
	case "pgdown":
		return tea.KeyPressMsg{Code: tea.KeyPgDown}
	case "ctrl+c":
		return tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}
