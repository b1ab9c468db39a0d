package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/sshsrv/sshtest"
)

func TestDownload(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, _ := serve(t)
		dir := t.TempDir()
		r := sshtest.Run(t, c.down(s, dir, "read/a.txt"))
		if got := content(t, dir); r.Code != 0 || got != "a.txt=A" {
			t.Errorf("%v\nfetched: %s", r, got)
		}
	})
}

func TestDownloadByWildcard(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		dir := t.TempDir()
		r := sshtest.Run(t, c.down(s, dir, "read/*.txt"))
		sshtest.Eventually(t, "every file is closed", func() bool {
			fs.mu.Lock()
			defer fs.mu.Unlock()
			return fs.reads == 0
		})
		if got := content(t, dir); r.Code != 0 || got != "a.txt=A b.txt=BB 王小明.txt=王" {
			t.Errorf("%v\nfetched: %s", r, got)
		}
	})
}

func TestRefusedDownloads(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, _ := serve(t)
		for _, from := range []string{"secret", "read/none.txt"} {
			dir := t.TempDir()
			r := sshtest.Run(t, c.down(s, dir, from))
			if got := content(t, dir); r.Code != c.refused() || got != "" || !strings.Contains(r.Err+r.Out, base(from)) {
				t.Errorf("%s: %v\nfetched: %s", from, r, got)
			}
		}
	})
}

func base(from string) string { return from[strings.LastIndex(from, "/")+1:] }

func TestFolders(t *testing.T) {
	for _, flags := range [][]string{{"-r"}, {"-O", "-r"}, {"-p", "-r"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			s, fs := serve(t)
			dir := t.TempDir()
			r := sshtest.Run(t, s.SCP("amy", pw, append(flags, ":read", dir)...))
			if got := content(t, filepath.Join(dir, "read")); r.Code != 0 || got != "a.txt=A b.txt=BB sub/c.txt=CCC 王小明.txt=王" {
				t.Errorf("%v\nfetched: %s", r, got)
			}
			r = sshtest.Run(t, s.SCP("amy", pw, append(flags, filepath.Join(dir, "read/sub"), ":docs")...))
			if got, _ := fs.docs(); r.Code != 0 || got != "c.txt=CCC" {
				t.Errorf("%v\nstored: %s", r, got)
			}
			r = sshtest.Run(t, s.SCP("amy", pw, append(flags, filepath.Join(dir, "read/sub"), ":")...))
			if r.Code != 1 || !strings.Contains(r.Err, "no such folder") {
				t.Errorf("a folder at the root: %v", r)
			}
		})
	}
}

func TestPsftpAndPscpFolders(t *testing.T) {
	for _, flag := range []string{"-sftp", "-scp"} {
		t.Run(flag, func(t *testing.T) {
			s, _ := serve(t)
			dir := t.TempDir()
			r := sshtest.Run(t, s.PuTTY("pscp", "amy", pw, flag, "-r", "-p", "-unsafe", ":read", dir))
			if got := content(t, filepath.Join(dir, "read")); r.Code != 0 || got != "a.txt=A b.txt=BB sub/c.txt=CCC 王小明.txt=王" {
				t.Errorf("%v\nfetched: %s", r, got)
			}
		})
	}
}

// content lists a folder's files as "path=content".
func content(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		if strings.HasSuffix(rel, ".part") && len(data) == 0 || len(data) == 0 && rel == "secret" {
			return err // what a client leaves of a download that was refused
		}
		all = append(all, rel+"="+string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
