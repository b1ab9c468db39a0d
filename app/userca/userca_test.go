package userca

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// desk signs with the real ssh-keygen in a folder of its own.
type desk struct {
	t   *testing.T
	dir string
}

func (d desk) run(args ...string) {
	d.t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		d.t.Skip("ssh-keygen is missing")
	}
	cmd := exec.Command("ssh-keygen", append([]string{"-q"}, args...)...)
	cmd.Dir = d.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("ssh-keygen %v: %v %s", args, err, out)
	}
}

func (d desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d desk) read(name string) string {
	d.t.Helper()
	b, err := os.ReadFile(d.path(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

func (d desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// sign gives anna's certificate, made with the flags.
func (d desk) sign(ca string, flags ...string) *ssh.Certificate {
	d.t.Helper()
	d.run(append(append([]string{"-s", ca}, flags...), "anna.pub")...)
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(d.read("anna-cert.pub")))
	if err != nil {
		d.t.Fatal(err)
	}
	return key.(*ssh.Certificate)
}

func newDesk(t *testing.T) (desk, *Authority) {
	d := desk{t, t.TempDir()}
	for _, name := range []string{"ca", "foreign", "anna"} {
		d.run("-t", "ed25519", "-N", "", "-f", name)
	}
	d.write("revoked", "# none yet\n")
	a, err := Open(d.path("ca.pub"), d.path("revoked"))
	if err != nil {
		t.Fatal(err)
	}
	return d, a
}

func TestCertificatesOfTheRealTool(t *testing.T) {
	d, a := newDesk(t)
	good := []string{"-I", "anna@laptop", "-n", "anna", "-V", "+1h", "-z", "17"}
	with := func(more ...string) []string { return append(append([]string{}, good...), more...) }
	for name, c := range map[string]struct {
		cert  *ssh.Certificate
		login string
		after time.Duration
		why   string // "" : it opens
	}{
		"good":                {d.sign("ca", good...), "anna", 0, ""},
		"two principals":      {d.sign("ca", "-I", "x", "-n", "li,anna", "-V", "+1h"), "anna", 0, ""},
		"from here":           {d.sign("ca", with("-O", "source-address=198.51.100.7,192.0.2.0/24")...), "anna", 0, ""},
		"from elsewhere":      {d.sign("ca", with("-O", "source-address=198.51.100.0/24")...), "anna", 0, "does not open from"},
		"another's name":      {d.sign("ca", good...), "admin", 0, "principal"},
		"nobody's":            {d.sign("ca", "-I", "x", "-V", "+1h"), "anna", 0, "names nobody"},
		"over":                {d.sign("ca", good...), "anna", 2 * time.Hour, "expired"},
		"not yet":             {d.sign("ca", "-I", "x", "-n", "anna", "-V", "+1h:+2h"), "anna", 0, "not yet valid"},
		"a foreign authority": {d.sign("foreign", good...), "anna", 0, "another authority"},
		"a host's":            {d.sign("ca", with("-h")...), "anna", 0, "a host's"},
		"one command only":    {d.sign("ca", with("-O", "force-command=true")...), "anna", 0, "force-command"},
		"an unknown option":   {d.sign("ca", with("-O", "critical:hop@school=1")...), "anna", 0, "unsupported"},
	} {
		err := a.Check(c.cert, c.login, "192.0.2.9", time.Now().Add(c.after))
		switch {
		case c.why == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.why != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s: %v, want %q", name, err, c.why)
		}
	}
}

func TestChangedCertificateDoesNotOpen(t *testing.T) {
	d, a := newDesk(t)
	cert := d.sign("ca", "-I", "x", "-n", "anna", "-V", "+1h")
	cert.ValidPrincipals = []string{"admin"}
	if err := a.Check(cert, "admin", "192.0.2.9", time.Now()); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}

// What is taken back opens no more from then on, without a restart; a list that cannot be read lets nobody in.
func TestRevocationsAreReadAgain(t *testing.T) {
	d, a := newDesk(t)
	cert := d.sign("ca", "-I", "anna@laptop", "-n", "anna", "-V", "+1h", "-z", "17")
	check := func() error { return a.Check(cert, "anna", "192.0.2.9", time.Now()) }
	for i, text := range []string{"serial 17", "id anna@laptop", ssh.FingerprintSHA256(cert.Key), d.read("anna.pub"), d.read("anna-cert.pub"), d.read("ca.pub")} {
		d.write("revoked", strings.Repeat("#", i+1)+"\n"+text+"\n")
		if err := check(); err == nil || !strings.Contains(err.Error(), "taken back") {
			t.Errorf("%s: %v", text, err)
		}
		d.write("revoked", strings.Repeat("#", i+20)+"\nserial 18\nid li@laptop\n")
		if err := check(); err != nil {
			t.Errorf("others taken back: %v", err)
		}
	}
	d.write("revoked", "serial seventeen\n")
	if err := check(); !errors.Is(err, ErrRefused) {
		t.Errorf("a list with a slip: %v", err)
	}
	if err := os.Remove(d.path("revoked")); err != nil {
		t.Fatal(err)
	}
	if err := check(); !errors.Is(err, ErrRefused) {
		t.Errorf("a list that is gone: %v", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	d, _ := newDesk(t)
	d.write("none", "# nothing\n")
	d.write("bad", "ssh-ed25519 AAAA\n")
	d.write("private", d.read("ca"))
	for name, want := range map[string]string{"none": "holds no public key", "bad": "line 1: no public key", "private": "no public key", "missing": "no such file"} {
		if _, err := Open(d.path(name), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
