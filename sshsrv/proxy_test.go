package sshsrv_test

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"
	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// through logs amy in over a connection that begins with some bytes, and gives the address that the server saw.
func through(t *testing.T, srv *sshtest.Server, door *fakeDoor, head string) (string, error) {
	t.Helper()
	c, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, head); err != nil {
		t.Fatal(err)
	}
	conn, chans, reqs, err := gossh.NewClientConn(c, srv.Addr(), srv.Config("amy", sshtest.Auth{Password: "amy-pw"}))
	if err != nil {
		return "", err
	}
	client := gossh.NewClient(conn, chans, reqs)
	defer func() { _ = client.Close() }()
	s, err := client.NewSession()
	if err != nil {
		return "", err
	}
	out, err := s.Output("addr")
	return strings.TrimSpace(string(out)), err
}

func header(t *testing.T, version byte, from string) string {
	t.Helper()
	h := proxyproto.HeaderProxyFromAddrs(version, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from)), net.TCPAddrFromAddrPort(netip.MustParseAddrPort("198.51.100.1:22")))
	b, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBalancersSayWhoConnects(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) { o.Proxy = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	for version, name := range map[byte]string{1: "version 1", 2: "version 2"} {
		if addr, err := through(t, srv, door, header(t, version, "203.0.113.9:4711")); err != nil || addr != "203.0.113.9" {
			t.Errorf("%s: seen as %q, %v", name, addr, err)
		}
	}
	if _, err := through(t, srv, door, ""); err == nil {
		t.Error("a balancer that says nothing is let in")
	}
	if _, err := through(t, srv, door, "PROXY TCP4 nonsense\r\n"); err == nil {
		t.Error("nonsense is let in")
	}
}

// The throttle goes by the address that is behind the balancer.
func TestThrottleSeesTheAddressBehindTheBalancer(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) {
		o.Proxy = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		o.Limits.Throttle = sshsrv.Throttle{Pair: 1, First: time.Hour, Max: time.Hour}
	})
	c, _ := net.Dial("tcp", srv.Addr())
	_, _ = io.WriteString(c, header(t, 2, "203.0.113.9:4711"))
	if _, _, _, err := gossh.NewClientConn(c, srv.Addr(), srv.Config("amy", sshtest.Auth{Password: "wrong"})); err == nil {
		t.Fatal("a wrong password was taken")
	}
	if _, err := through(t, srv, door, header(t, 2, "203.0.113.9:4712")); err == nil {
		t.Error("the same address is not throttled")
	}
	if _, err := through(t, srv, door, header(t, 2, "203.0.113.10:4711")); err != nil {
		t.Errorf("another address: %v", err)
	}
}

// Nobody else may speak for others, in whatever pieces the header comes; without one he is served as ever.
func TestHeaderFromAnybodyElseCloses(t *testing.T) {
	for name, balancers := range map[string][]netip.Prefix{"no balancers": nil, "others": {netip.MustParsePrefix("192.0.2.0/24")}} {
		srv, door := server(t, func(o *sshsrv.Options) { o.Proxy = balancers })
		for version := byte(1); version <= 2; version++ {
			if addr, err := through(t, srv, door, header(t, version, "203.0.113.9:4711")); err == nil {
				t.Errorf("%s: version %d let in, seen as %s", name, version, addr)
			}
		}
		c, err := net.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		for _, part := range []string{"PR", "OXY", " TCP4 203.0.113.9 198.51.100.1 1 2\r\n"} {
			_, _ = io.WriteString(c, part)
		}
		rest, _ := io.ReadAll(c)
		_ = c.Close()
		if strings.Contains(string(rest), "ssh-ed25519") { // the key exchange has begun
			t.Errorf("%s: in pieces: %q", name, rest)
		}
		if addr, err := through(t, srv, door, ""); err != nil || addr != "127.0.0.1" {
			t.Errorf("%s: without a header: seen as %q, %v", name, addr, err)
		}
	}
}
