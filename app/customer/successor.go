package customer

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// Successor gives the number under which a customer who was merged into another
// goes on, where by may view that one; 0 for who was not merged, or whom by may
// not know of.
func (s *Service) Successor(ctx context.Context, by policy.Actor, id int64) (to int64, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if to, err = successor(tx, id); err != nil || to == 0 {
			return err
		}
		seen, err := s.Engine.Sees(tx, by, "view", "customers", to)
		if !seen {
			to = 0
		}
		return err
	})
	return to, err
}
