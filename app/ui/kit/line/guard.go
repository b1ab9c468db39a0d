package line

import (
	"fmt"
	"reflect"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// PanicError is a panic in a program's own code. The session is over; the server goes on.
type PanicError struct {
	Where string // "Update", "View", "command", …
	Value any
	Stack []byte // for the log
}

func (e *PanicError) Error() string { return fmt.Sprintf("line: panic in %s: %v", e.Where, e.Value) }

// Unwrap gives the error that was the panic's value, if it was one.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// guard, deferred, turns a panic into the end of this session. bubbletea's own recovery would print the stack on the
// server's stderr and lose it for the log, and covers neither the input reader nor a renderer of ours.
func (s *session) guard(where string) {
	if r := recover(); r != nil {
		s.dead.Store(true)
		s.cancel(&PanicError{Where: where, Value: r, Stack: debug.Stack()})
	}
}

// guardCmd guards a command and the commands that it returns.
func (s *session) guardCmd(c tea.Cmd) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer s.guard("command")
		return s.guardMsg(c())
	}
}

var (
	nop         = func() tea.Msg { return nil }
	sequence    = reflect.TypeOf(tea.Sequence(nop, nop)()) // unexported in bubbletea, a slice of commands
	execute     = reflect.TypeOf(tea.Exec(nil, nil)())
	clearScreen = tea.ClearScreen()
)

func (s *session) guardMsg(msg tea.Msg) tea.Msg {
	if batch, ok := msg.(tea.BatchMsg); ok {
		guarded := make(tea.BatchMsg, len(batch))
		for i, c := range batch {
			guarded[i] = s.guardCmd(c)
		}
		return guarded
	}
	if t := reflect.TypeOf(msg); t == nil || t != sequence {
		return msg
	}
	cmds := reflect.ValueOf(msg)
	guarded := reflect.MakeSlice(sequence, cmds.Len(), cmds.Len())
	for i := range cmds.Len() {
		if c, ok := cmds.Index(i).Interface().(tea.Cmd); ok && c != nil {
			guarded.Index(i).Set(reflect.ValueOf(s.guardCmd(c)))
		}
	}
	return guarded.Interface()
}

// harmless drops what would reach beyond the session: tea.Suspend stops the whole server process, tea.Exec starts a
// program on the server.
func harmless(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case nil, tea.SuspendMsg:
		return nil
	}
	if reflect.TypeOf(msg) == execute {
		return nil
	}
	return msg
}
