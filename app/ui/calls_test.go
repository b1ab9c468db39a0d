package ui

import (
	"fmt"
	"testing"
	"time"

	"cohort/app"
	"cohort/app/customer"
	"cohort/db"
)

// callList leaves sales_a three customers to call and nobody stale: one at nine,
// one today, one missed.
func callList(t *testing.T, a *app.App) (ids []int64) {
	t.Helper()
	now := a.DB.Now().In(a.Zone)
	by := actorOf(t, a, "sales_a")
	write(t, a, `UPDATE customers SET never_contact = 1 WHERE status = 'not_enrolled'`)
	write(t, a, `UPDATE customers SET next_follow_up_on = ''`)
	for i, name := range []string{"Nine", "Today", "Missed"} {
		c, err := a.Customers.Add(bg, by, customer.NewCustomer{Name: name, Phone: fmt.Sprintf("1381111000%d", i), Source: "baidu", Memo: "wants evenings"})
		if err != nil {
			t.Fatal(err)
		}
		day, clock := now.Format(time.DateOnly), ""
		switch name {
		case "Nine":
			clock = "09:00"
		case "Missed":
			day = now.AddDate(0, 0, -2).Format(time.DateOnly)
		}
		write(t, a, `UPDATE customers SET next_follow_up_on = $1, next_follow_up_time = $2 WHERE id = $3`, day, clock, c.ID)
		ids = append(ids, c.ID)
	}
	return ids
}

// TestADayOfCalls is the working day: a digit, a note, enter, enter, and the next
// one is there.
func TestADayOfCalls(t *testing.T) {
	a := openSchool(t)
	ids := callList(t, a)
	s := person(t, a, "sales_a", "calls")
	s.See("Nine", "today 09:00", "138 1111 0000", "wants evenings", "0 no answer", "2 due", "1 overdue", "Nothing was said yet").Everywhere()
	s.Keys("2").See("2 within a month", "note").Type("asked about 晚班").Everywhere()
	s.Keys("enter").See("+1w", a.DB.Now().In(a.Zone).Format("Mon")).Everywhere() // the date that goes with the outcome, and what it means
	s.Keys("enter").See("Nine noted; next", "Today", "1 due")
	if n := single(t, a, `SELECT count(*) FROM follow_ups WHERE customer_id = $1 AND intention = 'within_month' AND channel = 'phone' AND note = 'asked about 晚班' AND next_on <> ''`, ids[0]); n != 1 {
		t.Errorf("%d follow-ups", n)
	}
	// Nobody there: not even a note is needed. The date that is proposed is typed over.
	s.Keys("0", "enter").Type("fri 3pm").See("Fri", "15:00").Keys("enter").See("Today noted", "Missed", "overdue")
	if n := single(t, a, `SELECT count(*) FROM follow_ups WHERE customer_id = $1 AND no_answer = 1 AND next_time = '15:00'`, ids[1]); n != 1 {
		t.Errorf("%d follow-ups without an answer", n)
	}
	// A note is needed where somebody answered, and a date must be one.
	s.Keys("1", "enter").See("! ").Type("no").Keys("enter").Type("soon").Keys("enter").See("is not a date").Everywhere()
	s.Keys("esc").See("no").Keys("enter", "ctrl+u").Type("-").See("no date").Keys("enter").See("The queue is empty").Everywhere()
	// The last one comes back.
	s.Keys("ctrl+r").See("The queue is empty")
}

// TestCallsAreTakenBack: a wrong key is no harm.
func TestCallsAreTakenBack(t *testing.T) {
	a := openSchool(t)
	ids := callList(t, a)
	s := person(t, a, "sales_a", "calls")
	s.Keys("6").See("Never contact Nine again").Everywhere().Keys("y").Type("angry").Keys("enter").See("Nine noted", "Today")
	if n := single(t, a, `SELECT never_contact FROM customers WHERE id = $1`, ids[0]); n != 1 {
		t.Error("may still be contacted")
	}
	s.Keys("u").See("Take back the follow-up").Keys("enter").See("Nine", "today 09:00")
	if n := single(t, a, `SELECT count(*) FROM customers WHERE id = $1 AND never_contact = 0 AND next_follow_up_time = '09:00'`, ids[0]); n != 1 {
		t.Error("does not stand as before")
	}
}

// TestCallsAreLookedThrough: skipped ones stay in the queue; what is typed is not
// lost without a question.
func TestCallsAreLookedThrough(t *testing.T) {
	a := openSchool(t)
	callList(t, a)
	s := person(t, a, "sales_a", "calls")
	s.Keys("p").See("nobody before").Keys("s").See("Nine is left for later", "Today").Keys("n").See("Missed").Keys("n").See("nobody further").Keys("p", "p").See("today 09:00")
	s.Keys("c").See("by QQ").Keys("c").See("by WeChat").Keys("3").Type("half a note").Keys("esc", "q").See("not saved yet").Keys("esc")
	s.Keys("enter").See("History", "entered").Keys("esc").See("today 09:00")
}

// TestACallLeadsToTheEnrollment: 4 saves and goes on to the classes.
func TestACallLeadsToTheEnrollment(t *testing.T) {
	a := openSchool(t)
	callList(t, a)
	s := person(t, a, "sales_a", "calls")
	s.Keys("4").Type("python-s9").Keys("enter", "enter").See("python-s9", "price").Keys("esc").See("Today")
}

// TestTwoCallOneStaleCustomer: the second is told on the screen; what both wrote
// is kept.
func TestTwoCallOneStaleCustomer(t *testing.T) {
	a := openSchool(t)
	callList(t, a)
	id := single(t, a, `SELECT max(id) FROM customers WHERE owner_id = $1`, accountID(t, a, "sales_a"))
	write(t, a, `UPDATE customers SET next_follow_up_on = '', touched_at = 1000000000000, last_follow_up_at = 0 WHERE id = $1`, id)
	b := person(t, a, "sales_b", "calls").See("Missed", "stale", "138****")
	b.Keys("v").See("138 1111 0002")
	c := person(t, a, "sales_c", "calls").See("The queue is empty") // somebody talks to him
	b.Keys("1").Type("not now")
	// The owner is faster.
	if _, err := a.Customers.FollowUp(bg, actorOf(t, a, "sales_a"), customer.NewFollowUp{Customer: id, Note: "came by himself", Intention: "within_month"}); err != nil {
		t.Fatal(err)
	}
	b.Keys("enter", "enter").See("not now", "you may not follow up").Everywhere()
	if n := single(t, a, `SELECT count(*) FROM follow_ups WHERE customer_id = $1`, id); n != 1 {
		t.Errorf("%d follow-ups", n)
	}
	c.Keys("ctrl+r").See("The queue is empty")
}

// TestAnotherWasFasterWithOnesOwn: what he wrote is shown, and ours is still
// there to be saved.
func TestAnotherWasFasterWithOnesOwn(t *testing.T) {
	a := openSchool(t)
	ids := callList(t, a)
	s := person(t, a, "sales_a", "calls")
	s.Keys("3").Type("mine")
	if _, err := a.Customers.FollowUp(bg, actorOf(t, a, "admin"), customer.NewFollowUp{Customer: ids[0], Note: "from the boss", Intention: "no_plan"}); err != nil {
		t.Fatal(err)
	}
	s.Keys("enter", "enter").See("followed this customer up", "from the boss", "mine").Everywhere()
	s.Keys("enter").See("Nine noted")
	if n := single(t, a, `SELECT count(*) FROM follow_ups WHERE customer_id = $1`, ids[0]); n != 2 {
		t.Errorf("%d follow-ups", n)
	}
}

// write changes the school's database beside the rules.
func write(t *testing.T, a *app.App, text string, args ...any) {
	t.Helper()
	if err := a.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		t.Fatal(err)
	}
}
