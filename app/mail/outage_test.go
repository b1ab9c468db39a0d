package mail

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"cohort/app/outbox"
)

func TestServerAwayAndBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port where nobody listens
	if err != nil {
		t.Fatal(err)
	}
	p := &postbox{addr: l.Addr().String()}
	_ = l.Close()
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	for range outbox.TellAfter + 2 {
		s.round()
		s.want(id, Queued, 0)
		s.clock.Pass(outbox.UnreachableMost)
	}
	st := s.status()
	if st.Paused || !strings.Contains(st.Error, "refused") || st.Waiting != 1 {
		t.Errorf("%+v", st)
	}
	if told := s.told(1); len(told) != 1 || !strings.HasPrefix(told[0], "mail_paused mails: ") {
		t.Errorf("the administrator was told %q", told)
	}
	p.start(t, false, false)
	s.round()
	s.want(id, Sent, 1)
	if st := s.status(); st.Error != "" || st.Waiting != 0 {
		t.Errorf("%+v", st)
	}
}

func TestUnreachableServerIsLeftAlone(t *testing.T) {
	s := newSchool(t, "smtp://127.0.0.1:1?tls=none&from=a@b.example")
	dials := 0
	s.mail.worker.Dial = func(context.Context) (outbox.Talk[Mail], error) { dials++; return nil, io.EOF }
	s.queue("d", "a@example.com")
	for range 60 * 60 {
		s.round()
		s.clock.Pass(time.Second)
	}
	// at 0, 1, 3, 7, 15, 30 and 45 minutes
	if dials != 7 {
		t.Errorf("%d dials in an hour, want 7", dials)
	}
}

func TestWrongPasswordPausesTheQueue(t *testing.T) {
	p := &postbox{password: "wrong-pass-word", mechs: []string{"PLAIN"}}
	p.start(t, true, false)
	s := newSchool(t, p.url(""))
	p.set(func() { p.password = "another" })
	one, two := s.queue("1", "a@example.com"), s.queue("2", "b@example.com")
	for range 50 {
		s.round()
		s.clock.Pass(time.Minute)
	}
	s.want(one, Queued, 0)
	s.want(two, Queued, 0)
	st := s.status()
	if !st.Paused || !strings.Contains(st.Error, "535") || st.Waiting != 2 || p.connections() != 1 {
		t.Errorf("%+v, %d connections", st, p.connections())
	}
	s.clock.Pass(outbox.RefusedWait)
	s.round()
	if p.connections() != 2 {
		t.Errorf("%d connections an hour later, want 2", p.connections())
	}
	told := s.told(1)
	if len(told) != 1 || !strings.HasPrefix(told[0], "mail_paused mails: ") || !strings.Contains(told[0], "535") {
		t.Errorf("the administrator was told %q", told)
	}
	if !strings.Contains(s.log.String(), "the queue waits") || strings.Contains(s.log.String()+told[0]+st.Error, "wrong-pass-word") {
		t.Errorf("log %s, told %q, status %q", s.log.String(), told, st.Error)
	}
	p.set(func() { p.password = "wrong-pass-word" }) // somebody mended it
	s.clock.Pass(outbox.RefusedWait)
	s.round()
	s.want(one, Sent, 1)
	s.want(two, Sent, 1)
	if st := s.status(); st.Paused || st.Error != "" {
		t.Errorf("%+v", st)
	}
}

func TestRefusedSenderPausesTheQueue(t *testing.T) {
	p := &postbox{onMail: func(string) error { return refused }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("1", "a@example.com")
	s.round()
	s.want(id, Queued, 0)
	if st := s.status(); !st.Paused || st.Error != "550 5.7.1 Sender not allowed" {
		t.Errorf("%+v", st)
	}
}

func TestServerHangsUp(t *testing.T) {
	n := 0
	p := &postbox{onData: func(*mail.Message, int) error {
		if n++; n == 3 {
			return errCut
		}
		return nil
	}}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	for i := range 10 {
		s.queue(fmt.Sprint(i), "a@example.com")
	}
	s.round()
	for id := int64(1); id <= 10; id++ {
		if id == 3 {
			s.want(id, Queued, 1)
		} else {
			s.want(id, Sent, 1)
		}
	}
	s.clock.Pass(time.Minute)
	s.round()
	s.want(3, Sent, 2)
	if len(p.all()) != 10 || p.connections() != 3 {
		t.Errorf("%d mails arrived over %d connections", len(p.all()), p.connections())
	}
}

func TestLineBreaksAfterTheYes(t *testing.T) {
	p := &postbox{cutAfterYes: true}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	s.queue("d", "a@example.com")
	s.round()
	s.want(1, Sent, 1)
	if len(p.all()) != 1 {
		t.Errorf("%d mails arrived", len(p.all()))
	}
}

func TestTooManyOnOneLine(t *testing.T) {
	n := 0
	p := &postbox{onData: func(*mail.Message, int) error {
		if n++; n == 2 {
			return gone
		}
		return nil
	}}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	for i := range 3 {
		s.queue(fmt.Sprint(i), "a@example.com")
	}
	s.round()
	s.want(1, Sent, 1)
	s.want(2, Queued, 1)
	s.want(3, Sent, 1)
}
