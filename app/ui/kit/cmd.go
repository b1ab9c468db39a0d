package kit

import (
	"reflect"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
)

// Cmd is something a screen wants to happen. It works at once, on the loop, in
// the name of the screen it came from; nil is nothing.
type Cmd func(r *Root, from *layer) tea.Cmd

// Batch does several things in order.
func Batch(cmds ...Cmd) Cmd {
	return func(r *Root, from *layer) tea.Cmd {
		var out []tea.Cmd
		for _, c := range cmds {
			if t := r.run(from, c); t != nil {
				out = append(out, t)
			}
		}
		return join(out)
	}
}

// Push puts a screen on top; esc comes back.
func Push(s Screen) Cmd {
	return func(r *Root, from *layer) tea.Cmd { return r.push(s, from, false) }
}

// Show puts a screen on top as a dialog: a box that gets input first.
func Show(s Screen) Cmd {
	return func(r *Root, from *layer) tea.Cmd { return r.push(s, from, true) }
}

// Close takes the screen off the stack without asking, wherever it lies, and
// does then in the name of the screen that opened it.
func Close(then ...Cmd) Cmd {
	return func(r *Root, from *layer) tea.Cmd {
		gone := r.remove(from)
		return tea.Batch(gone, r.run(r.below(from), Batch(then...)))
	}
}

// Replace puts another screen in this one's place, without asking.
func Replace(s Screen) Cmd {
	return func(r *Root, from *layer) tea.Cmd {
		at := slices.Index(r.stack, from)
		gone := r.remove(from)
		if at < 0 {
			at = len(r.stack)
		}
		return tea.Batch(gone, r.insert(min(at, len(r.stack)), s, r.below(from), false))
	}
}

// Back leaves the top screen as esc does: unsaved work is asked about.
func Back() Cmd { return func(r *Root, _ *layer) tea.Cmd { return r.back() } }

// Start empties the stack and begins anew with s; unsaved work is asked about.
func Start(s Screen) Cmd {
	return func(r *Root, _ *layer) tea.Cmd {
		return r.leave(func() tea.Cmd { return r.restart(s) })
	}
}

// Open goes to an address such as "customers/42", on top of what is there.
func Open(address string) Cmd {
	return func(r *Root, from *layer) tea.Cmd { return r.open(address, from) }
}

// Toast says a message in the status line for a few seconds.
func Toast(t Tone, key string, args ...any) Cmd {
	return func(r *Root, _ *layer) tea.Cmd { return r.toast(t, i18n.W(key, args...)) }
}

// Fail says an error in the status line; nil says nothing.
func Fail(err error) Cmd {
	return func(r *Root, _ *layer) tea.Cmd {
		if err == nil {
			return nil
		}
		return r.toast(Bad, err)
	}
}

// Copy puts text on the person's own clipboard (OSC 52) and shows it, for
// terminals that cannot.
func Copy(text string) Cmd {
	return func(r *Root, from *layer) tea.Cmd {
		lines := strings.Split(text, "\n")
		return tea.Batch(line.Copy(text), r.push(&Viewer{Key: "kit.copied", Lines: lines, Note: "kit.copied.note"}, from, true))
	}
}

// Quit leaves the program; unsaved work is asked about.
func Quit() Cmd { return func(r *Root, _ *layer) tea.Cmd { return r.quit() } }

// Redraw paints the whole window again.
func Redraw() Cmd { return Tea(tea.ClearScreen) }

// Configure changes the options of the running Root: another language, another
// menu after a change of rights.
func Configure(change func(*Options)) Cmd {
	return func(r *Root, _ *layer) tea.Cmd {
		change(&r.o)
		return r.resized()
	}
}

// Tell hands a message to the screen below the dialog, or to the screen itself.
func Tell(msg tea.Msg) Cmd {
	return func(r *Root, from *layer) tea.Cmd { return r.tell(from, msg) }
}

// Tea runs a plain bubbletea command. Its message comes back to this screen
// only, and not at all once the screen has gone.
func Tea(c tea.Cmd) Cmd {
	return func(_ *Root, from *layer) tea.Cmd { return address(from, c) }
}

// addressed is a message on its way to one layer.
type addressed struct {
	to  *layer
	msg tea.Msg
}

// address makes c's message find its way back. Bubbletea's own messages
// (quit, clipboard …) pass as they are.
func address(to *layer, c tea.Cmd) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() tea.Msg {
		msg := c()
		if msg == nil {
			return nil
		}
		t := reflect.TypeOf(msg)
		cmds := reflect.TypeOf([]tea.Cmd(nil))
		switch {
		case t.Kind() == reflect.Slice && t.ConvertibleTo(cmds):
			list := reflect.ValueOf(msg).Convert(cmds).Interface().([]tea.Cmd)
			out := make([]tea.Cmd, len(list))
			for i := range list {
				out[i] = address(to, list[i])
			}
			return reflect.ValueOf(out).Convert(t).Interface()
		case t.PkgPath() == "charm.land/bubbletea/v2":
			return msg
		}
		return addressed{to, msg}
	}
}

func join(list []tea.Cmd) tea.Cmd {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return tea.Batch(list...)
}
