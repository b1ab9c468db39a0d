package sshsrv

import (
	"errors"
	"fmt"
	"io"
	"net"

	"charm.land/ssh"
	"github.com/anmitsu/go-shlex"
	gossh "golang.org/x/crypto/ssh"
)

// What follows makes a channel an ssh.Session, so that wish's middlewares run
// on it.

var _ ssh.Session = (*channel)(nil)

func (c *channel) User() string         { return c.conn.User() }
func (c *channel) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }
func (c *channel) LocalAddr() net.Addr  { return c.conn.LocalAddr() }
func (c *channel) Context() ssh.Context { return c.ctx }

// PublicKey is always nil: whose key it was is the door's knowledge.
func (c *channel) PublicKey() ssh.PublicKey { return nil }

func (c *channel) Permissions() ssh.Permissions {
	return ssh.Permissions{Permissions: c.conn.Permissions}
}

func (c *channel) Environ() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.env...)
}

func (c *channel) RawCommand() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw
}

// Command gives the command's words as a POSIX shell would split them, nil when
// there is no command or a quote is left open.
func (c *channel) Command() []string {
	words, err := shlex.Split(c.RawCommand(), true)
	if err != nil {
		return nil
	}
	return words
}

func (c *channel) Subsystem() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.system
}

func (c *channel) EmulatedPty() bool { return true }

// Pty gives the terminal as it is now. The sizes come through c.resize, not
// through the channel that charm's middlewares expect.
func (c *channel) Pty() (ssh.Pty, <-chan ssh.Window, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pty == nil {
		return ssh.Pty{}, nil, false
	}
	return *c.pty, nil, true
}

// Signals and Break do nothing: signals end the session's context.
func (c *channel) Signals(chan<- ssh.Signal) {}
func (c *channel) Break(chan<- bool)         {}

// Exit tells the client how it ended and closes the channel. A second call is
// an error and does nothing.
func (c *channel) Exit(code int) error {
	c.mu.Lock()
	if c.exited {
		c.mu.Unlock()
		return errors.New("sshsrv: session has exited")
	}
	c.exited = true
	c.mu.Unlock()
	_, err := c.SendRequest("exit-status", false, gossh.Marshal(&struct{ Status uint32 }{uint32(code)}))
	return errors.Join(err, c.Close())
}

// Write is for text: on a terminal each line break becomes "\r\n". Screens and
// files write to the channel below.
func (c *channel) Write(p []byte) (int, error) {
	if c.tty() {
		return (&crlf{w: c.Channel}).Write(p)
	}
	return c.Channel.Write(p)
}

// Stderr is standard error, which on a terminal is the terminal: two streams
// would reach the client in no order.
func (c *channel) Stderr() io.ReadWriter {
	if c.tty() {
		return struct {
			io.Reader
			io.Writer
		}{c.Channel.Stderr(), c}
	}
	return c.Channel.Stderr()
}

// streams gives a command's standard streams; on a terminal, ctrl+c calls
// interrupt.
func (c *channel) streams(interrupt func()) (in io.Reader, out, errOut io.Writer) {
	if c.tty() {
		terminal := &crlf{w: c.Channel}
		return newCooked(c.Channel, c.Channel, interrupt), terminal, terminal
	}
	return c.Channel, c.Channel, c.Channel.Stderr()
}

// terminal names the terminal and its size as it began: "xterm 80x24"; "" where
// there is none.
func (c *channel) terminal() string {
	pty, _, ok := c.Pty()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %dx%d", pty.Term, pty.Window.Width, pty.Window.Height)
}

func (c *channel) tty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pty != nil
}
