package sshsrv

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"charm.land/ssh"
)

// link is one connection as the server counts it. It wraps the TCP connection,
// so that whoever closes it gives its place back.
type link struct {
	net.Conn
	addr  string // without port
	block string // whom it is counted with

	conns    *conns
	sessions atomic.Int32
	over     atomic.Bool // ended on purpose: no session begins on it any more
	exchange *time.Timer // closes a connection that does not exchange keys
	once     sync.Once
}

type linkKey struct{}

func linkOf(ctx ssh.Context) *link { return ctx.Value(linkKey{}).(*link) }

// exchanged stops the clock of the key exchange.
func (l *link) exchanged() { l.exchange.Stop() }

// loggedIn frees the place among those who have not.
func (l *link) loggedIn() { l.conns.loggedIn(l) }

// enter counts a session; false where the connection has been ended.
func (l *link) enter() (n int, ok bool) { return int(l.sessions.Add(1)), !l.over.Load() }

// leave gives a session's place back. A connection that was ended closes with
// the last one, when its client has had the time to read why.
func (l *link) leave() {
	if l.sessions.Add(-1) == 0 && l.over.Load() {
		time.AfterFunc(lastWords, func() { _ = l.Close() })
	}
}

// lastWords is how long a client has to read why it was ended, before the
// connection closes under it. Most hang up by themselves at once.
const lastWords = 2 * time.Second

// Close closes the connection and gives its places back, once.
func (l *link) Close() error {
	l.once.Do(func() {
		l.exchange.Stop()
		l.loggedIn()
		l.conns.leave(l.block)
	})
	return l.Conn.Close()
}

// accept counts a new connection, or refuses it: nil closes it.
func (s *Server) accept(ctx ssh.Context, conn net.Conn) net.Conn {
	addr := hostOf(conn.RemoteAddr())
	l := &link{Conn: conn, addr: addr, block: blockOf(addr), conns: &s.conns}
	l.exchange = time.AfterFunc(s.Limits.HandshakeTimeout, func() { _ = conn.Close() })
	room, instead := false, (*link)(nil)
	if !s.draining.Load() {
		room, instead = s.conns.enter(l, s.Limits)
	}
	if instead != nil {
		s.refused("handshake")
		_ = instead.Close()
	}
	if !room {
		l.exchange.Stop()
		s.refused("connection")
		return nil
	}
	ctx.SetValue(linkKey{}, l)
	return l
}

// blockOf gives what an address counts as for limits: an IPv6 client has a
// whole /64 to choose from.
func blockOf(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil || !ip.Is6() {
		return addr
	}
	block, err := ip.Prefix(64)
	if err != nil {
		return addr
	}
	return block.String()
}

// hostOf gives an address without its port.
func hostOf(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap().WithZone("").String()
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
