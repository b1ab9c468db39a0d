// Package kittest drives a real kit.Root in tests: it presses keys, runs the
// commands, waits until all is quiet and reads the screen. After every step it
// fails the test when the drawing overflows the window or two actions share a
// key.
package kittest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/line"
)

// Driver is one session under test.
type Driver struct {
	T     testing.TB
	Root  *kit.Root
	Clock *Clock
	W, H  int
	Ended bool   // the program has quit
	Clip  string // what was sent to the clipboard last

	bus  bool
	msgs chan tea.Msg
}

// Size is a window's size.
type Size struct{ W, H int }

// Sizes are those at which Everywhere draws.
var Sizes = []Size{{60, 15}, {80, 24}, {81, 25}, {99, 30}, {100, 30}, {120, 36}, {160, 45}, {300, 80}}

// New starts a session of 80 by 24. The time is the Clock's unless the printer
// has one of its own.
func New(t testing.TB, o kit.Options) *Driver { return NewSize(t, o, 80, 24) }

// NewSize starts a session of a given size.
func NewSize(t testing.TB, o kit.Options, w, h int) *Driver {
	t.Helper()
	d := &Driver{T: t, W: w, H: h, Clock: NewClock(), msgs: make(chan tea.Msg, 1024), bus: o.Bus != nil}
	if o.Printer.Lang == "" {
		o.Printer.Lang = i18n.English
	}
	if o.Printer.Now == nil {
		o.Printer.Now = d.Clock.Now
	}
	if o.After == nil {
		o.After = d.Clock.After
	}
	if o.Theme == nil {
		o.Theme = kit.NewTheme(kit.Color256)
	}
	d.Root = kit.New(o)
	t.Cleanup(d.Root.Close)
	d.do(d.Root.Init())
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// Keys presses keys one after the other, as bubbletea names them: "j", "enter",
// "ctrl+s", "shift+tab", "space". It settles after each.
func (d *Driver) Keys(keys ...string) *Driver {
	d.T.Helper()
	for _, k := range keys {
		d.Send(Key(k))
	}
	return d
}

// Press presses keys and waits for nothing: what they set going goes on while
// the test looks. Settle handles it.
func (d *Driver) Press(keys ...string) *Driver {
	for _, k := range keys {
		d.Post(Key(k))
	}
	return d
}

// Post gives a message to the program and waits for nothing.
func (d *Driver) Post(msg tea.Msg) { d.update(msg) }

// Burst presses keys without waiting between them, as a fast typist or a paste
// without brackets does.
func (d *Driver) Burst(keys ...string) *Driver {
	d.T.Helper()
	for _, k := range keys {
		d.update(Key(k))
	}
	d.Settle()
	return d
}

// Type types a text, letter by letter, without waiting between them.
func (d *Driver) Type(text string) *Driver {
	d.T.Helper()
	for _, c := range text {
		d.update(Key(string(c)))
	}
	d.Settle()
	return d
}

// Paste pastes a text.
func (d *Driver) Paste(text string) *Driver {
	d.T.Helper()
	d.Send(tea.PasteMsg{Content: text})
	return d
}

// Resize changes the window's size.
func (d *Driver) Resize(w, h int) *Driver {
	d.T.Helper()
	d.W, d.H = w, h
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// Lang changes the reader's language.
func (d *Driver) Lang(l i18n.Lang) *Driver {
	d.T.Helper()
	d.Send(kit.Configure(func(o *kit.Options) { o.Printer.Lang = l }))
	return d
}

// Send gives any message to the program and settles.
func (d *Driver) Send(msg tea.Msg) {
	d.T.Helper()
	d.update(msg)
	d.Settle()
}

func (d *Driver) update(msg tea.Msg) {
	_, cmd := d.Root.Update(msg)
	d.do(cmd)
}

// do runs a command as bubbletea does.
func (d *Driver) do(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.msgs <- cmd() }()
	}
}

// take handles a message that came back from a command.
func (d *Driver) take(msg tea.Msg) {
	if msg == nil {
		return
	}
	cmds := reflect.TypeOf([]tea.Cmd(nil))
	switch t := reflect.TypeOf(msg); {
	case t == reflect.TypeOf(tea.QuitMsg{}):
		d.Ended = true
	case t.Kind() == reflect.Slice && t.ConvertibleTo(cmds):
		for _, c := range reflect.ValueOf(msg).Convert(cmds).Interface().([]tea.Cmd) {
			d.do(c)
		}
	case t == reflect.TypeFor[line.Copied]():
		d.Clip = reflect.ValueOf(msg).String()
	case t.PkgPath() != "charm.land/bubbletea/v2":
		d.update(msg)
	}
}

// Settle handles messages until nothing runs any more. Delays before a search
// or a check are not waited for: the clock is set forward.
func (d *Driver) Settle() {
	d.T.Helper()
	end := time.Now().Add(20 * time.Second)
	for !d.Ended {
		running, waiting := d.Root.Busy()
		wait := time.Millisecond
		if d.bus {
			wait = 3 * time.Millisecond
		}
		if running > 0 {
			wait = time.Until(end)
		}
		select {
		case m := <-d.msgs:
			d.take(m)
			continue
		case <-time.After(wait):
		}
		if running > 0 {
			d.T.Fatal("kittest: still working after 20 seconds")
		}
		if waiting == 0 {
			break
		}
		if d.Clock.Step(50 * time.Millisecond); time.Now().After(end) {
			d.T.Fatal("kittest: something waits for ever")
		}
	}
	d.check()
}

// Advance lets time pass: toasts go, warnings come.
func (d *Driver) Advance(t time.Duration) *Driver {
	d.T.Helper()
	for end := d.Clock.Now().Add(t); !d.Ended; {
		left := end.Sub(d.Clock.Now())
		if left <= 0 {
			break
		}
		d.Clock.Step(min(left, d.Clock.next()))
		d.Settle()
	}
	return d
}

// Glance handles the messages that are there, without waiting for work that
// still runs.
func (d *Driver) Glance() *Driver {
	for {
		select {
		case m := <-d.msgs:
			d.take(m)
		case <-time.After(25 * time.Millisecond):
			return d
		}
	}
}

// Key makes the message of a key from its name.
func Key(name string) tea.KeyPressMsg {
	var mod tea.KeyMod
	for {
		head, rest, ok := strings.Cut(name, "+")
		m, known := mods[head]
		if !ok || !known || rest == "" {
			break
		}
		mod, name = mod|m, rest
	}
	if code, ok := codes[name]; ok {
		k := tea.KeyPressMsg{Code: code, Mod: mod}
		if code == tea.KeySpace && mod == 0 {
			k.Text = " "
		}
		return k
	}
	r := []rune(name)[0]
	k := tea.KeyPressMsg{Code: r, Mod: mod}
	if mod&^tea.ModShift == 0 {
		k.Text = name
	}
	return k
}

var mods = map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}

var codes = map[string]rune{
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEsc, "space": tea.KeySpace,
	"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "insert": tea.KeyInsert, "f1": tea.KeyF1, "f5": tea.KeyF5,
}
