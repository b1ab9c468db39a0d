package db

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCrash kills a process that writes from many goroutines. Every write that it reported must be there.
func TestCrash(t *testing.T) {
	if path := os.Getenv("COHORT_CRASH"); path != "" {
		writeForEver(t, path)
	}
	for round := range 5 {
		path := filepath.Join(t.TempDir(), "crash.db")
		reported := crash(t, path, 40*(round+1))
		d := open(t, func(o *Options) { o.Path = path })
		there := make(map[string]bool)
		for _, name := range names(t, d) {
			there[name] = true
		}
		for _, name := range reported {
			if !there[name] {
				t.Errorf("%s was answered and is lost", name)
			}
		}
	}
}

// crash runs this test binary as a writer, kills it after n reports and returns all it had reported.
func crash(t *testing.T, path string, n int) (reported []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrash$")
	cmd.Env = append(os.Environ(), "COHORT_CRASH="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if name, found := strings.CutPrefix(lines.Text(), "wrote "); found {
			reported = append(reported, name)
		}
		if len(reported) == n {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if len(reported) < n {
		t.Fatalf("the writer ended after %d reports", len(reported))
	}
	return reported
}

func writeForEver(t *testing.T, path string) {
	d := open(t, func(o *Options) { o.Path = path })
	for w := range 16 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", w, i)
				if err := d.Write(context.Background(), insert(name)); err == nil {
					fmt.Printf("wrote %s\n", name)
				}
			}
		}()
	}
	select {}
}
