package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// demoServer starts a demo school of its own for a Go test.
func demoServer(t *testing.T) *server {
	t.Helper()
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	if err := copySchool(data); err != nil {
		t.Fatal(err)
	}
	s, err := start(data, "--demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if log := s.log.String(); faulty(log) {
			t.Errorf("the server's log:\n%s", log)
		}
	})
	return s
}

// person is somebody on one connection that stays, so that a thousand commands
// cost one log-in.
type person struct {
	t    *testing.T
	conn *gossh.Client
	said *string // how the last refusal went, word for word
}

// dial logs in; applicants need no password.
func (s *server) dial(t *testing.T, user string, auth ...gossh.AuthMethod) person {
	t.Helper()
	conn, err := gossh.Dial("tcp", s.addr, &gossh.ClientConfig{User: user, Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: time.Minute})
	if err != nil {
		t.Fatalf("%s: %v", user, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return person{t, conn, new(string)}
}

func (s *server) demoPerson(t *testing.T, user string) person {
	t.Helper()
	return s.dial(t, user, gossh.Password("cohort-demo"))
}

// answer is what a command gave.
type answer struct {
	out, err string
	code     int
}

func (p person) run(command string) answer { return p.feed(command, "") }

// feed runs a command with standard input.
func (p person) feed(command, input string) answer {
	p.t.Helper()
	s, err := p.conn.NewSession()
	if err != nil {
		p.t.Fatalf("%s: %v", command, err)
	}
	defer func() { _ = s.Close() }()
	var out, errOut bytes.Buffer
	s.Stdin, s.Stdout, s.Stderr = strings.NewReader(input), &out, &errOut
	stuck := time.AfterFunc(time.Minute, func() { _ = s.Close() })
	defer stuck.Stop()
	err = s.Run(command)
	var exit *gossh.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%s: %v %s", command, err, errOut.String())
	}
	a := answer{out.String(), strings.TrimSpace(errOut.String()), 0}
	if exit != nil {
		a.code = exit.ExitStatus()
	}
	*p.said = fmt.Sprint(a.code, " ", a.err)
	return a
}

// must runs a command that has to succeed.
func (p person) must(command string) string {
	p.t.Helper()
	a := p.run(command)
	if a.code != 0 {
		p.t.Fatalf("%s: %d %s", command, a.code, a.err)
	}
	return a.out
}

// sftp does something in an SFTP session.
func (p person) sftp(do func(c *sftp.Client) error) error {
	p.t.Helper()
	c, err := sftp.NewClient(p.conn)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	err = do(c)
	*p.said = fmt.Sprint(err)
	return err
}

// send sends a file by the old scp protocol, in which a client can say whatever
// name it likes; "" is no refusal.
func (p person) send(name string, content []byte) string {
	p.t.Helper()
	head := "C0644 " + itoa(len(content)) + " " + name + "\n"
	a := p.feed("scp -t .", head+string(content)+"\x00")
	if a.code == 0 {
		return ""
	}
	return a.err + a.out
}

// fetch fetches a file by the old scp protocol.
func (p person) fetch(path string) answer {
	p.t.Helper()
	a := p.feed("scp -f "+path, strings.Repeat("\x00", 8))
	return a
}

// put sends a file by SFTP.
func put(c *sftp.Client, name string, content []byte) error {
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func get(c *sftp.Client, name string) error {
	f, err := c.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return errors.Join(err, f.Close())
}
