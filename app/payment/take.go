package payment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// NewPayment is a payment to be taken or given back.
type NewPayment struct {
	Enrollment int64
	Kind       string // deposit or tuition; a refund has no other kind
	Amount     int64  // fen, more than 0, of a refund too
	Method     string
	Note       string // of a refund: why
}

// maxNote is how many characters a note has at most.
const maxNote = 200

// Take takes a deposit or tuition for an enrollment that is under way or
// approved, up to what is still owed.
func (s *Service) Take(ctx context.Context, by policy.Actor, n NewPayment) (Payment, error) {
	return s.enter(ctx, by, "add", n, func(a agreed, n NewPayment) error {
		switch {
		case n.Kind != Deposit && n.Kind != Tuition:
			return fault.Field("payment", "fault.bad_choice", "value", n.Kind, "choices", Deposit+", "+Tuition)
		case a.state == string(enrollment.Cancelled) || a.state == string(enrollment.Expired):
			return fault.New(fault.Conflict, "enrollment.state", "state", i18n.W("choice.state."+a.state))
		case n.Amount > a.owing():
			return tooMuch(a)
		}
		return nil
	})
}

// Refund gives money back, up to what was paid, in whatever state the
// enrollment is. The note says why.
func (s *Service) Refund(ctx context.Context, by policy.Actor, n NewPayment) (Payment, error) {
	n.Kind = Refund
	return s.enter(ctx, by, "refund", n, func(a agreed, n NewPayment) error {
		switch {
		case clean.Line(n.Note) == "":
			return fault.Field("remark", "payment.why")
		case n.Amount > a.paid:
			return tooLittle(a)
		}
		return nil
	})
}

// enter puts one entry in: the writer is one, so that what rule finds holds
// until the entry is there.
func (s *Service) enter(ctx context.Context, by policy.Actor, action string, n NewPayment, rule func(agreed, NewPayment) error) (p Payment, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.fetch(tx, by, action, n.Enrollment)
		if err != nil {
			return err
		}
		if n, err = n.tidy(); err != nil {
			return err
		}
		if err := rule(a, n); err != nil {
			return err
		}
		if n.Kind == Refund {
			n.Amount = -n.Amount
		}
		p, err = s.put(tx, by, action, a, entry{NewPayment: n})
		return err
	})
	return p, err
}

// tidy checks what needs nothing but the entry itself.
func (n NewPayment) tidy() (NewPayment, error) {
	n.Note = clean.Line(n.Note)
	var bad []*fault.Fault
	if n.Amount <= 0 {
		bad = append(bad, fault.Field("amount", "payment.positive"))
	}
	if !slices.Contains(Methods, n.Method) {
		bad = append(bad, fault.Field("method", "fault.bad_choice", "value", n.Method, "choices", strings.Join(Methods, ", ")))
	}
	if len([]rune(n.Note)) > maxNote {
		bad = append(bad, fault.Field("remark", "fault.too_long", "max", maxNote))
	}
	return n, fault.Join(bad...)
}

// Correct takes an entry back as a whole by one with the other sign, with a
// receipt of its own. What is right is then entered anew.
func (s *Service) Correct(ctx context.Context, by policy.Actor, id int64, why string) (p Payment, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "reverse", "payments", id); err != nil {
			return err
		}
		wrong, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := mayCorrect(wrong, why); err != nil {
			return err
		}
		a, err := agreedOf(tx, wrong.Enrollment)
		if err != nil {
			return err
		}
		switch after := a.paid - wrong.Amount; {
		case after < 0:
			return fault.New(fault.Conflict, "payment.correct_below", "paid", i18n.Money(a.paid))
		case after > a.price && wrong.Amount < 0:
			return tooMuch(a)
		}
		n := NewPayment{Enrollment: wrong.Enrollment, Kind: wrong.Kind, Amount: -wrong.Amount, Method: wrong.Method, Note: clean.Line(why)}
		p, err = s.put(tx, by, "reverse", a, entry{n, wrong.ID})
		return err
	})
	return p, err
}

func mayCorrect(wrong Payment, why string) error {
	switch {
	case clean.Line(why) == "":
		return fault.Field("remark", "payment.why")
	case len([]rune(why)) > maxNote:
		return fault.Field("remark", "fault.too_long", "max", maxNote)
	}
	return Correctable(wrong)
}

// Correctable says whether an entry can be taken back: nil, or why not.
func Correctable(p Payment) error {
	switch {
	case p.Corrects != 0:
		return fault.New(fault.Conflict, "payment.is_correction", "receipt", p.Receipt)
	case p.CorrectedBy != 0:
		return fault.New(fault.Conflict, "payment.corrected", "receipt", p.Receipt)
	}
	return nil
}

// entry is a payment with its sign, and what it corrects.
type entry struct {
	NewPayment
	corrects int64
}

// put writes the entry with the next receipt number of the school's year.
func (s *Service) put(tx *db.Tx, by policy.Actor, action string, a agreed, e entry) (Payment, error) {
	if by.Account == 0 {
		return Payment{}, policy.Forbidden(action, "payments") // somebody has to answer for it
	}
	year := tx.Now.In(s.Zone).Year()
	number, err := nextReceipt(tx, year)
	if err != nil {
		return Payment{}, err
	}
	id, err := insert(tx, by.Account, fmt.Sprintf("%d-%06d", year, number), e)
	if err != nil {
		return Payment{}, refused(err, a)
	}
	p, err := byID(tx, id)
	if err != nil {
		return p, err
	}
	s.publish(tx, id, e.Enrollment)
	return p, audit.Write(tx, by, action, "payments", id, audit.Change{Field: "receipt", New: p.Receipt},
		audit.Change{Field: "amount", New: i18n.Printer{}.Money(p.Amount)}, audit.Change{Field: "payment", New: p.Kind},
		audit.Change{Field: "method", New: p.Method}, audit.Change{Field: "remark", New: p.Note})
}

// refused says in words what the tables refused.
func refused(err error, a agreed) error {
	switch name, _ := db.Constraint(err); name {
	case "payment_below":
		return tooLittle(a).Because(err)
	case "payment_above":
		return tooMuch(a).Because(err)
	}
	return err
}

func tooMuch(a agreed) *fault.Fault {
	if a.owing() <= 0 {
		return fault.New(fault.Conflict, "payment.all_paid", "price", i18n.Money(a.price), "paid", i18n.Money(a.paid)).On("amount")
	}
	return fault.New(fault.Conflict, "payment.too_much", "owing", i18n.Money(a.owing())).On("amount")
}

func tooLittle(a agreed) *fault.Fault {
	if a.paid <= 0 {
		return fault.New(fault.Conflict, "payment.nothing_paid").On("amount")
	}
	return fault.New(fault.Conflict, "payment.too_little", "paid", i18n.Money(a.paid)).On("amount")
}
