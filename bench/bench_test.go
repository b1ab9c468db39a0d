// Package bench measures the whole program: the real binary in a process of its
// own, asked by real clients, with OpenSSH's own server beside it where that
// does the same work. BENCHMARKS.md says how to run it and what it gave.
package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// How much is measured comes from the environment; the defaults are small, so
// that everything runs in three minutes.
var (
	sessions  = number("COHORT_BENCH_SESSIONS", 20)    // open at once
	customers = number("COHORT_BENCH_CUSTOMERS", 2000) // in the library
	seconds   = number("COHORT_BENCH_SECONDS", 3)      // one window of watching
	cores     = number("COHORT_BENCH_CORES", 1)        // for the server
)

func number(name string, usual int) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil || n < 1 {
		return usual
	}
	return n
}

func window() time.Duration { return time.Duration(seconds) * time.Second }

var (
	temp string // ends with the tests
	made sync.Once
	fail error
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "cohort-bench-")
	if err != nil {
		panic(err)
	}
	temp = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binary builds the server once.
func binary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(temp, "cohort")
	made.Do(func() {
		build := exec.Command("go", "build", "-o", path, "cohort/cmd/cohort")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fail = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	must(b, fail)
	return path
}

// program finds another program, or skips.
func program(b *testing.B, name string) string {
	b.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		b.Skipf("%s is not installed", name)
	}
	return path
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// times are how long each of many tries took.
type times []time.Duration

// loop runs f as often as the benchmark wants and reports the middle and the
// slow end.
func loop(b *testing.B, f func()) {
	b.Helper()
	var all times
	for b.Loop() {
		begin := time.Now()
		f()
		all = append(all, time.Since(begin))
	}
	all.report(b, "")
}

// report gives p50 and p99 in milliseconds instead of the mean.
func (t times) report(b *testing.B, name string) {
	b.Helper()
	if len(t) == 0 {
		b.Fatal("nothing was measured")
	}
	slices.Sort(t)
	b.ReportMetric(millis(t[len(t)/2]), name+"p50-ms")
	b.ReportMetric(millis(t[min(len(t)-1, len(t)*99/100)]), name+"p99-ms")
	b.ReportMetric(0, "ns/op")
}

func millis(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
