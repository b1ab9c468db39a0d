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

// none lets enrollment links in, which need no password.
func (l *login) none(conn gossh.ConnMetadata) (*gossh.Permissions, error) {
	if !strings.HasPrefix(conn.User(), LinkPrefix) {
		return nil, gossh.ErrNoAuth
	}
	return l.byLink(conn.User())
}

func (l *login) password(conn gossh.ConnMetadata, password []byte) (*gossh.Permissions, error) {
	return l.byPassword(conn.User(), string(password), "password")
}

// interactive asks the one question that PuTTY and others prefer to the
// password method.
func (l *login) interactive(conn gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	user := conn.User()
	if strings.HasPrefix(user, LinkPrefix) {
		return l.byLink(user)
	}
	if wait := l.throttle.Left(strings.ToLower(user), l.link.addr); wait > 0 && !l.noticed {
		// PuTTY shows this, but no banner in the middle of a log-in.
		l.noticed = true
		_, _ = ask("", l.words().Fault(tooMany(wait)), nil, nil)
		return nil, errDenied
	}
	answers, err := ask("", "", []string{l.words().T("ssh.password") + " "}, []bool{false})
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 {
		return nil, errDenied
	}
	return l.byPassword(user, answers[0], "keyboard-interactive")
}

// byPassword checks a password through the throttle. Whatever is wrong, the
// answer is the same.
func (l *login) byPassword(user, password, method string) (*gossh.Permissions, error) {
	if strings.HasPrefix(user, LinkPrefix) {
		return l.byLink(user)
	}
	name := strings.ToLower(user)
	wait, ok := l.throttle.Begin(l.ctx, name, l.link.addr)
	if !ok {
		return nil, l.ctx.Err()
	}
	if wait > 0 {
		l.refused("login")
		return nil, l.notice(tooMany(wait))
	}
	pass, err := l.askPassword(user, password)
	l.throttle.End(name, l.link.addr, l.outcome("password", err, fault.TooMany))
	if err != nil {
		return nil, l.notice(err)
	}
	id := &identity{Pass: pass, user: user}
	id.Method = method
	if l.offeredBy == user {
		id.offered = l.offered
	}
	return id.permissions(), nil
}

// askPassword asks the door, a few at a time: a hash costs memory and a core.
func (l *login) askPassword(user, password string) (Pass, error) {
	if len(user) > maxUser || len(password) > maxPassword {
		return Pass{}, fault.New(fault.Forbidden, "ssh.denied")
	}
	select {
	case l.hashing <- struct{}{}:
		defer func() { <-l.hashing }()
	case <-l.ctx.Done():
		return Pass{}, l.ctx.Err()
	}
	return l.Door.Password(l.ctx, user, password, l.link.addr)
}

// outcome sorts an error of the door for the throttle. Our own errors are
// logged and held against nobody, as are faults of the kind forgive.
func (l *login) outcome(what string, err error, forgive fault.Kind) outcome {
	switch {
	case err == nil:
		return passed
	case l.ctx.Err() != nil:
		return unknown
	case fault.Of(err) == fault.Internal:
		l.Log.Error("door: "+what, "addr", l.link.addr, "err", err)
		return unknown
	case fault.Of(err) == forgive:
		return unknown
	}
	return failed
}

// tooMany is the throttle's refusal.
func tooMany(wait time.Duration) *fault.Fault {
	return fault.New(fault.TooMany, "ssh.throttled", "wait", wait)
}

// notice turns a refusal into what the client sees: words for a throttle, once
// for each connection, and nothing for anything else.
func (l *login) notice(err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.TooMany || l.noticed {
		return errDenied
	}
	l.noticed = true
	return &gossh.BannerError{Err: errDenied, Message: l.words().Fault(f) + "\r\n"}
}

// byLink opens an enrollment link. One that does not open lets the client in
// all the same, to read in his language why not: clients would otherwise ask
// for a password that does not exist.
func (l *login) byLink(user string) (*gossh.Permissions, error) {
	id := &identity{user: user}
	wait, ok := l.throttle.Begin(l.ctx, user, l.link.addr)
	if !ok {
		return nil, l.ctx.Err()
	}
	var err error
	if wait > 0 {
		err = tooMany(wait)
	} else {
		id.Pass, err = l.askLink(user)
		l.throttle.End(user, l.link.addr, l.outcomeOfLink(err))
	}
	if err != nil {
		l.refused("login")
		id.Pass, id.refused = Pass{Login: LinkPrefix}, l.faultOf(err, "link")
	}
	id.Method = "link"
	return id.permissions(), nil
}

func (l *login) askLink(user string) (Pass, error) {
	if len(user) > maxUser {
		return Pass{}, fault.New(fault.NotFound, "ssh.no_link")
	}
	return l.Door.Link(l.ctx, user, l.link.addr)
}

// outcomeOfLink counts only tokens that do not exist, and those gently: they
// cannot be guessed, but an old link is soon tried with every client one has.
func (l *login) outcomeOfLink(err error) outcome {
	switch o := l.outcome("link", err, fault.TooMany); {
	case o == failed && fault.Of(err) == fault.NotFound:
		return guessed
	case o == failed:
		return unknown
	default:
		return o
	}
}

// key says whether a key would do. It is asked about every key the client
// merely offers, so nothing is counted and nobody is logged in here.
func (l *login) key(conn gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
	user := conn.User()
	if _, cert := key.(*gossh.Certificate); cert || len(user) > maxUser || strings.HasPrefix(user, LinkPrefix) {
		return nil, errDenied
	}
	l.offered, l.offeredBy = key.Marshal(), user
	pass, err := l.Door.Key(l.ctx, user, key, l.link.addr)
	if err != nil {
		l.outcome("key", err, fault.TooMany)
		return nil, errDenied
	}
	id := &identity{Pass: pass, user: user}
	id.Method = "publickey"
	return id.permissions(), nil
}

// log hears how every try ended; err is nil for the one that succeeded.
func (l *login) log(conn gossh.ConnMetadata, method string, err error) {
	if err == nil {
		l.link.loggedIn()
	}
	if l.Watch.Login != nil && (err == nil || method == "password" || method == "keyboard-interactive") {
		l.Watch.Login(method, err == nil)
	}
}

// words speaks before anybody is known, in the server's language.
func (s *Server) words() i18n.Printer {
	return i18n.Printer{Lang: s.Lang, Zone: s.Zone, Now: time.Now}
}
