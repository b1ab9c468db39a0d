package sshsrv_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

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
