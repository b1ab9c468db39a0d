package enrollment

import (
	"context"

	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// MayAdd says whether the actor may enrol the customer in at least one of the
// classes that are open now: nil, or the very error that Create would give.
func (s *Service) MayAdd(ctx context.Context, by policy.Actor, customerID int64) error {
	classes, err := s.Catalog.OpenClasses(ctx, by)
	if err != nil {
		return err
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "customers", customerID); err != nil {
			return err
		}
		if len(classes) == 0 {
			classes = []catalog.Class{{}}
		}
		var why error
		for _, c := range classes {
			_, why = s.mayAdd(tx, by, customerID, c)
			if f, ok := fault.As(why); why == nil || !ok || f.Kind == fault.Internal {
				return why
			}
		}
		return why
	})
}
