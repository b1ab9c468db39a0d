package customer

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Why a customer changed hands.
const (
	OwnAdded      = "added"       // with the customer himself
	OwnClaimed    = "claimed"     // taken from the pool
	OwnAssigned   = "assigned"    // by who may
	OwnHandedOver = "handed_over" // with somebody's other work
	OwnHandedBack = "handed_back" // a hand-over was taken back
	OwnEnrolled   = "enrolled"    // the first approved enrollment
	OwnReleased   = "released"    // put back to the pool
	OwnMerged     = "merged"      // with a customer who was the same
)

// Reasons are the reasons of a change of hands.
var Reasons = []string{OwnAdded, OwnClaimed, OwnAssigned, OwnHandedOver, OwnHandedBack, OwnEnrolled, OwnReleased, OwnMerged}

// Ownership is one line of the ledger: from then on the customer was To's.
type Ownership struct {
	ID       int64
	At       time.Time
	From, To Keeper // the zero value is nobody: the pool
	By       Keeper // zero: the program itself
	Reason   string // one of Reasons
	Note     string // in somebody's words, or the class of the enrollment; "" for none
}

// Keeper is an account in the ledger.
type Keeper struct {
	ID          int64
	Login, Name string
}

// recordOwner writes a change of hands into the ledger, within the transaction
// that makes it; 0 is nobody. Nothing is written where nothing changes. Whoever
// changes customers.owner_id calls it: the last line of a customer's ledger
// always says who owns him.
func recordOwner(tx *db.Tx, by policy.Actor, customer, from, to int64, reason, note string) error {
	if from == to {
		return nil
	}
	return insertOwnership(tx, by.Account, customer, from, to, reason, note)
}

// givenTo is why a customer whom somebody gives to an owner changes hands.
func givenTo(owner int64) string {
	if owner == 0 {
		return OwnReleased
	}
	return OwnAssigned
}

// Owners tells who looked after a customer whom by may view, since when and why,
// the newest first: the lines of the ledger that by may list.
func (s *Service) Owners(ctx context.Context, by policy.Actor, id int64) (list []Ownership, err error) {
	if err := by.NeedAny("list", "ownerships"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "customers", id); err != nil {
			return err
		}
		list, err = ownersOf(tx, by, id)
		return err
	})
	return list, err
}

// ownershipRules are the row-rule fields of the ledger.
var ownershipRules = policy.Fields{
	"owner":      {Cond: "customers.owner_id {in}"},
	"to":         {Cond: "ownerships.to_id {in}"},
	"from":       {Cond: "ownerships.from_id {in}"},
	"department": {Cond: ofDept},
}

const ownershipFrom = `ownerships JOIN customers ON customers.id = ownerships.customer_id
	LEFT JOIN accounts AS giver ON giver.id = ownerships.from_id LEFT JOIN accounts AS taker ON taker.id = ownerships.to_id
	LEFT JOIN accounts AS doer ON doer.id = ownerships.by_id`

// ownerships declares the ledger, which is read and never edited. Lines are in
// the order of their ids, which is the order of time.
func ownerships() *resource.Resource {
	person := func(name, column, table string) resource.Field {
		return resource.Field{Name: name, Kind: resource.Relation, SQL: "ownerships." + column, Label: table + ".name", Code: table + ".login", Ref: "accounts",
			Lookup: "SELECT id FROM accounts WHERE login {in} OR lower(name) {in}", Column: true, Width: 10}
	}
	by := person("by_account", "by_id", "doer")
	by.Priority = 2
	return &resource.Resource{
		Name: "ownerships", Large: true, Title: "customers.name", Order: "-id", From: ownershipFrom,
		Fields: []resource.Field{
			{Name: "at", Kind: resource.Time, SQL: "ownerships.at", Column: true, Sort: true, Order: "ownerships.id", Width: 16},
			{Name: "customer", Kind: resource.Relation, SQL: "ownerships.customer_id", Label: "customers.name", Ref: "customers", Column: true, Width: 12},
			person("from_account", "from_id", "giver"), person("to_account", "to_id", "taker"),
			{Name: "why", Kind: resource.Choice, SQL: "ownerships.reason", Choices: Reasons, Column: true, Width: 12},
			by,
			{Name: "note", Kind: resource.LongText, SQL: "ownerships.note", Column: true, Width: 20, Priority: 1, NoFilter: true},
		},
		Rules: ownershipRules,
	}
}
