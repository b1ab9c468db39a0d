package kit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
)

// Options is what a Root is made of.
type Options struct {
	Context context.Context // ends with the session; nil: Background
	Printer i18n.Printer
	Theme   *Theme
	Name    string // the product or school, first in the place line
	Person  string // who is logged in, at its right end
	Menu    []Entry
	LookUp  *LookUp  // what a text that begins with "?" asks in the palette; nil: nothing
	Globals []Action // actions that work on every screen, such as "notifications"
	// Home gives the first screen; nil opens the first entry of the menu.
	Home func() Screen
	// Resolve finds the screen of an address such as "customers/42".
	Resolve func(address string) (Screen, error)
	// Bus, when given, is listened to; screens that are Watchers hear of it.
	Bus *bus.Bus
	// OnEvents hears events before the screens do: an account disabled, rights
	// or language changed.
	OnEvents func(events []bus.Event, lost bool) Cmd
	// Anew says of an event that everything shown must be read again: the rights
	// through which it was read have changed. nil: of none.
	Anew func(bus.Event) bool
	// Unread counts what waits for the person; asked at the start and at events
	// of the resource UnreadOn. UnreadKey is its words, with {n}.
	Unread    func(ctx context.Context) (int, error)
	UnreadOn  string
	UnreadKey string
	Idle      time.Duration // log out after so long without a key; 0: never
	IdleWarn  time.Duration // warn so long before; 0: a minute
	// After is time.After; tests hurry it.
	After func(time.Duration) <-chan time.Time
}

// Entry is one line of the side menu.
type Entry struct {
	ID    string // message key of the label
	Args  []any  // of the label
	Group string // message key of a heading shown above the first of its group; may be ""
	Open  func() Screen
	Badge func() string // a short text such as "3"; may be nil; must not take time
}

// Goodbye ends the session: the text is shown, then the program quits. Send it
// to the program for a server that drains, or return kit.End from OnEvents.
type Goodbye struct {
	Text i18n.Word
	Wait time.Duration // how long it is read; 0: three seconds
}

// End is Goodbye as a command.
func End(key string, args ...any) Cmd {
	return func(r *Root, _ *layer) tea.Cmd { return r.goodbye(Goodbye{Text: i18n.W(key, args...)}) }
}

// OpenMsg sent to the program opens an address.
type OpenMsg struct{ Address string }

// Root routes everything: keys, the stack of screens, dialogs, the menu,
// answers, toasts. It is one session's tea.Model.
type Root struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	w, h   int
	stack  []*layer // screens and dialogs, the top one last
	base   *layer   // stands for the root itself; never on the stack
	jobs   map[*job]bool
	sub    *bus.Sub

	menu     menu
	note     note
	waiting  any  // a notice that follows the toast
	frame    int  // of the spinner
	spinning bool // its tick runs
	inKey    bool // a key is being handled: what pops up was asked for
	quitting bool // as soon as what is being written is written
	bye      string
	unread   int
	idle     idle
	pics     []line.Picture
}

// layer is a screen on the stack.
type layer struct {
	screen Screen
	opener *layer
	dialog bool
	gone   bool
	ctx    context.Context
	cancel context.CancelFunc
	jobs   map[string]*job
	grace  bool // a dialog that came unasked takes no key yet
	w, h   int
}

// New makes a Root.
func New(o Options) *Root {
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Theme == nil {
		o.Theme = NewTheme(NoColor)
	}
	if o.After == nil {
		o.After = time.After
	}
	r := &Root{o: o, w: 80, h: 24, jobs: map[*job]bool{}}
	r.ctx, r.cancel = context.WithCancel(o.Context)
	r.base = &layer{ctx: r.ctx, cancel: func() {}, jobs: map[string]*job{}}
	return r
}

// Init is bubbletea's.
func (r *Root) Init() tea.Cmd {
	var first Screen
	switch {
	case r.o.Home != nil:
		first = r.o.Home()
		r.menu.open = r.entryOf(first)
	case len(r.o.Menu) > 0:
		first = r.o.Menu[0].Open()
	}
	cmds := []tea.Cmd{r.listen(), r.countUnread(), r.startIdle()}
	if first != nil {
		cmds = append(cmds, r.restart(first))
	}
	return tea.Batch(cmds...)
}

// Close ends the session's context; call it when the program has ended.
func (r *Root) Close() {
	r.cancel()
	if r.sub != nil {
		r.sub.Close()
	}
}

func (r *Root) now() time.Time {
	if r.o.Printer.Now != nil {
		return r.o.Printer.Now()
	}
	return time.Now()
}

func (r *Root) env() Env { return Env{r.o.Printer, r.o.Theme} }

// run does a command in the name of a layer.
func (r *Root) run(from *layer, c Cmd) tea.Cmd {
	if c == nil {
		return nil
	}
	if from == nil {
		from = r.base
	}
	return c(r, from)
}

// after gives msg after d, unless the session ends before.
func (r *Root) after(d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-r.ctx.Done():
			return nil
		case <-r.o.After(d):
			return msg
		}
	}
}

// top is the layer that gets input.
func (r *Root) top() *layer {
	if len(r.stack) == 0 {
		return nil
	}
	return r.stack[len(r.stack)-1]
}

// Top gives the screen that gets input, for tests.
func (r *Root) Top() Screen {
	if t := r.top(); t != nil {
		return t.screen
	}
	return nil
}

// Depth says how many screens and dialogs are on the stack, for tests.
func (r *Root) Depth() int { return len(r.stack) }

// Update is bubbletea's.
func (r *Root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.w, r.h = msg.Width, msg.Height
		return r, r.resized()
	case tea.KeyPressMsg:
		r.inKey = true
		cmd := r.key(msg)
		r.inKey = false
		return r, cmd
	case tea.PasteMsg:
		return r, r.paste(msg)
	case addressed:
		if msg.to.gone {
			return r, nil
		}
		return r, r.run(msg.to, r.update(msg.to, msg.msg))
	case reply:
		return r, r.answered(msg)
	case Cmd:
		return r, r.run(r.base, msg)
	}
	return r, r.own(msg)
}

func (r *Root) update(l *layer, msg tea.Msg) Cmd {
	if l == nil || l.screen == nil {
		return nil
	}
	return l.screen.Update(msg)
}

// own handles the Root's own messages.
func (r *Root) own(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case spinMsg:
		r.spinning = false
		r.frame++
		return r.spin()
	case noteMsg:
		if msg.n == r.note.n {
			return r.noteOver()
		}
	case eventsMsg:
		return tea.Batch(r.events(), r.listen())
	case idleMsg:
		return r.idleTick()
	case graceMsg:
		msg.of.grace = false
	case Goodbye:
		return r.goodbye(msg)
	case byeMsg:
		return tea.Quit
	case OpenMsg:
		return r.open(msg.Address, r.base)
	}
	return nil
}

// tell hands a message to the layer that opened this one, or to itself.
func (r *Root) tell(from *layer, msg tea.Msg) tea.Cmd {
	if from.dialog && from.opener != nil && !from.opener.gone {
		return r.run(from.opener, r.update(from.opener, msg))
	}
	return r.run(from, r.update(from, msg))
}

func (r *Root) goodbye(g Goodbye) tea.Cmd {
	if g.Wait == 0 {
		g.Wait = 3 * time.Second
	}
	r.bye = r.o.Printer.T(g.Text.Key, g.Text.Args...)
	return r.after(g.Wait, byeMsg{})
}

type byeMsg struct{}
