package mail

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/db"
)

func TestOneActMailsOnce(t *testing.T) {
	s := newSchool(t, "")
	m := Message{Dedup: "invite:1", To: "a@example.com", Template: "invite", Lang: i18n.Chinese, Subject: "x", Body: "y",
		Resource: "enrollments", RecordID: 7}
	var ids []int64
	var news []bool
	for range 2 {
		s.write(func(tx *db.Tx) error {
			for range 2 {
				id, queued, err := Queue(tx, m)
				if err != nil {
					return err
				}
				ids, news = append(ids, id), append(news, queued)
			}
			return nil
		})
	}
	if fmt.Sprint(ids, news) != "[1 1 1 1] [true false false false]" {
		t.Errorf("ids %v, queued %v", ids, news)
	}
	got := s.get(1)
	if got.Template != "invite" || got.Lang != "zh" || got.Resource != "enrollments" || got.RecordID != 7 || got.State != Queued ||
		!got.CreatedAt.Equal(s.clock.Now()) || !got.SentAt.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestAMailOfAnActThatIsRolledBackIsNone(t *testing.T) {
	s := newSchool(t, "")
	_ = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, queued, err := Queue(tx, Message{Dedup: "d", To: "a@example.com", Subject: "x", Body: "y"}); !queued || err != nil {
			t.Error(queued, err)
		}
		return fmt.Errorf("no")
	})
	if n := s.status().Waiting; n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestQueueWakesTheWorkerAfterTheCommit(t *testing.T) {
	s := newSchool(t, "")
	m := Message{Dedup: "d", To: "a@example.com", Subject: "x", Body: "y"}
	wakes := func(fail error) int {
		_ = s.db.Write(ctx, func(tx *db.Tx) error {
			if _, _, err := s.mail.Queue(tx, m); err != nil {
				t.Error(err)
			}
			return fail
		})
		select {
		case <-s.mail.worker.Woken():
			return 1
		default:
			return 0
		}
	}
	if got := []int{wakes(fmt.Errorf("no")), wakes(nil), wakes(nil)}; fmt.Sprint(got) != "[0 1 0]" {
		t.Errorf("woken %v by a rolled back, a new and a known mail; want [0 1 0]", got)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"a@b.example":                       "a@b.example",
		"  Li Lei <li@b.example> ":          "li@b.example",
		"李雷 <li+x@b.example>":               "li+x@b.example",
		"":                                  "",
		"a":                                 "",
		"a@":                                "",
		"@b":                                "",
		"a@b, c@d":                          "",
		"a@b\r\nBcc: x@y":                   "",
		"a@b.example\nRCPT TO:<x@y>":        "",
		"\"a\r\nBcc: x@y\"@b.example":       "",
		"\"a b\"@b.example":                 "",
		"\"a>\"@b.example":                  "",
		"=?utf-8?q?a=0D=0A?= <a@b.example>": "a@b.example",
		"a\u202e@b.example":                 "",
		strings.Repeat("a", 250) + "@b.ex":  "",
	} {
		got, err := Address(in)
		if got != want || (want == "") != (err != nil) {
			t.Errorf("Address(%q) = %q, %v; want %q", in, got, err, want)
		}
		if f, ok := fault.As(err); err != nil && (!ok || f.Kind != fault.Invalid || f.Field != "email" || !i18n.Has(f.Key)) {
			t.Errorf("Address(%q): %v", in, err)
		}
	}
}

// Whatever comes in, a mail has the headers it should have and no others.

func TestNoHeaderComesFromOutside(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	evil := "Hi\r\nBcc: x@y.example\r\n\r\nbody\x00\x1b[31m\u202e"
	s.write(func(tx *db.Tx) error {
		_, _, err := s.mail.Queue(tx, Message{Dedup: "d", To: "\"A\\\"\" <a@example.com>", Template: "invite", Lang: "zh\r\nX: y",
			Subject: evil, Body: "Subject: z\r\rline\x00\x1b[31m"})
		return err
	})
	if m := s.get(1); m.Subject != "Hi Bcc: x@y.example body" || m.Body != "Subject: z\n\nline" {
		t.Errorf("subject %q, body %q", m.Subject, m.Body)
	}
	s.round()
	if len(p.all()) != 1 {
		t.Fatal("nothing arrived")
	}
	known := " From To Subject Date Message-Id Content-Language Auto-Submitted Mime-Version Content-Type Content-Transfer-Encoding "
	for name := range p.all()[0].msg.Header {
		if !strings.Contains(known, " "+name+" ") {
			t.Errorf("header %s", name)
		}
	}
}

func TestQueueRefuses(t *testing.T) {
	s := newSchool(t, "")
	good := Message{Dedup: "d", To: "a@example.com", Subject: "x", Body: "y"}
	for name, spoil := range map[string]func(*Message){
		"no dedup":       func(m *Message) { m.Dedup = "" },
		"no subject":     func(m *Message) { m.Subject = "\n" },
		"no body":        func(m *Message) { m.Body = " \n" },
		"a huge body":    func(m *Message) { m.Body = strings.Repeat("x", maxBody+1) },
		"a bad receiver": func(m *Message) { m.To = "a@b\r\nX: y" },
	} {
		m := good
		spoil(&m)
		if err := s.db.Write(ctx, func(tx *db.Tx) error { _, _, err := Queue(tx, m); return err }); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestLongSubjectsAreCutBetweenCharacters(t *testing.T) {
	for n := range 12 {
		s := cleanLine(strings.Repeat("x", n)+strings.Repeat("王", 400), maxSubject)
		if len(s) > maxSubject || len(s) < maxSubject-3 || !utf8.ValidString(s) {
			t.Errorf("%d bytes, valid %v", len(s), utf8.ValidString(s))
		}
	}
}

// A worker that was late to mark an old sending does not mark the new one.
