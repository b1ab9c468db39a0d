package org

import (
	"context"
	"slices"
	"time"

	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/session"
	"cohort/db"
)

// Failed log-ins are counted together: each process tells what it has counted, in a write of at most so many rows, twice a
// second at most. A flood of failures is so no flood of writes; what does not fit waits, or is counted by one process alone.
const (
	tellFailures = 500 * time.Millisecond
	failuresTold = 100
	maxFailures  = 20_000 // rows kept; beyond them, those with one failure go
	sweepEvery   = time.Minute
)

// sharer is who counts failures here; nil where no server runs.
func (s *Service) sharer() session.Sharer {
	r := s.sessions.Load()
	if r == nil {
		return nil
	}
	sh, _ := (*r).(session.Sharer)
	return sh
}

// shareFailures tells and hears failed log-ins until ctx ends.
func (s *Service) shareFailures(ctx context.Context) {
	sub := s.bus.Subscribe()
	defer sub.Close()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	look := time.NewTicker(tellFailures) // also waits for the server to begin
	defer look.Stop()
	var seen int64
	for waits := true; ctx.Err() == nil; { // first for what was counted before
		sh := s.sharer()
		if sh == nil {
			rest(ctx, look)
			continue
		}
		if !waits {
			select {
			case <-ctx.Done():
				return
			case <-sweep.C:
				s.noted(ctx, s.db.Write(ctx, func(tx *db.Tx) error { return sweepFailures(tx, tx.Now.Add(-session.Forget), maxFailures) }))
				continue
			case <-sub.C:
				if events, lost := sub.Take(); !lost && !slices.Contains(events, countEvent) {
					continue
				}
			case <-sh.Fresh():
			}
		}
		err := s.countTogether(ctx, sh, &seen)
		if waits = err != nil; waits {
			s.noted(ctx, err)
		}
		rest(ctx, look)
	}
}

func rest(ctx context.Context, tick *time.Ticker) {
	select {
	case <-ctx.Done():
	case <-tick.C:
	}
}

// countEvent tells other processes that there are failures to hear of.
var countEvent = bus.Event{Resource: "failures", Verb: "counted"}

// countTogether tells what is new here, and hears what is new since turn seen. Where nothing is told nothing is written.
func (s *Service) countTogether(ctx context.Context, sh session.Sharer, seen *int64) error {
	told := sh.Tell(failuresTold)
	var heard []session.Failure
	turn := *seen
	hear := func(tx *db.Tx) (err error) {
		heard, turn, err = failuresSince(tx, *seen)
		return err
	}
	var err error
	if len(told) == 0 {
		err = s.db.Read(ctx, hear)
	} else {
		err = s.db.Write(ctx, func(tx *db.Tx) error {
			if err := addFailures(tx, cleaned(told), session.Forget); err != nil {
				return err
			}
			tx.AfterCommit(func() { s.bus.Publish(countEvent) })
			return hear(tx)
		})
	}
	if err != nil {
		sh.Untold(told)
		return err
	}
	*seen = turn
	sh.Hear(heard)
	if len(heard) > 0 {
		s.bus.Hear(bus.Event{Resource: "bans", Verb: "changed"}) // the others' screens hear from their own process
	}
	return nil
}

// cleaned makes names that strangers typed fit to be stored.
func cleaned(list []session.Failure) []session.Failure {
	for i := range list {
		list[i].Login = clean.Line(list[i].Login)
	}
	return list
}
