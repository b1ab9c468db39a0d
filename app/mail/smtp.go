package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"cohort/app/outbox"
)

const (
	patience = 30 * time.Second // for one step of the talk with the server
	farewell = 5 * time.Second  // what is left of it once the program is asked to end
)

// connection is a talk with a mail server by go-mail.
type connection struct {
	cfg  Config
	mail *gomail.Client
	talk *smtp.Client
	conn net.Conn
	calm func() bool // takes back what shortens the talk when the program ends
}

// dial connects and logs in. When ctx ends later, the talk has farewell left.
func (c Config) dial(ctx context.Context) (outbox.Talk[Mail], error) {
	out := &connection{cfg: c, calm: func() bool { return true }}
	options := []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(patience), gomail.WithTLSConfig(c.tls()),
		gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithoutNoop(), gomail.WithoutRset(),
		gomail.WithDialContextFunc(out.open),
	}
	switch c.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if c.User != "" {
		options = append(options, gomail.WithUsername(c.User), gomail.WithPassword(c.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	var err error
	if out.mail, err = gomail.NewClient(c.Host, options...); err != nil {
		return nil, err
	}
	if out.talk, err = out.mail.DialToSMTPClientWithContext(ctx); err != nil {
		out.hangUp()
		return nil, err
	}
	out.calm = context.AfterFunc(ctx, func() { _ = out.conn.SetDeadline(time.Now().Add(farewell)) })
	return out, nil
}

// open is how go-mail gets its connection. It is ours, so that it is closed also where go-mail forgets it.
func (c *connection) open(ctx context.Context, network, address string) (conn net.Conn, err error) {
	d := net.Dialer{Timeout: patience}
	if c.cfg.Security == TLS {
		conn, err = (&tls.Dialer{NetDialer: &d, Config: c.cfg.tls()}).DialContext(ctx, network, address)
	} else {
		conn, err = d.DialContext(ctx, network, address)
	}
	if err == nil {
		c.conn = conn
	}
	return conn, err
}

// Close ends the talk.
func (c *connection) Close() {
	_ = c.talk.Quit()
	c.hangUp()
}

func (c *connection) hangUp() {
	c.calm()
	if c.conn != nil {
		_ = c.conn.Close()
	}
}

// Send hands one mail over. Nothing follows the server's yes (WithoutRset), so that no later trouble on the line can make
// a mail that it took look unsent.
func (c *connection) Send(m Mail) error {
	msg, err := c.cfg.compose(m)
	if err != nil {
		return outbox.Failure{Text: err.Error(), Permanent: true}
	}
	err = c.mail.SendWithSMTPClient(c.talk, msg)
	if err == nil {
		return nil
	}
	f := failed(err)
	f.HungUp = c.talk.Reset() != nil // as after a 421
	return f
}

// compose builds the message. Every header but the fixed ones goes through go-mail's encoder or an address parser.
func (c Config) compose(m Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.SetAddrHeaderFromMailAddress(gomail.HeaderFrom, &c.From)
	if err := msg.SetAddrHeader(gomail.HeaderTo, m.To); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(strings.Trim(m.MessageID, "<>"))
	msg.SetGenHeader(gomail.HeaderContentLang, m.Lang)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday answers, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Body)
	return msg, nil
}

// failed reads go-mail's error. Its IsTemp is false for a broken connection too, which would bury the mail, so the code
// decides; there is none (0) when the server did not answer.
func failed(err error) outbox.Failure {
	f := outbox.Failure{Text: serverWords(err.Error())}
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return f
	}
	f.Permanent = e.ErrorCode() >= 500
	switch e.ErrorCode() {
	case 530, 534, 535, 538: // RFC 4954: authentication required, too weak, failed, needs TLS
		f.Ours = true
	default:
		f.Ours = f.Permanent && e.Reason == gomail.ErrSMTPMailFrom
	}
	return f
}

// serverWords cuts what go-mail adds around the server's answer.
func serverWords(s string) string {
	s, _, _ = strings.Cut(s, ", affected ")
	for _, part := range []string{" command: ", "DATA writer: "} {
		if _, words, found := strings.Cut(s, part); found {
			s = words
			break
		}
	}
	return unquote(s)
}

// unquote takes the quotes off an answer: net/textproto prints it as 550 "No such user".
func unquote(s string) string {
	if i := strings.Index(s, ` "`); i >= 0 {
		if words, err := strconv.Unquote(s[i+1:]); err == nil {
			return s[:i+1] + words
		}
	}
	return s
}
