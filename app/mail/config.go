package mail

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Variable is the environment variable that [ParseConfig] reads the value of, for its errors.
const Variable = "COHORT_SMTP"

// Security says how the connection to the server is protected.
type Security string

// The kinds of protection.
const (
	StartTLS Security = "starttls" // plain first, then TLS, or nothing is sent; the default of smtp://
	TLS      Security = "tls"      // TLS from the first byte; the default of smtps://
	Plain    Security = "none"     // no protection
)

// Config says by which server mail is sent. The zero value is: by none, mails wait in the outbox.
type Config struct {
	Host     string
	Port     int
	Security Security
	User     string // "" : no log-in
	password string
	From     mail.Address // sender
	roots    *x509.CertPool
}

// ParseConfig reads
//
//	smtp://USER:PASSWORD@HOST:PORT?tls=starttls|tls|none&from=NAME%20<ADDRESS>&ca=FILE
//
// smtps:// stands for tls=tls. The port is 587 by default, 465 with tls=tls, 25 with tls=none. from may be left out when
// USER is an address. ca names a file of PEM certificates that are trusted besides the system's. "" gives the zero Config.
//
// Errors name the variable and what is wrong, and repeat nothing of the value, since a password that is not escaped may
// be anywhere in it.
func ParseConfig(value string) (Config, error) {
	if strings.TrimSpace(value) == "" {
		return Config{}, nil
	}
	c, err := parse(strings.TrimSpace(value))
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", Variable, err)
	}
	return c, nil
}

const form = "want smtp://USER:PASSWORD@HOST:PORT?tls=starttls&from=NAME%20<ADDRESS>"

func parse(value string) (c Config, err error) {
	u, err := url.Parse(value)
	if err != nil {
		return c, fmt.Errorf("not a URL: %s, with special characters of the password written as %%XX", form)
	}
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return c, fmt.Errorf("must begin with smtp:// or smtps://: %s", form)
	case u.Fragment != "" || strings.Contains(value, "#"):
		return c, fmt.Errorf("has a #: in a password write it as %%23")
	case u.Path != "" && u.Path != "/":
		return c, fmt.Errorf("has something after the host: write a / in a password as %%2F")
	case u.Hostname() == "":
		return c, fmt.Errorf("has no host: %s", form)
	}
	c.Host = u.Hostname()
	c.User = u.User.Username()
	c.password, _ = u.User.Password()
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return c, fmt.Errorf("what follows the ? cannot be read: %s", form)
	}
	return c, c.take(u, query)
}

// take fills in what the scheme, the port and the parameters say.
func (c *Config) take(u *url.URL, query url.Values) error {
	for name, values := range query {
		if !slices.Contains([]string{"tls", "from", "ca"}, name) || len(values) > 1 {
			return fmt.Errorf("knows the parameters tls, from and ca, each once")
		}
	}
	for _, step := range []func() error{
		func() error { return c.takeSecurity(u.Scheme, query) },
		func() error { return c.takePort(u.Port()) },
		func() error { return c.takeFrom(query.Get("from")) },
		func() error { return c.takeRoots(query.Get("ca")) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) takeSecurity(scheme string, query url.Values) error {
	c.Security = Security(query.Get("tls"))
	if c.Security == "" {
		c.Security = StartTLS
		if scheme == "smtps" {
			c.Security = TLS
		}
	}
	switch {
	case !slices.Contains([]Security{StartTLS, TLS, Plain}, c.Security):
		return fmt.Errorf("tls must be starttls, tls or none")
	case scheme == "smtps" && c.Security != TLS:
		return fmt.Errorf("smtps:// is tls=tls: for anything else write smtp://")
	case c.User == "" && c.password != "":
		return fmt.Errorf("has a password but no user")
	case c.User != "" && c.password == "":
		return fmt.Errorf("has a user but no password")
	case c.Security == Plain && c.User != "" && !loopback(c.Host):
		return fmt.Errorf("tls=none would send the password in clear: use tls=starttls or tls=tls")
	}
	return nil
}

// loopback says whether a connection to the host stays on this machine: the names go-mail sends a password to.
func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

func (c *Config) takePort(port string) error {
	if port == "" {
		c.Port = map[Security]int{StartTLS: 587, TLS: 465, Plain: 25}[c.Security]
		return nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("the port must be 1 to 65535")
	}
	c.Port = n
	return nil
}

func (c *Config) takeFrom(from string) error {
	if from == "" {
		from = c.User
	}
	a, err := mail.ParseAddress(from)
	if err == nil {
		_, err = Address(a.Address)
	}
	if err != nil {
		return fmt.Errorf("from must be the sender's address, such as from=School%%20<no-reply@school.example>")
	}
	c.From = mail.Address{Name: cleanLine(a.Name, 100), Address: a.Address}
	return nil
}

func (c *Config) takeRoots(file string) error {
	if file == "" {
		return nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the file that ca names cannot be read")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return fmt.Errorf("the file that ca names has no certificate in PEM")
	}
	c.roots = pool
	return nil
}

// Set says whether there is a server to send by.
func (c Config) Set() bool { return c.Host != "" }

// Server is the server's address, without user and password; "" where there is none.
func (c Config) Server() string {
	if !c.Set() {
		return ""
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

// String is Server, so that a Config that is printed by mistake tells no password.
func (c Config) String() string { return c.Server() }

// GoString is Server, for %#v.
func (c Config) GoString() string { return c.Server() }

// domain is the sender's domain.
func (c Config) domain() string { return c.From.Address[strings.LastIndexByte(c.From.Address, '@')+1:] }

func (c Config) tls() *tls.Config {
	return &tls.Config{ServerName: c.Host, RootCAs: c.roots, MinVersion: tls.VersionTLS12}
}
