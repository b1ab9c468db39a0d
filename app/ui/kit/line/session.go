package line

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
)

// session is the model that bubbletea runs: it hands everything to the person's model, and its views to the painter.
// Its methods are called by bubbletea's loop only, one at a time.
type session struct {
	Options
	inner  tea.Model
	screen *screen // nil with the stock renderer
	keys   *keys
	prog   *tea.Program
	cancel context.CancelCauseFunc
	dead   atomic.Bool // after a panic the model is not asked again

	size  Size
	last  tea.View
	stale bool      // the model changed since the last View
	since time.Time // when it first did
	clear bool      // draw everything again
	clip  string    // what the next frame puts on the client's clipboard
}

func newSession(o Options, m tea.Model, cancel context.CancelCauseFunc) *session {
	s := &session{Options: o, inner: m, cancel: cancel, size: Size{o.Width, o.Height}, stale: true, since: time.Now()}
	if !o.Stock {
		s.screen = newScreen(o, cancel)
	}
	return s
}

// programOptions keep bubbletea to its loop: no signals, no reader, nothing written. It still starts a ticker for its
// renderer, which Init stops.
func (s *session) programOptions(ctx context.Context) []tea.ProgramOption {
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithEnvironment(s.Env), tea.WithFilter(harmless),
		tea.WithColorProfile(s.Profile), tea.WithWindowSize(s.size.Width, s.size.Height),
	}
	if s.Stock {
		return append(opts, tea.WithInput(s.In), tea.WithOutput(&patient{s.Out, s.Stuck, s.cancel}))
	}
	return append(opts, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithFPS(1))
}

// start runs the goroutines around the program.
func (s *session) start(ctx context.Context, p *tea.Program) {
	s.prog = p
	go s.watch(ctx)
	go s.Mail.deliver(ctx, p.Send)
	if s.Stock {
		return
	}
	s.screen.again = func() { p.Send(redraw{}) }
	s.keys = newKeys(p.Send, s.cancel)
	go s.screen.run()
}

// stop gives the client's screen back.
func (s *session) stop() {
	if s.screen != nil {
		s.screen.close()
	}
}

// redraw asks for the view that was left out while the painter was busy.
type redraw struct{}

// Init brings the model up to date before its first View. The reader starts here, when bubbletea is ready to take keys.
func (s *session) Init() tea.Cmd {
	cmds := []tea.Cmd{s.initInner()}
	for _, msg := range []tea.Msg{
		tea.ColorProfileMsg{Profile: s.Profile}, tea.EnvMsg(s.Env),
		tea.WindowSizeMsg{Width: s.size.Width, Height: s.size.Height},
	} {
		cmds = append(cmds, s.update(msg))
	}
	if !s.Stock {
		go s.prog.ReleaseTerminal() // stops bubbletea's ticker; there is no terminal to release
		go s.keys.read(s.In)
	}
	return tea.Batch(cmds...)
}

func (s *session) initInner() (cmd tea.Cmd) {
	defer s.guard("Init")
	return s.guardCmd(s.inner.Init())
}

// Update keeps from the model what is ours or what it already knows.
func (s *session) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case redraw, tea.EnvMsg:
		return s, nil
	case Copied:
		return s, s.onCopy(msg)
	case tea.ColorProfileMsg:
		if msg.Profile == s.Profile {
			return s, nil
		}
	case tea.WindowSizeMsg:
		z := Size{msg.Width, msg.Height}.Clamp()
		if z == s.size {
			return s, nil
		}
		s.size = z
		return s, s.update(tea.WindowSizeMsg{Width: z.Width, Height: z.Height})
	case tea.MouseMsg:
		return s, tea.Batch(s.onMouse(msg), s.update(msg))
	}
	if msg == clearScreen {
		s.clear = true
	}
	return s, s.update(msg)
}

func (s *session) update(msg tea.Msg) (cmd tea.Cmd) {
	if s.dead.Load() {
		return nil
	}
	defer s.guard("Update")
	start := time.Now()
	if !s.stale {
		s.stale, s.since = true, start
	}
	s.inner, cmd = s.inner.Update(msg)
	s.took("Update", start)
	return s.guardCmd(cmd)
}

func (s *session) onMouse(msg tea.MouseMsg) (cmd tea.Cmd) {
	if s.Stock || s.last.OnMouse == nil || s.dead.Load() {
		return nil
	}
	defer s.guard("OnMouse")
	return s.guardCmd(s.last.OnMouse(msg))
}

// View hands the model's view to the painter, if the painter is free; else the painter asks again when it is. So a
// hundred messages at once are a hundred Updates, but one View.
func (s *session) View() tea.View {
	if s.Stock {
		v, _ := s.view()
		v.AltScreen = true
		return v
	}
	if (s.stale || s.clear) && !s.dead.Load() && s.screen.reserve() {
		if v, ok := s.view(); ok {
			s.screen.submit(shot{view: v, size: s.size, pictures: s.pictures(), since: s.since, clear: s.clear, clip: s.clip})
			s.last, s.stale, s.clear, s.clip = v, false, false, ""
		}
	}
	return tea.View{}
}

func (s *session) view() (v tea.View, ok bool) {
	if s.dead.Load() {
		return v, false
	}
	defer s.guard("View")
	start := time.Now()
	v = s.inner.View()
	s.took("View", start)
	return v, true
}

func (s *session) took(where string, start time.Time) {
	if d := time.Since(start); d > slowAfter && s.Slow != nil {
		s.Slow(where, d)
	}
}
