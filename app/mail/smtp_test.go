package mail

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"reflect"
	"strings"
	"testing"

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
