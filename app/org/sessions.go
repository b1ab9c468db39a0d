package org

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/db"
)

// Session is one open session with its person's name.
type Session struct {
	session.Open
	Name string // "" for an applicant
	Own  bool   // the actor's own account
}

// ServeSessions says where the open sessions are known. by is the system.
func (s *Service) ServeSessions(_ context.Context, by policy.Actor, r session.Registry) error {
	if !by.IsSystem() {
		return policy.Forbidden("end", "sessions")
	}
	s.sessions.Store(&r)
	return nil
}

// open lists what is open now; nothing where no server runs.
func (s *Service) open() []session.Open {
	if r := s.sessions.Load(); r != nil {
		return (*r).Sessions()
	}
	return nil
}

// Sessions lists the open sessions that by may list, the oldest first: his own,
// and others' by the row rules of their accounts. account narrows the list to
// one, 0 does not.
func (s *Service) Sessions(ctx context.Context, by policy.Actor, account int64) (list []Session, err error) {
	if err := by.NeedAny("list", "sessions"); err != nil && self(by) != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		for _, o := range s.open() {
			if account != 0 && o.Account != account {
				continue
			}
			x, may, err := seenSession(tx, by, "list", o)
			if err != nil {
				return err
			}
			if may {
				list = append(list, x)
			}
		}
		return nil
	})
	return list, err
}

// seenSession says whether by may do the action on a session. One's own is
// always one's own to see and to end.
func seenSession(tx *db.Tx, by policy.Actor, action string, o session.Open) (x Session, may bool, err error) {
	x = Session{Open: o, Own: o.Account != 0 && o.Account == by.Account}
	row := policy.Row{}
	if o.Account != 0 {
		a, err := accountOf(tx, o.Account)
		if err != nil {
			return x, false, err
		}
		x.Name, row = a.Name, a.row()
	}
	return x, by.May(action, "sessions", row) || x.Own && self(by) == nil, nil
}

// EndSession ends one session, with the connection it came by; its person reads
// why. current is the session that asks, "" for none.
func (s *Service) EndSession(ctx context.Context, by policy.Actor, id, current string) error {
	for _, o := range s.open() {
		if o.ID == id {
			return s.endSessions(ctx, by, current, o)
		}
	}
	return policy.NotFound()
}

// EndSessions ends all sessions of an account but the one that asks, and says
// how many there were. What may not be ended is refused as a whole.
func (s *Service) EndSessions(ctx context.Context, by policy.Actor, account int64, current string) (n int, err error) {
	var list []session.Open
	for _, o := range s.open() {
		if account != 0 && o.Account == account && o.ID != current {
			list = append(list, o)
		}
	}
	if len(list) == 0 && account != by.Account {
		return 0, s.db.Read(ctx, func(tx *db.Tx) error {
			_, err := fetch(tx, by, "view", account)
			return err
		})
	}
	return len(list), s.endSessions(ctx, by, current, list...)
}

// endSessions writes down who ended what, and ends it after the commit.
func (s *Service) endSessions(ctx context.Context, by policy.Actor, current string, list ...session.Open) error {
	if len(list) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, o := range list {
			if err := mayEnd(tx, by, o); err != nil {
				return err
			}
			err := audit.Write(tx, by, "end_session", "accounts", o.Account, audit.Change{Field: "session", Old: o.ID},
				audit.Change{Field: "from", Old: o.Addr}, audit.Change{Field: "since", Old: o.Since.UTC().Format(time.RFC3339)})
			if err != nil {
				return err
			}
			tx.AfterCommit(func() { s.end(by, o, current) })
		}
		return nil
	})
}

func mayEnd(tx *db.Tx, by policy.Actor, o session.Open) error {
	x, may, err := seenSession(tx, by, "end", o)
	switch {
	case err != nil:
		return err
	case may && (x.Own || o.Account == 0):
		return nil
	case may:
		return guard(tx, by, "end", Account{ID: o.Account})
	}
	if _, seen, err := seenSession(tx, by, "list", o); err != nil || seen {
		return orForbidden(err, "end", "sessions")
	}
	return policy.NotFound()
}

func orForbidden(err error, action, resource string) error {
	if err == nil {
		err = policy.Forbidden(action, resource)
	}
	return err
}

func (s *Service) end(by policy.Actor, o session.Open, current string) {
	r := s.sessions.Load()
	if r == nil {
		return
	}
	why := fault.New(fault.Forbidden, "org.ended_by", "name", by.Name)
	if o.Account != 0 && o.Account == by.Account {
		why = fault.New(fault.Forbidden, "org.ended_own")
	}
	(*r).End(o.ID, why, current)
}
