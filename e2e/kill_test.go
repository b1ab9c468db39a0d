package e2e

import (
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestKill kills the server with SIGKILL in the middle of whatever it does, again
// and again: people enter customers and follow-ups, applicants send documents and
// submit, the administrator approves, takes money, imports and backs up. After each
// start everything that was answered is there; at the end the doctor finds nothing,
// limits hold and no file is left without a row.
//
// COHORT_KILLS says how many rounds ("make kill": 200).
func TestKill(t *testing.T) {
	t.Parallel()
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	rounds := kills()
	k := &killing{t: t, data: filepath.Join(t.TempDir(), "data"), customers: map[string]bool{}, notes: map[string]bool{}, states: map[string]string{},
		documents: map[string]bool{}, receipts: map[string]bool{}, imports: map[string]bool{}}
	if err := copySchool(k.data); err != nil {
		t.Fatal(err)
	}
	k.keys()
	for k.round = range rounds {
		k.once()
		if t.Failed() {
			return
		}
	}
	k.whole()
	t.Logf("%d rounds: %d customers, %d follow-ups, %d documents, %d enrollments, %d receipts, %d imports, %d backups answered; %d approvals refused at capacity",
		rounds, len(k.customers), len(k.notes), len(k.documents), len(k.states), len(k.receipts), len(k.imports), k.backups.Load(), k.full.Load())
}

// kills is how many rounds there are.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("COHORT_KILLS")); err == nil {
		return n
	}
	return 4
}

// keys gives those who work a key.
func (k *killing) keys() { k.keysAt(k.data, "--demo") }

func (k *killing) keysAt(data string, args ...string) {
	_, secret, err := ed25519.GenerateKey(nil)
	if err == nil {
		k.key, err = gossh.NewSignerFromKey(secret)
	}
	if err == nil {
		k.s, err = start(data, args...)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	for _, login := range []string{"sales_b", "admin"} {
		if a := k.s.demoPerson(k.t, login).feed("keys add", string(gossh.MarshalAuthorizedKey(k.key.PublicKey()))); a.code != 0 {
			k.t.Fatal(a.err)
		}
	}
	if err := k.s.stop(); err != nil {
		k.t.Fatal(err)
	}
}

// killing is what the server has answered so far.
type killing struct {
	t     *testing.T
	data  string
	key   gossh.Signer // of both who work, so that a log-in is cheap
	round int
	s     *server

	address   func() string // of a server, where there are several
	mu        sync.Mutex
	customers map[string]bool   // by phone
	notes     map[string]bool   // of follow-ups
	documents map[string]bool   // "enrollment/name"
	states    map[string]string // of enrollments, the furthest that was answered
	receipts  map[string]bool   // by payment
	imports   map[string]bool   // by the phone of their last row
	backups   atomic.Int64
	full      atomic.Int64
}

// errGone says that the connection ended under a command: it was not answered.
var errGone = errors.New("the server is gone")

// errRefused is an answer, too.
type errRefused struct{ text string }

func (e errRefused) Error() string { return e.text }

// once runs the server under load, kills it, and looks after what was answered.
func (k *killing) once() {
	s, err := start(k.data, "--demo")
	if err != nil {
		k.t.Fatal(err)
	}
	k.s = s
	k.answered()
	var all sync.WaitGroup
	for i, work := range []func(c *caller) error{k.sell, k.sell, k.enroll, k.enroll, k.imports3, k.backup} {
		all.Go(func() { k.until(i, work) })
	}
	k.begun()
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	all.Wait()
	if faulty(s.log.String()) {
		k.t.Errorf("round %d: the server's log:\n%s", k.round, s.log.String())
	}
}

// begun waits until the server has answered something this round.
func (k *killing) begun() {
	was := k.count()
	for deadline := time.Now().Add(time.Minute); k.count() == was && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
}

func (k *killing) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.customers) + len(k.notes) + len(k.documents) + len(k.receipts) + len(k.imports)
}

// until does a piece of work again and again until the server is gone.
func (k *killing) until(worker int, work func(c *caller) error) {
	c := &caller{k: k, worker: worker}
	defer c.hangUp()
	for {
		err := work(c)
		var refused errRefused
		switch {
		case errors.As(err, &refused):
			if !strings.Contains(refused.text, "full") {
				k.t.Errorf("round %d: refused: %s", k.round, refused.text)
				return
			}
			k.full.Add(1)
		case err != nil:
			return
		}
	}
}
