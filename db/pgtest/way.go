package pgtest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Way is the way to the server, which can be cut: connections end, and nobody is taken until it is mended.
type Way struct {
	t    testing.TB
	to   string
	at   string
	mu   sync.Mutex
	door net.Listener // nil: cut
	open []net.Conn
	mute chan struct{} // bytes are held up until it closes; nil: they pass

	dead   map[net.Conn]bool // what these bring is swallowed
	commit Swallowing        // what to do at the next COMMIT
}

// Swallowing is what a way does with a COMMIT.
type Swallowing int

const (
	nothing  Swallowing = iota
	Question            // the COMMIT does not arrive
	Answer              // it does, and nobody hears of it
)

// AtCommit swallows the next COMMIT, or its answer, and all that follows on the connections that are open then.
func (w *Way) AtCommit(what Swallowing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commit = what
}

// NewWay gives the way to the server of a database, and the database's address by it.
func NewWay(t testing.TB, address string) (w *Way, by string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w = &Way{t: t, to: u.Host, at: "127.0.0.1:0"}
	w.Mend()
	t.Cleanup(func() { w.Speak(); w.Cut() })
	u.Host = w.at
	return w, u.String()
}

func (w *Way) Mend() {
	w.t.Helper()
	door, err := net.Listen("tcp", w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.at = door.Addr().String()
	w.mu.Lock()
	w.door = door
	w.mu.Unlock()
	go func() {
		for {
			in, err := door.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", w.to)
			if err != nil {
				_ = in.Close()
				return
			}
			w.mu.Lock()
			w.open = append(w.open, in, out)
			if w.door != door { // cut meanwhile
				_, _ = in.Close(), out.Close()
			}
			w.mu.Unlock()
			go func() { _, _ = io.Copy(out, passing{w, in}); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, passing{w, out}); _ = in.Close() }()
		}
	}()
}

// passing holds up what was read while the way is silent.
type passing struct {
	w *Way
	net.Conn
}

func (p passing) Read(b []byte) (int, error) {
	for {
		n, err := p.Conn.Read(b)
		p.w.mu.Lock()
		dead, mute := p.w.dead[p.Conn], p.w.mute
		commit := nothing
		if bytes.Contains(b[:n], []byte("COMMIT\x00")) {
			commit, p.w.commit = p.w.commit, nothing
		}
		p.w.mu.Unlock()
		if commit != nothing {
			p.w.Swallow()
		}
		if mute != nil {
			<-mute
		}
		if err != nil || !dead && commit != Question {
			return n, err
		}
	}
}

// Swallow lets through nothing more of the connections that are open now, which stay open. New ones are served.
func (w *Way) Swallow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = map[net.Conn]bool{}
	for _, c := range w.open {
		w.dead[c] = true
	}
}

// Hush lets no byte through any more, on connections old and new, and closes none: neither end notices.
func (w *Way) Hush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = make(chan struct{})
}

// Speak lets pass what was held up, and all that comes.
func (w *Way) Speak() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mute != nil {
		close(w.mute)
		w.mute = nil
	}
}

func (w *Way) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.door != nil {
		_ = w.door.Close()
		w.door = nil
	}
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}
