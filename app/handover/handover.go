// Package handover gives what one account looks after to a colleague, or to
// nobody, when somebody leaves: customers with their next follow-ups, open
// enrollments, classes that are not over. All of it moves in one transaction,
// record by record on the audit trail, and a receipt says what moved. As long as
// nobody has touched any of it since, it goes back as a whole.
package handover

import (
	"context"
	"fmt"
	"time"

	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/clean"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// MaxRecords bounds one hand-over: all of it is one transaction, which holds the
// only writer.
const MaxRecords = 10_000

// maxReason bounds the reason, in characters.
const maxReason = 200

// Deps are what the service works with.
type Deps struct {
	DB          *db.DB
	Bus         *bus.Bus
	Engine      *resource.Engine
	Org         *org.Service
	Catalog     *catalog.Service
	Customers   *customer.Service
	Enrollments *enrollment.Service
}

// Service holds the rules of this noun. Make one with New.
type Service struct{ Deps }

// New makes the service and declares its records.
func New(d Deps) *Service {
	d.Engine.Register(receipts())
	return &Service{d}
}

// Plan says what is to be handed over.
type Plan struct {
	From int64
	To   int64 // 0: to nobody, the pool
	// EnrollmentsTo takes the open enrollments, which cannot do without a
	// consultant; 0: To.
	EnrollmentsTo int64
	// Query narrows the hand-over to the customers it finds, in the list
	// language, and the open enrollments of those; classes then stay.
	Query  string
	Reason string
	// What is to move; all three where none is said.
	Customers, Enrollments, Classes bool
}

// Counts says how much moves.
type Counts struct {
	Customers   int
	Due         int // of the customers: those with a next follow-up noted
	Enrollments int
	Classes     int
}

// All is how many records there are in all.
func (c Counts) All() int { return c.Customers + c.Enrollments + c.Classes }

// Person is somebody in a receipt; the zero value is nobody.
type Person struct {
	ID          int64
	Login, Name string
}

// Item is one record that moved.
type Item struct {
	Resource    string
	ID, Version int64
	Had         bool // of a class: the receiver taught it before, too
}

// Receipt is what is kept of a hand-over.
type Receipt struct {
	ID                       int64
	At                       time.Time
	By, From, To, Consultant Person // Consultant took the enrollments
	Query, Reason            string
	Counts
	Items    []Item
	Undone   time.Time
	UndoneBy Person
}

// Number is how people call a receipt.
func (r Receipt) Number() string { return fmt.Sprintf("HO-%06d", r.ID) }

// IDs lists the records of one resource that moved.
func (r Receipt) IDs(name string) (out []int64) {
	for _, i := range r.Items {
		if i.Resource == name {
			out = append(out, i.ID)
		}
	}
	return out
}

// tidy cleans a plan, and says what is wrong with it.
func (p Plan) tidy() (Plan, error) {
	if !p.Customers && !p.Enrollments && !p.Classes {
		p.Customers, p.Enrollments, p.Classes = true, true, p.Query == ""
	}
	p.Reason = clean.Line(p.Reason)
	switch {
	case len([]rune(p.Reason)) > maxReason:
		return p, fault.Field("reason", "fault.too_long", "max", maxReason)
	case p.To == p.From || p.EnrollmentsTo == p.From:
		return p, fault.Field("to", "handover.same")
	case p.Query != "" && p.Classes:
		return p, fault.Field("query", "handover.classes_by_query")
	}
	if p.EnrollmentsTo == 0 {
		p.EnrollmentsTo = p.To
	}
	return p, nil
}

// Preview says how much would move, and refuses what the hand-over would. It is
// all of the hand-over but the moving, in a snapshot: nobody else waits for it.
func (s *Service) Preview(ctx context.Context, by policy.Actor, p Plan) (r Receipt, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		_, r, err = s.plan(tx, by, p)
		return err
	})
	return r, err
}

// HandOver moves it all and gives the receipt. The receivers are told.
func (s *Service) HandOver(ctx context.Context, by policy.Actor, p Plan) (r Receipt, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		r, err = s.run(tx, by, p)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	return r, nil
}
