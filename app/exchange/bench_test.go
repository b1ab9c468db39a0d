package exchange_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"cohort/app/exchange"
)

// benchRows is how many rows the benchmark imports; IMPORT_ROWS says another
// number.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("IMPORT_ROWS")); err == nil {
		return n
	}
	return 5000
}

// BenchmarkImport imports customers, one row in a hundred faulty, dry and for
// good; rows per second, and the most memory in use meanwhile.
func BenchmarkImport(b *testing.B) {
	file := faulty(benchRows(), 100)
	for _, dry := range []bool{true, false} {
		name := map[bool]string{true: "check", false: "run"}[dry]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := newSchool(b)
				by := s.actor("admin")
				batch := s.take(by, "customers", file)
				work := s.Exchange.Import
				if dry {
					work = s.Exchange.Check
				}
				var most uint64
				b.StartTimer()
				start := time.Now()
				got, err := work(bg, by, batch.ID, exchange.Report(func(done, total int) {
					if done%5000 < 250 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most = max(most, m.HeapInuse)
					}
				}))
				b.ReportMetric(float64(got.Rows)/time.Since(start).Seconds(), "rows/s")
				b.ReportMetric(float64(most>>20), "MB-heap")
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
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
	}
}
