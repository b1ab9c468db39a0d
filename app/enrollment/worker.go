package enrollment

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// expired ends what is past its time and says how many there were.
func (s *Service) expired(ctx context.Context) (n int, err error) {
	due := false
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		due, err = anyDue(tx)
		return err
	})
	if err != nil || !due {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		ids, err := expire(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			s.changed(tx, id, "expired")
			if err := audit.Write(tx, policy.System, "expire", "enrollments", id); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}

// How often the worker looks, and how old bytes without a row must be to go.
const (
	expireEvery = time.Minute
	sweepEvery  = 6 * time.Hour
	sweepOlder  = time.Hour
)

// Run is the worker: it ends links whose time is over and sweeps bytes that no
// row names. It returns when ctx ends.
func (s *Service) Run(ctx context.Context) error {
	expiry, sweep := time.NewTicker(expireEvery), time.NewTicker(sweepEvery)
	defer expiry.Stop()
	defer sweep.Stop()
	s.tidy(ctx, true)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-expiry.C:
			s.tidy(ctx, false)
		case <-sweep.C:
			s.tidy(ctx, true)
		}
	}
}

// tidy does the worker's work once.
func (s *Service) tidy(ctx context.Context, sweep bool) {
	if _, err := s.expired(ctx); err != nil && ctx.Err() == nil {
		s.Log.Error("enrollment: ending links", "err", err)
	}
	if !sweep {
		return
	}
	if n, err := s.Outlived(ctx, policy.System); err != nil && ctx.Err() == nil {
		s.Log.Error("enrollment: removing documents that were kept long enough", "err", err)
	} else if n > 0 {
		s.Log.Info("documents were kept long enough and are removed", "documents", n)
	}
	named := func(stored []string) (map[string]bool, error) { return s.Blobs.Named(ctx, stored) }
	if _, err := s.Blobs.Sweep(ctx, named, sweepOlder); err != nil && ctx.Err() == nil {
		s.Log.Error("enrollment: sweeping uploaded files", "err", err)
	}
}
