package ui

import "testing"

// TestTakingAPayment goes from the enrollment to the receipt, plans the rest and
// takes back what was typed wrong.
func TestTakingAPayment(t *testing.T) {
	a := openSchool(t)
	id := number(t, a, "SELECT max(id) FROM enrollments WHERE state = 'submitted'")
	s := person(t, a, "admin", "enrollments/"+itoa(id))
	s.See("paid", "still owed").Keys("p").See("No payments yet").Everywhere()
	s.both()
	s.Keys("n").See("Take a payment", "deposit", "tuition").Everywhere()
	s.both()
	s.Keys("tab").Type("50000").Keys("tab", "enter").See("cash").Keys("enter", "ctrl+s").See("only ¥")
	s.Keys("ctrl+u").Type("500").Keys("ctrl+s").See("entered: receipt", "in words").Everywhere()
	s.both()
	if n := number(t, a, "SELECT sum(amount) FROM payments WHERE enrollment_id = $1", id); n != 50_000 {
		t.Errorf("%d fen are in the books", n)
	}
	s.Keys("x").See("Correct receipt").Type("typed wrong").Keys("ctrl+s").See("entered: receipt")
	s.both()
	s.Keys("x").See("is a correction itself")
	s.Keys("esc").See("taken back by", ": void")
	s.both()
	s.Keys("esc").See("taken back", "Payments")
	s.both()
	s.Keys("p").See("Instalments of").Type("2027-01-01=1").Keys("ctrl+s").See("but the price is").Everywhere()
	s.both()
}

// TestPaymentsList shows what was taken, and what is due.
func TestPaymentsList(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "manager", "payments")
	s.See("receipt", "deposit", "2026-")
	s.both()
	s.Keys("enter").See("in words").Keys("x").See("may not take back").Keys("esc", "esc")
	s = person(t, a, "manager", "payments")
	s.Keys("i").See("due on", "overdue")
	s.both()
	s.Keys("enter").See("still owed", "Instalments")
	person(t, a, "lecturer", "payments").SeeNot("WeChat Pay")
}
