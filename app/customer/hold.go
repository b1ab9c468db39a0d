package customer

import (
	"context"
	"sync"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// holdFor is how long somebody counts as talking to a customer after he has
// opened him in his calls.
const holdFor = 10 * time.Minute

// holds are who is talking to whom at this moment: one customer for each person.
// They bind nobody and are kept in memory only; what is written is guarded by
// NewFollowUp.Watch.
type holds struct {
	mu sync.Mutex
	of map[int64]hold // by account
}

type hold struct {
	customer int64
	name     string
	until    time.Time
}

// At is what the person who takes up a customer has to know.
type At struct {
	Last  []FollowUp // the newest that he may read
	Seen  int64      // the newest there is, for NewFollowUp.Seen
	Other string     // who is talking to the customer at this moment; "": nobody
}

// TakeUp says that by begins to work a customer whom he may follow up, and lets
// go of the one before.
func (s *Service) TakeUp(ctx context.Context, by policy.Actor, id int64, last int) (a At, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "follow_up", "customers", id); err != nil {
			return err
		}
		newest, err := newestFollowUp(tx, id)
		if err != nil {
			return err
		}
		a.Seen, a.Other = newest.ID, s.hold(by, id, tx.Now)
		a.Last, err = followUpsOf(tx, by, id, 0, last)
		return err
	})
	return a, err
}

// LetGo says that by works no customer any more.
func (s *Service) LetGo(_ context.Context, by policy.Actor) {
	s.holds.mu.Lock()
	defer s.holds.mu.Unlock()
	delete(s.holds.of, by.Account)
}

// hold notes who works whom, and gives the name of another who does already; the
// first keeps him.
func (s *Service) hold(by policy.Actor, id int64, now time.Time) string {
	s.holds.mu.Lock()
	defer s.holds.mu.Unlock()
	if s.holds.of == nil {
		s.holds.of = map[int64]hold{}
	}
	delete(s.holds.of, by.Account)
	for _, h := range s.holds.of {
		if h.customer == id && now.Before(h.until) {
			return h.name
		}
	}
	s.holds.of[by.Account] = hold{id, by.Name, now.Add(holdFor)}
	return ""
}

// held are the customers that others work now.
func (s *Service) held(account int64, now time.Time) (ids []int64) {
	s.holds.mu.Lock()
	defer s.holds.mu.Unlock()
	for by, h := range s.holds.of {
		if by != account && now.Before(h.until) {
			ids = append(ids, h.customer)
		}
	}
	return ids
}
