package sshsrv

import (
	"context"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/i18n"
	"cohort/app/ui/kit/line"
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
	n, ok := l.enter()
	defer l.leave()
	if !ok {
		_ = open.Reject(gossh.Prohibited, s.words().T("ssh.ended"))
		return
	}
	if n > s.Limits.SessionsPerConn || s.open.Len() >= s.Limits.SessionsTotal {
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
