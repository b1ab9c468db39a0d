package enrollment

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/db"
)

// Approve takes an enrollment in. Everything that follows happens in the same
// transaction or not at all: the state, the customer's status, owner and
// credit, student and account, the seat in the class, what the classroom adds,
// audit, mail and notice. version is the one that was looked at; 0 takes what
// is there.
//
// Approving again changes nothing and mails nothing; who comes second is told
// who was first.
func (s *Service) Approve(ctx context.Context, by policy.Actor, id, version int64) (Enrollment, error) {
	pw, err := s.prepare(ctx, by, id, version)
	if err != nil {
		return Enrollment{}, err
	}
	return s.act(ctx, by, "approve", id, func(tx *db.Tx, e Enrollment) error {
		if e.State == Approved && e.ApprovedBy == by.Account {
			return nil
		}
		if err := underReview(e, version); err != nil {
			return err
		}
		if by.Account == 0 {
			return policy.Forbidden("approve", "enrollments") // somebody has to answer for it
		}
		return s.approve(tx, by, e, pw)
	})
}

// prepare hashes a one-time password before the transaction, which holds the
// only writer. Who may not approve, or comes too late, is told without the work
// of a hash; who is a student already needs none.
func (s *Service) prepare(ctx context.Context, by policy.Actor, id, version int64) (pw org.OneTime, err error) {
	needed := false
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		e, err := s.fetch(tx, by, "approve", id)
		if err != nil || e.State == Approved && e.ApprovedBy == by.Account {
			return err
		}
		if err := underReview(e, version); err != nil {
			return err
		}
		_, account, err := studentOf(tx, e.Customer)
		needed = account == 0
		return err
	})
	if err != nil || !needed {
		return pw, err
	}
	return s.Org.OneTime(ctx)
}

func (s *Service) approve(tx *db.Tx, by policy.Actor, e Enrollment, pw org.OneTime) error {
	class, err := catalog.ClassOf(tx, e.Class)
	if err != nil {
		return err
	}
	if class.Free() == 0 {
		return classFull(class)
	}
	if sum(e.Contract) != e.SHA256 {
		return fault.New(fault.Conflict, "enrollment.contract_damaged")
	}
	if err := storeApproved(tx, e.ID, by.Account); err != nil {
		return err
	}
	if err := s.Customers.MarkEnrolled(tx, by, e.Customer, e.Consultant, e.ClassCode); err != nil {
		return err
	}
	st, err := s.student(tx, by, e, pw)
	if err != nil {
		return err
	}
	if err := s.join(tx, st.id, e); err != nil {
		return err
	}
	if err := s.welcome(tx, by, e, st); err != nil {
		return err
	}
	s.changed(tx, e.ID, "approved")
	return audit.Write(tx, by, "approve", "enrollments", e.ID, audit.Change{Field: "state", Old: string(e.State), New: string(Approved)},
		audit.Change{Field: "student", New: st.login}, audit.Change{Field: "contract_sha256", New: e.SHA256})
}

// student is whom an approval makes, or finds.
type student struct {
	id       int64
	login    string
	password string // one-time; "" for who had an account before
}

// student finds the customer's student and account, or makes them.
func (s *Service) student(tx *db.Tx, by policy.Actor, e Enrollment, pw org.OneTime) (st student, err error) {
	sid, account, err := studentOf(tx, e.Customer)
	if err != nil {
		return st, err
	}
	if account != 0 {
		st.id = sid
		st.login, err = loginOf(tx, account)
		return st, err
	}
	if pw.Plain == "" {
		return st, stale() // there was a student when we looked
	}
	login, err := org.FreeLogin(tx, e.called())
	if err != nil {
		return st, err
	}
	a, err := s.Org.AddStudentIn(tx, by, org.NewAccount{Login: login, Name: e.called(), Email: e.Email, Phone: e.Phone, Lang: e.Lang}, pw)
	if err != nil {
		return st, err
	}
	if st.id, err = insertStudent(tx, e.Customer, a.ID); err != nil {
		return st, err
	}
	s.publish(tx, bus.Event{Resource: "students", ID: st.id, Verb: "added"})
	st.login, st.password = a.Login, pw.Plain
	return st, nil
}

// join puts the student into the class.
func (s *Service) join(tx *db.Tx, student int64, e Enrollment) error {
	if err := insertMembership(tx, student, e.Class, e.ID); err != nil {
		return err
	}
	for _, hook := range s.OnJoin {
		if err := hook(tx, student, e.Class); err != nil {
			return err
		}
	}
	s.publish(tx, bus.Event{Resource: "classes", ID: e.Class, Verb: "changed"})
	return nil
}

func (s *Service) publish(tx *db.Tx, e bus.Event) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(e) })
	}
}

// welcome mails how to log in and tells the consultant. The one-time password
// is in the mail and nowhere else.
func (s *Service) welcome(tx *db.Tx, by policy.Actor, e Enrollment, st student) error {
	template, args := "approved_again", []any{"name", e.called(), "class", e.ClassCode, "ssh", s.loginLine(st.login), "login", st.login}
	if st.password != "" {
		template, args = "approved_new", append(args, "password", st.password)
	}
	if err := s.mail(tx, e, template, e.Email, dedup("approved", e), st.password, args...); err != nil {
		return err
	}
	return s.notify(tx, by, e, []int64{e.Consultant}, "approved", "who", by.Name)
}

// loginLine is the command line that logs a student in.
func (s *Service) loginLine(login string) string {
	host, port := s.Host()
	return "ssh " + Link{Port: port}.option("-p") + login + "@" + host
}
