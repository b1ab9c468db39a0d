package app

import (
	"net"
	"net/netip"
	"os"
	"strconv"
)

// Listening tells the school where its server listens, for the links it shows.
func (a *App) Listening(addr net.Addr) {
	if ap, err := netip.ParseAddrPort(addr.String()); err == nil {
		a.address.Store(&ap)
	}
}

// Host gives host and port as people reach the school: what the configuration
// says, else where the server listens.
func (a *App) Host() (string, int) {
	host, port := "localhost", 22
	if h, p, err := net.SplitHostPort(a.Config.Listen); err == nil {
		host, port = h, number(p)
	}
	if ap := a.address.Load(); ap != nil {
		host, port = ap.Addr().String(), int(ap.Port())
	}
	if public := a.Config.Public; public != "" {
		host = public
		if h, p, err := net.SplitHostPort(public); err == nil {
			host, port = h, number(p)
		}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return host, port
}

func number(port string) int {
	n, err := strconv.Atoi(port)
	if err != nil {
		return 22
	}
	return n
}

// SSHLine is the command line by which somebody logs in, for mails.
func (a *App) SSHLine(login string) string {
	host, port := a.Host()
	if port == 22 {
		return "ssh " + login + "@" + host
	}
	return "ssh -p " + strconv.Itoa(port) + " " + login + "@" + host
}
