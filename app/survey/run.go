package survey

import (
	"context"
	"strconv"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

func link(id int64) string { return "surveys/" + strconv.FormatInt(id, 10) }

// every is how often the worker looks whether a day is over.
const every = 10 * time.Minute

// Run closes surveys whose last day is over and, where the school wants it,
// opens one for each lecturer of a class that has ended.
func (s *Service) Run(ctx context.Context) error {
	for {
		if err := s.Tend(ctx, policy.System); err != nil && ctx.Err() == nil {
			s.Log.Error("surveys were not tended", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}

// Tend does what is due today.
func (s *Service) Tend(ctx context.Context, by policy.Actor) error {
	if err := by.NeedAny("close", "surveys"); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		over, err := overSurveys(tx, s.today(tx))
		if err != nil {
			return err
		}
		for _, x := range over {
			if _, err := s.close(tx, by, x); err != nil {
				return err
			}
		}
		if !s.Settings.Flag("survey_at_end") {
			return nil
		}
		return s.openAtEnd(tx, by)
	})
}

// openAtEnd opens surveys of classes that ended within the last week and have
// none.
func (s *Service) openAtEnd(tx *db.Tx, by policy.Actor) error {
	now := tx.Now.In(s.Zone)
	ended, err := endedClasses(tx, now.AddDate(0, 0, -7).Format(time.DateOnly), now.Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, x := range ended {
		if _, err := s.open(tx, by, x.class, x.lecturer, ""); err != nil {
			return err
		}
	}
	return nil
}
