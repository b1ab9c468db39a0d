package enrollment

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

func TestApprovalIsWholeOrNotAtAll(t *testing.T) {
	s := newSchool(t)
	s.clock.Pass(0)
	id := s.customer("sales_a")
	s.clock.Pass(40 * 24 * time.Hour) // stale: B takes it up
	e, _, err := s.Create(bg, s.as("sales_b"), id, s.class, nil)
	must(t, err)
	by := policy.Applicant(e.ID, policy.Command, "")
	s.ready(by)
	_, err = s.Submit(bg, by)
	must(t, err)

	broken := errors.New("the classroom refuses")
	joined := 0
	s.OnJoin = []Hook{func(tx *db.Tx, student, class int64) error { joined++; return broken }}
	if _, err := s.Approve(bg, s.as("admin"), e.ID, 0); !errors.Is(err, broken) {
		t.Fatalf("%v", err)
	}
	for _, table := range []string{"students", "student_classes", "mails"} {
		if n := s.num("SELECT count(*) FROM " + table); n != 0 {
			t.Errorf("%d %s are left of an approval that failed", n, table)
		}
	}
	if got := s.text("SELECT status || owner_id FROM customers WHERE id = $1", id); !strings.HasPrefix(got, "not_enrolled") {
		t.Errorf("the customer is %s", got)
	}

	s.OnJoin = []Hook{func(tx *db.Tx, student, class int64) error { joined++; return nil }}
	done, err := s.Approve(bg, s.as("admin"), e.ID, 0)
	must(t, err)
	if done.State != Approved || done.ApproverName != "Name of admin" || joined != 2 {
		t.Errorf("%+v, joined %d times", done.State, joined)
	}
	if s.num("SELECT owner_id FROM customers WHERE id = $1", id) != s.who["sales_b"] || s.text("SELECT status FROM customers WHERE id = $1", id) != "enrolled" {
		t.Error("ownership and credit did not go to the consultant")
	}
	if s.num(`SELECT count(*) FROM student_classes JOIN students ON students.id = student_id JOIN accounts ON accounts.id = students.account_id
		JOIN account_roles ON account_roles.account_id = accounts.id JOIN roles ON roles.id = role_id
		WHERE roles.name = 'student' AND must_change = 1 AND active = 1 AND class_id = $1`, s.class) != 1 {
		t.Error("no student with an account in the class")
	}
	if s.num("SELECT count(*) FROM notifications WHERE kind = 'approved' AND account_id = $1", s.who["sales_b"]) != 1 {
		t.Error("the consultant was not told")
	}
	s.mailOpensTheAccount(e.ID)
}

// TestNobodyIsToldWhatHeDidHimself: an administrator approves his own customer.
func TestNobodyIsToldWhatHeDidHimself(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("admin", s.class)
	before := s.num("SELECT count(*) FROM notifications WHERE account_id = $1", s.who["admin"])
	_, err := s.Approve(bg, s.as("admin"), e.ID, 0)
	must(t, err)
	if before != 1 || s.num("SELECT count(*) FROM notifications WHERE account_id = $1", s.who["admin"]) != 1 {
		t.Errorf("told %d times before", before)
	}
}

// mailOpensTheAccount reads the one mail and logs in with what it says.
func (s *school) mailOpensTheAccount(id int64) {
	s.t.Helper()
	body := s.letter("approved_new")
	login := s.text(`SELECT accounts.login FROM students JOIN accounts ON accounts.id = students.account_id JOIN enrollments ON enrollments.customer_id = students.customer_id
		WHERE enrollments.id = $1`, id)
	_, rest, ok := strings.Cut(body, "一次性密码:")
	password := strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0])
	if !ok || !strings.Contains(body, "ssh -p 2222 "+login+"@school.example") || !strings.Contains(body, "python-s9") {
		s.t.Fatalf("the mail: %s", body)
	}
	a, err := s.Org.LogIn(bg, login, password, "192.0.2.7")
	if err != nil || !a.MustChange {
		s.t.Errorf("%s logs in: %v, must change %v", login, err, a.MustChange)
	}
	for _, where := range []string{"SELECT count(*) FROM mails WHERE body LIKE '%' || $1 || '%' OR sealed LIKE '%' || $1 || '%'", "SELECT count(*) FROM audit WHERE changes LIKE '%' || $1 || '%'", "SELECT count(*) FROM notifications WHERE args LIKE '%' || $1 || '%'"} {
		if s.num(where, password) != 0 {
			s.t.Error("the one-time password is not only in the mail")
		}
	}
}

func TestApprovingTwiceChangesAndMailsNothing(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("sales_a", s.class)
	first, err := s.Approve(bg, s.as("admin"), e.ID, e.Version)
	must(t, err)
	entries := s.num("SELECT count(*) FROM audit")
	again, err := s.Approve(bg, s.as("admin"), e.ID, e.Version)
	if err != nil || again.Version != first.Version || again.Approved != first.Approved {
		t.Errorf("the same person again: %v, version %d after %d", err, again.Version, first.Version)
	}
	_, err = s.Approve(bg, s.as("boss"), e.ID, e.Version)
	if key(err) != "enrollment.approved_already" || !strings.Contains(says(err), "Name of admin") {
		t.Errorf("another person: %s", says(err))
	}
	if s.num("SELECT count(*) FROM mails") != 1 || s.num("SELECT count(*) FROM students") != 1 || s.num("SELECT count(*) FROM audit") != entries {
		t.Error("something was written or mailed")
	}
	for name, err := range map[string]error{
		"return": second(s.Return(bg, s.as("boss"), e.ID, 0, "no", nil)), "cancel": second(s.Cancel(bg, s.as("boss"), e.ID, "no"))} {
		if key(err) != "enrollment.approved_already" {
			t.Errorf("%s after approval: %v", name, err)
		}
	}
}

func second(_ Enrollment, err error) error { return err }

func TestASecondEnrollmentReusesStudentAndAccount(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("sales_a", s.class)
	_, err := s.Approve(bg, s.as("admin"), e.ID, 0)
	must(t, err)
	if _, _, err := s.Create(bg, s.as("sales_a"), e.Customer, s.class, nil); key(err) != "enrollment.in_class" {
		t.Errorf("the same class again: %v", err)
	}
	next, _, err := s.Create(bg, s.as("sales_a"), e.Customer, s.small, nil)
	must(t, err)
	by := policy.Applicant(next.ID, policy.Command, "")
	s.ready(by)
	_, err = s.Submit(bg, by)
	must(t, err)
	_, err = s.Approve(bg, s.as("boss"), next.ID, 0)
	must(t, err)
	if s.num("SELECT count(*) FROM students") != 1 || s.num("SELECT count(*) FROM student_classes") != 2 {
		t.Error("not one student in two classes")
	}
	body := s.text("SELECT body FROM mails WHERE template = 'approved_again'")
	if strings.Contains(body, "一次性密码") || !strings.Contains(body, "linux-40") {
		t.Error(body)
	}
}

func TestReturnAndHandingInAgain(t *testing.T) {
	s := newSchool(t)
	e, by := s.submitted("sales_a", s.class)
	list, err := s.Documents(bg, s.as("admin"), e.ID)
	must(t, err)
	if _, err := s.Return(bg, s.as("admin"), e.ID, e.Version, "  ", nil); faults(err)["reason"] != "fault.required" {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := s.Return(bg, s.as("admin"), e.ID, e.Version, "blurred", map[int64]string{list[0].ID + 1: "x"}); fault.Of(err) != fault.NotFound {
		t.Errorf("a remark on a foreign document: %v", err)
	}
	s.clock.Pass(13 * 24 * time.Hour)
	link, err := s.Link(bg, s.as("sales_a"), e.ID)
	must(t, err)
	_, err = s.Return(bg, s.as("admin"), e.ID, e.Version, "看不清 blurred", map[int64]string{list[0].ID: "retake it"})
	must(t, err)
	s.clock.Pass(7 * 24 * time.Hour)
	if _, err := s.OpenLink(bg, link.Token, ""); err != nil {
		t.Errorf("the same link does not work: %v", err)
	}
	f, err := s.Form(bg, by)
	if err != nil || f.Reason != "看不清 blurred" || len(f.Documents) != 1 || f.Documents[0].Remark != "retake it" || f.Agreed.IsZero() {
		t.Errorf("%q %+v %v", f.Reason, f.Documents, err)
	}
	body := s.letter("returned")
	if !strings.Contains(body, "blurred") || !strings.Contains(body, "id.png: retake it") || !strings.Contains(body, link.SSH()) {
		t.Error(body)
	}
	must(t, s.RemoveDocument(bg, by, f.Documents[0].ID, ""))
	must(t, s.send(by, "better.png", pngOf(4, 4)))
	f, err = s.Submit(bg, by)
	must(t, err)
	if _, err := s.Approve(bg, s.as("admin"), e.ID, e.Version); fault.Of(err) != fault.Stale {
		t.Errorf("approved what he did not look at: %v", err)
	}
	_, err = s.Approve(bg, s.as("admin"), e.ID, f.Version)
	must(t, err)
	if s.num("SELECT count(*) FROM mails WHERE template = 'approved_new'") != 1 {
		t.Error("not one mail")
	}
}

// TestTwoApproversAtOnce: one wins, the other is told, always.
func TestTwoApproversAtOnce(t *testing.T) {
	s := newSchool(t)
	for round := range 50 {
		e, _ := s.submitted("sales_a", s.class)
		var wg sync.WaitGroup
		errs := map[string]error{}
		var mu sync.Mutex
		for _, who := range []string{"admin", "boss"} {
			by := s.as(who)
			wg.Go(func() {
				_, err := s.Approve(bg, by, e.ID, e.Version)
				mu.Lock()
				errs[who] = err
				mu.Unlock()
			})
		}
		wg.Wait()
		if (errs["admin"] == nil) == (errs["boss"] == nil) {
			t.Fatalf("round %d: %v", round, errs)
		}
		for who, err := range errs {
			if err != nil && key(err) != "enrollment.approved_already" {
				t.Errorf("round %d: %s is told %v", round, who, err)
			}
		}
		if n := s.num("SELECT count(*) FROM mails WHERE record_id = $1 AND template = 'approved_new'", e.ID); n != 1 {
			t.Errorf("round %d: %d mails", round, n)
		}
	}
}

// TestApproveRacingWithReturn: whichever comes first, the other is told and
// nothing is mixed.
func TestApproveRacingWithReturn(t *testing.T) {
	s := newSchool(t)
	for round := range 25 {
		e, _ := s.submitted("sales_a", s.class)
		var approve, giveBack error
		var wg sync.WaitGroup
		admin, boss := s.as("admin"), s.as("boss")
		wg.Go(func() { _, approve = s.Approve(bg, admin, e.ID, e.Version) })
		wg.Go(func() { _, giveBack = s.Return(bg, boss, e.ID, e.Version, "blurred", nil) })
		wg.Wait()
		state := s.text("SELECT state FROM enrollments WHERE id = $1", e.ID)
		student := s.num("SELECT count(*) FROM student_classes WHERE enrollment_id = $1", e.ID)
		switch {
		case approve == nil && key(giveBack) == "enrollment.approved_already" && state == "approved" && student == 1:
		case giveBack == nil && key(approve) == "enrollment.state" && state == "returned" && student == 0:
		default:
			t.Errorf("round %d: approve %v, return %v, %s with %d students", round, approve, giveBack, state, student)
		}
		if n := s.num("SELECT count(*) FROM mails WHERE record_id = $1", e.ID); n != 1 {
			t.Errorf("round %d: %d mails", round, n)
		}
	}
}

// TestTheLastSeat: five approvals at once for two seats.
func TestTheLastSeat(t *testing.T) {
	s := newSchool(t)
	var list []Enrollment
	for range 5 {
		e, _ := s.submitted("sales_a", s.small)
		list = append(list, e)
	}
	errs := make([]error, len(list))
	admin := s.as("admin")
	var wg sync.WaitGroup
	for i, e := range list {
		wg.Go(func() { _, errs[i] = s.Approve(bg, admin, e.ID, e.Version) })
	}
	wg.Wait()
	full := 0
	for _, err := range errs {
		if key(err) == "enrollment.class_full" {
			full++
		} else if err != nil {
			t.Error(err)
		}
	}
	if full != 3 || s.num("SELECT count(*) FROM student_classes WHERE class_id = $1", s.small) != 2 || s.num("SELECT count(*) FROM accounts WHERE must_change = 1") != 2 {
		t.Errorf("%d were told that the class is full", full)
	}
}

// TestTwoClassesAtOnce: both enrollments of one person are approved in the same
// moment; there is one student, one account and one password.
func TestTwoClassesAtOnce(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("sales_a", s.class)
	other, _, err := s.Create(bg, s.as("sales_a"), e.Customer, s.small, nil)
	must(t, err)
	by := policy.Applicant(other.ID, policy.Command, "")
	s.ready(by)
	_, err = s.Submit(bg, by)
	must(t, err)
	var wg sync.WaitGroup
	admin := s.as("admin")
	errs := make([]error, 2)
	for i, id := range []int64{e.ID, other.ID} {
		wg.Go(func() { _, errs[i] = s.Approve(bg, admin, id, 0) })
	}
	wg.Wait()
	if errs[0] != nil || errs[1] != nil || s.num("SELECT count(*) FROM students") != 1 || s.num("SELECT count(*) FROM student_classes") != 2 ||
		s.num("SELECT count(*) FROM mails WHERE template = 'approved_new'") != 1 || s.num("SELECT count(*) FROM mails WHERE template = 'approved_again'") != 1 {
		t.Errorf("%v", errs)
	}
}

func TestADamagedContractIsNotApproved(t *testing.T) {
	s := newSchool(t)
	e, _ := s.submitted("sales_a", s.class)
	err := s.DB.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE enrollments SET contract = 'pay more' WHERE id = $1", e.ID)
		return err
	})
	if name, ok := db.Constraint(err); !ok || name != "enrollment_signed" {
		t.Errorf("the database let a signed contract change: %v", err)
	}
	s.sql(dbtest.DropTrigger(t, "enrollments_signed", "enrollments"))
	s.sql("UPDATE enrollments SET contract = 'pay more' WHERE id = $1", e.ID)
	if _, err := s.Approve(bg, s.as("admin"), e.ID, 0); key(err) != "enrollment.contract_damaged" {
		t.Errorf("approved: %v", err)
	}
}
