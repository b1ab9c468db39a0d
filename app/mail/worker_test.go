package mail

import (
	"context"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"reflect"
	"strings"
	"testing"
	"time"

	"cohort/app/i18n"
	"cohort/db"
)

func TestWhatArrives(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	var id int64
	s.write(func(tx *db.Tx) (err error) {
		id, _, err = s.mail.Queue(tx, Message{Dedup: "d", To: "王小明 <wang@example.com>", Template: "invite", Lang: i18n.Chinese,
			Subject: "请填写报名资料:python-s9,这是一个比较长的主题,长到需要折行才行", Body: "您好!\n\n    ssh -p 2222 enroll-x@host\n.\n..一点\n=3D"})
		return err
	})
	before := s.get(id)
	s.round()

	all := p.all()
	if len(all) != 1 {
		t.Fatalf("%d mails arrived", len(all))
	}
	h := all[0].msg.Header
	word := mime.WordDecoder{}
	subject, err := word.DecodeHeader(h.Get("Subject"))
	if want := "请填写报名资料:python-s9,这是一个比较长的主题,长到需要折行才行"; err != nil || subject != want {
		t.Errorf("subject %q, %v", subject, err)
	}
	from, err := mail.ParseAddress(h.Get("From"))
	if err != nil || *from != (mail.Address{Name: "Cohort", Address: "no-reply@school.example"}) {
		t.Errorf("from %v, %v", from, err)
	}
	if all[0].to != "wang@example.com" || h.Get("To") != "<wang@example.com>" {
		t.Errorf("to %q, %q", all[0].to, h.Get("To"))
	}
	if h.Get("Auto-Submitted") != "auto-generated" || h.Get("Content-Language") != "zh" || h.Get("Date") == "" ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/plain; charset=UTF-8") {
		t.Errorf("headers %v", h)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(all[0].body)))
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimRight(got, "\n") != before.Body {
		t.Errorf("body %q, want %q, %v", got, before.Body, err)
	}

	m := s.get(id)
	if m.State != Sent || m.Tries != 1 || m.SentAt.IsZero() || m.LastError != "" {
		t.Errorf("%+v", m)
	}
	unique, domain, _ := strings.Cut(m.MessageID, "@")
	if all[0].id != m.MessageID || !strings.HasPrefix(before.MessageID, unique+"@") || domain != "school.example>" || len(unique) < 26 {
		t.Errorf("Message-ID %s sent, %s kept, %s before", all[0].id, m.MessageID, before.MessageID)
	}
}

func TestSecureConnections(t *testing.T) {
	for _, c := range []struct {
		name     string
		secure   bool
		implicit bool
		mech     string
		scheme   string
		tls      string
	}{
		{"STARTTLS, PLAIN", true, false, "PLAIN", "smtp", "starttls"},
		{"STARTTLS, LOGIN", true, false, "LOGIN", "smtp", "starttls"},
		{"TLS, PLAIN", false, true, "PLAIN", "smtp", "tls"},
		{"TLS, LOGIN", false, true, "LOGIN", "smtp", "tls"},
		{"smtps://", false, true, "PLAIN", "smtps", ""},
		{"no TLS on this machine, LOGIN", false, false, "LOGIN", "smtp", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &postbox{password: "p%20w", mechs: []string{c.mech}}
			p.start(t, c.secure, c.implicit)
			url := strings.Replace(p.url("tls="+c.tls), "smtp://", c.scheme+"://", 1)
			p.set(func() { p.password = "p w" })
			s := newSchool(t, url)
			id := s.queue("d", "a@example.com")
			s.round()
			s.want(id, Sent, 1)
			if all := p.all(); len(all) != 1 || all[0].tls != (c.tls != "none") || !reflect.DeepEqual(p.auths, []string{c.mech}) {
				t.Errorf("%d mails, log-ins %v", len(all), p.auths)
			}
		})
	}
}

// What cannot be sent safely is not sent at all.
func TestInsecureServersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		secure, trusted bool
		tls             string
	}{
		"no STARTTLS":           {false, true, "starttls"},
		"a foreign certificate": {true, false, "starttls"},
		"TLS to a plain server": {false, true, "tls"},
	} {
		p := &postbox{password: "pw", mechs: []string{"PLAIN"}}
		p.start(t, c.secure, false)
		if !c.trusted {
			p.ca = ""
		}
		s := newSchool(t, p.url("tls="+c.tls))
		id := s.queue("d", "a@example.com")
		s.round()
		s.want(id, Queued, 0)
		if st := s.status(); !st.Paused || st.Error == "" || st.Waiting != 1 {
			t.Errorf("%s: %+v", name, st)
		}
		if len(p.auths) != 0 || len(p.all()) != 0 {
			t.Errorf("%s: the password went out", name)
		}
	}
}

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
	s.clock.forward(time.Minute - time.Millisecond)
	s.round()
	s.want(id, Queued, 1)
	s.clock.forward(time.Millisecond)
	s.round()
	s.want(id, Queued, 2)
	s.clock.forward(2 * time.Minute)
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
		pause := max(0, s.get(id).NextAt.Sub(s.clock.read()))
		waits = append(waits, pause)
		s.clock.forward(pause)
		s.round()
	}
	s.want(id, Dead, maxTries)
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

func TestServerAwayAndBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port where nobody listens
	if err != nil {
		t.Fatal(err)
	}
	p := &postbox{addr: l.Addr().String()}
	_ = l.Close()
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	for range tellAfter + 2 {
		s.round()
		s.want(id, Queued, 0)
		s.clock.forward(unreachableMost)
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

// An unreachable server is not asked again before its time, however often the worker is woken.
func TestUnreachableServerIsLeftAlone(t *testing.T) {
	s := newSchool(t, "smtp://127.0.0.1:1?tls=none&from=a@b.example")
	dials := 0
	s.mail.dial = func(context.Context) (sender, error) { dials++; return nil, io.EOF }
	s.queue("d", "a@example.com")
	for range 60 * 60 {
		s.round()
		s.clock.forward(time.Second)
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
		s.clock.forward(time.Minute)
	}
	s.want(one, Queued, 0)
	s.want(two, Queued, 0)
	st := s.status()
	if !st.Paused || !strings.Contains(st.Error, "535") || st.Waiting != 2 || p.connections() != 1 {
		t.Errorf("%+v, %d connections", st, p.connections())
	}
	s.clock.forward(refusedWait)
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
	s.clock.forward(refusedWait)
	s.round()
	s.want(one, Sent, 1)
	s.want(two, Sent, 1)
	if st := s.status(); st.Paused || st.Error != "" {
		t.Errorf("%+v", st)
	}
}

// A server that does not let us send as who we are refuses us, not the mail.
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

// The line breaks at the third mail of ten, before the answer: that one is tried later, the others at once on a new line.
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
	s.clock.forward(time.Minute)
	s.round()
	s.want(3, Sent, 2)
	if len(p.all()) != 10 || p.connections() != 3 {
		t.Errorf("%d mails arrived over %d connections", len(p.all()), p.connections())
	}
}

// What happens to the line after the server's yes does not make it send the mail again.
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

// Some servers say 421 after so many mails and mean the line.
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
	s.clock.forward(time.Minute)
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
	s.mail.round(ended)
	s.want(1, Sent, 1)
	s.want(2, Queued, 0)
	p.set(func() { p.onData = nil })
	s.round()
	if len(p.all()) != 3 {
		t.Errorf("%d mails arrived", len(p.all()))
	}
}
