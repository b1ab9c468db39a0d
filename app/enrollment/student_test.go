package enrollment

import (
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// pupil approves an enrollment and gives its student, who has chosen a password.
func (s *school) pupil(class int64) (Enrollment, policy.Actor) {
	s.t.Helper()
	e, _ := s.submitted("sales_a", class)
	e, err := s.Approve(bg, s.as("admin"), e.ID, 0)
	must(s.t, err)
	account := s.num("SELECT account_id FROM students WHERE customer_id = $1", e.Customer)
	s.sql("UPDATE accounts SET must_change = 0 WHERE id = $1", account)
	s.Org.Invalidate()
	by, err := s.Org.Actor(bg, account, policy.Screen, "192.0.2.8")
	must(s.t, err)
	return e, by
}

func TestAStudentSeesHisOwnAndNothingElse(t *testing.T) {
	s := newSchool(t)
	e, by := s.pupil(s.class)
	other, _ := s.pupil(s.small)
	s.sql("INSERT INTO class_lecturers (class_id, account_id) VALUES ($1, $2)", s.class, s.who["lecturer"])

	contract, err := s.MyContract(bg, by, "python-s9")
	if err != nil || !contract.Whole || contract.Text == "" || contract.Signed.IsZero() || contract.Price != 598000 {
		t.Errorf("contract: %+v %v", contract, err)
	}
	if _, err := s.MyContract(bg, by, "linux-40"); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign contract: %v", err)
	}
	classes, err := s.MyClasses(bg, by)
	if err != nil || len(classes) != 1 || classes[0].Code != "python-s9" || classes[0].Students != 1 || len(classes[0].Lecturers) != 1 {
		t.Errorf("classes: %+v %v", classes, err)
	}
	outline, err := s.Outline(bg, by, "python")
	if err != nil || outline.Text != "# Outline" {
		t.Errorf("outline: %+v %v", outline, err)
	}
	if _, err := s.Outline(bg, by, "cooking"); fault.Of(err) != fault.NotFound {
		t.Errorf("no such outline: %v", err)
	}
	docs, err := s.MyDocuments(bg, by)
	if err != nil || len(docs) != 1 || docs[0].Class != "python-s9" {
		t.Errorf("documents: %+v %v", docs, err)
	}
	f, _, err := s.OpenDocument(bg, by, e.ID, docs[0].ID)
	must(t, err)
	_ = f.Close()
	foreign := s.num("SELECT id FROM documents WHERE enrollment_id = $1", other.ID)
	if _, _, err := s.OpenDocument(bg, by, other.ID, foreign); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign document: %v", err)
	}
	if _, err := s.Get(bg, by, other.ID); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign enrollment: %v", err)
	}
	if _, err := s.Approve(bg, by, e.ID, 0); fault.Of(err) != fault.Forbidden {
		t.Errorf("a student approves: %v", err)
	}
}

// TestOwnRecordsStillObeyTheRules: being the student is not enough where the
// school has narrowed what students may see.
func TestOwnRecordsStillObeyTheRules(t *testing.T) {
	s := newSchool(t)
	_, by := s.pupil(s.class)
	var grants []policy.Grant
	for _, g := range [][2]string{{"enrollments", "view"}, {"documents", "list"}, {"classes", "view"}} {
		grants = append(grants, policy.Grant{Resource: g[0], Action: g[1], Rows: []policy.Cond{{Field: "class", Values: []string{"2"}}}})
	}
	by.Rights = policy.NewRights(nil, by.Rights.Scope, grants)
	contracts, err := s.MyContracts(bg, by)
	must(t, err)
	documents, err := s.MyDocuments(bg, by)
	must(t, err)
	classes, err := s.MyClasses(bg, by)
	must(t, err)
	if len(contracts)+len(documents)+len(classes) != 0 {
		t.Errorf("%d contracts, %d documents, %d classes", len(contracts), len(documents), len(classes))
	}
}

func TestStaffAreNoStudents(t *testing.T) {
	s := newSchool(t)
	s.pupil(s.class)
	for _, who := range []string{"admin", "sales_a", "lecturer"} {
		_, a := s.MyContracts(bg, s.as(who))
		_, b := s.MyClasses(bg, s.as(who))
		_, c := s.MyDocuments(bg, s.as(who))
		for i, err := range []error{a, b, c} {
			if k := fault.Of(err); err == nil || k != fault.NotFound && k != fault.Forbidden {
				t.Errorf("%s, %d: %v", who, i, err)
			}
		}
	}
}

func TestTheWorkerEndsAndSweeps(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	must(t, s.send(by, "a.png", pngOf(1, 1)))
	must(t, s.RemoveDocument(bg, by, 0, "a.png"))
	returned, _ := s.submitted("sales_a", s.class)
	_, err := s.Return(bg, s.as("admin"), returned.ID, 0, "again", nil)
	must(t, err)
	waiting, _ := s.submitted("sales_a", s.class)
	s.clock.Pass(15 * 24 * 3600e9)
	sub := s.Bus.Subscribe()
	defer sub.Close()
	s.tidy(bg, true)
	for id, want := range map[int64]State{e.ID: Expired, returned.ID: Expired, waiting.ID: Submitted} {
		if now, err := s.Get(bg, policy.System, id); err != nil || now.State != want {
			t.Errorf("%d is %s, want %s (%v)", id, now.State, want, err)
		}
	}
	if events, _ := sub.Take(); len(events) != 2 {
		t.Errorf("told of %+v", events)
	}
	back, _, err := s.Reissue(bg, s.as("sales_a"), returned.ID)
	if err != nil || back.State != Returned || back.Reason != "again" {
		t.Errorf("a returned one that expired goes on as %s, %q, %v", back.State, back.Reason, err)
	}
	must(t, s.DB.Read(bg, func(tx *db.Tx) error {
		if due, err := anyDue(tx); due || err != nil {
			t.Errorf("still due: %v", err)
		}
		return nil
	}))
}
