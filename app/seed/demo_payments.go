package seed

import (
	"context"
	"time"

	"cohort/app/payment"
)

// pay lets a new student pay his deposit at once, and the rest in one of four
// ways: at once, in instalments all paid in time, in instalments of which one is
// overdue, or not yet. A few were typed wrong, one left again.
func (d *demo) pay(i int, a applicant, id int64, at time.Time) error {
	if err := d.take(a.sales, at, payment.NewPayment{Enrollment: id, Kind: payment.Deposit, Amount: 50_000, Method: "wechat_pay"}); err != nil {
		return err
	}
	method := from(d, payment.Methods[:5])
	switch i % 4 {
	case 0:
		return d.payInParts(i, a, id, at)
	case 3:
		return nil
	}
	d.soon(at.AddDate(0, 0, 2+i%5), func(ctx context.Context) error {
		acc, err := d.accountOf(ctx, id)
		if err != nil {
			return err
		}
		return d.take(a.sales, at.AddDate(0, 0, 2+i%5), payment.NewPayment{Enrollment: id, Kind: payment.Tuition, Amount: acc.Owing, Method: method})
	})
	if i%8 == 1 {
		d.soon(at.AddDate(0, 0, 12), func(ctx context.Context) error { return d.giveBack(ctx, id, 200_000) })
	}
	return nil
}

// payInParts plans three instalments; who is late has paid only the first.
func (d *demo) payInParts(i int, a applicant, id int64, at time.Time) error {
	manager, err := d.actor("manager")
	if err != nil {
		return err
	}
	acc, err := d.accountOf(d.at(at), id)
	if err != nil {
		return err
	}
	third := acc.Price / 3 / 100 * 100
	plan := []payment.Instalment{{Due: at.AddDate(0, 0, 3).Format(time.DateOnly), Amount: third}, {Due: at.AddDate(0, 0, 15).Format(time.DateOnly), Amount: third},
		{Due: at.AddDate(0, 2, 15).Format(time.DateOnly), Amount: acc.Price - 2*third}}
	if _, err := d.Payments.SetPlan(d.at(at), manager, id, plan); err != nil {
		return err
	}
	for n, p := range plan {
		if n > 0 && i%8 == 0 {
			continue
		}
		amount := p.Amount
		if n == 0 {
			amount -= acc.Paid
		}
		day, _ := time.ParseInLocation(time.DateOnly, p.Due, d.Zone)
		day = day.Add(10 * time.Hour)
		d.soon(day, func(context.Context) error {
			return d.take(a.sales, day, payment.NewPayment{Enrollment: id, Kind: payment.Tuition, Amount: amount, Method: "bank_transfer"})
		})
	}
	return nil
}

func (d *demo) take(login string, at time.Time, n payment.NewPayment) error {
	by, err := d.actor(login)
	if err != nil {
		return err
	}
	_, err = d.Payments.Take(d.at(at), by, n)
	return err
}

func (d *demo) giveBack(ctx context.Context, id, amount int64) error {
	by, err := d.actor("manager")
	if err != nil {
		return err
	}
	_, err = d.Payments.Refund(ctx, by, payment.NewPayment{Enrollment: id, Amount: amount, Method: "bank_transfer", Note: "老学员优惠,退差价。 Discount for a former student."})
	return err
}

func (d *demo) accountOf(ctx context.Context, id int64) (payment.Account, error) {
	by, err := d.actor("admin")
	if err != nil {
		return payment.Account{}, err
	}
	return d.Payments.Account(ctx, by, id)
}
