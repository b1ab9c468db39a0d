package e2e

import (
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"cohort/app/blob"
	"cohort/db/pgtest"
)

// TestTwoProcesses runs one school in two processes on one PostgreSQL server and one object store, each with a data
// folder of its own, as on two machines. They hold one door and one list of sessions, and people stay in while the
// database is silent. Both are killed in turn while people work, upload and approve; those go on at the other. Then the
// school is copied into one folder, and everything that was answered by either is there.
//
// COHORT_KILLS says how many rounds (.ci/nightly kill: 40).
func TestTwoProcesses(t *testing.T) {
	pgtest.Need(t)
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	w := newPair(t)
	w.oneDoor()
	w.silence()
	var all sync.WaitGroup
	k := w.killing
	for i, work := range []func(c *caller) error{k.sell, k.sell, k.enroll, k.enroll, k.imports3, k.backup} {
		all.Go(func() { w.work(i, work) })
	}
	for round := range kills() {
		k.begun()
		time.Sleep(time.Duration(300+rand.IntN(1200)) * time.Millisecond)
		w.kill(round % 2)
		k.begun() // the other one answers
		w.start(round % 2)
	}
	w.ended.Store(true)
	all.Wait()
	for i := range w.servers {
		if err := w.servers[i].stop(); err != nil {
			t.Error(err)
		}
	}
	w.home()
	k.whole()
	t.Logf("%d customers, %d follow-ups, %d documents, %d enrollments, %d receipts, %d imports answered",
		len(k.customers), len(k.notes), len(k.documents), len(k.states), len(k.receipts), len(k.imports))
}

// pair is one school in two processes.
type pair struct {
	*killing
	way     *pgtest.Way // to the database
	args    []string
	folders [2]string
	mu      sync.Mutex
	servers [2]*server
	ended   atomic.Bool
}

func newPair(t *testing.T) *pair {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket("school"); err != nil {
		t.Fatal(err)
	}
	objects := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(objects.Close)
	t.Setenv(blob.KeyVariable, "key")
	t.Setenv(blob.SecretVariable, "secret")
	dir := t.TempDir()
	way, database := pgtest.NewWay(t, pgtest.Create(t))
	w := &pair{folders: [2]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, way: way,
		args: []string{"--demo", "--database", database + "?connect_timeout=3", "--files", "s3://school/files?endpoint=" + objects.URL}}
	w.killing = &killing{t: t, data: filepath.Join(dir, "home"), customers: map[string]bool{}, notes: map[string]bool{}, states: map[string]string{},
		documents: map[string]bool{}, receipts: map[string]bool{}, imports: map[string]bool{}, address: w.address}
	// The first process fills the school; the second gets the keys of the first, as the manual says.
	if err := copySchool(w.data); err != nil {
		t.Fatal(err)
	}
	w.rotateHalf()
	w.cohort("copy", filepath.Join(w.data, "cohort.db"), w.args[2], "--files-from", filepath.Join(w.data, "files"), "--files-to", w.args[4])
	w.readable("--database", w.args[2], "--files", w.args[4])
	w.cohort("keys", "rotate", "--data", w.data, "--database", w.args[2], "--files", w.args[4]) // goes on where it was broken off
	w.readable("--database", w.args[2], "--files", w.args[4])
	for _, to := range w.folders {
		for from, name := range map[string]string{filepath.Join(w.data, "secret.key"): filepath.Join(to, "secret.key"), w.data + ".age-key": to + ".age-key"} {
			w.give(from, name)
		}
	}
	w.killing.keysAt(w.folders[0], w.args...)
	keys, err := filepath.Glob(filepath.Join(w.folders[0], "hostkeys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range keys {
		w.give(name, filepath.Join(w.folders[1], "hostkeys", filepath.Base(name)))
	}
	for i := range w.folders {
		w.start(i)
	}
	return w
}

// rotateHalf begins to seal everything with a new key, and is killed as soon as the key is there.
func (w *pair) rotateHalf() {
	w.t.Helper()
	before, err := os.Stat(w.data + ".age-key")
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(binary, "keys", "rotate", "--data", w.data)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	for range 3000 {
		if now, err := os.Stat(w.data + ".age-key"); err == nil && now.Size() > before.Size() {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// readable makes sure that every file opens and is what was uploaded, and that nothing else is wrong with the school.
func (w *pair) readable(where ...string) {
	w.t.Helper()
	w.cohort(append([]string{"keys", "verify", "--data", w.data}, where...)...)
}

func (w *pair) give(from, to string) {
	w.t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *pair) cohort(args ...string) {
	w.t.Helper()
	if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("cohort %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (w *pair) start(i int) {
	w.t.Helper()
	s, err := start(w.folders[i], w.args...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.servers[i] = s
	w.mu.Unlock()
}

func (w *pair) kill(i int) {
	s := w.servers[i]
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	w.mu.Lock()
	w.servers[i] = nil
	w.mu.Unlock()
	if faulty(s.log.String()) {
		w.t.Errorf("the log of process %d:\n%s", i, s.log.String())
	}
}

// address is where a balancer would lead somebody: to either of those that run.
func (w *pair) address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := rand.IntN(2)
	if w.servers[i] == nil {
		i = 1 - i
	}
	return w.servers[i].addr
}

// work does a piece of work again and again; who is cut off connects anew.
func (w *pair) work(worker int, work func(c *caller) error) {
	c := &caller{k: w.killing, worker: worker}
	defer c.hangUp()
	for !w.ended.Load() {
		err := work(c)
		var refused errRefused
		switch {
		case errors.As(err, &refused) && !strings.Contains(refused.text, "full"):
			w.t.Errorf("refused: %s", refused.text)
			return
		case errors.Is(err, errGone):
			c.hangUp()
			c.by, c.conns = nil, nil
		}
	}
}

// home copies the school into one folder, as it was before.
func (w *pair) home() {
	for _, name := range []string{"cohort.db", "cohort.db-wal", "cohort.db-shm", "files", "audit.head"} {
		if err := os.RemoveAll(filepath.Join(w.data, name)); err != nil {
			w.t.Fatal(err)
		}
	}
	w.cohort("copy", w.args[2], filepath.Join(w.data, "cohort.db"), "--files-from", w.args[4], "--files-to", filepath.Join(w.data, "files"))
	w.readable()
}
