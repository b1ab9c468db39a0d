package enrollment

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
)

// machine does random acts on one enrollment and knows only what must always
// hold.
type machine struct {
	s     *school
	id    int64
	by    policy.Actor
	n     int
	mails map[string]int64 // expected, by template

	text string // what was signed, while it is under review or approved
}

// act runs one act; an internal error is a bug whatever the state.
func (m *machine) act(t *rapid.T, err error) bool {
	if err != nil && fault.Of(err) == fault.Internal {
		t.Fatalf("an error without words: %v", err)
	}
	return err == nil
}

func (m *machine) state() State {
	return State(m.s.text("SELECT state FROM enrollments WHERE id = $1", m.id))
}

// open says whether the applicant may do anything: the state and the link allow
// it.
func (m *machine) open() bool {
	return m.state().Open() && m.s.num("SELECT revoked_at FROM enrollments WHERE id = $1", m.id) == 0
}

func (m *machine) actions() map[string]func(*rapid.T) {
	s := m.s
	return map[string]func(*rapid.T){
		"fill": func(t *rapid.T) {
			before := m.open()
			values := map[string]string{"name": fmt.Sprint("李雷", rapid.IntRange(0, 2).Draw(t, "name")), "email": "li@example.com", "sex": "male",
				"id_number": card(rapid.Int64Range(0, 2).Draw(t, "card"))}
			_, err := s.Fill(bg, m.by, 0, values)
			if m.act(t, err) != before {
				t.Fatalf("filled in while open %v: %v", before, err)
			}
		},
		"agree": func(t *rapid.T) {
			_, err := s.Agree(bg, m.by, rapid.Bool().Draw(t, "yes"))
			m.act(t, err)
		},
		"send": func(t *rapid.T) {
			before, had := m.open(), s.num("SELECT count(*) FROM documents WHERE enrollment_id = $1", m.id)
			m.n++
			ok := m.act(t, s.send(m.by, fmt.Sprint(m.n, ".png"), pngOf(1+m.n%50, 2)))
			if ok != (before && had < MaxDocuments) {
				t.Fatalf("sent while open %v with %d: %v", before, had, ok)
			}
		},
		"remove": func(t *rapid.T) {
			m.act(t, s.RemoveDocument(bg, m.by, s.num("SELECT COALESCE(max(id), 1) FROM documents WHERE enrollment_id = $1", m.id), ""))
		},
		"submit": func(t *rapid.T) {
			if _, err := s.Submit(bg, m.by); m.act(t, err) {
				m.text = s.text("SELECT contract FROM enrollments WHERE id = $1", m.id)
			}
		},
		"return": func(t *rapid.T) {
			if _, err := s.Return(bg, s.as("admin"), m.id, 0, "again", nil); m.act(t, err) {
				m.mails["returned"]++
			}
		},
		"approve": func(t *rapid.T) {
			before := m.state()
			if _, err := s.Approve(bg, s.as("admin"), m.id, 0); m.act(t, err) && before == Submitted {
				m.mails["approved_new"]++
			}
		},
		"cancel": func(t *rapid.T) {
			_, err := s.Cancel(bg, s.as("sales_a"), m.id, "no")
			m.act(t, err)
		},
		"again": func(t *rapid.T) {
			_, _, err := s.Create(bg, s.as("sales_a"), m.id, s.class, nil)
			m.act(t, err)
		},
		"reissue": func(t *rapid.T) {
			_, _, err := s.Reissue(bg, s.as("sales_a"), m.id)
			m.act(t, err)
		},
		"revoke": func(t *rapid.T) {
			_, err := s.Revoke(bg, s.as("sales_a"), m.id)
			m.act(t, err)
		},
		"time": func(t *rapid.T) {
			s.clock.Pass(time.Duration(rapid.IntRange(1, 20).Draw(t, "days")) * 24 * time.Hour)
			_, err := s.expired(bg)
			m.act(t, err)
		},
		"": m.holds,
	}
}

// holds checks what must be true after every act.
func (m *machine) holds(t *rapid.T) {
	s := m.s
	e, err := s.Get(bg, policy.System, m.id)
	if err != nil {
		t.Fatal(err)
	}
	text := s.text("SELECT contract FROM enrollments WHERE id = $1", m.id)
	if n := s.num("SELECT count(*) FROM enrollments WHERE customer_id = $1", m.id); n != 1 {
		t.Fatalf("%d enrollments of one customer in one class", n)
	}
	if e.State == Submitted || e.State == Approved {
		if sum(text) != e.SHA256 || text != m.text || e.Documents == 0 || e.Signed.IsZero() {
			t.Fatalf("%s: what was signed is not what is there (%d documents)", e.State, e.Documents)
		}
	}
	if e.Documents > MaxDocuments {
		t.Fatalf("%d documents", e.Documents)
	}
	member := s.num(`SELECT count(*) FROM student_classes JOIN students ON students.id = student_classes.student_id
		JOIN accounts ON accounts.id = students.account_id WHERE enrollment_id = $1 AND class_id = $2 AND students.customer_id = $3`, m.id, s.class, m.id)
	if (member == 1) != (e.State == Approved) {
		t.Fatalf("%s with %d memberships", e.State, member)
	}
	if enrolled := s.text("SELECT status FROM customers WHERE id = $1", m.id) == "enrolled"; enrolled != (e.State == Approved) {
		t.Fatalf("%s, customer enrolled: %v", e.State, enrolled)
	}
	for _, template := range []string{"returned", "approved_new", "approved_again"} {
		if n := s.num("SELECT count(*) FROM mails WHERE record_id = $1 AND template = $2", m.id, template); n != m.mails[template] {
			t.Fatalf("%d mails %s, want %d", n, template, m.mails[template])
		}
	}
}

func TestRandomActs(t *testing.T) {
	s := newSchool(t)
	s.sql("UPDATE classes SET ends_on = ''") // the clock runs far
	rapid.Check(t, func(t *rapid.T) {
		id := s.customer("sales_a")
		e, _, err := s.Create(bg, s.as("sales_a"), id, s.class, nil)
		if err != nil || e.ID != id {
			t.Fatal(e.ID, id, err) // the acts above count on equal numbers
		}
		m := &machine{s: s, id: id, by: policy.Applicant(id, policy.Command, ""), mails: map[string]int64{}}
		if rapid.Bool().Draw(t, "begun") {
			s.ready(m.by)
		}
		t.Repeat(m.actions())
	})
}
