package payment

import (
	"context"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Instalment is one part of the price and the day on which it is due.
type Instalment struct {
	Number int
	Due    string // day
	Amount int64  // fen
	Left   int64  // not yet covered by what was paid; instalments are covered in their order
	Late   bool   // something of it is left after its day
}

// maxInstalments is how many parts a price may be cut into.
const maxInstalments = 60

// SetPlan says how an enrollment's price is to be paid: instalments that add up
// to it, each on a day of its own. An empty plan takes the plan away. It changes
// nothing of what was paid.
func (s *Service) SetPlan(ctx context.Context, by policy.Actor, enrollmentID int64, list []Instalment) (acc Account, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.fetch(tx, by, "plan", enrollmentID)
		if err != nil {
			return err
		}
		if list, err = checkPlan(list, a.price); err != nil {
			return err
		}
		old, err := planOf(tx, a.id)
		if err != nil {
			return err
		}
		if err := replacePlan(tx, a.id, list); err != nil {
			return err
		}
		s.publish(tx, 0, a.id)
		if err := audit.Write(tx, by, "plan", "enrollments", a.id, audit.Change{Field: "plan", Old: planText(old), New: planText(list)}); err != nil {
			return err
		}
		acc, err = s.account(tx, by, a)
		return err
	})
	return acc, err
}

// checkPlan puts instalments in the order of their days and numbers them.
func checkPlan(list []Instalment, price int64) ([]Instalment, error) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Instalment) int { return strings.Compare(a.Due, b.Due) })
	var sum int64
	for i := range list {
		x := &list[i]
		switch {
		case i >= maxInstalments:
			return nil, fault.Field("plan", "payment.plan_long", "max", maxInstalments)
		case !resource.IsDay(x.Due):
			return nil, fault.Field("plan", "fault.bad_date", "value", x.Due)
		case x.Amount <= 0 || x.Amount > price:
			return nil, fault.Field("plan", "payment.plan_amount", "day", x.Due, "price", i18n.Money(price))
		case i > 0 && list[i-1].Due == x.Due:
			return nil, fault.Field("plan", "payment.plan_twice", "day", x.Due)
		}
		x.Number, x.Left, x.Late = i+1, 0, false
		sum += x.Amount
	}
	if len(list) > 0 && sum != price {
		return nil, fault.Field("plan", "payment.plan_sum", "sum", i18n.Money(sum), "price", i18n.Money(price))
	}
	return list, nil
}

// cover spreads what was paid over the instalments in their order, and says
// what is overdue today.
func cover(list []Instalment, paid int64, today string) (out []Instalment, overdue int64) {
	for _, i := range list {
		part := min(max(paid, 0), i.Amount)
		paid -= part
		i.Left = i.Amount - part
		if i.Late = i.Left > 0 && i.Due < today; i.Late {
			overdue += i.Left
		}
		out = append(out, i)
	}
	return out, overdue
}

// planText is a plan in one line, as it is typed: 2026-12-01=5000 …
func planText(list []Instalment) string {
	var parts []string
	for _, i := range list {
		parts = append(parts, i.Due+"="+Yuan(i.Amount))
	}
	return strings.Join(parts, " ")
}

// ParsePlan reads instalments as they are typed, DAY=YUAN with blanks or commas
// between them. parseDay reads a day: 2026-12-01, +1m.
func ParsePlan(text string, parseDay func(string) (string, bool)) (list []Instalment, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n;\u3000\uff1b", r) }) {
		day, amount, ok := strings.Cut(part, "=")
		fen, number := resource.ParseMoney(amount)
		if !ok || !number || amount == "" {
			return nil, fault.Field("plan", "payment.plan_form", "text", part)
		}
		due, known := parseDay(day)
		if !known || due == "" {
			return nil, fault.Field("plan", "fault.bad_date", "value", day)
		}
		list = append(list, Instalment{Due: due, Amount: fen})
	}
	return list, nil
}

// Yuan writes fen as they are typed: 5980 or 5980.50.
func Yuan(fen int64) string {
	s := itoa(fen / 100)
	if c := fen % 100; c != 0 {
		s += "." + itoa(100 + c)[1:]
	}
	return s
}
