package bench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

func whoami() string {
	u, err := user.Current()
	if err != nil {
		return "root"
	}
	return u.Username
}

// patience ends what hangs; it measures nothing.
const patience = time.Minute

// client makes a command line of OpenSSH's: who logs in with the server's key,
// or with no key at all by an enrollment link. HOST in args is the server.
func (s *server) client(name string, args ...string) *exec.Cmd {
	flag := "-P"
	if filepath.Base(name) == "ssh" {
		flag = "-p"
	}
	all := append([]string{"-F", "/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-i", filepath.Join(s.home, "key"), flag, s.port()}, args...)
	return exec.Command(name, all...)
}

// run runs a client to its end; a client that fails ends the benchmark.
func run(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

// signer reads the server's key.
func (s *server) signer(b *testing.B) gossh.AuthMethod {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(s.home, "key"))
	must(b, err)
	key, err := gossh.ParsePrivateKey(text)
	must(b, err)
	return gossh.PublicKeys(key)
}

// dial logs in. Each i stands for another machine: it comes from an address of
// its own on the loopback, where the system has more than one.
func (s *server) dial(login string, auth gossh.AuthMethod, i int) (*gossh.Client, error) {
	d := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+i/200), byte(1+i%200))}}
	conn, err := d.Dial("tcp", s.addr)
	if err != nil {
		conn, err = net.DialTimeout("tcp", s.addr, patience)
	}
	if err != nil {
		return nil, err
	}
	c, channels, requests, err := gossh.NewClientConn(conn, s.addr, &gossh.ClientConfig{
		User: login, Auth: []gossh.AuthMethod{auth}, HostKeyCallback: gossh.InsecureIgnoreHostKey()})
	if err != nil {
		return nil, err
	}
	return gossh.NewClient(c, channels, requests), nil
}

// screen is one person in front of a terminal of 120 × 40.
type screen struct {
	client *gossh.Client
	keys   io.WriteCloser
	frame  func(time.Duration) // after a key, when its frame comes
	bytes  atomic.Int64
	writes atomic.Int64
	sent   atomic.Int64 // when a key was pressed that has no frame yet

	mu   sync.Mutex
	want []byte
	seen bytes.Buffer
	hit  chan time.Time
}

var birth = time.Now()

// open starts the screens, or a command on a terminal.
func open(c *gossh.Client, command string) (*screen, error) {
	s := &screen{client: c}
	sess, err := c.NewSession()
	if err != nil {
		return nil, err
	}
	if err := sess.RequestPty("xterm-256color", 40, 120, gossh.TerminalModes{}); err != nil {
		return nil, err
	}
	if s.keys, err = sess.StdinPipe(); err != nil {
		return nil, err
	}
	sess.Stdout = s
	if command == "" {
		return s, sess.Shell()
	}
	return s, sess.Start(command)
}

// expect prepares for a text to be drawn; wait waits for it.
func (s *screen) expect(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want, s.hit = []byte(text), make(chan time.Time, 1)
	s.seen.Reset()
}

func (s *screen) wait() (time.Time, error) {
	select {
	case at := <-s.hit:
		return at, nil
	case <-time.After(patience):
		return time.Time{}, fmt.Errorf("never drawn: %q\nseen: %q", s.want, s.seen.String())
	}
}

// press types keys and remembers when.
func (s *screen) press(keys string) error {
	s.sent.Store(int64(time.Since(birth)))
	_, err := io.WriteString(s.keys, keys)
	return err
}

// Write takes what the server draws.
func (s *screen) Write(p []byte) (int, error) {
	now := time.Now()
	s.bytes.Add(int64(len(p)))
	s.writes.Add(1)
	if sent := s.sent.Swap(0); sent != 0 && s.frame != nil {
		s.frame(now.Sub(birth) - time.Duration(sent))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.want != nil {
		s.seen.Write(p)
		if bytes.Contains(s.seen.Bytes(), s.want) {
			s.want = nil
			s.hit <- now
		}
	}
	return len(p), nil
}

// quiet waits until nothing has been drawn for a while.
func (s *screen) quiet() {
	for last := int64(-1); last != s.writes.Load(); {
		last = s.writes.Load()
		time.Sleep(150 * time.Millisecond)
	}
}
