package sshsrv_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app/session"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

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

// Screens that stay are ended while a command still works.
func TestDrainEndsScreensFirst(t *testing.T) {
	release := make(chan struct{})
	srv, _ := server(t, slowCommand(release), func(o *sshsrv.Options) {
		o.Limits.DrainScreens, o.Limits.DrainTotal = time.Millisecond, time.Hour
	})
	client := srv.Dial("amy", pw("amy"))
	tty := sshtest.NewTTY(t, client, 80, 24)
	tty.Expect("hello")
	slow := sshtest.NewTTY(t, client, 80, 24, "slow")
	slow.Expect("working")
	var stopped sync.WaitGroup
	stopped.Go(func() { _ = srv.Stop(t) })
	if code := tty.End(); code != 1 {
		t.Errorf("screens: exit %d, %q", code, tty.Seen())
	}
	close(release)
	if code := slow.End(); code != 0 || !strings.HasSuffix(slow.Seen(), "done <nil>\r\n") {
		t.Errorf("command: exit %d, %q", code, slow.Seen())
	}
	stopped.Wait()
}

// An upload under way is waited for; sftp at its prompt is not.
func TestDrainWaitsForUploads(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) {
		o.Limits.DrainScreens, o.Limits.DrainTotal = time.Millisecond, time.Hour
	})
	idle := newSFTP(t, srv.Dial("amy", pw("amy")))
	if _, err := idle.Stat("/"); err != nil {
		t.Fatal(err)
	}
	busy := newSFTP(t, srv.Dial("amy", pw("amy")))
	f, err := busy.Create("/x")
	if err != nil {
		t.Fatal(err)
	}
	var stopped sync.WaitGroup
	stopped.Go(func() { _ = srv.Stop(t) })
	if err := idle.Wait(); err == nil {
		t.Error("sftp at its prompt ended without an error")
	}
	if _, err := f.Write([]byte("the rest")); err != nil {
		t.Errorf("the upload was interrupted: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("the upload was not kept: %v", err)
	}
	_ = busy.Close()
	stopped.Wait()
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
