package line

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

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
				if !strings.Contains(string(p.Stack), "panic_test.go") {
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
