package files_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/files"
	"cohort/app/i18n"
	"cohort/app/session"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// serve serves a fresh tree.
func serve(t testing.TB) (*sshtest.Server, *memFS) {
	t.Helper()
	fs := newMemFS()
	return sshtest.Start(t, sshsrv.Options{
		Door: sshtest.Everybody{}, Lang: i18n.English, Files: func(*session.Session) files.FS { return fs },
	}), fs
}

// A client copies local files to a remote folder, or remote files here.
type client struct {
	name string
	// up copies; to is a path on the server.
	up func(s *sshtest.Server, to string, local ...string) *exec.Cmd
	// down fetches into dir.
	down  func(s *sshtest.Server, dir string, from ...string) *exec.Cmd
	fails int // its exit code when something was refused, if not 1
}

// refused is the exit code when something was refused.
func (c client) refused() int { return max(c.fails, 1) }

var pw = sshtest.Auth{Password: "pw"}

// clients are those that people have. Each test runs with every one.
var clients = []client{
	scpClient("scp"), scpClient("scp -O", "-O"),
	putty("pscp", "-sftp"), putty("pscp -scp", "-scp"),
	{
		name: "sftp",
		up: func(s *sshtest.Server, to string, local ...string) *exec.Cmd {
			return s.SFTP("amy", sshtest.Auth{Key: anyKey(s)}, puts(to, local)...)
		},
		down: func(s *sshtest.Server, dir string, from ...string) *exec.Cmd {
			var batch []string
			for _, f := range from {
				batch = append(batch, fmt.Sprintf("get /%s %q", f, dir))
			}
			return s.SFTP("amy", sshtest.Auth{Key: anyKey(s)}, batch...)
		},
	},
	{
		name: "psftp", fails: 2,
		up: func(s *sshtest.Server, to string, local ...string) *exec.Cmd {
			return psftp(s, puts(to, local))
		},
		down: func(s *sshtest.Server, dir string, from ...string) *exec.Cmd {
			batch := []string{fmt.Sprintf("lcd %q", dir)}
			for _, f := range from {
				batch = append(batch, fmt.Sprintf("mget %q", "/"+f))
			}
			return psftp(s, batch)
		},
	},
}

var keys sync.Map // *testing.T's server → key

func anyKey(s *sshtest.Server) *sshtest.Key {
	k, _ := keys.LoadOrStore(s, sshtest.NewKey(s.T()))
	return k.(*sshtest.Key)
}

func puts(to string, local []string) (batch []string) {
	for _, f := range local {
		batch = append(batch, fmt.Sprintf(`put "%s" "/%s/%s"`, f, to, filepath.Base(f)))
	}
	return batch
}

func psftp(s *sshtest.Server, batch []string) *exec.Cmd {
	cmd := s.PuTTY("psftp", "amy", pw, "-b", "/dev/stdin", "@")
	cmd.Stdin = strings.NewReader(strings.Join(batch, "\n") + "\n")
	return cmd
}

func scpClient(name string, flags ...string) client {
	return client{
		name: name,
		up: func(s *sshtest.Server, to string, local ...string) *exec.Cmd {
			return s.SCP("amy", pw, append(append(append([]string{}, flags...), local...), ":"+to+"/")...)
		},
		down: func(s *sshtest.Server, dir string, from ...string) *exec.Cmd {
			return s.SCP("amy", pw, append(append(append([]string{}, flags...), remote(from)...), dir)...)
		},
	}
}

func putty(name, flag string) client {
	return client{
		name: name,
		up: func(s *sshtest.Server, to string, local ...string) *exec.Cmd {
			return s.PuTTY("pscp", "amy", pw, append(append([]string{flag}, local...), ":"+to+"/")...)
		},
		down: func(s *sshtest.Server, dir string, from ...string) *exec.Cmd {
			return s.PuTTY("pscp", "amy", pw, append(append([]string{flag, "-unsafe"}, remote(from)...), dir)...)
		},
	}
}

func remote(from []string) (args []string) {
	for _, f := range from {
		args = append(args, ":"+f)
	}
	return args
}

// rest waits until no upload is under way: some clients go without closing one
// that was refused.
func (m *memFS) rest(t *testing.T) {
	t.Helper()
	sshtest.Eventually(t, "no upload hangs", func() bool { _, open := m.docs(); return open == 0 })
}

// each runs a test with every client.
func each(t *testing.T, do func(t *testing.T, c client)) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) { do(t, c) })
	}
}

// local writes a file to send.
func local(t testing.TB, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestUpload(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		r := sshtest.Run(t, c.up(s, "docs", local(t, "front.jpg", []byte("front")), local(t, "empty", nil), local(t, "身份证 正面.jpg", []byte("ID"))))
		if got, open := fs.docs(); r.Code != 0 || got != "empty= front.jpg=front 身份证 正面.jpg=ID" || open != 0 {
			t.Errorf("%v\nstored: %s, %d hang", r, got, open)
		}
	})
}

func TestUploadOfManyPackets(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		if r := sshtest.Run(t, c.up(s, "docs", local(t, "big", data))); r.Code != 0 {
			t.Fatal(r)
		}
		if got := fs.files["/docs/big"]; !bytes.Equal(got, data) {
			t.Errorf("%d bytes arrived, of %d", len(got), len(data))
		}
	})
}

// A refused file is one clear line, exit code 1, and nothing kept; the others
// arrive.
func TestRefusedUploads(t *testing.T) {
	words := i18n.Printer{Lang: i18n.English}
	large := bytes.Repeat([]byte("x"), 1<<20+1)
	for _, c := range []struct {
		what, name string
		data       []byte
		words      string
	}{
		{"too large", "big.jpg", large, words.Fault(tooLarge)},
		{"name", "a\tb.jpg", []byte("x"), words.T("files.bad_name")},
		{"long name", strings.Repeat("王", 60) + strings.Repeat("\u0344", 30), []byte("x"), words.T("files.long_name", "max", 255)},
		{"refused at the end", "late", []byte("x"), words.Fault(tooMany)},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, cl client) {
				s, fs := serve(t)
				r := sshtest.Run(t, cl.up(s, "docs", local(t, c.name, c.data)))
				code := cl.refused()
				if cl.name == "pscp" && c.name == "late" {
					code = 0 // pscp takes no notice of a failed close
				}
				if n := strings.Count(r.Err+r.Out, c.words); r.Code != code || n != 1 {
					t.Errorf("the words came %d times\n%v", n, r)
				}
				fs.rest(t)
				if got, _ := fs.docs(); got != "" {
					t.Errorf("kept: %s", got)
				}
			})
		})
	}
}

func TestTheFourthFile(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.exists")
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		var all []string
		for i := range 4 {
			all = append(all, local(t, fmt.Sprint("f", i), []byte{'0' + byte(i)}))
		}
		r := sshtest.Run(t, c.up(s, "docs", all...))
		if n := strings.Count(r.Err+r.Out, words); r.Code != c.refused() || n != 1 {
			t.Errorf("the words came %d times\n%v", n, r)
		}
		fs.rest(t)
		if got, _ := fs.docs(); got != "f0=0 f1=1 f2=2" {
			t.Errorf("kept: %s", got)
		}
	})
}

func TestForbiddenFolder(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.not_folder")
	each(t, func(t *testing.T, c client) {
		s, _ := serve(t)
		r := sshtest.Run(t, c.up(s, "read", local(t, "x", []byte("x"))))
		if r.Code != c.refused() || !strings.Contains(r.Err+r.Out, words) {
			t.Error(r)
		}
	})
}

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
		s, _ := serve(t)
		dir := t.TempDir()
		r := sshtest.Run(t, c.down(s, dir, "read/*.txt"))
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

func TestEscapingTheTree(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.outside")
	for _, flags := range [][]string{nil, {"-O"}} {
		s, fs := serve(t)
		for _, to := range []string{":../x.jpg", ":docs/../../x.jpg"} {
			r := sshtest.Run(t, s.SCP("amy", pw, append(append([]string{}, flags...), local(t, "x.jpg", []byte("x")), to)...))
			if r.Code != 1 || !strings.Contains(r.Err, words) {
				t.Errorf("%v %s: %v", flags, to, r)
			}
		}
		if got, open := fs.docs(); got != "" || open != 0 {
			t.Errorf("kept: %s, %d hang", got, open)
		}
	}
}

// An upload that is cut in the middle leaves nothing.
func TestACutUploadLeavesNothing(t *testing.T) {
	t.Run("sftp", func(t *testing.T) {
		s, fs := serve(t)
		client := s.Dial("amy", pw)
		sftp := newSFTP(t, client)
		f, err := sftp.Create("/docs/cut.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, 100_000)); err != nil {
			t.Fatal(err)
		}
		if _, open := fs.docs(); open != 1 {
			t.Fatalf("%d uploads are under way", open)
		}
		_ = client.Close()
		fs.rest(t)
		if got, _ := fs.docs(); got != "" {
			t.Errorf("kept: %s", got)
		}
	})
	t.Run("scp", func(t *testing.T) {
		s, fs := serve(t)
		for _, send := range []string{"C0644 1000 cut.jpg\n", "C0644 1000 cut.jpg\nonly this", "C0644 4 cut.jpg\nfour"} {
			scpRaw(t, s.Dial("amy", pw), "scp -t docs", send)
			fs.rest(t)
			if got, _ := fs.docs(); got != "" {
				t.Errorf("%q: kept: %s", send, got)
			}
		}
	})
}

// scpRaw speaks the old protocol by hand and gives what the server answered.
func scpRaw(t *testing.T, c *gossh.Client, cmd, send string) string {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Stdin = strings.NewReader(send)
	out, _ := s.Output(cmd)
	return string(out)
}

// Three have room, and a fourth may find it taken by one that is still under
// way: at least seven are refused, and what was not refused is there.
func TestTenUploadsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		codes := make(chan int, 10)
		for i := range 10 {
			cmd := c.up(s, "docs", local(t, fmt.Sprintf("f%d", i), []byte("x")))
			go func() { codes <- sshtest.Run(t, cmd).Code }()
		}
		sum := 0
		for range 10 {
			sum += <-codes / c.refused()
		}
		fs.rest(t)
		if got, _ := fs.docs(); sum < 7 || strings.Count(got, "=x") != 10-sum {
			t.Errorf("%d were refused; stored: %s", sum, got)
		}
	})
}
