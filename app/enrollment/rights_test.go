package enrollment

import (
	"context"
	"reflect"
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// verb is one thing that staff may do with an enrollment.
type verb struct {
	name   string
	writes bool
	do     func(s *school, by policy.Actor, id int64) error
}

var verbs = []verb{
	{"get", false, func(s *school, by policy.Actor, id int64) error { _, err := s.Get(bg, by, id); return err }},
	{"review", false, func(s *school, by policy.Actor, id int64) error { _, err := s.Review(bg, by, id); return err }},
	{"documents", false, func(s *school, by policy.Actor, id int64) error { _, err := s.Documents(bg, by, id); return err }},
	{"open", false, func(s *school, by policy.Actor, id int64) error {
		f, _, err := s.OpenDocument(bg, by, id, s.num("SELECT COALESCE(max(id), 0) FROM documents WHERE enrollment_id = $1", id))
		if err == nil {
			err = f.Close()
		}
		return err
	}},
	{"contract", false, func(s *school, by policy.Actor, id int64) error { _, err := s.SignedContract(bg, by, id); return err }},
	{"link", false, func(s *school, by policy.Actor, id int64) error { _, err := s.Link(bg, by, id); return err }},
	{"reveal", false, func(s *school, by policy.Actor, id int64) error { _, err := s.Reveal(bg, by, id); return err }},
	{"mail", true, func(s *school, by policy.Actor, id int64) error { _, err := s.MailLink(bg, by, id, ""); return err }},
	{"return", true, func(s *school, by policy.Actor, id int64) error {
		_, err := s.Return(bg, by, id, 0, "x", nil)
		return err
	}},
	{"cancel", true, func(s *school, by policy.Actor, id int64) error { _, err := s.Cancel(bg, by, id, "x"); return err }},
	{"approve", true, func(s *school, by policy.Actor, id int64) error { _, err := s.Approve(bg, by, id, 0); return err }},
	{"reissue", true, func(s *school, by policy.Actor, id int64) error { _, _, err := s.Reissue(bg, by, id); return err }},
	{"revoke", true, func(s *school, by policy.Actor, id int64) error { _, err := s.Revoke(bg, by, id); return err }},
}

// TestWhoMayNot is the table of what each role gets on his own, his
// department's and a foreign enrollment: + done, - forbidden, . not found.
func TestWhoMayNot(t *testing.T) {
	s := newSchool(t)
	// sales_a is in the north like the manager, sales_b in the south.
	want := map[string]map[string]string{
		"get":       {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"review":    {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"documents": {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"open":      {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"contract":  {"sales_a": "..", "sales_b": "..", "manager": "+.", "lecturer": "..", "admin": "++"}, // sales see the ID number masked
		"link":      {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"reveal":    {"sales_a": "-.", "sales_b": ".-", "manager": "-.", "lecturer": "..", "admin": "++"},
		"mail":      {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"return":    {"sales_a": "-.", "sales_b": ".-", "manager": "-.", "lecturer": "..", "admin": "++"},
		"cancel":    {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"approve":   {"sales_a": "-.", "sales_b": ".-", "manager": "-.", "lecturer": "..", "admin": "++"},
		"reissue":   {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
		"revoke":    {"sales_a": "+.", "sales_b": ".+", "manager": "+.", "lecturer": "..", "admin": "++"},
	}
	waiting := map[string]int64{} // an enrollment of each, made anew once something was done to it
	for _, v := range verbs {
		for who, expect := range want[v.name] {
			got := ""
			for _, owner := range []string{"sales_a", "sales_b"} {
				if waiting[owner] == 0 {
					e, _ := s.submitted(owner, s.class)
					waiting[owner] = e.ID
				}
				result := outcome(v.do(s, s.as(who), waiting[owner]))
				if got += result; v.writes && result == "+" {
					delete(waiting, owner)
				}
			}
			if got != expect {
				t.Errorf("%s by %s: %q, want %q", v.name, who, got, expect)
			}
		}
		if got := outcome(v.do(s, s.as("admin"), 99999)); got != "." {
			t.Errorf("%s of nothing: %q", v.name, got)
		}
	}
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "+"
	case fault.Of(err) == fault.Forbidden:
		return "-"
	case fault.Of(err) == fault.NotFound:
		return "."
	}
	return err.Error()
}

func TestMaskedForWhoMayNotSee(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("sales_a", s.class)
	number := card(e.ID)
	for who, whole := range map[string]bool{"sales_a": false, "manager": true, "admin": true} {
		got, err := s.Get(bg, s.as(who), e.ID)
		must(t, err)
		if got.IDNumber == number || got.Contract != "" || got.IDNumber[:3] != number[:3] {
			t.Errorf("%s sees %q in passing", who, got.IDNumber)
		}
		reads := s.num("SELECT count(*) FROM audit WHERE action = 'view'")
		r, err := s.Review(bg, s.as(who), e.ID)
		must(t, err)
		written := s.num("SELECT count(*) FROM audit WHERE action = 'view'") > reads
		if (r.IDNumber == number) != whole || (r.Contract != "") != whole || written != whole {
			t.Errorf("%s reviews %q, contract of %d bytes, written down %v", who, r.IDNumber, len(r.Contract), written)
		}
		row, _, err := s.Engine.Show(bg, s.as(who), "enrollments", e.ID)
		must(t, err)
		if v := row.Values["id_number"]; v.Raw == number || v.Label == number {
			t.Errorf("%s sees the ID number in the generic detail", who)
		}
	}
	f, err := s.Reveal(bg, s.as("admin"), e.ID)
	if err != nil || f.IDNumber != number || s.num("SELECT count(*) FROM audit WHERE action = 'reveal'") != 1 {
		t.Errorf("revealed %q, %v", f.IDNumber, err)
	}
	if s.num("SELECT count(*) FROM audit WHERE changes LIKE '%' || $1 || '%'", number) != 0 {
		t.Error("the ID number is in the audit trail")
	}
}

func TestTheQueueAndTheLists(t *testing.T) {
	s := newSchool(t)
	first, _ := s.submitted("sales_a", s.class)
	s.clock.Pass(1000)
	_, _ = s.submitted("sales_b", s.class)
	s.invite("sales_a", s.class)
	for _, test := range []struct {
		who, query string
		n          int
	}{{"admin", "state:submitted sort:submitted", 2}, {"admin", "", 3}, {"sales_a", "", 2}, {"manager", "state:submitted", 1}, {"admin", "consultant:sales_b", 1},
		{"admin", "class:python-s9 state:invited", 1}, {"admin", "小明", 3}, {"admin", "王小明1", 1}, {"admin", "python", 3}, {"admin", "customer:王小明1", 1}, {"admin", "course:linux", 0}} {
		l, err := s.Engine.List(bg, s.as(test.who), "enrollments", test.query, resource.Page{Count: true})
		if err != nil || len(l.Rows) != test.n || l.Total != test.n {
			t.Errorf("%s %q: %d of %d, %v", test.who, test.query, len(l.Rows), l.Total, err)
		}
		if test.query == "state:submitted sort:submitted" && l.Rows[0].ID != first.ID {
			t.Error("the oldest is not first")
		}
	}
	for _, name := range []string{"documents", "students"} {
		if _, err := s.Engine.List(bg, s.as("admin"), name, "", resource.Page{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Engine.List(bg, s.as("lecturer"), name, "", resource.Page{}); name != "students" && fault.Of(err) != fault.Forbidden {
			t.Errorf("a lecturer lists %s: %v", name, err)
		}
	}
}

// TestEveryMethodKnowsWhoAsks: exported methods have the actor second, behind
// the context or, for a noun that does several nouns' work in one act, behind
// its transaction. OpenLink is how one becomes somebody; Run is the worker.
func TestEveryMethodKnowsWhoAsks(t *testing.T) {
	except := map[string]bool{"OpenLink": true, "Run": true}
	actor, ctx, tx := reflect.TypeFor[policy.Actor](), reflect.TypeFor[context.Context](), reflect.TypeFor[*db.Tx]()
	typ := reflect.TypeFor[*Service]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if except[m.Name] {
			continue
		}
		if m.Type.NumIn() < 3 || m.Type.In(1) != ctx && m.Type.In(1) != tx || m.Type.In(2) != actor {
			t.Errorf("%s: %s", m.Name, m.Type)
		}
	}
}
