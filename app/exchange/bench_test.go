package exchange_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cohort/app/exchange"
	"cohort/app/policy"
)

// benchRows is how many rows the benchmark imports; IMPORT_ROWS says another
// number.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("IMPORT_ROWS")); err == nil {
		return n
	}
	return 5000
}

// BenchmarkImport checks and imports customers, one row in a hundred faulty, and
// takes them back: rows a second, by the clock and by the time of the processor,
// the most of the heap in use, and the most memory that the process held meanwhile
// (SQLite's is not in the heap). The report of the dry run must be that of the run.
func BenchmarkImport(b *testing.B) {
	file := faulty(benchRows(), 100)
	for b.Loop() {
		s := newSchool(b)
		by := s.actor("admin")
		batch := s.take(by, "customers", file)
		var reports [][32]byte
		for _, step := range []struct {
			name string
			work func(*exchange.Service, context.Context, policy.Actor, int64, exchange.Report) (exchange.Batch, error)
		}{{"check", (*exchange.Service).Check}, {"run", (*exchange.Service).Import}, {"undo", (*exchange.Service).Undo}} {
			var most uint64
			forgetPeak()
			start, used := time.Now(), processor()
			got, err := step.work(s.Exchange, bg, by, batch.ID, func(done, total int) {
				if done%5000 < 250 {
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapInuse)
				}
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(got.Rows)/time.Since(start).Seconds(), step.name+"-rows/s")
			b.ReportMetric(float64(got.Rows)/(processor()-used).Seconds(), step.name+"-rows/cpu-s")
			b.ReportMetric(float64(most>>20), step.name+"-MB-heap")
			b.ReportMetric(float64(peak()>>20), step.name+"-MB-resident")
			if step.name != "undo" {
				reports = append(reports, sha256.Sum256([]byte(strings.Join(s.rows(by, batch.ID), "\n"))))
			}
		}
		if reports[0] != reports[1] {
			b.Error("the dry run's report is not the run's")
		}
		if n := s.count("customers"); n != 0 {
			b.Errorf("%d customers are left", n)
		}
	}
}

// processor is the time that this process has had.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// forgetPeak begins the watch over the memory of this process anew; peak is the
// most since then, 0 where the system does not tell.
func forgetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peak() (bytes int64) {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			bytes = kib << 10
		}
	}
	return bytes
}

// BenchmarkFloor is the same file by sqlite3's own .import into one table without
// any rule: what no import can go below.
func BenchmarkFloor(b *testing.B) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		b.Skip("sqlite3 is missing")
	}
	file := filepath.Join(b.TempDir(), "customers.csv")
	if err := os.WriteFile(file, []byte(faulty(benchRows(), 100)), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		start := time.Now()
		cmd := exec.Command("sqlite3", filepath.Join(b.TempDir(), "floor.db"))
		cmd.Stdin = bytes.NewReader([]byte("PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\n.import --csv " + file + " customers\n"))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v %s", err, out)
		}
		b.ReportMetric(float64(benchRows())/time.Since(start).Seconds(), "rows/s")
		b.ReportMetric(float64(benchRows())/(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Seconds(), "rows/cpu-s")
	}
}
