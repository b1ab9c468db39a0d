package payment

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/resource"
)

func TestPlans(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	day := func(text string) (string, bool) { return resource.ParseDay(text, s.now) }
	for text, want := range map[string]string{
		"":                                       "",
		"2026-12-01=6000":                        "",
		"2026-12-01=1000 2027-01-01=5000":        "",
		"2026-12-01=1000.50; 2027-01-01=4999.50": "",
		"2026-12-01=1000 2027-01-01=4999.99":     "payment.plan_sum",
		"2026-12-01=3000 2026-12-01=3000":        "payment.plan_twice",
		"2026-12-01=0 2027-01-01=6000":           "payment.plan_amount",
		"2026-12-01=-1 2027-01-01=6001":          "payment.plan_amount",
		"2026-12-01=7000":                        "payment.plan_amount",
		"2026-12-01":                             "payment.plan_form",
		"2026-12-01=":                            "payment.plan_form",
		"soon=6000":                              "fault.bad_date",
		"2026-02-30=6000":                        "fault.bad_date",
	} {
		list, err := ParsePlan(text, day)
		if err == nil {
			_, err = s.SetPlan(bg, s.as("manager"), id, list)
		}
		if key(err) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestOverdue follows a plan over time: instalments are covered in their order,
// and late on the day after.
func TestOverdue(t *testing.T) {
	s := newSchool(t)
	id := s.enrolled("sales_a")
	plan := []Instalment{{Due: "2027-01-05", Amount: 200_000}, {Due: "2026-12-05", Amount: 100_000}, {Due: "2027-02-05", Amount: 300_000}}
	acc, err := s.SetPlan(bg, s.as("manager"), id, plan)
	must(t, err)
	if acc.Plan[0].Due != "2026-12-05" || acc.Next.Number != 1 || !acc.PlanFits {
		t.Errorf("%+v", acc)
	}
	for _, step := range []struct {
		at      string
		pay     int64
		overdue int64
		next    int
	}{{"2026-12-05T12:00:00Z", 0, 0, 1}, {"2026-12-05T16:00:00Z", 0, 100_000, 1}, {"2026-12-06T00:00:00Z", 150_000, 0, 2},
		{"2027-01-06T00:00:00Z", 0, 150_000, 2}, {"2027-03-01T00:00:00Z", 150_000, 300_000, 3}, {"2027-03-01T00:00:00Z", 300_000, 0, 0}} {
		s.now, _ = time.Parse(time.RFC3339, step.at)
		if step.pay > 0 {
			_, err := s.take("sales_a", id, step.pay)
			must(t, err)
		}
		acc, err := s.Account(bg, s.as("sales_a"), id)
		if err != nil || acc.Overdue != step.overdue || acc.Next.Number != step.next {
			t.Errorf("%s: overdue %d, next %d, %v; want %d, %d", step.at, acc.Overdue, acc.Next.Number, err, step.overdue, step.next)
		}
		late := int64(0)
		l, err := s.Engine.List(bg, s.as("sales_a"), "instalments", "overdue:yes", resource.Page{Columns: []string{"left"}})
		must(t, err)
		for _, r := range l.Rows {
			n, _ := r.Values["left"].Raw.(int64)
			late += n
		}
		if late != step.overdue {
			t.Errorf("%s: the list says %d overdue, the account %d", step.at, late, step.overdue)
		}
	}
	s.sql("UPDATE enrollments SET price = 700000 WHERE id = $1", id)
	if acc, _ := s.Account(bg, s.as("sales_a"), id); acc.PlanFits {
		t.Error("the price has changed and the plan still fits")
	}
}

// TestCover: whatever was paid, what is left and what is covered are the plan.
func TestCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plan []Instalment
		var sum int64
		for i := range rapid.IntRange(0, 6).Draw(t, "n") {
			a := rapid.Int64Range(1, 1000).Draw(t, "amount")
			plan, sum = append(plan, Instalment{Number: i + 1, Due: fmt.Sprintf("2026-12-%02d", i+1), Amount: a}), sum+a
		}
		paid := rapid.Int64Range(-100, 7000).Draw(t, "paid")
		out, overdue := cover(plan, paid, "2026-12-04")
		var left, late int64
		open := false
		for _, i := range out {
			if open && i.Left != i.Amount {
				t.Fatal("a later instalment is covered before an earlier one")
			}
			open = open || i.Left > 0
			left += i.Left
			if i.Number <= 3 {
				late += i.Left
			}
		}
		if want := sum - min(max(paid, 0), sum); left != want || late != overdue {
			t.Fatalf("left %d, want %d; late %d, overdue %d", left, want, late, overdue)
		}
	})
}

func TestCapitals(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 5_00: "伍元整", 5_05: "伍元零伍分", 10_00: "壹拾元整", 105_00: "壹佰零伍元整", 1_000_00: "壹仟元整",
		1_005_00: "壹仟零伍元整", 5_980_00: "伍仟玖佰捌拾元整", 10_000_00: "壹万元整", 10_001_00: "壹万零壹元整", 19_800_00: "壹万玖仟捌佰元整",
		100_500_00: "壹拾万零伍佰元整", 1_000_000_00: "壹佰万元整", 20_000_005_00: "贰仟万零伍元整", 100_000_000_00: "壹亿元整", 100_010_000_00: "壹亿零壹万元整",
		1234_56: "壹仟贰佰叁拾肆元伍角陆分", -300_00: "负叁佰元整",
	} {
		if got := Capitals(fen); got != want {
			t.Errorf("%d: %s, want %s", fen, got, want)
		}
	}
}
