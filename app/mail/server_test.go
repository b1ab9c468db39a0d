package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postbox is a real SMTP server that keeps what it takes.
type postbox struct {
	t        testing.TB
	addr     string
	ca       string // file with its certificate, when it speaks TLS
	server   *smtp.Server
	password string   // of the user "school"; "": no log-in
	mechs    []string // ways to log in
	// what it says to each command; nil: yes. All are called one at a time.
	onMail func(from string) error
	onRcpt func(to string) error
	onData func(m *mail.Message, nth int) error // errCut: cuts the line

	cutAfterYes bool

	mu    sync.Mutex
	conns int      // accepted so far
	auths []string // mechanisms that succeeded
	tried map[string]int
	got   []*received
}

type received struct {
	to   string
	id   string // Message-ID
	msg  *mail.Message
	body string // as transferred
	tls  bool
}

// start begins to listen: plain (with STARTTLS when secure) or with TLS from the first byte.
func (p *postbox) start(t testing.TB, secure, implicit bool) {
	t.Helper()
	p.t, p.tried = t, map[string]int{}
	p.server = smtp.NewServer(smtp.BackendFunc(p.session))
	p.server.Domain = "mx.test"
	p.server.AllowInsecureAuth = true
	p.server.ErrorLog = silent{}
	if secure || implicit {
		p.server.TLSConfig, p.ca = certificate(t)
	}
	p.listen(implicit)
	t.Cleanup(func() { _ = p.server.Close() })
}

func (p *postbox) listen(implicit bool) {
	address := "127.0.0.1:0"
	if p.addr != "" {
		address = p.addr
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.addr = l.Addr().String()
	l = counter{l, p}
	if implicit {
		l = tls.NewListener(l, p.server.TLSConfig)
	}
	go func() { _ = p.server.Serve(l) }()
}

// counter counts connections.
type counter struct {
	net.Listener
	p *postbox
}

func (c counter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.p.mu.Lock()
	c.p.conns++
	c.p.mu.Unlock()
	if c.p.cutAfterYes {
		conn = cutting{conn}
	}
	return conn, nil
}

// cutting is a connection that breaks right after a mail was taken.
type cutting struct{ net.Conn }

func (c cutting) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if bytes.Contains(b, []byte("queued")) {
		_ = c.Close()
	}
	return n, err
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// certificate makes a self-signed one for 127.0.0.1 and the file to trust it by.
func certificate(t testing.TB) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

// set changes the postbox while it runs.
func (p *postbox) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// connections is how many there have been.
func (p *postbox) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conns
}

// all gives what has been taken.
func (p *postbox) all() []*received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*received(nil), p.got...)
}

// talk is one connection to the postbox.
type talk struct {
	p    *postbox
	conn *smtp.Conn
	in   bool // logged in
	to   string
}

func (p *postbox) session(c *smtp.Conn) (smtp.Session, error) {
	t := &talk{p: p, conn: c}
	if p.password == "" {
		return struct{ smtp.Session }{t}, nil // without AUTH
	}
	return t, nil
}

func (s *talk) AuthMechanisms() []string { return s.p.mechs }

func (s *talk) Auth(mech string) (sasl.Server, error) {
	check := func(user, password string) error {
		s.p.mu.Lock()
		defer s.p.mu.Unlock()
		if user != "school" || password != s.p.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Not the password: " + password}
		}
		s.p.auths = append(s.p.auths, mech)
		s.in = true
		return nil
	}
	if mech == sasl.Login {
		return &login{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// login is the server's half of AUTH LOGIN.
type login struct {
	step  int
	user  string
	check func(user, password string) error
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

func (s *talk) Mail(from string, _ *smtp.MailOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.password != "" && !s.in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if s.p.onMail != nil {
		return s.p.onMail(from)
	}
	return nil
}

func (s *talk) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.onRcpt != nil {
		return s.p.onRcpt(to)
	}
	return nil
}

func (s *talk) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	id := m.Header.Get("Message-Id")
	_, encrypted := s.conn.TLSConnectionState()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.tried[id]++
	if s.p.onData != nil {
		if err := s.p.onData(m, s.p.tried[id]); err != nil {
			if errors.Is(err, errCut) {
				_ = s.conn.Conn().Close()
			}
			return err
		}
	}
	s.p.got = append(s.p.got, &received{to: s.to, id: id, msg: m, body: string(body), tls: encrypted})
	return nil
}

func (*talk) Reset()        {}
func (*talk) Logout() error { return nil }

// Answers of the postbox.
var (
	errCut  = errors.New("cut")
	later   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, try later"}
	never   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	gone    = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Too many mails on this connection"}
	refused = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender not allowed"}
)
