package ui

import (
	"context"
	"testing"

	"cohort/app/policy"
)

func TestStudentsPlaces(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "contract")
	s.See("Contract for python-s9", "as it was signed", "SHA-256", "scp -P 2222 kobe@school.example:contract-python-s9.md .", "¥19,800.00")
	s.both()
	s.Keys("3").See("python-s9", "2026-", "1-1 of 1")
	s.both()
	s.Keys("enter").See("Where you stand in python-s9", "of 7", "林涛", "lecturers")
	s.both()
	s.Keys("G").See("Django").Keys("esc", "4").See("Where you stand in python-s9", "late 10 min", "A")
	s.both()
	s.Keys("esc", "5").See("id-front.jpg", "id-back.jpg", "scp -r -P 2222 kobe@school.example:documents .")
	s.both()
	s.Keys("enter").See("▀", "1 / 2").Keys("esc")
	s.Keys("6").See("price", "still owed", "Instalments", "overdue")
	s.both()
	s.Keys("enter").See("in words", "kobe@school.example:receipts/")
	s.both()
}

// A student of nothing yet is told what will be there.
func TestStudentWithoutAnything(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "")
	id := emptyCustomer(t, a)
	before := s.desk.sess.Actor
	s.desk.sess.Actor = func(ctx context.Context) (policy.Actor, bool) {
		by, ok := before(ctx)
		r := *by.Rights
		r.Scope.Customer = id
		by.Rights = &r
		return by, ok
	}
	for address, words := range map[string]string{"contract": "No contract yet", "my_documents": "No documents.", "my_payments": "Nothing to pay", "my_classes": "No class yet", "my_scores": "No lessons yet"} {
		sc, err := s.desk.resolve(address)
		if err != nil {
			t.Fatal(address, err)
		}
		s.show(sc)
		s.See(words)
		s.both()
	}
}

// Several contracts are a list with the newest below; enter opens one.
func TestStudentOfTwoClasses(t *testing.T) {
	a := openSchool(t)
	admin := actorOf(t, a, "admin")
	who := enrollmentOf(t, a, ownEnrollment(t, a, "kobe"))
	class, err := a.Catalog.ClassByCode(bg, admin, "linux-40")
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := a.Enrollments.Create(bg, admin, who.Customer, class.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	by := policy.Applicant(e.ID, policy.Screen, "")
	if _, err := a.Enrollments.Fill(bg, by, 0, map[string]string{"name": "科比", "sex": "male", "id_number": "110101199003074610", "phone": "13800138111", "email": "k@example.com"}); err != nil {
		t.Fatal(err)
	}
	if err := upload(t, a, e.ID, "front.jpg", jpegOf(t, 30, 20)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Enrollments.Agree(bg, by, true); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Enrollments.Submit(bg, by); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "kobe", "contract")
	s.See("Contract for python-s9")
	if _, err := a.Enrollments.Approve(bg, admin, e.ID, 0); err != nil {
		t.Fatal(err)
	}
	s.See("Contract for linux-40", "python-s9") // by itself
	s.both()
	s.Keys("j", "enter").See("Contract for python-s9").SeeNot("Contract for linux-40")
}
