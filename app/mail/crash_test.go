package mail

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"cohort/app/outbox"
	"cohort/db/dbtest"
)

const crashVariable = "COHORT_TEST_CRASH" // "database file,smtp url"

// crashing sends for real and dies before anybody can note it.
type crashing struct {
	outbox.Talk[Mail]
	left int
}

func (c *crashing) Send(m Mail) error {
	err := c.Talk.Send(m)
	if c.left--; c.left == 0 {
		os.Exit(3)
	}
	return err
}

var crashTime = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// TestCrashChild is the process that TestCrashBetweenSendAndMark kills; by itself it does nothing.
func TestCrashChild(t *testing.T) {
	file, url := os.Getenv(crashVariable), os.Getenv(crashVariable+"_URL")
	if file == "" {
		t.Skip("run by TestCrashBetweenSendAndMark")
	}
	s := openSchool(t, file, url, crashTime)
	s.mail.worker.Dial = func(ctx context.Context) (outbox.Talk[Mail], error) {
		open, err := s.mail.cfg.dial(ctx)
		return &crashing{Talk: open, left: 5}, err
	}
	s.round()
	t.Fatal("survived")
}

// The program dies after the server took the fifth of ten mails and before it is marked. Nothing is lost, that one
// comes twice at most, and under the same Message-ID.
func TestCrashBetweenSendAndMark(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	file := dbtest.Path(t)
	s := openSchool(t, file, p.url("tls=none"), crashTime)
	for i := range 10 {
		s.queue(fmt.Sprint(i), fmt.Sprintf("a%d@example.com", i))
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}

	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	child.Env = append(os.Environ(), crashVariable+"="+file, crashVariable+"_URL="+p.url("tls=none"))
	out, err := child.CombinedOutput()
	if code := child.ProcessState.ExitCode(); code != 3 {
		t.Fatalf("the child ended with %d, %v\n%s", code, err, out)
	}
	if got := len(p.all()); got != 5 {
		t.Fatalf("%d mails before the crash, want 5", got)
	}

	s = openSchool(t, file, p.url("tls=none"), crashTime)
	other := s.queue("new", "new@example.com")
	s.round() // what the dead one had leased is not touched yet
	s.want(other, Sent, 1)
	if got := len(p.all()); got != 6 {
		t.Errorf("%d mails while the lease holds, want 6", got)
	}
	s.clock.Pass(outbox.Lease)
	s.round()
	times, ids := map[string]int{}, map[string]string{}
	for _, r := range p.all() {
		times[r.to]++
		if before, ok := ids[r.to]; ok && before != r.id {
			t.Errorf("%s got it under %s and %s", r.to, before, r.id)
		}
		ids[r.to] = r.id
	}
	for i := range 10 {
		want := 1
		if i == 4 {
			want = 2
		}
		if to := fmt.Sprintf("a%d@example.com", i); times[to] != want {
			t.Errorf("%s got it %d times, want %d", to, times[to], want)
		}
	}
	if n := s.status().Waiting; n != 0 {
		t.Errorf("%d still wait", n)
	}
}
