package sshsrv_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

func TestSixtySessionsOnOneConnection(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	var open []*gossh.Session
	refused := 0
	for range 60 {
		s, err := client.NewSession()
		if err != nil {
			if !strings.Contains(err.Error(), "too many sessions") {
				t.Fatal(err)
			}
			refused++
			continue
		}
		open = append(open, s)
	}
	if len(open) != 10 || refused != 50 {
		t.Fatalf("%d came in, %d were refused", len(open), refused)
	}
	for _, s := range open {
		_ = s.Close()
	}
	sshtest.Eventually(t, "there is room again", func() bool {
		s, err := client.NewSession()
		if err == nil {
			err = s.Run("whoami")
		}
		return err == nil
	})
}

func TestForwardingIsRefused(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	if l, err := client.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("the server listens for a client")
	}
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if c, err := client.Dial("tcp", target.Addr().String()); err == nil {
		_ = c.Close()
		t.Error("the server dials for a client")
	}
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req", "break", "nonsense"} {
		if ok, err := s.SendRequest(request, true, nil); ok || err != nil {
			t.Errorf("%s: %t, %v", request, ok, err)
		}
	}
	if said, code := subsystem(t, client, "netconf"); code != -1 {
		t.Errorf("an unknown subsystem: exit %d, %q", code, said)
	}
	if err := s.Run("whoami"); err != nil {
		t.Errorf("the session is of no use any more: %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	srv, _ := server(t)
	s, err := srv.Dial("amy", pw("amy")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"LANG", "zh_CN.UTF-8", true}, {"COLORTERM", "truecolor", true},
		{"LD_PRELOAD", "/tmp/x.so", false}, {"PATH", "/tmp", false}, {"COHORT_DATA", "/", false},
		{"LANG=x\nPATH", "y", false}, {"LC_ALL", "en\nPATH=/tmp", false}, {"LC_ALL", strings.Repeat("x", 5000), false},
	} {
		if err := s.Setenv(c.name, c.value); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	if out, err := s.Output("env"); err != nil || string(out) != "[\"LANG=zh_CN.UTF-8\" \"COLORTERM=truecolor\"]\n" {
		t.Errorf("%s, %v", out, err)
	}
}

func TestAPanicEndsOneSession(t *testing.T) {
	var log safeBuffer
	srv, _ := server(t, func(o *sshsrv.Options) { o.Log = log.logger() })
	client := srv.Dial("amy", pw("amy"))
	witness := sshtest.NewTTY(t, client, 80, 24)
	witness.Expect("hello")

	out, code := run(t, client, "panic")
	if code != 1 || !strings.Contains(out, "reference") || strings.Contains(out, "broke") || strings.Contains(out, ".go:") {
		t.Errorf("command: exit %d, %q", code, out)
	}
	tty := sshtest.NewTTY(t, client, 80, 24)
	tty.Expect("hello")
	tty.Type("p")
	if code := tty.End(); code != 1 || !strings.Contains(tty.Seen(), "reference") || strings.Contains(tty.Seen(), "the screen broke") {
		t.Errorf("screens: exit %d, %q", code, tty.Seen())
	}
	restored(t, tty)
	for _, what := range []string{"the command broke", "the screen broke"} {
		if !strings.Contains(log.String(), what) {
			t.Errorf("the log lacks %q", what)
		}
	}
	if ref := between(out, "reference ", ")"); ref == "" || !strings.Contains(log.String(), "ref="+ref) {
		t.Errorf("the log lacks the reference %q", ref)
	}
	witness.Type("x")
	witness.Expect("key=x")
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestADisabledAccountsSessionsEnd(t *testing.T) {
	srv, door := server(t)
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24)
	tty.Expect("hello")
	command := sshtest.NewTTY(t, client, 80, 24, "wait")
	command.Expect("waiting")
	other := sshtest.NewTTY(t, srv.Dial("bob", pw("bob")), 80, 24)
	other.Expect("hello")
	door.disable("amy")
	for _, s := range []*sshtest.TTY{tty, command} {
		if code := s.End(); code != 1 || !strings.HasSuffix(s.Seen(), "«test.disabled»\r\n") {
			t.Errorf("exit %d, %q", code, s.Seen())
		}
	}
	restored(t, tty)
	other.Type("x")
	other.Expect("key=x")
}

// Who was thrown out does not come back by the connection he came on.
func TestAnEndedConnectionOpensNoFurtherSession(t *testing.T) {
	srv, _ := server(t)
	conn := srv.Dial("amy", pw("amy"))
	first := sshtest.NewTTY(t, conn, 80, 24)
	first.Expect("hello") // it is the older one in the list
	second := sshtest.NewTTY(t, conn, 80, 24)
	second.Expect("hello")
	list := srv.Sessions()
	if len(list) != 2 || list[0].Term != "xterm-256color 80x24" || !list[0].LastKey.IsZero() {
		t.Fatalf("%+v", list)
	}
	first.Type("x")
	first.Expect("key=x")
	if srv.Sessions()[0].LastKey.IsZero() || !srv.Sessions()[1].LastKey.IsZero() {
		t.Errorf("last keys: %+v", srv.Sessions())
	}
	// One's own neighbour ends alone …
	srv.End(list[0].ID, fault.New(fault.Forbidden, "test.ended"), list[1].ID)
	if code := first.End(); code != 1 || !strings.HasSuffix(first.Seen(), "«test.ended»\r\n") {
		t.Errorf("exit %d, %q", code, first.Seen())
	}
	second.Type("y")
	second.Expect("key=y")
	// … and anybody else with all that shares the connection.
	srv.End(list[1].ID, fault.New(fault.Forbidden, "test.ended"), "")
	if code := second.End(); code != 1 {
		t.Errorf("exit %d", code)
	}
	if s, err := conn.NewSession(); err == nil {
		t.Error("the ended connection opens another session")
		_ = s.Close()
	}
	if err := conn.Wait(); err == nil {
		t.Error("the connection did not close")
	}
}

func TestAnAdministratorSeesAndEndsSessions(t *testing.T) {
	srv, _ := server(t)
	tty := sshtest.NewTTY(t, srv.Dial("amy", pw("amy")), 80, 24)
	tty.Expect("hello")
	sftp, _, err := srv.Dial("bob", pw("bob")).OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sftp.SendRequest("subsystem", true, gossh.Marshal(struct{ Name string }{"sftp"})); err != nil {
		t.Fatal(err)
	}
	sshtest.Eventually(t, "both are listed", func() bool { return len(srv.Sessions()) == 2 })
	list := srv.Sessions()
	got := fmt.Sprintf("%s %s %s %s %d, %s %s", list[0].Login, list[0].Kind, list[0].Method, list[0].Addr, list[0].Account, list[1].Login, list[1].Kind)
	if got != "amy screens password 127.0.0.1 1, bob sftp" {
		t.Errorf("listed: %s", got)
	}
	for _, o := range list {
		if !srv.End(o.ID, fault.New(fault.Forbidden, "test.ended"), "") {
			t.Errorf("%s is not there", o.ID)
		}
	}
	if code := tty.End(); code != 1 || !strings.HasSuffix(tty.Seen(), "«test.ended»\r\n") {
		t.Errorf("exit %d, %q", code, tty.Seen())
	}
	if said, _ := io.ReadAll(sftp.Stderr()); string(said) != "\r«test.ended»\n" {
		t.Errorf("sftp heard %q", said)
	}
	if srv.End("s999", fault.New(fault.Forbidden, "test.ended"), "") {
		t.Error("a session that is not there was ended")
	}
}
