// Package sshtest helps tests to run an SSH server and the clients that people
// have: OpenSSH, PuTTY, Dropbear, and x/crypto/ssh for what those will not do.
// Nothing of the machine's own configuration, keys or known hosts is used.
package sshtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv"
)

// patience bounds everything that a test waits for. It is long: it ends a
// hanging test, and measures nothing.
const patience = 2 * time.Minute

// Server is a running server.
type Server struct {
	*Target
	*sshsrv.Server
	stop context.CancelFunc
	done chan error // holds what Serve returned
	once sync.Once
}

// Start serves o on a free port of the loopback until the test ends. A host
// key is made where none is given.
func Start(t testing.TB, o sshsrv.Options) *Server {
	t.Helper()
	if len(o.HostKeys) == 0 {
		o.HostKeys = []gossh.Signer{NewKey(t).Signer}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Listener = l
	srv, err := sshsrv.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{Target: At(t, l.Addr().String()), Server: srv, stop: cancel, done: make(chan error, 1)}
	s.HostKey = o.HostKeys[0].PublicKey()
	go func() { s.done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		if err := s.Stop(t); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

// Stop drains the server and gives what Serve returned. A second call does
// nothing and gives nil.
func (s *Server) Stop(t testing.TB) (err error) {
	t.Helper()
	s.once.Do(func() {
		s.stop()
		select {
		case err = <-s.done:
		case <-time.After(patience):
			t.Error("the server does not stop")
		}
	})
	return err
}

// Target is a server's address, as clients need it.
type Target struct {
	t       testing.TB
	Host    string
	Port    int
	HostKey gossh.PublicKey // asked of the server when nil and needed
	home    string          // the clients' home directory
	known   sync.Once       // known_hosts is written
}

// At names a server that runs already, by "host:port".
func At(t testing.TB, addr string) *Target {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &Target{t: t, Host: host, Port: n, home: t.TempDir()}
}

// T is the test that the target belongs to.
func (g *Target) T() testing.TB { return g.t }

// Addr is "host:port".
func (g *Target) Addr() string { return net.JoinHostPort(g.Host, strconv.Itoa(g.Port)) }

// hostKey gives the server's key, and asks the server where the test did not
// say.
func (g *Target) hostKey() gossh.PublicKey {
	if g.HostKey == nil {
		conf := &gossh.ClientConfig{HostKeyCallback: func(_ string, _ net.Addr, k gossh.PublicKey) error {
			g.HostKey = k
			return errors.New("seen enough")
		}, HostKeyAlgorithms: []string{gossh.KeyAlgoED25519}}
		if c, err := gossh.Dial("tcp", g.Addr(), conf); err == nil {
			_ = c.Close()
		}
	}
	return g.HostKey
}

// knownHosts writes the server's key where OpenSSH looks for it, so that it has
// nothing to ask or to warn of.
func (g *Target) knownHosts() string {
	g.t.Helper()
	file := filepath.Join(g.home, "known_hosts")
	g.known.Do(func() {
		line := fmt.Sprintf("[%s]:%d %s", g.Host, g.Port, gossh.MarshalAuthorizedKey(g.hostKey()))
		if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
			g.t.Fatal(err)
		}
	})
	return file
}

// Auth is how a client proves who it is. The zero value proves nothing: for
// enrollment links.
type Auth struct {
	Password string
	Key      *Key
}

// Key is a key pair.
type Key struct {
	Signer gossh.Signer
	File   string // private half in OpenSSH's format; the public half beside it with .pub
}

// NewKey makes an ed25519 key.
func NewKey(t testing.TB) *Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".pub", gossh.MarshalAuthorizedKey(signer.PublicKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	return &Key{Signer: signer, File: file}
}

// Need gives the path of a client. Without it the test is skipped, or fails
// where COHORT_REQUIRE_CLIENTS=1 says that all must be there.
func Need(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("COHORT_REQUIRE_CLIENTS") == "1" {
		t.Fatalf("%s is not installed, and COHORT_REQUIRE_CLIENTS=1", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// Result is what a client said and how it ended.
type Result struct {
	Code     int
	Out, Err string
}

// String shows the result in a test's failure.
func (r Result) String() string {
	return fmt.Sprintf("exit %d\nstdout: %s\nstderr: %s", r.Code, r.Out, r.Err)
}

// Run runs a client to its end. Nothing is on its standard input unless cmd
// says so.
func Run(t testing.TB, cmd *exec.Cmd) Result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !stuck.Stop() {
		t.Fatalf("%s does not end\nstdout: %s\nstderr: %s", strings.Join(cmd.Args, " "), &out, &errOut)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: errOut.String()}
}

// Eventually waits until ok says yes, and fails the test with what when it
// never does.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}
