package customer

import (
	"context"
	"time"

	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
)

// morningPoll is how often the clock is looked at.
const morningPoll = 20 * time.Second

// Run tells each morning what the day brings and who has been left untouched, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(morningPoll)
	defer tick.Stop()
	for {
		if err := s.Morning(ctx, policy.System); err != nil && ctx.Err() == nil {
			s.Log.Error("morning: cannot tell", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Morning does a day's telling where its time has come and it is not done: once a day, also when the program was down at
// that time, but not for days that are over. Two programs may do it at once: marks and unique keys decide.
func (s *Service) Morning(ctx context.Context, by policy.Actor) error {
	if !by.IsSystem() {
		return policy.Forbidden("change", "customers")
	}
	day, due, err := s.morningDue(ctx)
	if err != nil || !due {
		return err
	}
	if err := s.climb(ctx); err != nil {
		return err
	}
	if err := s.digests(ctx, day); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return markMorning(tx, day) })
}

// morningDue says whether today's telling is to be done. The ladder's marks are set when it is first looked at: what was
// left untouched before is not told of.
func (s *Service) morningDue(ctx context.Context) (day string, due bool, err error) {
	fresh := false
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		now := tx.Now.In(s.Zone)
		day = now.Format(time.DateOnly)
		at := s.MorningAt()
		if at != "" && now.Format("15:04") >= at {
			done, err := morningDone(tx, day)
			if err != nil {
				return err
			}
			due = !done
		}
		marks, err := ladderMarks(tx)
		fresh = len(marks) < len(s.Ladder())
		return err
	})
	if err == nil && fresh {
		err = s.DB.Write(ctx, s.setMarks)
	}
	return day, due, err
}

// digests tells everybody who wants it what his day brings, where it brings something.
func (s *Service) digests(ctx context.Context, day string) error {
	var list []digest
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		people, err := wantDigest(tx)
		for _, id := range people {
			d, err := s.digest(tx, id, day)
			if err != nil {
				return err
			}
			if d.due+d.overdue+d.stale > 0 {
				list = append(list, d)
			}
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, d := range list {
			if _, err := notify.SendOnce(tx, s.Bus, d.account, "digest "+day, "digest", "customers?owner:me sort:next",
				"due", d.due, "overdue", d.overdue, "stale", d.stale, "names", d.names); err != nil {
				return err
			}
		}
		return nil
	})
}

// digest is what a day brings to one person: numbers of his own customers, and the first few names of today's.
type digest struct {
	account             int64
	due, overdue, stale int
	names               []string
}

// fewNames is how many names a digest and the ladder give.
const fewNames = 5

func (s *Service) digest(tx *db.Tx, account int64, day string) (d digest, err error) {
	d.account = account
	if d.due, d.overdue, err = countDue(tx, account, day); err != nil {
		return d, err
	}
	until := s.staleBefore(tx.Now)
	if d.stale, err = countNewlyStale(tx, account, until.AddDate(0, 0, -1), until); err != nil {
		return d, err
	}
	d.names, err = namesDue(tx, account, day, fewNames)
	return d, err
}
