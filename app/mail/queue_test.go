package mail

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
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
		!got.CreatedAt.Equal(s.clock.read()) || !got.SentAt.IsZero() {
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
		case <-s.mail.wake:
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

func TestRetry(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return never }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	s.want(id, Dead, 1)
	first := s.get(id)
	p.set(func() { p.onRcpt = nil })

	m, err := s.mail.Retry(ctx, policy.System, id)
	if err != nil || m.State != Queued || m.Tries != 0 || m.MessageID != first.MessageID || m.Body != first.Body || m.LastError != "" {
		t.Errorf("a dead one: %+v, %v", m, err)
	}
	s.round()
	s.want(id, Sent, 1)
	m, err = s.mail.Retry(ctx, policy.System, id)
	if err != nil || m.State != Queued || m.Tries != 0 || m.MessageID == first.MessageID || m.Body != first.Body || !m.SentAt.IsZero() {
		t.Errorf("a sent one: %+v, %v", m, err)
	}
	s.round()
	s.want(id, Sent, 1)
	all := p.all()
	if len(all) != 2 || all[0].id != first.MessageID || all[1].id == all[0].id || all[1].id != s.get(id).MessageID {
		t.Errorf("arrived: %d", len(all))
	}
}

func TestRetryDoesNotWait(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return later }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	s.want(id, Queued, 1)
	p.set(func() { p.onRcpt = nil })
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want(id, Sent, 2)
}

func TestRetryEndsAPause(t *testing.T) {
	p := &postbox{onMail: func(string) error { return refused }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	for range 3 { // and does not bother the administrator each time
		if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
			t.Fatal(err)
		}
		s.round()
	}
	if told := s.told(1); len(told) != 1 || p.connections() != 4 {
		t.Errorf("told %q, %d connections", told, p.connections())
	}
	p.set(func() { p.onMail = nil })
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want(id, Sent, 1)
}

// A worker that was late to mark an old sending does not mark the new one.
func TestLateMarkDoesNotTouchARetry(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	var late Mail
	s.write(func(tx *db.Tx) error {
		list, err := claim(tx, "school.example", 10, tx.Now.Add(lease))
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%v, %w", list, err)
		}
		late = list[0]
		return markSent(tx, late)
	})
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.mail.sent(ctx, late)
	s.want(id, Queued, 0)
	s.mail.failed(ctx, late, never, true)
	s.want(id, Queued, 0)
}

func TestRetryIsAudited(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	var action string
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT action FROM audit WHERE resource = 'mails' AND record_id = $1`, id).Scan(&action)
	})
	if err != nil || action != "retry" {
		t.Errorf("%q, %v", action, err)
	}
}

func TestPagesOfTheLog(t *testing.T) {
	s := newSchool(t, "")
	for i := range 7 {
		s.queue(fmt.Sprint(i), "a@example.com")
	}
	s.write(func(tx *db.Tx) error {
		for id, at := range []int64{0, 50, 50, 50, 20, 90, 90, 10} {
			state := []State{Queued, Dead}[id%2]
			if _, err := tx.Exec(`UPDATE mails SET created_at = $1, state = $2 WHERE id = $3`, at, string(state), id); err != nil {
				return err
			}
		}
		return nil
	})
	for state, want := range map[string]string{"": "[6 5 3 2 1 4 7]", "dead": "[5 3 1 7]", "sent": "[]"} {
		got := []int64{}
		for before := int64(0); ; {
			list, err := s.mail.List(ctx, policy.System, state, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, m := range list {
				if m.Body != "" {
					t.Error("a list with bodies")
				}
				got = append(got, m.ID)
			}
			before = got[len(got)-1]
		}
		if fmt.Sprint(got) != want {
			t.Errorf("state %q: %v, want %s", state, got, want)
		}
	}
}

func TestWhoMayReadTheLog(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	grant := func(actions ...string) policy.Actor {
		var g []policy.Grant
		for _, a := range actions {
			g = append(g, policy.Grant{Resource: "mails", Action: a})
		}
		return policy.Actor{Account: 3, Login: "sales", Rights: policy.NewRights(nil, policy.Scope{}, g)}
	}
	for name, c := range map[string]struct {
		by                        policy.Actor
		list, view, retry, status fault.Kind
	}{
		"nothing":    {grant(), fault.Forbidden, fault.NotFound, fault.NotFound, fault.Forbidden},
		"list":       {grant("list"), 0, fault.NotFound, fault.NotFound, 0},
		"view":       {grant("view"), fault.Forbidden, 0, fault.Forbidden, fault.Forbidden},
		"everything": {grant("list", "view", "retry"), 0, 0, 0, 0},
	} {
		_, list := s.mail.List(ctx, c.by, "", 0, 0)
		_, view := s.mail.Get(ctx, c.by, id)
		_, retry := s.mail.Retry(ctx, c.by, id)
		_, status := s.mail.Status(ctx, c.by)
		for verb, got := range map[string][2]any{"list": {list, c.list}, "view": {view, c.view}, "retry": {retry, c.retry}, "status": {status, c.status}} {
			err, _ := got[0].(error)
			if want := got[1].(fault.Kind); fault.Of(err) != want || (err == nil) != (want == 0) {
				t.Errorf("%s: %s: %v, want %v", name, verb, err, want)
			}
		}
	}
	if _, err := s.mail.Get(ctx, policy.System, 99); fault.Of(err) != fault.NotFound {
		t.Errorf("no such mail: %v", err)
	}
	if _, err := s.mail.Retry(ctx, policy.System, 99); fault.Of(err) != fault.NotFound {
		t.Errorf("no such mail: %v", err)
	}
}
