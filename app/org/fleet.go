package org

import (
	"context"
	"slices"
	"time"

	"cohort/app/bus"
	"cohort/app/session"
	"cohort/db"
)

// Several processes may serve one school. Each tells the others what it has open, seldom and off the path of those who
// come in: what lasts is written every few seconds, in one write, and what is over before is never written.
const (
	tellSessions = 2 * time.Second
	lasting      = 2 * time.Second  // a session that is open for so long is told
	beatEvery    = 10 * time.Second // how often a process says that it lives
	deadAfter    = 45 * time.Second // one that has not for so long is dead; clocks of machines may differ by half a minute
	maxTold      = 200              // sessions told in one write; the others follow with the next
)

// fleet is what this process has told the others.
type fleet struct {
	told map[string]time.Time // open sessions by their ids, with the last key that was told of each
	beat time.Time
}

// shareSessions tells the others what is open here, and ends what they want to end, until ctx ends.
func (s *Service) shareSessions(ctx context.Context) {
	f := &fleet{told: map[string]time.Time{}}
	sub := s.bus.Subscribe()
	defer sub.Close()
	tick := time.NewTicker(tellSessions)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.noted(ctx, s.tellOpen(ctx, f))
		case <-sub.C:
			if events, lost := sub.Take(); lost || slices.Contains(events, endEvent) {
				s.noted(ctx, s.endWanted(ctx))
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			s.noted(last, s.db.Write(last, func(tx *db.Tx) error { return leave(tx, s.opt.Mark) }))
			return
		}
	}
}

// noted logs what went wrong between processes, once until it goes well again; it is tried again at the next time.
func (s *Service) noted(ctx context.Context, err error) {
	if before := s.apart.Swap(err != nil); err != nil && !before && ctx.Err() == nil {
		s.opt.Log.Warn("org: the other processes were not told", "err", err)
	}
}

// endEvent asks all processes to look for sessions that somebody wants to end.
var endEvent = bus.Event{Resource: "sessions", Verb: "end"}

// tellOpen writes what has changed since it was told last, and that this process lives.
func (s *Service) tellOpen(ctx context.Context, f *fleet) error {
	fresh, over := f.changes(s.open(), s.db.Now())
	now := s.db.Now()
	if len(fresh)+len(over) == 0 && now.Sub(f.beat) < beatEvery {
		return nil
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		known, err := beat(tx, s.opt.Mark, s.place())
		if err != nil {
			return err
		}
		if !known { // the others took us for dead, or we have just come: all is to be told
			clear(f.told)
			fresh, over = f.changes(s.open(), now)
		}
		if err := tellSessionsOf(tx, s.opt.Mark, fresh, over); err != nil {
			return err
		}
		if len(fresh)+len(over) > 0 {
			tx.AfterCommit(func() { s.bus.Publish(bus.Event{Resource: "sessions", Verb: "changed"}) })
		}
		return bury(tx, now.Add(-deadAfter))
	})
	if err != nil {
		return err
	}
	f.beat = now
	for _, o := range fresh {
		f.told[o.ID] = o.LastKey
	}
	for _, id := range over {
		delete(f.told, id)
	}
	return s.endWanted(ctx)
}

// changes gives what is to be told: sessions that are new or whose person has typed since, and those that are over.
func (f *fleet) changes(open []session.Open, now time.Time) (fresh []session.Open, over []string) {
	here := map[string]bool{}
	for _, o := range open {
		here[o.ID] = true
		known, ok := f.told[o.ID]
		if len(fresh) < maxTold && (!ok && now.Sub(o.Since) >= lasting || ok && o.LastKey.Sub(known) >= time.Minute) {
			fresh = append(fresh, o)
		}
	}
	for id := range f.told {
		if !here[id] && len(over) < maxTold {
			over = append(over, id)
		}
	}
	return fresh, over
}

// endWanted ends sessions of this process that somebody at another one wants to end.
func (s *Service) endWanted(ctx context.Context) error {
	var list []wish
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = wishes(tx, s.opt.Mark)
		return err
	})
	if r := s.sessions.Load(); r != nil {
		for _, w := range list {
			(*r).End(w.session, w.why(), "")
		}
	}
	return err
}

// place is what people call this process.
func (s *Service) place() string {
	if s.opt.Place == nil {
		return s.opt.Mark
	}
	return s.opt.Place()
}
