package sshsrv

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// What the server speaks. Everything with SHA-1, CBC or finite-field groups is
// left out; OpenSSH since 6.5, PuTTY since 0.67 and Dropbear since 2013.61 find
// a match.
var (
	keyExchanges = []string{gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519, gossh.KeyExchangeECDHP256}
	ciphers      = []string{
		gossh.CipherAES128GCM, gossh.CipherAES256GCM, gossh.CipherChaCha20Poly1305,
		gossh.CipherAES256CTR, gossh.CipherAES192CTR, gossh.CipherAES128CTR,
	}
	macs     = []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM}
	keyAlgos = []string{
		gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoSKECDSA256,
		gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521,
		gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512,
	}
)

// Bounds of what a client may send to log in, in bytes.
const (
	maxUser     = 256
	maxPassword = 1024
	maxTries    = 6
)

// errDenied is all that a failed log-in says.
var errDenied = errors.New("permission denied")

// identity is what the handshake proved. It travels in the connection's
// permissions, which x/crypto/ssh takes from the one callback that succeeded:
// nothing that a client said or offered in an earlier try gets in.
type identity struct {
	Pass
	user    string       // the user name this was proved for
	refused *fault.Fault // let in only to read why not
	offered []byte
}

type identityKey struct{}

func (id *identity) permissions() *gossh.Permissions {
	return &gossh.Permissions{ExtraData: map[any]any{identityKey{}: id}}
}

// identityOf gives what the handshake of conn proved, nil if nothing. It trusts
// the finished connection alone, not the context that its tries have shared.
func identityOf(conn *gossh.ServerConn) *identity {
	if conn.Permissions == nil {
		return nil
	}
	id, _ := conn.Permissions.ExtraData[identityKey{}].(*identity)
	if id == nil || id.user != conn.User() {
		return nil
	}
	return id
}

// login identifies the client of one connection. Its methods run one at a time,
// in the connection's handshake.
type login struct {
	*Server
	ctx  context.Context // ends with the connection
	link *link

	offered   []byte // the key offered last, for
	offeredBy string // this user name
	noticed   bool   // it was told of a throttle
}

// serverConfig makes the handshake's rules for one connection.
func (s *Server) serverConfig(ctx ssh.Context) *gossh.ServerConfig {
	l := &login{Server: s, ctx: ctx, link: linkOf(ctx)}
	return &gossh.ServerConfig{
		Config:                      gossh.Config{KeyExchanges: keyExchanges, Ciphers: ciphers, MACs: macs},
		PublicKeyAuthAlgorithms:     keyAlgos,
		ServerVersion:               "SSH-2.0-Cohort",
		MaxAuthTries:                maxTries,
		NoClientAuth:                true,
		NoClientAuthCallback:        l.none,
		PasswordCallback:            l.password,
		KeyboardInteractiveCallback: l.interactive,
		PublicKeyCallback:           l.key,
		PreAuthConnCallback:         func(gossh.ServerPreAuthConn) { l.link.exchanged() },
		AuthLogCallback:             l.log,
	}
}

// key says whether a key would do. It is asked about every key the client
// merely offers, so nothing is counted and nobody is logged in here.
func (l *login) key(conn gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
	user := conn.User()
	cert, certified := key.(*gossh.Certificate)
	if len(user) > maxUser || strings.HasPrefix(user, LinkPrefix) || certified && isLink(user) {
		return nil, errDenied
	}
	if certified {
		return l.certificate(user, cert)
	}
	if isLink(user) {
		l.offered, l.offeredBy = key.Marshal(), user
		return l.byLink(user)
	}
	l.offered, l.offeredBy = key.Marshal(), user
	pass, err := l.Door.Key(l.ctx, user, key, l.link.addr)
	if err != nil {
		l.outcome("key", err, fault.TooMany)
		return nil, errDenied
	}
	id := &identity{Pass: pass, user: user}
	id.Method = "publickey"
	if pass.Second {
		return nil, l.halfway(id)
	}
	return id.permissions(), nil
}

// certificate says whether a certificate would do, as key does of a key.
func (l *login) certificate(user string, cert *gossh.Certificate) (*gossh.Permissions, error) {
	pass, err := l.Door.Certificate(l.ctx, user, cert, l.link.addr)
	if err != nil {
		l.outcome("certificate", err, fault.TooMany)
		return nil, errDenied
	}
	id := &identity{Pass: pass, user: user}
	id.Method, id.Certificate = "certificate", cert
	if pass.Second {
		return nil, l.halfway(id)
	}
	return id.permissions(), nil
}

// log hears how every try ended; err is nil for the one that succeeded.
func (l *login) log(conn gossh.ConnMetadata, method string, err error) {
	if err == nil {
		l.link.loggedIn()
	}
	var half *gossh.PartialSuccessError
	if errors.As(err, &half) {
		return // neither in nor refused
	}
	if l.Watch.Login != nil && (err == nil || method == "password" || method == "keyboard-interactive") {
		l.Watch.Login(method, err == nil)
	}
}

// words speaks before anybody is known, in the server's language.
func (s *Server) words() i18n.Printer {
	return i18n.Printer{Lang: s.Lang, Zone: s.Zone, Now: time.Now}
}
