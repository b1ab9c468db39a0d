package sshsrv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// Server is one SSH server. Make it with New.
type Server struct {
	Options
	charm    *ssh.Server
	throttle *throttle
	hashing  chan struct{} // places for password checks
	conns    conns
	open     registry
	draining atomic.Bool
}

// New makes a server. It fails without a door or a host key.
func New(o Options) (*Server, error) {
	if o.Door == nil || len(o.HostKeys) == 0 {
		return nil, errors.New("sshsrv: a door and a host key are needed")
	}
	if o.Lang == "" {
		o.Lang = i18n.English
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	s := &Server{Options: o, throttle: newThrottle(o.Limits.Throttle), hashing: make(chan struct{}, 2*runtime.NumCPU())}
	s.conns.byAddr = map[string]*visitors{}
	s.open.byID = map[string]*openSession{}
	if o.Mark != "" {
		s.open.mark = "-" + o.Mark
	}
	var err error
	s.charm, err = wish.NewServer(s.charmOptions()...)
	return s, err
}

// charmOptions builds charm's server. Of its own session handling nothing is
// used; forwarding has no handler and is refused.
func (s *Server) charmOptions() []ssh.Option {
	return []ssh.Option{
		func(c *ssh.Server) error {
			for _, k := range s.HostKeys {
				c.AddHostKey(modern(k))
			}
			c.HandshakeTimeout = s.Limits.LoginTimeout
			c.ConnCallback = s.accept
			c.ServerConfigCallback = s.serverConfig
			c.ConnectionFailedCallback = func(conn net.Conn, err error) {
				s.Log.Debug("handshake", "addr", hostOf(conn.RemoteAddr()), "err", err)
			}
			c.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.serveChannel}
			c.RequestHandlers = map[string]ssh.RequestHandler{}
			return nil
		},
		wish.WithMiddleware(s.route, s.enter, s.recover), // the last runs first
	}
}

// Serve listens and serves until ctx ends, then drains: it accepts nobody any
// more, tells open screens, lets commands and transfers finish, and returns nil.
// A listener that fails is an error.
func (s *Server) Serve(ctx context.Context) error {
	l := s.Listener
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", s.Listen); err != nil {
			return fmt.Errorf("listen on %s: %w", s.Listen, err)
		}
	}
	l = &behind{l, s.Proxy}
	if s.Ready != nil {
		s.Ready(l.Addr())
	}
	failed := make(chan error, 1)
	go func() { failed <- s.charm.Serve(l) }()
	select {
	case err := <-failed:
		_ = s.charm.Close()
		return err
	case <-ctx.Done():
	}
	s.drain(l)
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.charm.Shutdown(grace) // clients hang up by themselves when they have read how it ended
	_ = s.charm.Close()
	<-failed
	return nil
}

// drain ends everything in its own way and time.
func (s *Server) drain(l net.Listener) {
	s.draining.Store(true)
	_ = l.Close()
	stop := fault.New(fault.TooMany, "ssh.stopping")
	for _, o := range s.open.all() {
		s.goodbye(o)
	}
	if s.open.wait(s.Limits.DrainScreens) {
		return
	}
	s.open.end(Screens, stop)
	for end := time.Now().Add(s.Limits.DrainTotal); time.Now().Before(end); {
		s.endIdle(stop)
		if s.open.wait(min(s.Limits.DrainTotal, 200*time.Millisecond)) {
			return
		}
	}
	s.open.end("", stop)
	s.open.wait(5 * time.Second)
}

// endIdle ends the sftp sessions that wait at their prompt. A second of rest is
// more than the pause between two files of one transfer.
func (s *Server) endIdle(stop *fault.Fault) {
	for _, o := range s.open.all() {
		if o.Kind == SFTP && o.busy.Idle() > time.Second && time.Since(o.Since) > time.Second {
			o.cancel(ended{stop})
		}
	}
}

// goodbye tells a session's screens that the server is about to stop. A
// session without screens may still be at the door, which changes how to speak
// to its person: it is not asked.
func (s *Server) goodbye(o *openSession) {
	if s.Drain != nil && o.mail.Load() != nil {
		o.post(s.Drain(s.printer(o.session).T("ssh.stopping_soon", "wait", s.Limits.DrainScreens)))
	}
}

// refused tells the metrics that something was turned away.
func (s *Server) refused(what string) {
	if s.Watch.Refused != nil {
		s.Watch.Refused(what)
	}
}
