package customer

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

// looks is how many look-ups of an account are counted in all.
func (w *world) looks(login string) int {
	w.t.Helper()
	return w.count(`SELECT COALESCE(sum(n), 0) FROM daily_acts WHERE act = 'check' AND account_id = $1`, w.ids[login])
}

func phone(i int) string { return fmt.Sprintf("138001380%02d", i) }

func TestLookUpsOfADayAreBounded(t *testing.T) {
	w := school(t)
	w.set("check_per_day", "3")
	for i := range 3 {
		w.add(w.as("a"), "客户", phone(i))
	}
	c := w.as("c")
	ask := func(contact string) (Found, error) { return w.Check(w.ctx, c, "", contact) }
	for range 2 { // the second time of a day tells nothing new
		f, err := ask(phone(0))
		if err != nil || !f.Exists || !f.Notify || f.Add {
			t.Fatalf("%+v %v", f, err)
		}
	}
	f, err := ask(phone(90))
	if err != nil || f.Exists || !f.Add {
		t.Fatalf("%+v %v", f, err)
	}
	_, err = ask(phone(1))
	w.must(err)
	if n := w.looks("c"); n != 3 {
		t.Errorf("%d counted", n)
	}
	for _, contact := range []string{phone(2), phone(91)} { // there or not: the same answer
		_, err = ask(contact)
		w.says(err, "customer.checks_used", "每人每天 3 次", "3 a day", "2026-11-23 00:00")
	}
	_, err = ask(phone(1)) // known today
	w.must(err)
	if _, err := w.Check(w.ctx, w.as("b"), "", phone(2)); err != nil {
		t.Errorf("another person's day: %v", err)
	}
	w.later(8 * time.Hour) // midnight in the school
	_, err = ask(phone(2))
	w.must(err)
	w.set("check_per_day", "0")
	for i := range 5 {
		_, err = ask(phone(50 + i))
		w.must(err)
	}
	if n := w.looks("c"); n != 9 {
		t.Errorf("%d counted: without a bound it is counted, too", n)
	}
}

// TestNothingElseAnswersOnceTheLookUpsAreUsedUp goes through all that could tell
// whether a contact is there.
func TestNothingElseAnswersOnceTheLookUpsAreUsedUp(t *testing.T) {
	w := school(t)
	w.set("check_per_day", "2")
	a, c := w.as("a"), w.as("c")
	for i := range 4 {
		w.add(a, "客户", phone(i))
	}
	own := w.add(c, "自己的", phone(10))
	add := func(contact string) error {
		_, err := w.Add(w.ctx, c, NewCustomer{Name: "x", Phone: contact, Source: "baidu"})
		return err
	}
	// What is free costs nothing, neither typed nor saved; what is taken costs one.
	w.must(add(phone(11)))
	clue, err := w.Taken(w.ctx, c, Phone, phone(12), 0)
	if err != nil || !clue.Free || w.looks("c") != 0 {
		t.Fatalf("%+v %v, %d counted", clue, err, w.looks("c"))
	}
	clue, err = w.Taken(w.ctx, c, Phone, phone(0), 0)
	if err != nil || clue.Free || !clue.Notify || w.looks("c") != 1 {
		t.Fatalf("%+v %v, %d counted", clue, err, w.looks("c"))
	}
	w.refused(add(phone(0)), "customer.exists") // the same again
	w.refused(add(phone(1)), "customer.exists")
	if n := w.looks("c"); n != 2 {
		t.Fatalf("%d counted", n)
	}
	ways := map[string]func(contact string) error{
		"check": func(x string) error { _, err := w.Check(w.ctx, c, Phone, x); return err },
		"form":  func(x string) error { _, err := w.Taken(w.ctx, c, Phone, x, 0); return err },
		"edit":  func(x string) error { _, err := w.Taken(w.ctx, c, Phone, x, own.ID); return err },
		"add":   add,
		"change": func(x string) error {
			return w.Change(w.ctx, c, own.ID, 0, resource.Values{Phone: x})
		},
		"notify": func(x string) error { _, err := w.NotifyOwner(w.ctx, c, x); return err },
	}
	for name, way := range ways {
		_, there := w.said(way(phone(2)))
		_, free := w.said(way(phone(20)))
		if there != free || !fault.Is(way(phone(3)), "customer.checks_used") {
			t.Errorf("%s tells what is there:\n%s\n%s", name, there, free)
		}
	}
	// What he knows of today he may act on, and other fields are open.
	w.refused(add(phone(1)), "customer.exists")
	_, err = w.NotifyOwner(w.ctx, c, phone(1))
	w.must(err)
	w.must(w.Change(w.ctx, c, own.ID, 0, resource.Values{"memo": "x", Phone: phone(10)}))
	_, err = w.Taken(w.ctx, c, Phone, phone(10), own.ID)
	w.must(err)
	if n := w.looks("c"); n != 2 {
		t.Errorf("%d counted", n)
	}
	w.later(24 * time.Hour)
	w.must(add(phone(20)))
}

// TestAnImportIsOneAct: its rows are not counted one by one, whoever has the
// right to import; and an import is not closed when the look-ups are used up.
func TestAnImportIsOneAct(t *testing.T) {
	w := school(t)
	w.set("check_per_day", "1")
	w.add(w.as("a"), "客户", phone(0))
	m := w.as("manager")
	_, err := w.Check(w.ctx, m, "", phone(1))
	w.must(err)
	ctx := resource.Bulk(w.ctx)
	for i := range 3 {
		_, err := w.Engine.Add(ctx, m, "customers", map[string]string{"name": "x", "phone": phone(i), "source": "baidu"})
		if i == 0 {
			w.refused(err, "customer.exists")
		} else {
			w.must(err)
		}
	}
	if n := w.looks("manager"); n != 1 {
		t.Errorf("%d counted", n)
	}
}

// TestLookUpsHoldAtTheSameMoment: thirty ask at once, no more get an answer than
// may, whichever way they ask.
func TestLookUpsHoldAtTheSameMoment(t *testing.T) {
	w := school(t)
	w.set("check_per_day", "10")
	for i := range 30 {
		w.add(w.as("a"), "客户", phone(i))
	}
	c := w.as("c")
	var wg sync.WaitGroup
	answers := make(chan bool, 30)
	for i := range 30 {
		wg.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				_, err = w.Check(w.ctx, c, "", phone(i))
				answers <- err == nil
			case 1:
				_, err = w.Add(w.ctx, c, NewCustomer{Name: "x", Phone: phone(i), Source: "baidu"})
				answers <- fault.Is(err, "customer.exists")
			default:
				clue, err := w.Taken(w.ctx, c, Phone, phone(i), 0)
				answers <- err == nil && !clue.Free
			}
		})
	}
	wg.Wait()
	close(answers)
	got := 0
	for yes := range answers {
		if yes {
			got++
		}
	}
	if n := w.looks("c"); got != 10 || n != 10 {
		t.Errorf("%d answers, %d counted, of 10", got, n)
	}
}

// TestTheCountsAreTheAdministrators: who looked up how many, on which day.
func TestTheCountsAreTheAdministrators(t *testing.T) {
	w := school(t)
	_, err := w.Check(w.ctx, w.as("c"), "", phone(1))
	w.must(err)
	l, err := w.Engine.List(w.ctx, w.as("admin"), "daily_acts", "counted:check", resource.Page{})
	w.must(err)
	if len(l.Rows) != 1 || l.Rows[0].Values["times"].Raw != int64(1) || l.Rows[0].Values["account"].Label != "林涛" {
		t.Errorf("%+v", l.Rows)
	}
	_, err = w.Engine.List(w.ctx, w.as("c"), "daily_acts", "", resource.Page{})
	w.refused(err, "fault.forbidden")
	if n, _, err := w.Engine.Count(w.ctx, policy.System, "audit", "act:check"); err == nil && n == 0 {
		t.Error("it is on the audit trail")
	}
}
