package sshsrv_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/i18n"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

func TestWhoOneIsComesFromTheHandshake(t *testing.T) {
	key := sshtest.NewKey(t)
	srv, door := server(t)
	door.give("bob", key.Signer.PublicKey())
	for _, c := range []struct {
		user string
		auth sshtest.Auth
		want string
	}{
		{"amy", pw("amy"), "amy account=1 enrollment=0 via=command lang=en\n"},
		{"bob", sshtest.Auth{Key: key}, "bob account=2 enrollment=0 via=command lang=en\n"},
		{"enroll-good", sshtest.Auth{}, "enroll account=0 enrollment=7 via=command lang=en\n"},
	} {
		if out, code := run(t, srv.Dial(c.user, c.auth), "whoami"); out != c.want || code != 0 {
			t.Errorf("%s: %q, exit %d; want %q", c.user, out, code, c.want)
		}
	}
}

func TestKeyboardInteractiveAsksOneQuestion(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Lang = i18n.Chinese })
	conf := srv.Config("amy", sshtest.Auth{})
	var prompts []string
	conf.Auth = []gossh.AuthMethod{gossh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
		prompts = append(prompts, questions...)
		for _, e := range echos {
			if e {
				t.Error("the password would be echoed")
			}
		}
		return []string{"amy-pw"}, nil
	})}
	c, err := gossh.Dial("tcp", srv.Addr(), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(prompts) != 1 || prompts[0] != "密码 Password: " {
		t.Errorf("asked %q", prompts)
	}
	if out, _ := run(t, c, "whoami"); !strings.HasPrefix(out, "amy account=1") {
		t.Errorf("logged in as %q", out)
	}
}

func TestWrongNameAndWrongPasswordLookTheSame(t *testing.T) {
	srv, _ := server(t)
	var said []string
	for _, user := range []string{"amy", "nobody"} {
		_, err := gossh.Dial("tcp", srv.Addr(), srv.Config(user, sshtest.Auth{Password: "wrong"}))
		if err == nil {
			t.Fatalf("%s came in", user)
		}
		said = append(said, err.Error())
	}
	if said[0] != said[1] {
		t.Errorf("they differ:\n%s\n%s", said[0], said[1])
	}
}

// A client may name another account at every try (CVE-2024-45337 and its kin).
func TestAnotherAccountByChangingTheUserNameBetweenTries(t *testing.T) {
	key := sshtest.NewKey(t).Signer
	srv, door := server(t)
	door.give("bob", key.PublicKey())
	for _, c := range []struct {
		name  string
		tries func(*rawClient)
		want  string // who comes in; "" for nobody
	}{
		{"bob's key accepted as an offer, then amy's password", func(a *rawClient) {
			if a.offer("bob", key) != msgKeyOK {
				t.Error("bob's key would not do")
			}
			a.password("amy", "amy-pw")
		}, "amy"},
		{"bob's password wrong, then amy's right", func(a *rawClient) {
			a.password("bob", "wrong")
			a.password("amy", "amy-pw")
		}, "amy"},
		{"amy's password for bob, after a try as amy", func(a *rawClient) {
			a.offer("amy", key)
			a.password("bob", "amy-pw")
		}, ""},
		{"bob's key offered for bob, then signed for amy", func(a *rawClient) {
			a.offer("bob", key)
			a.sign("amy", key)
		}, ""},
		{"bob's key signed for amy, then for bob", func(a *rawClient) {
			a.sign("amy", key)
			a.sign("bob", key)
		}, "bob"},
		{"a good link by another method, then nothing as amy", func(a *rawClient) {
			a.offer("enroll-good", key)
			a.none("amy")
		}, ""},
		{"nothing at all", func(a *rawClient) { a.none("amy") }, ""},
	} {
		for _, want := range []struct{ request, what string }{{"exec", "whoami"}, {"subsystem", "sftp"}} {
			t.Run(c.name+", "+want.request, func(t *testing.T) {
				a := newRawClient(t, srv.Addr())
				c.tries(a)
				if a.in != (c.want != "") {
					t.Fatalf("came in: %t", a.in)
				}
				if !a.in {
					return
				}
				before, _ := door.counts()
				a.exec(want.request, want.what)
				sshtest.Eventually(t, "a session begins", func() bool { n, _ := door.counts(); return n > before })
				door.mu.Lock()
				defer door.mu.Unlock()
				if got := door.entered[before].Login; got != c.want {
					t.Errorf("a session as %q, want %q", got, c.want)
				}
			})
		}
	}
}

// Before anybody is logged in there are no sessions, and no subsystems.
func TestNoSessionBeforeTheLogIn(t *testing.T) {
	srv, door := server(t)
	a := newRawClient(t, srv.Addr())
	a.write(packet(msgChannelOpen, "session", 0, 1<<20, 1<<15))
	for m := a.read(); m != nil; m = a.read() {
		if m[0] == msgChannelOpened {
			t.Fatal("a session was opened")
		}
	}
	if n, _ := door.counts(); n != 0 {
		t.Errorf("%d sessions were entered", n)
	}
}

func TestAKeyMerelyOfferedProvesNothing(t *testing.T) {
	key, other := sshtest.NewKey(t), sshtest.NewKey(t)
	srv, door := server(t)
	door.give("bob", key.Signer.PublicKey())

	liar := &borrowed{other.Signer, key.Signer.PublicKey()} // shows bob's key, signs with another
	_, err := gossh.Dial("tcp", srv.Addr(), &gossh.ClientConfig{
		User: "bob", Auth: []gossh.AuthMethod{gossh.PublicKeys(liar)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err == nil {
		t.Fatal("a key was taken without its signature")
	}
	if n, _ := door.counts(); n != 0 {
		t.Errorf("%d sessions were entered", n)
	}
}

func TestAnOfferedKeyIsKeptAsOffered(t *testing.T) {
	srv, _ := server(t)
	for _, c := range []struct {
		name string
		auth sshtest.Auth
		want string
	}{
		{"offered", sshtest.Auth{Key: sshtest.NewKey(t), Password: "amy-pw"}, "true\n"},
		{"not offered", sshtest.Auth{Password: "amy-pw"}, "false\n"},
	} {
		if out, _ := run(t, srv.Dial("amy", c.auth), "offered"); out != c.want {
			t.Errorf("%s: %q", c.name, out)
		}
	}
}

func TestAnUnknownLinkLetsInOnlyToReadWhyNot(t *testing.T) {
	srv, door := server(t)
	client := srv.Dial("enroll-bad", sshtest.Auth{})
	want := (i18n.Printer{Lang: i18n.English}).T("ssh.no_link")
	if out, code := run(t, client, "whoami"); strings.TrimSpace(out) != want || code != 1 {
		t.Errorf("command: %q, exit %d", out, code)
	}
	tty := sshtest.NewTTY(t, client, 80, 24)
	if code := tty.End(); code != 1 || !strings.Contains(tty.Seen(), want+"\r\n") {
		t.Errorf("terminal: exit %d, %q", code, tty.Seen())
	}
	file := filepath.Join(t.TempDir(), "x.jpg")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"-O", "-s"} {
		r := sshtest.Run(t, srv.SCP("enroll-bad", sshtest.Auth{}, flag, file, ":"))
		if r.Code != 1 || strings.Count(r.Err, want) != 1 || strings.Contains(r.Err, "onnection") {
			t.Errorf("scp %s: %v", flag, r)
		}
	}
	r := sshtest.Run(t, srv.SFTP("enroll-bad", sshtest.Auth{}, "ls", "put "+file))
	if r.Code != 1 || strings.Count(r.Err, want) != 1 {
		t.Errorf("sftp: %v", r)
	}
	if n, _ := door.counts(); n != 0 {
		t.Errorf("the door was entered %d times", n)
	}
}

func TestFailedLogInsAreThrottledWithANotice(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) { o.Limits.Throttle.Pair = 3 })
	try := func(user, password string) (banner string, err error) {
		conf := srv.Config(user, sshtest.Auth{Password: password})
		conf.BannerCallback = func(s string) error { banner = s; return nil }
		c, err := gossh.Dial("tcp", srv.Addr(), conf)
		if err == nil {
			_ = c.Close()
		}
		return banner, err
	}
	for range 3 {
		if banner, err := try("amy", "wrong"); err == nil || banner != "" {
			t.Fatalf("banner %q, err %v", banner, err)
		}
	}
	banner, err := try("amy", "amy-pw")
	if err == nil || !strings.Contains(banner, "too many failed log-ins") {
		t.Errorf("banner %q, err %v", banner, err)
	}
	if door.asked != 3 {
		t.Errorf("the door was asked %d times", door.asked)
	}
	if _, err := try("bob", "bob-pw"); err != nil {
		t.Errorf("another account from the same address: %v", err)
	}
}

// The notice is seen in the clients that people have.
func TestTheThrottlesNoticeIsSeen(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) {
		o.Limits.Throttle = sshsrv.Throttle{Pair: 1, First: time.Hour, Max: time.Hour}
	})
	if _, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", sshtest.Auth{Password: "wrong"})); err == nil {
		t.Fatal("a wrong password was taken")
	}
	for name, cmd := range map[string]func() *exec.Cmd{
		"ssh":      func() *exec.Cmd { return srv.SSH("amy", pw("amy"), nil, "whoami") },
		"plink":    func() *exec.Cmd { return srv.PuTTY("plink", "amy", pw("amy"), "@", "whoami") },
		"dbclient": func() *exec.Cmd { return srv.Dropbear("amy", pw("amy"), "whoami") },
	} {
		t.Run(name, func(t *testing.T) {
			r := sshtest.Run(t, cmd())
			if strings.Count(r.Err+r.Out, "Try again in") != 1 {
				t.Error(r)
			}
		})
	}
}

func TestOnlyModernAlgorithms(t *testing.T) {
	srv, _ := server(t)
	for name, weaken := range map[string]func(*gossh.ClientConfig){
		"key exchange": func(c *gossh.ClientConfig) { c.KeyExchanges = []string{gossh.InsecureKeyExchangeDH14SHA1} },
		"cipher":       func(c *gossh.ClientConfig) { c.Ciphers = []string{gossh.InsecureCipherAES128CBC} },
		"mac": func(c *gossh.ClientConfig) {
			c.Ciphers, c.MACs = []string{gossh.CipherAES128CTR}, []string{gossh.HMACSHA1}
		},
	} {
		conf := srv.Config("amy", pw("amy"))
		weaken(conf)
		c, err := gossh.Dial("tcp", srv.Addr(), conf)
		if err == nil {
			_ = c.Close()
			t.Errorf("%s: agreed", name)
		} else if !strings.Contains(err.Error(), "no common algorithm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAConnectionTooMuchIsRefused(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Limits.ConnsPerAddr = 2 })
	first := srv.Dial("amy", pw("amy"))
	srv.Dial("amy", pw("amy"))
	if c, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", pw("amy"))); err == nil {
		_ = c.Close()
		t.Fatal("a third connection came in")
	}
	_ = first.Close()
	sshtest.Eventually(t, "the place is free again", func() bool {
		c, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", pw("amy")))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func TestSilentConnectionsAreClosed(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Limits.HandshakeTimeout = 1 })
	c, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 256)
	for err == nil {
		_, err = c.Read(buf)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal(err)
	}
}

// borrowed shows one key and signs with another.
type borrowed struct {
	gossh.Signer
	shown gossh.PublicKey
}

func (b *borrowed) PublicKey() gossh.PublicKey { return b.shown }
