package enrollment

import (
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// mayAlter is what holds when the school changes an enrollment itself: what is
// submitted is signed and stays as it is, and a price is not below what was paid
// nor beside what was planned.
func mayAlter(tx *db.Tx, _ policy.Actor, id int64, given resource.Values) error {
	e, err := byID(tx, id)
	if err != nil {
		return err
	}
	if e.State != Invited && e.State != Returned {
		return fault.New(fault.Conflict, "enrollment.signed_stays")
	}
	if c := given.Int("consultant"); given.Has("consultant") {
		active, err := activeAccount(tx, c)
		if err != nil {
			return err
		}
		if !active {
			return fault.Field("consultant", "record.no_such")
		}
	}
	if !given.Has("price") {
		return nil
	}
	got, planned, err := moneyOf(tx, id)
	switch {
	case err != nil:
		return err
	case given.Int("price") < got:
		return fault.Field("price", "record.at_least", "n", resource.Yuan(got))
	case planned > 0:
		return fault.Field("price", "enrollment.planned")
	}
	return nil
}
