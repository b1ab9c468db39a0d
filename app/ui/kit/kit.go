// Package kit is the engine of the screens: one Root that routes keys, a stack
// of screens and dialogs, and the ready-made List, Detail, Form and dialogs that
// nearly every screen is. It knows no school: words come by key, records come
// through functions handed in.
//
// A screen is a pointer that changes in Update and draws in View. What it wants
// to happen it returns as a Cmd: Push, Close, Show, Toast, Ask, Do. A Cmd works
// at once and in order; only the work inside Ask and Do runs elsewhere, and its
// answer comes back to the screen that asked, or to nobody.
package kit

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
)

// Screen is one thing to look at: a list, a record, a form, a dialog.
type Screen interface {
	// Title names the screen in the place line.
	Title(p i18n.Printer) string
	// Init is called once, when the screen comes on the stack.
	Init() Cmd
	// Update hears keys that are no action, pastes, Resized and the messages of
	// its own commands.
	Update(msg tea.Msg) Cmd
	// View draws into w by h cells. It changes nothing.
	View(e Env, w, h int) View
	// Actions says what can be done now, the most useful first.
	Actions() []Action
	// Typing says that letters are text now and no shortcuts.
	Typing() bool
}

// Dirtier is a screen that may hold unsaved work: Dirty says what would be lost
// (a fault), and leaving asks first.
type Dirtier interface{ Dirty() error }

// Watcher is a screen that hears what changed in the database. lost says that
// some events were dropped and everything shown should be read again.
type Watcher interface {
	Changed(events []bus.Event, lost bool) Cmd
}

// Addresser is a screen that can be reached by a text such as "customers/42".
type Addresser interface{ Address() string }

// Env is what drawing needs to know of the reader: his words and his colours.
type Env struct {
	i18n.Printer
	Theme *Theme
}

// Label says the words of a heading, column or field. One that was declared
// without words is called by the last part of its key.
func Label(p i18n.Printer, key string, args ...any) string {
	if i18n.Has(key) {
		return p.T(key, args...)
	}
	return strings.ReplaceAll(key[strings.LastIndex(key, ".")+1:], "_", " ")
}

// Label is the function Label in the reader's words.
func (e Env) Label(key string, args ...any) string { return Label(e.Printer, key, args...) }

// View is what a screen shows.
type View struct {
	Lines    []string       // each at most w cells; fewer than h are filled up
	Cursor   *Pos           // where the terminal's cursor stands, if anywhere
	Pictures []line.Picture // placed within the view
	Status   string         // right end of the status line, such as "1-50 of 214"
}

// Pos is a cell within a view.
type Pos struct{ X, Y int }

// Resized tells a screen its room and its reader: before Init, and whenever the
// window, the menu or the language changes.
type Resized struct {
	Env  Env
	W, H int
}

// Tone is the meaning of a colour.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Muted
	Strong
	Accent
	Good
	Warn
	Bad
)
