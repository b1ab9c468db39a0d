package payment

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

func TestTakeRefundAndCorrect(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	steps := []struct {
		what string
		do   func() (Payment, error)
		want string // key of the refusal, or receipt
		paid int64
	}{
		{"nothing to give back", func() (Payment, error) { return s.refund("manager", id, 1) }, "payment.nothing_paid", 0},
		{"a deposit", func() (Payment, error) {
			return s.Take(bg, s.as("sales_a"), NewPayment{Enrollment: id, Kind: Deposit, Amount: 50_000, Method: "wechat_pay"})
		}, "2026-000001", 50_000},
		{"less than nothing", func() (Payment, error) { return s.take("sales_a", id, -5) }, "payment.positive", 50_000},
		{"more than is owed", func() (Payment, error) { return s.take("sales_a", id, 550_001) }, "payment.too_much", 50_000},
		{"the rest", func() (Payment, error) { return s.take("sales_a", id, 550_000) }, "2026-000002", 600_000},
		{"all is paid", func() (Payment, error) { return s.take("sales_a", id, 1) }, "payment.all_paid", 600_000},
		{"back too much", func() (Payment, error) { return s.refund("manager", id, 600_001) }, "payment.too_little", 600_000},
		{"back without a reason", func() (Payment, error) {
			return s.Refund(bg, s.as("manager"), NewPayment{Enrollment: id, Amount: 5, Method: "cash", Note: "  "})
		}, "payment.why", 600_000},
		{"back", func() (Payment, error) { return s.refund("manager", id, 100_000) }, "2026-000003", 500_000},
		{"correct what would leave less than nothing", func() (Payment, error) { return s.Correct(bg, s.as("admin"), 2, "x") }, "payment.correct_below", 500_000},
		{"correct the refund", func() (Payment, error) { return s.Correct(bg, s.as("admin"), 3, "wrong person") }, "2026-000004", 600_000},
		{"twice", func() (Payment, error) { return s.Correct(bg, s.as("admin"), 3, "again") }, "payment.corrected", 600_000},
		{"a correction", func() (Payment, error) { return s.Correct(bg, s.as("admin"), 4, "again") }, "payment.is_correction", 600_000},
		{"correct tuition", func() (Payment, error) { return s.Correct(bg, s.as("admin"), 2, "typed wrong") }, "2026-000005", 50_000},
		{"an unknown method", func() (Payment, error) {
			return s.Take(bg, s.as("sales_a"), NewPayment{Enrollment: id, Kind: Tuition, Amount: 5, Method: "shells"})
		}, "fault.bad_choice", 50_000},
		{"an unknown kind", func() (Payment, error) {
			return s.Take(bg, s.as("sales_a"), NewPayment{Enrollment: id, Kind: "refund", Amount: 5, Method: "cash"})
		}, "fault.bad_choice", 50_000},
	}
	for _, step := range steps {
		p, err := step.do()
		if got := key(err) + p.Receipt; got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
		acc, err := s.Account(bg, s.as("sales_a"), id)
		if err != nil || acc.Paid != step.paid || acc.Owing != 600_000-step.paid {
			t.Errorf("%s: %d paid, %d owed, %v", step.what, acc.Paid, acc.Owing, err)
		}
	}
	if n := s.num("SELECT count(*) FROM audit WHERE resource = 'payments'"); n != 5 {
		t.Errorf("%d entries in the trail for 5 payments", n)
	}
}

// TestTheTablesRefuse what a fault of the program would let through.
func TestTheTablesRefuse(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	other := s.enrolled("sales_a")
	_, err := s.take("sales_a", other, 20_000)
	must(t, err)
	p, err := s.take("sales_a", id, 10_000)
	must(t, err)
	n := 0
	put := func(enrollment int64, kind string, amount int64, corrects any) error {
		n++
		return s.try(`INSERT INTO payments (enrollment_id, kind, amount, receipt, taken_by, at, corrects) VALUES ($1, $2, $3, $4, $5, 1, $6)`,
			enrollment, kind, amount, fmt.Sprint("x", n), s.who["admin"], corrects)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{put(id, "tuition", -1, nil), "payment_sign"},
		{put(id, "refund", 1, nil), "payment_sign"},
		{put(id, "refund", -10_001, nil), "payment_below"},
		{put(id, "tuition", 590_001, nil), "payment_above"},
		{put(other, "tuition", -10_000, p.ID), "payment_correction"},
		{put(id, "deposit", -10_000, p.ID), "payment_correction"},
		{put(id, "tuition", -9_999, p.ID), "payment_correction"},
		{put(id, "tuition", -10_000, 99), "payment_correction"},
		{s.try("UPDATE payments SET amount = 1"), "append_only"},
		{s.try("DELETE FROM payments"), "append_only"},
	} {
		if got, _ := db.Constraint(test.err); got != test.want {
			t.Errorf("%v, want %s", test.err, test.want)
		}
	}
}

// TestTwoRefundsAtOnce races refunds and corrections of one enrollment: never is
// more given back than was paid, and no receipt number is missing or twice.
func TestTwoRefundsAtOnce(t *testing.T) {
	s := newSchool(t)
	for round := range 20 {
		id := s.enrolled("sales_a")
		p, err := s.take("sales_a", id, 10_000)
		must(t, err)
		by := s.as("admin")
		var wg sync.WaitGroup
		results := make([]error, 3)
		for i := range results {
			wg.Go(func() {
				if i == 2 {
					_, results[i] = s.Correct(bg, by, p.ID, "typed wrong")
					return
				}
				_, results[i] = s.Refund(bg, by, NewPayment{Enrollment: id, Amount: 7_000, Method: "cash", Note: "x"})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case fault.Of(err) != fault.Conflict:
				t.Errorf("round %d: %v", round, err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d of 3 went through: %v", round, won, results)
		}
	}
	if gaps := s.num("SELECT max(CAST(substr(receipt, 6) AS INTEGER)) - count(*) FROM payments"); gaps != 0 {
		t.Errorf("%d receipt numbers are missing", gaps)
	}
}

// TestReceiptNumbersBeginAnewEachYear in the school's zone, and a refused payment
// uses none up.
func TestReceiptNumbersBeginAnewEachYear(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	for _, step := range []struct {
		at   string
		fen  int64
		want string
	}{{"2026-12-31T15:59:59Z", 100, "2026-000001"}, {"2026-12-31T15:59:59Z", 700_000, ""}, {"2026-12-31T15:59:59Z", 100, "2026-000002"},
		{"2026-12-31T16:00:00Z", 100, "2027-000001"}} {
		s.now, _ = time.Parse(time.RFC3339, step.at)
		if p, _ := s.take("admin", id, step.fen); p.Receipt != step.want {
			t.Errorf("%s: %q, want %q", step.at, p.Receipt, step.want)
		}
	}
}

// TestWhoMay is who may do what with an enrollment of sales_a's: + done,
// - forbidden, . not found.
func TestWhoMay(t *testing.T) {
	s := newSchool(t)
	want := map[string]string{"sales_a": "+--+-", "sales_b": ".....", "manager": "++++-", "lecturer": ".....", "admin": "+++++"}
	for who, expect := range want {
		id := s.enrolled("sales_a")
		first, err := s.take("admin", id, 50_000)
		must(t, err)
		by, got := s.as(who), ""
		for _, do := range []func() error{
			func() error { _, err := s.take(who, id, 1); return err },
			func() error { _, err := s.refund(who, id, 1); return err },
			func() error {
				_, err := s.SetPlan(bg, by, id, []Instalment{{Due: "2026-12-01", Amount: 600_000}})
				return err
			},
			func() error { _, err := s.Account(bg, by, id); return err },
			func() error { _, err := s.Correct(bg, by, first.ID, "x"); return err },
		} {
			switch err := do(); {
			case err == nil:
				got += "+"
			case fault.Of(err) == fault.Forbidden:
				got += "-"
			case fault.Of(err) == fault.NotFound:
				got += "."
			default:
				got += err.Error()
			}
		}
		if got != expect {
			t.Errorf("%s: %q, want %q", who, got, expect)
		}
		if _, err := s.Receipt(bg, by, first.ID); (err == nil) != (expect[3] == '+') {
			t.Errorf("%s reads the receipt: %v", who, err)
		}
	}
	if _, err := s.Take(bg, policy.System, NewPayment{Enrollment: 1, Kind: Tuition, Amount: 1, Method: "cash"}); fault.Of(err) != fault.Forbidden {
		t.Errorf("nobody took it: %v", err)
	}
}

func TestNoMoneyForWhatIsOver(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	_, err := s.take("sales_a", id, 100)
	must(t, err)
	_, err = s.Enrollments.Cancel(bg, s.as("sales_a"), id, "changed his mind")
	must(t, err)
	if _, err := s.take("sales_a", id, 100); key(err) != "enrollment.state" {
		t.Errorf("taken for a cancelled enrollment: %v", err)
	}
	if _, err := s.refund("manager", id, 100); err != nil {
		t.Errorf("not given back: %v", err)
	}
}

func TestAStudentSeesHisPayments(t *testing.T) {
	s := newSchool(t)
	id, other := s.enrolled("sales_a"), s.enrolled("sales_a")
	_, err := s.take("admin", id, 100_000)
	must(t, err)
	p, err := s.take("admin", other, 7)
	must(t, err)
	by := s.as("sales_a")
	by.Rights = policy.NewRights(nil, policy.Scope{Customer: s.num("SELECT customer_id FROM enrollments WHERE id = $1", id)}, []policy.Grant{
		{Resource: "payments", Action: "list", Rows: []policy.Cond{{Field: "customer", Values: []string{"$my_customer"}}}},
		{Resource: "payments", Action: "view", Rows: []policy.Cond{{Field: "customer", Values: []string{"$my_customer"}}}}})
	list, err := s.Mine(bg, by)
	if err != nil || len(list) != 1 || list[0].Paid != 100_000 || list[0].Owing != 500_000 || len(list[0].Entries) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := s.Receipt(bg, by, p.ID); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign receipt: %v", err)
	}
	if _, err := s.Numbered(bg, by, p.Receipt); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign number: %v", err)
	}
	narrowed := by
	narrowed.Rights = policy.NewRights(nil, by.Rights.Scope, []policy.Grant{{Resource: "payments", Action: "list", Rows: []policy.Cond{{Field: "class", Values: []string{"2"}}}}})
	if list, err := s.Mine(bg, narrowed); err != nil || len(list) != 0 {
		t.Errorf("the rules were narrowed: %+v %v", list, err)
	}
	for _, who := range []string{"admin", "sales_a", "lecturer"} {
		if _, err := s.Mine(bg, s.as(who)); fault.Of(err) != fault.NotFound && fault.Of(err) != fault.Forbidden {
			t.Errorf("%s is a student: %v", who, err)
		}
	}
}

func TestReceipt(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	p, err := s.take("sales_a", id, 123_456)
	must(t, err)
	_, err = s.Correct(bg, s.as("admin"), p.ID, "typed wrong")
	must(t, err)
	r, err := s.Receipt(bg, s.as("sales_a"), p.ID)
	must(t, err)
	for _, l := range i18n.Langs {
		text := r.Text(i18n.Printer{Lang: l, Zone: s.Zone})
		for _, want := range []string{"2026-000001", "2026-000002", "¥1,234.56", "壹仟贰佰叁拾肆元伍角陆分", "王小明1", "¥4,765.44", "2026-11-22 16:00"} {
			if !strings.Contains(text, want) || strings.Contains(text, "«") {
				t.Errorf("%s: no %q in\n%s", l, want, text)
			}
		}
		pdf, err := r.PDF(i18n.Printer{Lang: l, Zone: s.Zone})
		if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
			t.Errorf("%d bytes, %v", len(pdf), err)
		}
	}
}
