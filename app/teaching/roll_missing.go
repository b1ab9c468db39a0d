package teaching

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// Missing lists the lessons whose roll nobody has called yet, today's among
// them, of the classes in which by may mark: the oldest first.
func (s *Service) Missing(ctx context.Context, by policy.Actor) (list []Lesson, err error) {
	if err := by.NeedAny("mark", "study_records"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = s.uncalled(tx, by, s.today(tx))
		return err
	})
	return list, err
}
