package org

import (
	"context"
	"slices"
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

// Several tells whether sessions are of several processes, so that each is to be shown with its own.
func Several(list []Session) bool {
	return slices.ContainsFunc(list, func(s Session) bool { return s.Process != "" })
}

// ServeSessions says where the open sessions are known. by is the system.
func (s *Service) ServeSessions(_ context.Context, by policy.Actor, r session.Registry) error {
	if !by.IsSystem() {
		return policy.Forbidden("end", "sessions")
	}
	s.sessions.Store(&r)
	return nil
}

// open lists what this process has open now; nothing where no server runs.
func (s *Service) open() []session.Open {
	if r := s.sessions.Load(); r != nil {
		return (*r).Sessions()
	}
	return nil
}

// all lists what is open now in all processes, the oldest first; where there are several, with their names.
func (s *Service) all(tx *db.Tx) ([]session.Open, error) {
	list := s.open()
	if s.opt.Mark == "" {
		return list, nil
	}
	since := tx.Now.Add(-deadAfter)
	n, err := others(tx, s.opt.Mark, since)
	if err != nil || n == 0 {
		return list, err
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Process = s.place()
	}
	more, err := openElsewhere(tx, s.opt.Mark, since)
	list = append(list, more...)
	slices.SortStableFunc(list, func(a, b session.Open) int { return a.Since.Compare(b.Since) })
	return list, err
}

// here tells whether a session is this process's.
func (s *Service) here(o session.Open) bool {
	return slices.ContainsFunc(s.open(), func(x session.Open) bool { return x.ID == o.ID })
}

// anywhere finds open sessions of all processes.
func (s *Service) anywhere(ctx context.Context, which func(o session.Open) bool) (list []session.Open, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = s.all(tx)
		return err
	})
	return slices.DeleteFunc(slices.Clone(list), func(o session.Open) bool { return !which(o) }), err
}

// Sessions lists the open sessions that by may list, the oldest first: his own,
// and others' by the row rules of their accounts. account narrows the list to
// one, 0 does not.
func (s *Service) Sessions(ctx context.Context, by policy.Actor, account int64) (list []Session, err error) {
	if err := by.NeedAny("list", "sessions"); err != nil && self(by) != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := s.all(tx)
		if err != nil {
			return err
		}
		for _, o := range all {
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
	list, err := s.anywhere(ctx, func(o session.Open) bool { return o.ID == id })
	if err != nil || len(list) == 0 {
		return orNotFound(err)
	}
	return s.endSessions(ctx, by, current, list[0])
}

func orNotFound(err error) error {
	if err == nil {
		err = policy.NotFound()
	}
	return err
}

// EndSessions ends all sessions of an account but the one that asks, and says
// how many there were. What may not be ended is refused as a whole.
func (s *Service) EndSessions(ctx context.Context, by policy.Actor, account int64, current string) (n int, err error) {
	list, err := s.anywhere(ctx, func(o session.Open) bool { return account != 0 && o.Account == account && o.ID != current })
	if err != nil {
		return 0, err
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
			if err := s.endAfter(tx, by, o, current); err != nil {
				return err
			}
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

// endAfter ends a session after the commit, or has its process do so.
func (s *Service) endAfter(tx *db.Tx, by policy.Actor, o session.Open, current string) error {
	own := o.Account != 0 && o.Account == by.Account
	if s.opt.Mark == "" || s.here(o) {
		tx.AfterCommit(func() {
			if r := s.sessions.Load(); r != nil {
				(*r).End(o.ID, endWords(own, by.Name), current)
			}
		})
		return nil
	}
	tx.AfterCommit(func() { s.bus.Publish(endEvent) })
	return wishEnd(tx, o.ID, by.Name, own)
}

// endWords are what the person reads whose session was ended.
func endWords(own bool, by string) *fault.Fault {
	if own {
		return fault.New(fault.Forbidden, "org.ended_own")
	}
	return fault.New(fault.Forbidden, "org.ended_by", "name", by)
}
