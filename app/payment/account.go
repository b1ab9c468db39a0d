package payment

import (
	"context"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/db"
)

// agreed is what was agreed on for an enrollment, and the sum of what was paid.
type agreed struct {
	id                              int64
	state                           string
	customer, class, course, campus string
	price, paid                     int64
}

func (a agreed) owing() int64 { return a.price - a.paid }

// late is the day before which instalments are overdue: today, or none of an
// enrollment that is over.
func (a agreed) late(today string) string {
	if a.state == string(enrollment.Cancelled) || a.state == string(enrollment.Expired) {
		return ""
	}
	return today
}

// Account is how an enrollment stands with the school's cashier.
type Account struct {
	Enrollment           int64
	Customer             string
	Class, Course, State string
	Price, Paid, Owing   int64        // fen; Owing is below 0 where the price was lowered after a payment
	Overdue              int64        // of the plan, as of today
	Plan                 []Instalment // nil: the whole price, on no day in particular
	PlanFits             bool         // the plan adds up to the price as it is now
	Next                 Instalment   // the first that is not covered; zero where there is none
	Entries              []Payment    // the newest first
}

// Account gives an enrollment's payments, its plan and what is owed to who may
// list its payments.
func (s *Service) Account(ctx context.Context, by policy.Actor, enrollmentID int64) (acc Account, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := s.fetch(tx, by, "list", enrollmentID)
		if err != nil {
			return err
		}
		acc, err = s.account(tx, by, a)
		return err
	})
	return acc, err
}

func (s *Service) account(tx *db.Tx, by policy.Actor, a agreed) (acc Account, err error) {
	acc = Account{Enrollment: a.id, Customer: a.customer, Class: a.class, Course: a.course, State: a.state, Price: a.price, Paid: a.paid, Owing: a.owing()}
	plan, err := planOf(tx, a.id)
	if err != nil {
		return acc, err
	}
	acc.Plan, acc.Overdue = cover(plan, a.paid, a.late(s.today(tx)))
	var sum int64
	for _, i := range acc.Plan {
		sum += i.Amount
		if i.Left > 0 && acc.Next.Number == 0 {
			acc.Next = i
		}
	}
	acc.PlanFits = len(plan) == 0 || sum == a.price
	acc.Entries, err = entriesOf(tx, by, a.id)
	return acc, err
}

// Mine gives a student's own accounts, the newest enrollment first.
func (s *Service) Mine(ctx context.Context, by policy.Actor) (list []Account, err error) {
	if err := by.NeedAny("list", "payments"); err != nil {
		return nil, err
	}
	if by.Rights.Scope.Customer == 0 {
		return nil, policy.NotFound()
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err := enrollmentsOfCustomer(tx, by, by.Rights.Scope.Customer)
		for _, id := range ids {
			a, e := agreedOf(tx, id)
			if e != nil {
				return e
			}
			acc, e := s.account(tx, by, a)
			if e != nil {
				return e
			}
			list = append(list, acc)
		}
		return err
	})
	return list, err
}
