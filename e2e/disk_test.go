package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pkg/sftp"
)

// small mounts a file system of so many MiB; false where this machine lets nobody
// mount, which only machines of developers do.
func small(t *testing.T, mib string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+mib+"m,mode=700"); err != nil {
		t.Logf("not looked at: no file system can be mounted here: %v", err)
		return "", false
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir, true
}

// smallSchool is a demo school on a file system that is soon full.
func smallSchool(t *testing.T) (dir, data string, ok bool) {
	t.Helper()
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	if dir, ok = small(t, "96"); !ok {
		return "", "", false
	}
	data = filepath.Join(dir, "data")
	if err := copySchool(data); err != nil {
		t.Fatal(err)
	}
	return dir, data, true
}

// fill takes all the room there is and gives what makes room again.
func fill(t *testing.T, dir string) (room func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 1 << 12, 1} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	_ = f.Close()
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskFull fills the disk under a running school: people are told so, nothing
// is half kept, reading goes on, and everything works again once there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir, data, ok := smallSchool(t)
	if !ok {
		return
	}
	s, err := start(data, "--demo")
	if err != nil {
		t.Fatal(err)
	}
	seller, applicant := s.demoPerson(t, "sales_a"), invitation(t, s)
	before := applicant.must("documents list --json")
	room := fill(t, dir)

	told := ""
	added := 0
	for i := 0; told == "" && i < 3000; i++ {
		a := seller.run("customers add --name 王小明 --source baidu --phone 1390000" + itoa(1000+i) + " --memo '" + strings.Repeat("full ", 300) + "'")
		if a.code != 0 {
			told = a.err
		} else {
			added++
		}
	}
	if !strings.Contains(told, "the school's disk is full, and nothing of this was kept") {
		t.Errorf("after %d customers he was told %q", added, told)
	}
	_ = applicant.sftp(func(c *sftp.Client) error { return put(c, "front.png", padded("png", 900_000)) })
	if said := applicant.send("back.png", padded("png", 900_000)); !strings.Contains(said, "disk is full") {
		t.Errorf("of the upload was said %q", said)
	}
	if list := applicant.must("documents list --json"); list != before {
		t.Errorf("something of the documents was kept: %s", list)
	}
	if a := seller.run("customers list owner:me --limit 1"); a.code != 0 {
		t.Errorf("reading does not go on: %s", a.err)
	}

	room()
	if a := seller.run("customers add --name 李小红 --source baidu --phone 13911112222"); a.code != 0 {
		t.Errorf("with room again: %s", a.err)
	}
	if said := applicant.send("back.png", padded("png", 900_000)); said != "" {
		t.Errorf("with room again, the upload: %s", said)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if log := s.log.String(); faulty(log) {
		t.Errorf("the server's log:\n%s", log)
	}
	if out, err := exec.Command(binary, "doctor", "--data", data).CombinedOutput(); err != nil && strings.Count(string(out), "BAD") > 1 {
		t.Errorf("doctor: %v\n%s", err, out) // that little room is left is bad rightly
	}
}

// TestReadOnlyDisk starts a school where nothing can be written.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir, data, ok := smallSchool(t)
	if !ok {
		return
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary, "serve", "--data", data, "--listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "read-only file system") {
		t.Errorf("%v: %s", err, out)
	}
}
