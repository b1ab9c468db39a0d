package org

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/db"
)

// doorkeeper is who knows the bans; nil where no server runs.
func (s *Service) doorkeeper() session.Doorkeeper {
	r := s.sessions.Load()
	if r == nil {
		return nil
	}
	d, _ := (*r).(session.Doorkeeper)
	return d
}

// Bans lists who failed to log in too often, the newest first. Processes that
// serve one school count together.
func (s *Service) Bans(_ context.Context, by policy.Actor) ([]session.Ban, error) {
	if err := by.NeedAny("list", "bans"); err != nil {
		return nil, err
	}
	d := s.doorkeeper()
	if d == nil {
		return nil, nil
	}
	return d.Bans(), nil
}

// LiftBan lets somebody try again at once.
func (s *Service) LiftBan(ctx context.Context, by policy.Actor, id string) (session.Ban, error) {
	list, err := s.Bans(ctx, by)
	if err != nil {
		return session.Ban{}, err
	}
	if err := by.NeedAny("lift", "bans"); err != nil {
		return session.Ban{}, err
	}
	for _, b := range list {
		if b.ID != id {
			continue
		}
		return b, s.db.Write(ctx, func(tx *db.Tx) error {
			tx.AfterCommit(func() {
				s.doorkeeper().Lift(id)
				s.bus.Publish(bus.Event{Resource: "bans", Verb: "changed"})
			})
			return audit.Write(tx, by, "lift", "bans", 0, audit.Change{Field: "login", Old: b.Login}, audit.Change{Field: "from", Old: b.Addr})
		})
	}
	return session.Ban{}, policy.NotFound()
}
