package sshsrv_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cohort/app/i18n"
	"cohort/app/session"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

func TestCommands(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	for _, c := range []struct {
		cmd, want string
		code      int
	}{
		{`args one 'two words' "三 个" a\ b`, "[\"one\" \"two words\" \"三 个\" \"a b\"]\n", 0},
		{"fail", "refused: because\n", 1},
		{"args 'open", "a quotation mark in the command is not closed.\n", 2},
		{"open customers/42", "", 0}, // without a terminal it is a command like any other
	} {
		if out, code := run(t, client, c.cmd); out != c.want || code != c.code {
			t.Errorf("%s: %q, exit %d; want %q, exit %d", c.cmd, out, code, c.want, c.code)
		}
	}
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s.Stdin = strings.NewReader("through\n")
	if out, err := s.Output("cat"); err != nil || string(out) != "through\n" {
		t.Errorf("cat: %q, %v", out, err)
	}
}

func TestShellWithoutATerminalSaysWhatToDo(t *testing.T) {
	srv, _ := server(t)
	s, err := srv.Dial("amy", pw("amy")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	s.Stderr = &said
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	if code := sshtest.ExitCode(s.Wait()); code != 2 || !strings.Contains(said.String(), "ssh -t") {
		t.Errorf("exit %d, %q", code, said.String())
	}
}

func TestCommandOnATerminal(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24, "whoami")
	if code := tty.End(); code != 0 || !strings.HasSuffix(tty.Seen(), "lang=en\r\n") {
		t.Errorf("exit %d, %q", code, tty.Seen())
	}

	tty = sshtest.NewTTY(t, client, 80, 24, "cat")
	tty.Type("abx\x7fc\r")
	tty.Expect("abc\r\n")
	tty.Type("王\x7f李\r")
	tty.Expect("\r\n李\r\n")
	tty.Type("\x04")
	if code := tty.End(); code != 0 {
		t.Errorf("ctrl+d: exit %d", code)
	}

	tty = sshtest.NewTTY(t, client, 80, 24, "secret")
	tty.Expect("secret? ")
	tty.Type("xyz\x7f\r")
	if code := tty.End(); code != 0 || !strings.HasSuffix(tty.Seen(), "secret? \r\ngot 2 bytes\r\n") {
		t.Errorf("a secret: exit %d, %q", code, tty.Seen())
	}

	tty = sshtest.NewTTY(t, client, 80, 24, "wait")
	tty.Expect("waiting\r\n")
	tty.Type("\x03")
	if code := tty.End(); code != 1 || !strings.HasSuffix(tty.Seen(), "stopped\r\n") {
		t.Errorf("ctrl+c: exit %d, %q", code, tty.Seen())
	}
}

func TestTheClientsLanguage(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Lang = i18n.Chinese })
	client := srv.Dial("amy", pw("amy"))
	for _, c := range []struct{ name, value, want string }{
		{"", "", "lang=zh"}, {"LANG", "en_US.UTF-8", "lang=en"}, {"LANG", "C", "lang=zh"}, {"LC_ALL", "en_GB", "lang=en"},
	} {
		s, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if c.name != "" {
			if err := s.Setenv(c.name, c.value); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := s.Output("whoami"); err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s=%s: %s, %v", c.name, c.value, out, err)
		}
	}
}

func TestWhatIsNotThereIsRefusedInWords(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Screens, o.Command, o.Files = nil, nil, nil })
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24)
	if code := tty.End(); code != 1 || !strings.Contains(tty.Seen(), "no screens") {
		t.Errorf("screens: exit %d, %q", code, tty.Seen())
	}
	if out, code := run(t, client, "whoami"); code != 1 || !strings.Contains(out, "no commands") {
		t.Errorf("command: exit %d, %q", code, out)
	}
	if r := sshtest.Run(t, srv.SCP("amy", pw("amy"), ":x", t.TempDir())); r.Code != 1 || !strings.Contains(r.Err, "cannot be transferred") {
		t.Errorf("files: %v", r)
	}
}

// lateDoor lets a session in after the server has begun to stop.
type lateDoor struct {
	*fakeDoor
	at, open chan struct{}
}

func (d lateDoor) Enter(ctx context.Context, p sshsrv.Pass, s *session.Session) (<-chan struct{}, func() error, func(), error) {
	close(d.at)
	<-d.open
	return d.fakeDoor.Enter(ctx, p, s)
}

// The door changes the session's language while the server says goodbye (the
// race detector looks).
func TestDrainWhileSomebodyIsAtTheDoor(t *testing.T) {
	late := lateDoor{at: make(chan struct{}), open: make(chan struct{})}
	srv, _ := server(t, func(o *sshsrv.Options) {
		late.fakeDoor = o.Door.(*fakeDoor)
		o.Door = late
		o.Limits.DrainScreens, o.Limits.DrainTotal = 500*time.Millisecond, time.Second
	})
	s, err := srv.Dial("amy", pw("amy")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Run("whoami") }()
	<-late.at
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = srv.Stop(t) }()
	time.Sleep(100 * time.Millisecond)
	close(late.open)
	<-stopped
}
