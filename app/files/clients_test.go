package files_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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
