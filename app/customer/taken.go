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
// a new one) has a contact. Only a hit is audited and counts: half-typed numbers
// are not questions. Once the look-ups of the day are used up it tells neither.
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
	hit := false
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = findContact(tx, map[string]string{kind: text})
		if hit = err == nil && found.ID != self; hit || err == nil {
			return nil
		}
		if db.NoRows(err) {
			err = s.mayLook(tx, by)
		}
		return err
	})
	if err != nil || !hit {
		return clue, err
	}
	clue = Clue{Why: exists(by, kind, found), Notify: found.Owner != 0 && !owns(by, found)}
	if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.lookUp(tx, by, found.ID, kind) }); err != nil {
		return Clue{}, err
	}
	return clue, nil
}
