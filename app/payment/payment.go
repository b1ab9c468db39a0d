// Package payment keeps what is paid for an enrollment: deposits, tuition and
// refunds with their receipts, the plan of instalments, and what is still owed.
//
// Payments are append-only. Money comes in with a plus and goes out with a
// minus; a mistake is taken back by an entry of the same kind with the other
// sign, which names the one it corrects. The balance is the sum and is stored
// nowhere. No more is taken than the price agreed, no more given back than was
// paid: the service says so in words, and the tables refuse what slips through.
package payment

import (
	"time"

	"cohort/app/bus"
	"cohort/app/resource"
	"cohort/db"
)

// The kinds of payments.
const (
	Deposit = "deposit"
	Tuition = "tuition"
	Refund  = "refund"
)

// Kinds lists them in the order of an enrollment's life.
var Kinds = []string{Deposit, Tuition, Refund}

// Methods are the ways of paying.
var Methods = []string{"cash", "wechat_pay", "alipay", "bank_transfer", "card", "other"}

// Payment is one entry of what was paid. Amounts are fen, refunds negative.
type Payment struct {
	ID, Enrollment int64
	Class          string // code
	Customer       string // name
	Kind, Method   string
	Amount         int64
	Receipt        string
	Note           string
	TakenBy        string // name
	At             time.Time
	Corrects       int64 // the entry that this one takes back, or 0
	CorrectedBy    int64 // the entry that takes this one back, or 0
}

// Deps are what the service works with.
type Deps struct {
	DB     *db.DB
	Bus    *bus.Bus
	Engine *resource.Engine
	Zone   *time.Location // the school's; nil: UTC
}

// Service holds the rules of this noun. Make one with New.
type Service struct{ Deps }

// New makes the service and declares its resources.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	s := &Service{Deps: d}
	s.register()
	return s
}

// today is the school's day.
func (s *Service) today(tx *db.Tx) string { return tx.Now.In(s.Zone).Format(time.DateOnly) }

// publish tells open sessions after the commit: of the payment, and of the
// enrollment whose balance it moved.
func (s *Service) publish(tx *db.Tx, payment, enrollment int64) {
	if s.Bus == nil {
		return
	}
	tx.AfterCommit(func() {
		if payment != 0 {
			s.Bus.Publish(bus.Event{Resource: "payments", ID: payment, Verb: "added"})
		}
		s.Bus.Publish(bus.Event{Resource: "instalments", Verb: "changed"})
		s.Bus.Publish(bus.Event{Resource: "enrollments", ID: enrollment, Verb: "paid"})
	})
}
