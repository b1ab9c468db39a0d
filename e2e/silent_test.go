package e2e

import (
	"bytes"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// silence lets the database fall silent under people at work: commands end with words, a screen goes on taking keys and
// says so, too, and when the database speaks again both go on where they are.
func (w *pair) silence() {
	w.t.Helper()
	a := w.servers[0].demoPerson(w.t, "admin")
	screen := w.watch(a.conn)
	screen.wait("Home")
	a.must("customers list --limit 1")
	w.way.Hush()
	if got := a.run("customers list --limit 1"); got.code == 0 || !strings.Contains(got.err, "database cannot be reached") {
		w.t.Errorf("a command while the database is silent: %+v", got)
	}
	screen.keys("2") // the list of customers
	screen.wait("cannot be reached")
	screen.keys("?")
	screen.wait("copy the conditions")
	w.way.Speak()
	a.must("customers list --limit 1")
	screen.keys("\x1b")
	screen.keys("\x1b")
	screen.keys("2")
	screen.wait("not enrolled")
	for i := range w.servers {
		if log := w.servers[i].log.String(); faulty(log) {
			w.t.Errorf("the log of process %d:\n%s", i, log)
		}
	}
}

// screen is a terminal that remembers all it was sent.
type screen struct {
	w    *pair
	in   func(keys string)
	mu   sync.Mutex
	sent bytes.Buffer
	from int
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.Write(b)
}

func (w *pair) watch(conn *gossh.Client) *screen {
	w.t.Helper()
	x, err := conn.NewSession()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = x.Close() })
	s := &screen{w: w}
	x.Stdout, x.Stderr = s, s
	in, err := x.StdinPipe()
	if err == nil {
		err = x.RequestPty("xterm", 36, 120, gossh.TerminalModes{})
	}
	if err == nil {
		err = x.Shell()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	s.in = func(keys string) { _, _ = in.Write([]byte(keys)) }
	return s
}

func (s *screen) keys(keys string) {
	s.mu.Lock()
	s.from = s.sent.Len()
	s.mu.Unlock()
	s.in(keys)
}

// seen tells whether text came since the last keys.
func (s *screen) seen(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.sent.Bytes()[s.from:], []byte(text))
}

// wait waits for text that was drawn since the last keys.
func (s *screen) wait(text string) {
	s.w.t.Helper()
	for range 600 {
		if s.seen(text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.t.Fatalf("%q was not drawn: %q", text, s.sent.Bytes()[s.from:])
}
