package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestTheOthersDoNotNotice lets people do to the server whatever a client can: not read, resize, paste, flood it with
// connections, hang up in the middle. Meanwhile somebody works, and every key of hers has its frame and every command its
// answer; the server's memory stays bounded, and when the rude ones have gone, nothing of theirs is left.
func TestTheOthersDoNotNotice(t *testing.T) {
	t.Parallel()
	s := demoServer(t)
	r := &rude{addr: s.addr}
	worker := newWitness(t, s)
	before := memory(t, s)
	var all sync.WaitGroup
	for i, misbehave := range []func(i int) error{r.doesNotRead, r.doesNotRead, r.resizes, r.pastes, r.pastes, r.floods, r.talksNonsense, r.opensSessions, r.hangsUp} {
		all.Go(func() {
			for !r.ended.Load() {
				if err := misbehave(i); err == nil {
					r.done[i].Add(1)
				}
			}
		})
	}
	slowest := time.Duration(0)
	for i := range 100 {
		begin := time.Now()
		worker.press(i)
		slowest = max(slowest, time.Since(begin))
		if i%10 == 0 {
			worker.must(fmt.Sprintf("customers add --name=Rude%d --qq=%d --source=other", i, 70000000+i))
		}
	}
	for !r.everybody(9) {
		worker.must("customers list owner:me")
	}
	after := memory(t, s)
	t.Logf("the slowest key %v; %d MB at first, %d MB now", slowest, before>>20, after>>20)
	most := int64(384 << 20)
	if raceEnabled {
		most *= 5 // what the race detector keeps beside everything
	}
	if after > before+most {
		t.Error("the server has grown")
	}
	r.ended.Store(true)
	all.Wait()
	admin := s.demoPerson(t, "admin")
	for range 300 {
		if r.left = sessionsOf(admin, "sales_b"); r.left == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%d sessions of the rude ones are still open", r.left)
}

// witness is sales_a before the list of customers.
type witness struct {
	person
	keys  io.Writer
	drawn chan struct{}
}

func newWitness(t *testing.T, s *server) *witness {
	t.Helper()
	w := &witness{s.demoPerson(t, "sales_a"), nil, make(chan struct{}, 1)}
	sess, err := w.conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := sess.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if w.keys, err = sess.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	sess.Stdout = w
	if err := sess.Start("open customers"); err != nil {
		t.Fatal(err)
	}
	w.wait("the first frame")
	return w
}

func (w *witness) Write(b []byte) (int, error) {
	select {
	case w.drawn <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (w *witness) wait(what string) {
	w.t.Helper()
	select {
	case <-w.drawn:
	case <-time.After(time.Minute): // it hangs
		w.t.Fatalf("%s is never drawn", what)
	}
}

// press goes down in the list, which is always drawn.
func (w *witness) press(i int) {
	w.t.Helper()
	select {
	case <-w.drawn: // something came by itself
	default:
	}
	if _, err := io.WriteString(w.keys, "j"); err != nil {
		w.t.Fatal(err)
	}
	w.wait(fmt.Sprintf("key %d", i))
}

// rude are clients that do what they like; each comes from an address of its own.
type rude struct {
	addr  string
	ended atomic.Bool
	done  [16]atomic.Int64
	left  int
}

// everybody says that each of the first n has misbehaved to the end at least once.
func (r *rude) everybody(n int) bool {
	for i := range n {
		if r.done[i].Load() == 0 {
			return false
		}
	}
	return true
}

func (r *rude) dial(i int) (net.Conn, error) {
	d := net.Dialer{Timeout: time.Minute, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(10+i))}}
	return d.Dial("tcp", r.addr)
}

func (r *rude) logIn(i int) (*gossh.Client, error) {
	conn, err := r.dial(i)
	if err != nil {
		return nil, err
	}
	c, channels, requests, err := gossh.NewClientConn(conn, r.addr,
		&gossh.ClientConfig{User: "sales_b", Auth: []gossh.AuthMethod{gossh.Password("cohort-demo")}, HostKeyCallback: gossh.InsecureIgnoreHostKey()})
	if err != nil {
		return nil, err
	}
	return gossh.NewClient(c, channels, requests), nil
}

// screen opens the screens; what they draw comes on out.
func (r *rude) screen(i int) (c *gossh.Client, s *gossh.Session, keys io.Writer, out io.Reader, err error) {
	if c, err = r.logIn(i); err != nil {
		return nil, nil, nil, nil, err
	}
	if s, err = c.NewSession(); err == nil {
		keys, _ = s.StdinPipe()
		out, _ = s.StdoutPipe()
		err = s.RequestPty("xterm-256color", 40, 120, nil)
	}
	if err == nil {
		err = s.Shell()
	}
	if err != nil {
		_ = c.Close()
	}
	return c, s, keys, out, err
}

// doesNotRead types on while nobody takes what is drawn, until the server takes no more keys.
func (r *rude) doesNotRead(i int) error {
	c, _, keys, _, err := r.screen(i)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	stop := time.AfterFunc(5*time.Second, func() { _ = c.Close() })
	defer stop.Stop()
	for range 20000 {
		if _, err := io.WriteString(keys, "?\x1b[B\x1b[6~\x0c"); err != nil || r.ended.Load() {
			break
		}
	}
	return nil
}

func (r *rude) resizes(i int) error {
	c, s, keys, out, err := r.screen(i)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for range 3000 {
		if err := s.WindowChange(rand.IntN(400), rand.IntN(1000)); err != nil || r.ended.Load() {
			return err
		}
	}
	_, err = io.WriteString(keys, "q")
	return err
}

// pastes pastes a megabyte into the search, then types another one.
func (r *rude) pastes(i int) error {
	c, _, keys, out, err := r.screen(i)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	stuck := time.AfterFunc(30*time.Second, func() { _ = c.Close() })
	defer stuck.Stop()
	text := strings.Repeat("王小明 138\x1b[31m\r\n", 1<<16)[:1<<20]
	_, err = io.WriteString(keys, "/\x1b[200~"+text+"\x1b[201~"+strings.Repeat("ab", 1<<19))
	return err
}

// floods opens what it can and says nothing.
func (r *rude) floods(i int) error {
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	for range 300 {
		c, err := r.dial(i)
		if err != nil {
			return err
		}
		open = append(open, c)
	}
	return nil
}

func (r *rude) talksNonsense(i int) error {
	c, err := r.dial(i)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	junk := make([]byte, 64<<10)
	for j := range junk {
		junk[j] = byte(rand.Uint32())
	}
	_, _ = io.WriteString(c, "SSH-2.0-x\r\n")
	_, _ = c.Write(junk)
	return nil
}

// opensSessions asks for as many as it gets on one connection, and closes none.
func (r *rude) opensSessions(i int) error {
	c, err := r.logIn(i)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for range 60 {
		if s, err := c.NewSession(); err == nil {
			_ = s.Start("whoami")
		}
	}
	return nil
}

// hangsUp leaves in the middle of the first frame.
func (r *rude) hangsUp(i int) error {
	c, _, _, out, err := r.screen(i)
	if err != nil {
		return err
	}
	_, err = io.ReadFull(out, make([]byte, 16))
	_ = c.Close()
	return err
}

// memory is what the server's process has now, in bytes.
func memory(t *testing.T, s *server) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	t.Fatal("the system does not say how much memory a process has")
	return 0
}

func sessionsOf(p person, login string) (n int) {
	p.t.Helper()
	var list []struct{ Login string }
	if err := json.Unmarshal([]byte(p.must("sessions list --json")), &list); err != nil {
		p.t.Fatal(err)
	}
	for _, s := range list {
		if s.Login == login {
			n++
		}
	}
	return n
}
