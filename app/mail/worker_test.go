package mail

import (
	"context"
	"fmt"
	"net/mail"
	"reflect"
	"testing"
	"time"

	"cohort/app/i18n"
	"cohort/db"

	"cohort/app/outbox"
)

// What cannot be sent safely is not sent at all.

func TestTemporaryFailure(t *testing.T) {
	p := &postbox{onData: func(_ *mail.Message, nth int) error {
		if nth <= 2 {
			return later
		}
		return nil
	}}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")

	s.round()
	s.want(id, Queued, 1)
	first := s.get(id)
	if first.LastError != "451 4.7.1 Greylisted, try later" {
		t.Errorf("error %q", first.LastError)
	}
	s.clock.Pass(time.Minute - time.Millisecond)
	s.round()
	s.want(id, Queued, 1)
	s.clock.Pass(time.Millisecond)
	s.round()
	s.want(id, Queued, 2)
	s.clock.Pass(2 * time.Minute)
	s.round()
	s.want(id, Sent, 3)
	if all := p.all(); len(all) != 1 || all[0].id != first.MessageID || p.tried[first.MessageID] != 3 {
		t.Errorf("%d mails, tries by Message-ID %v", len(all), p.tried)
	}
	if told := s.told(1); len(told) != 0 {
		t.Errorf("the administrator is bothered: %q", told)
	}
}

func TestGivenUpAfterTwelveTries(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return later }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	var waits []time.Duration
	for s.get(id).State == Queued {
		if len(waits) > 20 {
			t.Fatal("never given up")
		}
		pause := max(0, s.get(id).NextAt.Sub(s.clock.Now()))
		waits = append(waits, pause)
		s.clock.Pass(pause)
		s.round()
	}
	s.want(id, Dead, outbox.MaxTries)
	m := time.Minute
	want := []time.Duration{0, m, 2 * m, 4 * m, 8 * m, 16 * m, 32 * m, 64 * m, 128 * m, 256 * m, 360 * m, 360 * m}
	if !reflect.DeepEqual(waits, want) {
		t.Errorf("waited %v, want %v", waits, want)
	}
	if told := s.told(1); len(told) != 1 {
		t.Errorf("the administrator was told %q", told)
	}
}

func TestPermanentFailure(t *testing.T) {
	p := &postbox{onRcpt: func(to string) error {
		if to == "gone@example.com" {
			return never
		}
		return nil
	}}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	bad := s.queue("1", "gone@example.com")
	good := s.queue("2", "b@example.com")
	s.round()
	s.want(bad, Dead, 1)
	s.want(good, Sent, 1)
	want := []string{"mail_dead mails/1: gone@example.com could not be mailed: 550 5.1.1 No such user"}
	if told := s.told(1); !reflect.DeepEqual(told, want) {
		t.Errorf("the administrator was told %q", told)
	}
	if told := append(s.told(2), s.told(3)...); len(told) != 0 {
		t.Errorf("others were told %q", told)
	}
	if p.connections() != 1 {
		t.Errorf("%d connections for one batch", p.connections())
	}
}

// An unreachable server is not asked again before its time, however often the worker is woken.

// A server that does not let us send as who we are refuses us, not the mail.

// The line breaks at the third mail of ten, before the answer: that one is tried later, the others at once on a new line.

// What happens to the line after the server's yes does not make it send the mail again.

// Some servers say 421 after so many mails and mean the line.

// A hundred mails, of which ten meet a temporary failure: none is lost, none comes twice.

func TestHundredMails(t *testing.T) {
	failing := map[string]bool{}
	p := &postbox{onData: func(m *mail.Message, nth int) error {
		id := m.Header.Get("Message-Id")
		if nth == 1 && len(failing) < 10 {
			failing[id] = true
			return later
		}
		return nil
	}}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	for i := range 100 {
		s.queue(fmt.Sprint(i), fmt.Sprintf("a%d@example.com", i))
	}
	s.round()
	if got := len(p.all()); got != 90 {
		t.Errorf("%d mails at first, want 90", got)
	}
	if p.connections() != 2 {
		t.Errorf("%d connections for two batches", p.connections())
	}
	s.clock.Pass(time.Minute)
	s.round()
	seen := map[string]bool{}
	for _, r := range p.all() {
		seen[r.to] = true
	}
	if len(p.all()) != 100 || len(seen) != 100 || s.status().Waiting != 0 {
		t.Errorf("%d mails to %d people, %d wait", len(p.all()), len(seen), s.status().Waiting)
	}
}

func TestNoServerSet(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	ended, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { s.mail.Run(ended); close(done) }()
	cancel()
	<-done
	s.want(id, Queued, 0)
	if st := s.status(); st.Server != "" || st.Waiting != 1 || s.get(id).Body == "" {
		t.Errorf("%+v", st)
	}
}

// Run sends what is queued, also by the package's Queue, and ends with its context.

func TestRun(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	running, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	sub := s.bus.Subscribe()
	defer sub.Close()
	go func() { s.mail.Run(running); close(done) }()
	one := s.queue("1", "a@example.com")
	var two int64
	s.write(func(tx *db.Tx) (err error) {
		two, _, err = Queue(tx, Message{Dedup: "2", To: "b@example.com", Template: "account", Lang: i18n.English, Subject: "x", Body: "y"})
		return err
	})
	for len(p.all()) < 2 || s.get(one).State != Sent || s.get(two).State != Sent {
		<-sub.C
	}
	cancel()
	<-done
}

// What was leased and not tried is free again when the program ends.

func TestEndGivesBack(t *testing.T) {
	ended, cancel := context.WithCancel(ctx)
	p := &postbox{onData: func(*mail.Message, int) error { cancel(); return nil }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	for i := range 3 {
		s.queue(fmt.Sprint(i), "a@example.com")
	}
	s.mail.worker.Round(ended)
	s.want(1, Sent, 1)
	s.want(2, Queued, 0)
	p.set(func() { p.onData = nil })
	s.round()
	if len(p.all()) != 3 {
		t.Errorf("%d mails arrived", len(p.all()))
	}
}
