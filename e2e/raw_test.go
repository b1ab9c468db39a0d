package e2e

import (
	"strings"
	"testing"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// invitation is an applicant of the demo school who has sent nothing yet.
func invitation(t *testing.T, s *server) person {
	t.Helper()
	x := &rights{t: t, s: s, by: map[string]person{}}
	x.invited()
	return x.applicant()
}

// Names that no client of the shell can send: NUL, and what would lead out of
// the folder in the old protocol.
func TestNamesThatNoClientSends(t *testing.T) {
	t.Parallel()
	p := invitation(t, demoServer(t))
	before := p.must("documents list --json")
	long := strings.Repeat("x", 296) + ".png"
	content := padded("png", 0)
	for _, name := range []string{"a\x00b.png", "\x00", "../up.png", "../../etc/passwd", "..", "/../../up\x00.png", long, "a/../../b.png",
		`..\up.png`, "a\nb.png", "\x1b[2Jclear.png", "\xff\xfe.png\x00"} {
		err := p.sftp(func(c *sftp.Client) error { return put(c, name, content) })
		if err == nil {
			t.Errorf("SFTP took %q", name)
		}
	}
	for _, name := range []string{"a\x00b.png", "../up.png", "..", ".", "", "/etc/passwd", "a/b.png", long, `..\up.png`} {
		if p.send(name, content) == "" {
			t.Errorf("scp took %q", name)
		}
	}
	if after := p.must("documents list --json"); after != before {
		t.Errorf("something was kept: %s", after)
	}
	if said := p.send("good.png", content); said != "" {
		t.Errorf("a good one is refused: %s", said)
	}
}

// Sixty sessions on one connection: some come in, the others are refused in
// words, and the connection goes on working.
func TestSixtySessions(t *testing.T) {
	t.Parallel()
	p := demoServer(t).demoPerson(t, "sales_a")
	var open []*gossh.Session
	for range 60 {
		s, err := p.conn.NewSession()
		if err != nil {
			if !strings.Contains(err.Error(), "too many sessions are open") {
				t.Fatal(err)
			}
			continue
		}
		open = append(open, s)
	}
	if len(open) == 0 || len(open) == 60 {
		t.Errorf("%d of 60 came in", len(open))
	}
	for _, s := range open {
		_ = s.Close()
	}
	for range 100 {
		if s, err := p.conn.NewSession(); err == nil {
			_ = s.Close()
			if a := p.run("whoami"); a.code != 0 || !strings.Contains(a.out, "sales_a") {
				t.Errorf("%+v", a)
			}
			return
		}
	}
	t.Error("there is no room again")
}
