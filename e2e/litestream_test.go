//go:build nightly

package e2e

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLitestream runs the set-up that docs/litestream.yml documents: the database
// is followed while people work, both are killed, and what comes back from the
// replica is whole and holds what was answered.
func TestLitestream(t *testing.T) {
	tool, err := exec.LookPath("litestream")
	if err != nil {
		t.Fatal("litestream is missing: .ci/nightly installs it")
	}
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := copySchool(data); err != nil {
		t.Fatal(err)
	}
	s, err := start(data, "--demo")
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "litestream.yml")
	text, err := os.ReadFile("../docs/litestream.yml")
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("/var/lib/cohort", data, "/srv/backup/cohort", filepath.Join(dir, "replica")).Replace(string(text))
	if err := os.WriteFile(config, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	follow := exec.Command(tool, "replicate", "-config", config)
	follow.Stdout, follow.Stderr = &log, &log
	if err := follow.Start(); err != nil {
		t.Fatal(err)
	}
	seller := s.demoPerson(t, "sales_a")
	for i := range 50 {
		seller.must("customers add --name 王小明 --source baidu --phone 1390000" + itoa(1000+i))
	}
	restored := filepath.Join(dir, "restored.db")
	count := 0
	for deadline := time.Now().Add(2 * time.Minute); count < 50 && time.Now().Before(deadline); time.Sleep(time.Second) {
		_ = os.Remove(restored)
		out, err := exec.Command(tool, "restore", "-config", config, "-o", restored, filepath.Join(data, "cohort.db")).CombinedOutput()
		if err != nil {
			t.Logf("not yet: %s", out)
			continue
		}
		count = customersOf(t, restored)
	}
	_ = follow.Process.Kill()
	_ = follow.Wait()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	if count != 50 {
		t.Fatalf("%d of 50 customers came back\n%s", count, log.String())
	}
	if err := os.Rename(restored, filepath.Join(data, "cohort.db")); err != nil {
		t.Fatal(err)
	}
	for _, besides := range []string{"cohort.db-wal", "cohort.db-shm"} {
		_ = os.Remove(filepath.Join(data, besides))
	}
	if out, err := exec.Command(binary, "doctor", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("doctor: %v\n%s", err, out)
	}
}

func customersOf(t *testing.T, path string) (n int) {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err == nil {
		defer func() { _ = d.Close() }()
		err = d.QueryRow(`SELECT count(*) FROM customers WHERE phone LIKE '1390000%'`).Scan(&n)
	}
	if err != nil {
		t.Logf("not yet: %v", err)
	}
	return n
}
