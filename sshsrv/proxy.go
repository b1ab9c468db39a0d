package sshsrv

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pires/go-proxyproto"
)

// headerTimeout is how long a balancer has to say whom a connection is for.
const headerTimeout = 5 * time.Second

// behind is a listener behind balancers, which say in a PROXY header (version 1 or 2) who connects: throttling, limits
// and the audit trail see that address. A balancer without a header, and a header from anybody else, is closed.
type behind struct {
	net.Listener
	balancers []netip.Prefix
}

// Accept gives the next connection. The header is read when somebody asks for the address, so that a slow balancer holds
// up nobody else.
func (b *behind) Accept() (net.Conn, error) {
	c, err := b.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if b.isBalancer(c.RemoteAddr()) {
		return proxyproto.NewConn(c, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(headerTimeout)), nil
	}
	return &stranger{Conn: c}, nil
}

func (b *behind) isBalancer(a net.Addr) bool {
	ip, err := netip.ParseAddr(hostOf(a))
	if err != nil {
		return false
	}
	for _, p := range b.balancers {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// What a PROXY header begins with.
var (
	proxyV1 = []byte("PROXY ")
	proxyV2 = []byte("\r\n\r\n\x00\r\nQUIT\n")
)

var errStranger = errors.New("sshsrv: a PROXY header from an address that is no balancer")

// stranger closes when it begins with a PROXY header: it would speak for others.
type stranger struct {
	net.Conn
	seen []byte // the beginning, as far as it may still be a header
	over bool   // it is none
}

// Read reads on.
func (s *stranger) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if s.over || n == 0 {
		return n, err
	}
	s.seen = append(s.seen, p[:min(n, len(proxyV2)-len(s.seen))]...)
	if bytes.HasPrefix(s.seen, proxyV1) || bytes.HasPrefix(s.seen, proxyV2) {
		_ = s.Close()
		return 0, errStranger
	}
	s.over = !bytes.HasPrefix(proxyV1, s.seen) && !bytes.HasPrefix(proxyV2, s.seen)
	return n, err
}
