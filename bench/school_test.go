package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/db"
	"cohort/migrations"
)

var sales = []string{"sales_a", "sales_b", "sales_c", "sales_d"}

var (
	schools  = map[int]string{}
	schoolMu sync.Mutex
)

// school gives the data folder of a demo school with so many customers more.
// Where COHORT_BENCH_DIR names a folder, it is made there once for all runs.
func school(b *testing.B, customers int) string {
	b.Helper()
	schoolMu.Lock()
	defer schoolMu.Unlock()
	if data, ok := schools[customers]; ok {
		return data
	}
	dir := os.Getenv("COHORT_BENCH_DIR")
	if dir == "" {
		dir = temp
	}
	data := filepath.Join(dir, fmt.Sprintf("school-%d-%s", customers, schema(b)))
	ready := filepath.Join(data, "ready")
	if _, err := os.Stat(ready); err != nil {
		must(b, os.RemoveAll(data))
		demo(b, data)
		if customers > 0 {
			fill(b, data, customers)
		}
		must(b, os.WriteFile(ready, nil, 0o600))
	}
	schools[customers] = data
	return data
}

// schema names the tables' version, so that a school that was kept is not used
// with others.
func schema(b *testing.B) string {
	b.Helper()
	h := sha256.New()
	must(b, fs.WalkDir(migrations.SQLite(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.SQLite(), path)
		h.Write(text)
		return err
	}))
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// demo makes a demo school whose staff may log in with one key.
func demo(b *testing.B, data string) {
	b.Helper()
	s, err := begin(binary(b), data, "--demo")
	must(b, err)
	defer func() { must(b, s.stop()) }()
	must(b, exec.Command(program(b, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(data, "key")).Run())
	public, err := os.ReadFile(filepath.Join(data, "key.pub"))
	must(b, err)
	for _, login := range append([]string{"admin", "lecturer", "kobe"}, sales...) {
		c, err := s.dial(login, gossh.Password(seed.Password), 0)
		must(b, err)
		sess, err := c.NewSession()
		must(b, err)
		sess.Stdin = strings.NewReader(string(public))
		if out, err := sess.CombinedOutput("keys add"); err != nil {
			b.Fatalf("keys add: %v\n%s", err, out)
		}
		must(b, c.Close())
	}
}

// fill is "cohort seed" on a school; it gives what the process took.
func fill(b *testing.B, data string, customers int) *os.ProcessState {
	b.Helper()
	cmd := exec.Command(binary(b), "seed", "--data", data, "--customers", fmt.Sprint(customers), "--log", "error")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("seed: %v\n%s", err, out)
	}
	return cmd.ProcessState
}

// inside opens a school in this process, for what is asked without SSH.
type inside struct {
	*app.App
	b *testing.B
}

func enter(b *testing.B, data string) *inside {
	b.Helper()
	c, err := app.FromEnv(func(name string) string { return map[string]string{"COHORT_DATA": data}[name] })
	must(b, err)
	a, err := app.Open(b.Context(), c, nil)
	must(b, err)
	b.Cleanup(func() { _ = a.Close() })
	return &inside{a, b}
}

func (s *inside) as(login string) policy.Actor {
	s.b.Helper()
	ctx := context.Background()
	acc, err := s.Org.FindAccount(ctx, policy.System, login)
	must(s.b, err)
	by, err := s.Org.Actor(ctx, acc.ID, policy.Screen, "127.0.0.1")
	must(s.b, err)
	return by
}

// BenchmarkSeed fills a school by "cohort seed".
func BenchmarkSeed(b *testing.B) {
	var took, cpu time.Duration
	n, size := 0, int64(0)
	for b.Loop() {
		b.StopTimer()
		data := filepath.Join(b.TempDir(), "school")
		demo(b, data)
		before := onDisk(b, data)
		b.StartTimer()
		begin := time.Now()
		p := fill(b, data, customers)
		took, cpu, n = took+time.Since(begin), cpu+p.UserTime()+p.SystemTime(), n+customers
		size += onDisk(b, data) - before
	}
	b.ReportMetric(took.Seconds()/float64(b.N), "s")
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s")
	b.ReportMetric(float64(n)/took.Seconds(), "customers/s")
	b.ReportMetric(float64(size)/float64(n), "bytes/customer")
	b.ReportMetric(0, "ns/op")
}

// onDisk is the size of the database, whether or not its log is folded into it.
func onDisk(b *testing.B, data string) (size int64) {
	b.Helper()
	a := enter(b, data)
	defer func() { must(b, a.Close()) }()
	must(b, a.DB.Read(b.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&size)
	}))
	return size
}
