// Package sshsrv is the SSH server: it listens, identifies, and leads to
// screens, commands and files. It knows no rule of the school: who may log in,
// what is drawn and what a command does are handed to it in Options.
//
// It is built on charm.land/ssh and wish, with a session channel of its own
// (channel.go) because theirs hangs on an early window change, spins when a
// shared connection's window is closed, accepts agent forwarding and shares one
// context between the sessions of a connection.
package sshsrv

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"

	tea "charm.land/bubbletea/v2"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/i18n"
	"cohort/app/session"
)

// Options is everything the server is given. Door and one host key are needed;
// a face that is nil is refused with words.
type Options struct {
	Listen   string       // TCP address, such as "127.0.0.1:2222"
	Listener net.Listener // used instead of Listen when not nil
	Public   string       // "host:port" as people reach the server, for the links that are shown; "" is the local address of the connection
	HostKeys []gossh.Signer
	Mark     string         // of several processes: what tells the ids of its sessions from those of the others
	Proxy    []netip.Prefix // balancers that say in a PROXY header who connects; a header from anybody else closes
	Door     Door

	// Screens gives the screens for a session with a terminal, and what to
	// call when they have ended. A nil model is refused with words. s.Start
	// names the record to begin at.
	Screens func(s *session.Session) (tea.Model, func())
	// Command runs one command and gives its exit code. ctx ends when the
	// client goes, at ctrl+c on a terminal, and when the server has waited
	// long enough while draining.
	Command func(ctx context.Context, s *session.Session, args []string, stdin io.Reader, stdout, stderr io.Writer) int
	// Files gives the tree for scp and sftp.
	Files func(s *session.Session) files.FS

	// Explain makes of an error that is no fault what a person may read, and logs
	// it; what says where it came from. Without it he gets a reference.
	Explain func(err error, what string) *fault.Fault

	Lang   i18n.Lang      // where neither account nor client say; "" is English
	Zone   *time.Location // the school's time zone, for the words of this package; nil is UTC
	Limits Limits
	Log    *slog.Logger // nil logs nothing

	// Drain makes the message that each open screen gets when the server is
	// about to stop; the model may end by itself on it. Without it, or when
	// the model stays, screens are ended after Limits.DrainScreens.
	Drain func(words string) tea.Msg
	// StockRenderer uses bubbletea's own renderer instead of package line.
	StockRenderer bool

	Ready func(addr net.Addr) // called once when listening
	Watch Watch
}

// Watch are hooks for metrics; each may be nil. They must not block.
type Watch struct {
	Login   func(method string, ok bool)           // an attempt that proved or failed to prove something; not the mere offer of a key
	Opened  func(kind Kind)                        // a session begins
	Closed  func(kind Kind, d time.Duration)       // and ends
	Frame   func(wait, write time.Duration, n int) // a screen was drawn: since the key, of it in the client's channel, bytes
	Refused func(what string)                      // "connection", "handshake", "session", "login", "panic"
}

// Pass is what the handshake proved. It travels in the permissions of the
// connection, and is compared and filled with life by Door.Enter at the
// beginning of every session.
type Pass struct {
	Account     int64              // 0 for an applicant
	Enrollment  int64              // 0 for an account
	Certificate *gossh.Certificate // what opened, where it was a certificate of the school's authority
	Second      bool               // a code is wanted, too, before anybody is in
	Activation  bool               // came by an activation address: Key is its token
	Login       string             // for the log and the list of open sessions
	Key         string             // what opened: the fingerprint of a key that the handshake then proved, or the token of a link
	Method      string             // "password", "keyboard-interactive", "publickey", "certificate", "link"; set by the server
}

// Door says who may come in. Errors that are faults are for people: TooMany is
// shown as a notice, the faults of Link and Enter are said to the person. Any
// other error of Password, Key and Certificate means no.
type Door interface {
	// Password checks a password. A wrong name must take as long as a wrong
	// password.
	Password(ctx context.Context, login, password, addr string) (Pass, error)
	// Key says whose key this is. It is called for a mere offer too: it must
	// neither log in nor count.
	Key(ctx context.Context, login string, key gossh.PublicKey, addr string) (Pass, error)
	// Certificate says whom a certificate lets in, as Key does: refused without
	// a word where another authority signed it.
	Certificate(ctx context.Context, login string, cert *gossh.Certificate, addr string) (Pass, error)
	// Second checks the code of somebody whose password or key was right and
	// whose pass says that one is wanted. A code opens once.
	Second(ctx context.Context, p Pass, code, addr string) error
	// Link opens an enrollment link by its user name "enroll-TOKEN", or an
	// activation address by "activate-TOKEN". An error that is a fault lets the
	// client in only to read why not.
	Link(ctx context.Context, user, addr string) (Pass, error)
	// Enter is the first step of every screen, command and file transfer: it
	// loads the account again, compares it with the pass, and fills s.Actor
	// and s.Lang (which holds the client's or the server's language until
	// then). done closes when the account is disabled or the link revoked,
	// why then gives the words; leave is called when the session has ended.
	Enter(ctx context.Context, p Pass, s *session.Session) (done <-chan struct{}, why func() error, leave func(), err error)
}

// What the user names of links begin with: those of enrollments, and those that
// activate an account. Neither asks for a password.
const (
	LinkPrefix     = "enroll-"
	ActivatePrefix = "activate-"
)

// Limits bound what clients may take. A zero value means the default; below
// zero means none.
type Limits struct {
	ConnsTotal      int // connections at once; 4000
	ConnsPerAddr    int // from one address, which may be a whole school behind one router; 256
	Handshakes      int // connections not yet logged in; 200; the address with most of them makes room
	SessionsPerConn int // sessions that share one connection; 10
	SessionsTotal   int // 4000

	HandshakesPerAddr int // connections not yet logged in from one address; 64

	HandshakeTimeout time.Duration // until keys are exchanged; 20 s
	LoginTimeout     time.Duration // until somebody logged in, who may have to look for his password; 2 min
	KeepAlive        time.Duration // between two signs of life to a client with a terminal; 30 s
	DrainScreens     time.Duration // screens' time to save when the server stops; 5 s
	DrainTotal       time.Duration // commands' and uploads' time to finish then; 30 s

	Throttle Throttle
}

func (l Limits) withDefaults() Limits {
	orInt := func(v *int, d int) {
		switch {
		case *v == 0:
			*v = d
		case *v < 0:
			*v = 1 << 30
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&l.ConnsTotal, 4000)
	orInt(&l.ConnsPerAddr, 256)
	orInt(&l.Handshakes, 200)
	orInt(&l.HandshakesPerAddr, 64)
	orInt(&l.SessionsPerConn, 10)
	orInt(&l.SessionsTotal, 4000)
	orTime(&l.HandshakeTimeout, 20*time.Second)
	orTime(&l.LoginTimeout, 2*time.Minute)
	orTime(&l.KeepAlive, 30*time.Second)
	orTime(&l.DrainScreens, 5*time.Second)
	orTime(&l.DrainTotal, 30*time.Second)
	l.Throttle = l.Throttle.withDefaults()
	return l
}
