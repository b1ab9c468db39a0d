package sshtest

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TTY is a session on a terminal, by x/crypto/ssh.
type TTY struct {
	*gossh.Session
	In io.WriteCloser

	t    testing.TB
	mu   sync.Mutex
	seen strings.Builder
}

// NewTTY asks for a terminal of a size and starts a shell, or a command where
// one is given.
func NewTTY(t testing.TB, c *gossh.Client, width, height int, command ...string) *TTY {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.RequestPty("xterm-256color", height, width, gossh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	return StartTTY(t, s, command...)
}

// StartTTY starts a session that has its terminal.
func StartTTY(t testing.TB, s *gossh.Session, command ...string) *TTY {
	t.Helper()
	y := &TTY{Session: s, t: t}
	var err error
	if y.In, err = s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	s.Stdout, s.Stderr = y, y
	if len(command) > 0 {
		err = s.Start(strings.Join(command, " "))
	} else {
		err = s.Shell()
	}
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// Write takes what the server draws.
func (y *TTY) Write(p []byte) (int, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.seen.Write(p)
}

// Seen is everything the server has drawn so far, raw.
func (y *TTY) Seen() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.seen.String()
}

// Type types keys.
func (y *TTY) Type(keys string) {
	y.t.Helper()
	if _, err := io.WriteString(y.In, keys); err != nil {
		y.t.Fatal(err)
	}
}

// Expect waits until text has been drawn.
func (y *TTY) Expect(text string) {
	y.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if strings.Contains(y.Seen(), text) {
			return
		}
	}
	y.t.Fatalf("never drawn: %q\nseen: %q", text, y.Seen())
}

// End waits for the end and gives the exit code, -1 when the server gave none.
func (y *TTY) End() int {
	y.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- y.Wait() }()
	select {
	case err := <-ended:
		return ExitCode(err)
	case <-time.After(patience):
		y.t.Fatalf("the session does not end\nseen: %q", y.Seen())
	}
	return -1
}

// ExitCode reads the exit code out of what x/crypto/ssh returned; -1 when the
// server gave none.
func ExitCode(err error) int {
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitStatus()
	}
	return -1
}
