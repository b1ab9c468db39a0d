package bench

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cohort/app/customer"
)

// filesMiB is how much the school of the backup's benchmark holds in files.
var filesMiB = number("COHORT_BENCH_FILES_MIB", 32)

// backupSchools are a school whose bytes are files, and the one of
// COHORT_BENCH_SCHOOL, whose bytes are a database.
func backupSchools(b *testing.B) map[string]string {
	data := filepath.Join(b.TempDir(), "school")
	demo(b, data)
	must(b, os.MkdirAll(filepath.Join(data, "files", "bench"), 0o700))
	bytes := make([]byte, 4<<20)
	for i := range filesMiB / 4 {
		_, _ = rand.Read(bytes)
		must(b, os.WriteFile(filepath.Join(data, "files", "bench", fmt.Sprint(i)), bytes, 0o600))
	}
	out := map[string]string{"files": data}
	if filled := os.Getenv("COHORT_BENCH_SCHOOL"); filled != "" {
		out["database"] = filled
	}
	return out
}

// BenchmarkBackup makes a backup, verifies and restores it, in turns with what
// one would type without it: sqlite3's .backup and tar, sha256sum, and tar and
// sqlite3's quick check. Each ends with its bytes on the disk.
func BenchmarkBackup(b *testing.B) {
	for name, data := range backupSchools(b) {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			took := map[string]float64{}
			var size int64
			do := func(what, script string) {
				cmd := exec.Command("sh", "-ec", script)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "COHORT="+binary(b), "SQLITE="+program(b, "sqlite3"), "DATA="+data)
				begin := time.Now()
				out, err := cmd.CombinedOutput()
				took[what] += time.Since(begin).Seconds()
				if err != nil {
					b.Fatalf("%s: %v\n%s", what, err, out)
				}
			}
			for b.Loop() {
				do("backup", `$COHORT backup ours.tar --data $DATA; sync ours.tar`)
				do("sqlite3+tar", `$SQLITE $DATA/cohort.db ".backup copy.db"; tar -cf plain.tar copy.db -C $DATA files secret.key; sync plain.tar; rm copy.db`)
				do("verify", `$COHORT backup --verify ours.tar`)
				do("sha256sum", `sha256sum ours.tar`)
				info, err := os.Stat(at("ours.tar"))
				must(b, err)
				size += info.Size()
				do("restore", `cp $DATA.age-key home.age-key; $COHORT restore ours.tar --data home; sync -f home/cohort.db`)
				must(b, os.RemoveAll(at("home")))
				must(b, os.Remove(at("ours.tar")))
				do("untar+check", `mkdir plain; tar -xf plain.tar -C plain; sync -f plain; $SQLITE plain/copy.db "PRAGMA quick_check" >check.txt`)
				must(b, os.RemoveAll(at("plain")))
				must(b, os.Remove(at("plain.tar")))
			}
			for what, seconds := range took {
				b.ReportMetric(float64(size)/1e6/seconds, what+"-MB/s")
			}
			b.ReportMetric(float64(size)/1e6/float64(b.N), "MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkWritesDuringBackup adds customers, four people at once, before a
// backup and while one is being made by another process.
func BenchmarkWritesDuringBackup(b *testing.B) {
	for name, data := range backupSchools(b) {
		b.Run(name, func(b *testing.B) {
			s := enter(b, data)
			login := map[string]string{"files": "sales_a", "database": "p1"}[name]
			by, stamp := s.as(login), time.Now().UnixNano()/1e6%1e8
			var n atomic.Int64
			add := func() error {
				_, err := s.Customers.Add(b.Context(), by, customer.NewCustomer{Name: "张思远", WeChat: fmt.Sprintf("wx_%08d_%d", stamp, n.Add(1)), Source: "baidu"})
				return err
			}
			for b.Loop() {
				quiet, during := writes(b, add, func() { time.Sleep(window()) }), writes(b, add, func() {
					to := filepath.Join(b.TempDir(), "school.tar")
					if out, err := exec.Command(binary(b), "backup", to, "--data", data).CombinedOutput(); err != nil {
						b.Errorf("backup: %v\n%s", err, strings.TrimSpace(string(out)))
					}
					_ = os.Remove(to)
				})
				quiet.report(b, "quiet-")
				during.report(b, "backup-")
				b.ReportMetric(millis(during[len(during)-1]), "backup-longest-ms")
			}
		})
	}
}

// writes lets four people write, with a breath between, for as long as something
// else takes.
func writes(b *testing.B, write func() error, meanwhile func()) (all times) {
	var done atomic.Bool
	var group sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		group.Go(func() {
			for !done.Load() {
				begin := time.Now()
				if err := write(); err != nil {
					b.Error(err)
					return
				}
				took := time.Since(begin)
				mu.Lock()
				all = append(all, took)
				mu.Unlock()
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	meanwhile()
	done.Store(true)
	group.Wait()
	return all
}
