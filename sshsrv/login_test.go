package sshsrv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
