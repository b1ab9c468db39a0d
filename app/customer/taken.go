package customer

import (
	"context"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Clue is what a form learns of a contact while it is typed.
type Clue struct {
	Free   bool
	Why    *fault.Fault // what adding would be refused with; nil when Free
	Notify bool         // there is an owner to be told
}

// Taken looks, while somebody types, whether another customer than self (0 for
// a new one) has a contact. Only a hit is audited: half-typed numbers are not
// questions.
func (s *Service) Taken(ctx context.Context, by policy.Actor, kind, contact string, self int64) (Clue, error) {
	if err := by.NeedAny("check", "customers"); err != nil {
		return Clue{}, err
	}
	text, bad := Normalize(kind, contact)
	if bad != nil {
		return Clue{}, bad
	}
	clue := Clue{Free: true}
	var found Customer
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = findContact(tx, map[string]string{kind: text})
		return err
	})
	if db.NoRows(err) || err == nil && found.ID == self {
		return clue, nil
	}
	if err != nil {
		return Clue{}, err
	}
	clue = Clue{Why: exists(by, kind, found), Notify: found.Owner != 0 && !owns(by, found)}
	return clue, s.DB.Write(ctx, func(tx *db.Tx) error { return s.checked(tx, by, found.ID, kind) })
}
