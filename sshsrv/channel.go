package sshsrv

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
)

// Bounds of what a client may set before it begins.
const (
	maxEnv      = 32  // variables
	maxEnvValue = 256 // bytes
	maxTerm     = 64  // bytes
	maxCommand  = 64 << 10
)

// channel is one session channel and its requests. It stands in for charm's
// session: it takes window sizes at any time without blocking, has a context of
// its own that ends with the channel even when the connection lives on, refuses
// agent, X11 and environment, and leads subsystems through the same middleware
// as everything else.
type channel struct {
	gossh.Channel
	conn *gossh.ServerConn
	ctx  sessionContext

	resize chan line.Size // newest size only; closed with the channel

	hangup context.CancelFunc // ends ctx

	// Set by enter, in the session's own goroutine, and used there only.
	job   job
	open  *openSession
	words func() i18n.Printer

	mu     sync.Mutex
	env    []string
	pty    *ssh.Pty
	begun  bool
	raw    string // command
	system string // subsystem
	exited bool
}

// sessionContext is a session's own context with the connection's values.
type sessionContext struct {
	ssh.Context
	own context.Context
}

func (c sessionContext) Done() <-chan struct{}       { return c.own.Done() }
func (c sessionContext) Err() error                  { return c.own.Err() }
func (c sessionContext) Deadline() (time.Time, bool) { return c.own.Deadline() }
func (c sessionContext) Value(key any) any           { return c.own.Value(key) }

// serveChannel is the handler of "session" channels.
func (s *Server) serveChannel(srv *ssh.Server, conn *gossh.ServerConn, open gossh.NewChannel, ctx ssh.Context) {
	l := linkOf(ctx)
	defer l.sessions.Add(-1)
	if n := l.sessions.Add(1); int(n) > s.Limits.SessionsPerConn || s.open.Len() >= s.Limits.SessionsTotal {
		s.refused("session")
		_ = open.Reject(gossh.ResourceShortage, s.words().T("ssh.too_many_sessions"))
		return
	}
	ch, reqs, err := open.Accept()
	if err != nil {
		return
	}
	own, cancel := context.WithCancel(ctx)
	c := &channel{
		Channel: ch, conn: conn, ctx: sessionContext{ctx, own}, hangup: cancel,
		resize: make(chan line.Size, 1),
	}
	var running sync.WaitGroup
	c.serve(reqs, func() {
		running.Add(1)
		go func() {
			defer running.Done()
			srv.Handler(c)
			_ = c.Exit(0)
		}()
	})
	running.Wait() // the place is free when the work is done, not when the client says so
}

// serve answers requests until the channel closes; begin starts the work, once.
func (c *channel) serve(reqs <-chan *gossh.Request, begin func()) {
	defer c.hangup()
	defer close(c.resize)
	for req := range reqs {
		ok := false
		switch req.Type {
		case "env":
			ok = c.setenv(req.Payload)
		case "pty-req":
			ok = c.setPty(req.Payload)
		case "window-change":
			ok = c.setSize(req.Payload)
		case "signal":
			ok = c.signal(req.Payload)
		case "shell", "exec", "subsystem":
			ok = c.start(req)
		}
		begins := ok && (req.Type == "shell" || req.Type == "exec" || req.Type == "subsystem")
		if req.WantReply {
			_ = req.Reply(ok, nil)
		}
		if begins {
			begin()
		}
	}
}

// start notes what the client wants; one channel does one thing.
func (c *channel) start(req *gossh.Request) bool {
	var what struct{ Value string }
	if req.Type != "shell" && gossh.Unmarshal(req.Payload, &what) != nil || len(what.Value) > maxCommand {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || req.Type == "subsystem" && what.Value != "sftp" {
		return false
	}
	c.begun = true
	switch req.Type {
	case "exec":
		c.raw = what.Value
	case "subsystem":
		c.system = what.Value
	}
	return true
}

// setenv takes the few variables that say how to speak and draw, and nothing
// else: what a client sets never reaches a process, but a name it chooses
// freely must not be taken for one of ours.
func (c *channel) setenv(payload []byte) bool {
	var kv struct{ Name, Value string }
	if gossh.Unmarshal(payload, &kv) != nil || !welcome(kv.Name) || len(kv.Value) > maxEnvValue {
		return false
	}
	if strings.ContainsFunc(kv.Value, unicode.IsControl) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || len(c.env) >= maxEnv {
		return false
	}
	c.env = append(c.env, kv.Name+"="+kv.Value)
	return true
}

func welcome(name string) bool {
	switch name {
	case "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
		"COLORTERM", "COLORFGBG", "NO_COLOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TZ":
		return true
	}
	return false
}

func (c *channel) setPty(payload []byte) bool {
	var req struct {
		Term                string
		Cols, Rows          uint32
		PixWidth, PixHeight uint32
		Modes               string
	}
	if gossh.Unmarshal(payload, &req) != nil || len(req.Term) > maxTerm || strings.ContainsFunc(req.Term, unusual) {
		return false
	}
	z := clamp(req.Cols, req.Rows)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || c.pty != nil {
		return false
	}
	c.pty = &ssh.Pty{Term: req.Term, Window: ssh.Window{Width: z.Width, Height: z.Height}}
	return true
}

// unusual says whether r has no place in a terminal's name.
func unusual(r rune) bool { return r <= ' ' || r > '~' }

// setSize takes a window change, before the work begins or later. Only the
// newest is kept, so neither a storm of them nor a program that is busy holds
// the connection up.
func (c *channel) setSize(payload []byte) bool {
	var req struct{ Cols, Rows, PixWidth, PixHeight uint32 }
	if gossh.Unmarshal(payload, &req) != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pty == nil || req.Cols == 0 || req.Rows == 0 {
		return false
	}
	z := clamp(req.Cols, req.Rows)
	c.pty.Window = ssh.Window{Width: z.Width, Height: z.Height}
	select {
	case <-c.resize:
	default:
	}
	c.resize <- z // room: this is the only sender
	return true
}

// clamp bounds a size: a client may ask for 3000 × 1000, or for 4 billion.
func clamp(cols, rows uint32) line.Size {
	return line.Size{Width: int(min(cols, 1<<16)), Height: int(min(rows, 1<<16))}.Clamp()
}

// keepAlive sends the client a word it may ignore, again and again until the
// session ends. When the window of a shared connection is killed, OpenSSH (seen
// with 9.2) closes its channel only after something else has woken it: without
// this, the window's session would live as long as the connection.
func (c *channel) keepAlive(every time.Duration) {
	var again func()
	again = func() {
		if c.ctx.Err() != nil {
			return
		}
		if _, err := c.SendRequest("keepalive@openssh.com", false, nil); err == nil {
			time.AfterFunc(every, again)
		}
	}
	time.AfterFunc(every, again)
}

// signal ends the work at the signals that mean so.
func (c *channel) signal(payload []byte) bool {
	var sig struct{ Name string }
	if gossh.Unmarshal(payload, &sig) != nil {
		return false
	}
	switch sig.Name {
	case "INT", "TERM", "HUP", "QUIT", "KILL":
		c.hangup()
		return true
	}
	return false
}
