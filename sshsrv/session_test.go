package sshsrv_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
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

func TestDumbTerminal(t *testing.T) {
	srv, _ := server(t)
	for _, term := range []string{"dumb", ""} {
		s, err := srv.Dial("amy", pw("amy")).NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RequestPty(term, 24, 80, nil); err != nil {
			t.Fatal(err)
		}
		tty := sshtest.StartTTY(t, s)
		if code := tty.End(); code != 2 || !strings.Contains(tty.Seen(), "TERM=dumb") || strings.Contains(tty.Seen(), "\x1b") {
			t.Errorf("TERM=%q: exit %d, %q", term, code, tty.Seen())
		}
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

func TestScreens(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	for _, c := range []struct{ command, start string }{
		{"", "start="}, {"open customers/42", "start=customers/42"}, {"open", "start="},
	} {
		var command []string
		if c.command != "" {
			command = []string{c.command}
		}
		tty := sshtest.NewTTY(t, client, 90, 30, command...)
		tty.Expect("hello amy")
		tty.Expect("size=90x30")
		tty.Expect(c.start)
		if err := tty.WindowChange(40, 100); err != nil {
			t.Fatal(err)
		}
		tty.Expect("100x40")
		tty.Type("q")
		if code := tty.End(); code != 0 {
			t.Errorf("%q: exit %d", c.command, code)
		}
		restored(t, tty)
	}
	if code := sshtest.NewTTY(t, client, 80, 24, "open", "--help").End(); code != 0 {
		t.Errorf("open --help is a command: exit %d", code)
	}
}

// restored checks that the client has its own screen and cursor again.
func restored(t *testing.T, tty *sshtest.TTY) {
	t.Helper()
	seen := tty.Seen()
	if on, off := strings.LastIndex(seen, "\x1b[?1049h"), strings.LastIndex(seen, "\x1b[?1049l"); on < 0 || off < on {
		t.Errorf("the client is left in the other screen: %q", seen)
	}
	if strings.LastIndex(seen, "\x1b[?25h") < strings.LastIndex(seen, "\x1b[?25l") {
		t.Errorf("the client is left without a cursor: %q", seen)
	}
}

func TestAHugeTerminalIsClamped(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	for _, size := range [][2]int{{3000, 1000}, {1<<31 - 1, 1<<31 - 1}} {
		tty := sshtest.NewTTY(t, client, size[0], size[1])
		tty.Expect("size=500x200")
		if err := tty.WindowChange(50, 60); err != nil {
			t.Fatal(err)
		}
		tty.Expect("60x50")
		if err := tty.WindowChange(1000, 3000); err != nil {
			t.Fatal(err)
		}
		tty.Expect("500x200")
		tty.Type("q")
		tty.End()
	}
}

func TestAWindowChangeBeforeTheShell(t *testing.T) {
	srv, _ := server(t)
	s, err := srv.Dial("amy", pw("amy")).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := s.WindowChange(30, 100+i); err != nil {
			t.Fatal(err)
		}
	}
	tty := sshtest.StartTTY(t, s)
	tty.Expect("size=199x30")
	tty.Type("q")
	if code := tty.End(); code != 0 {
		t.Errorf("exit %d", code)
	}
}

func TestAResizeStormDoesNotHoldUpTheConnection(t *testing.T) {
	srv, _ := server(t)
	client := srv.Dial("amy", pw("amy"))
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	// A command on a terminal never takes sizes: they must not pile up.
	tty := sshtest.StartTTY(t, s, "wait")
	tty.Expect("waiting")
	for i := range 5000 {
		if err := s.WindowChange(24+i%50, 80); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := run(t, client, "whoami"); code != 0 {
		t.Errorf("another session of the connection: exit %d, %q", code, out)
	}
	tty.Type("\x03")
	tty.End()
}

// One window of a shared connection is closed while the connection lives on:
// its program must end.
func TestAWindowOfASharedConnectionIsClosed(t *testing.T) {
	srv, door := server(t)
	client := srv.Dial("amy", pw("amy"))
	for _, command := range [][]string{nil, {"wait"}} {
		before, _ := door.counts()
		tty := sshtest.NewTTY(t, client, 80, 24, command...)
		tty.Expect(map[bool]string{true: "hello", false: "waiting"}[command == nil])
		if err := tty.Close(); err != nil {
			t.Fatal(err)
		}
		sshtest.Eventually(t, "the session is left", func() bool {
			_, left := door.counts()
			return left == before+1 && len(srv.Sessions()) == 0
		})
	}
	if out, code := run(t, client, "whoami"); code != 0 {
		t.Errorf("the connection is of no use any more: exit %d, %q", code, out)
	}
}

// The same with OpenSSH's own ControlMaster.
func TestAControlMasterWindowIsClosed(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) { o.Limits.KeepAlive = 50 * time.Millisecond })
	dir, err := os.MkdirTemp("", "mux") // a short path: a socket's name has room for 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	key := sshtest.NewKey(t)
	door.give("bob", key.Signer.PublicKey())
	socket := filepath.Join(dir, "s")
	master := srv.SSH("bob", sshtest.Auth{Key: key}, []string{"-M", "-S", socket, "-N"})
	if err := master.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = master.Process.Kill(); _ = master.Wait() }()
	sshtest.Eventually(t, "the master listens", func() bool { _, err := os.Stat(socket); return err == nil })

	window := srv.SSH("bob", sshtest.Auth{Key: key}, []string{"-S", socket, "-tt"})
	in, err := window.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := window.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := window.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('!'); err != nil {
		t.Fatal(err)
	}
	_ = window.Process.Kill()
	_ = window.Wait()
	sshtest.Eventually(t, "its session has ended", func() bool {
		_, left := door.counts()
		return left == 1 && len(srv.Sessions()) == 0
	})
}

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
		if !srv.End(o.ID, fault.New(fault.Forbidden, "test.ended")) {
			t.Errorf("%s is not there", o.ID)
		}
	}
	if code := tty.End(); code != 1 || !strings.HasSuffix(tty.Seen(), "«test.ended»\r\n") {
		t.Errorf("exit %d, %q", code, tty.Seen())
	}
	if said, _ := io.ReadAll(sftp.Stderr()); string(said) != "\r«test.ended»\n" {
		t.Errorf("sftp heard %q", said)
	}
	if srv.End("s999", fault.New(fault.Forbidden, "test.ended")) {
		t.Error("a session that is not there was ended")
	}
}

// slowCommand adds "slow", a command that works until release closes.
func slowCommand(release chan struct{}) func(*sshsrv.Options) {
	return func(o *sshsrv.Options) {
		o.Limits.DrainScreens = time.Hour
		inner := o.Command
		o.Command = func(ctx context.Context, s *session.Session, args []string, in io.Reader, out, errOut io.Writer) int {
			if args[0] != "slow" {
				return inner(ctx, s, args, in, out, errOut)
			}
			fmt.Fprintln(out, "working")
			<-release
			fmt.Fprintln(out, "done", ctx.Err())
			return 0
		}
	}
}

// Draining tells the screens, takes nothing new, and waits for the work.
func TestDrain(t *testing.T) {
	release := make(chan struct{})
	srv, _ := server(t, slowCommand(release))
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24)
	tty.Expect("hello")
	slow := sshtest.NewTTY(t, client, 80, 24, "slow")
	slow.Expect("working")

	var stopped sync.WaitGroup
	stopped.Go(func() {
		if err := srv.Stop(t); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	tty.Expect("goodbye:the server restarts in")
	tty.Type("q")
	if code := tty.End(); code != 0 {
		t.Errorf("screens: exit %d", code)
	}
	restored(t, tty)
	if out, code := run(t, client, "whoami"); code != 1 || !strings.Contains(out, "restarting") {
		t.Errorf("a new session while draining: exit %d, %q", code, out)
	}
	close(release)
	if code := slow.End(); code != 0 || !strings.HasSuffix(slow.Seen(), "done <nil>\r\n") {
		t.Errorf("command: exit %d, %q", code, slow.Seen())
	}
	stopped.Wait()
	if c, err := net.Dial("tcp", srv.Addr()); err == nil {
		_ = c.Close()
		t.Error("the server still accepts")
	}
}

// What stays is ended in its time, in words, with the terminal given back.
func TestDrainEndsWhatStays(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) {
		o.Limits.DrainScreens, o.Limits.DrainTotal = time.Millisecond, time.Millisecond
	})
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24)
	tty.Expect("hello")
	command := sshtest.NewTTY(t, client, 80, 24, "wait")
	command.Expect("waiting")
	if err := srv.Stop(t); err != nil {
		t.Errorf("serve: %v", err)
	}
	for _, s := range []*sshtest.TTY{tty, command} {
		if code := s.End(); code != 1 || !strings.HasSuffix(s.Seen(), "the server is restarting. Connect again in a moment.\r\n") {
			t.Errorf("exit %d, %q", code, s.Seen())
		}
	}
	restored(t, tty)
}

func TestTheStockRenderer(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.StockRenderer = true })
	tty := sshtest.NewTTY(t, srv.Dial("amy", pw("amy")), 80, 24)
	tty.Expect("hello")
	tty.Type("q")
	if code := tty.End(); code != 0 {
		t.Errorf("exit %d", code)
	}
	restored(t, tty)
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
