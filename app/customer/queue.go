package customer

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// The parts of a person's queue of calls, in their order.
const (
	DueToday = "today"   // own ones whose day has come, those with a time of day first
	Overdue  = "overdue" // own ones whose day has passed, the longest due first
	Stale    = "stale"   // whom everybody may work: own ones first, the warmest first, then the longest untouched
)

// Call is one customer in somebody's queue.
type Call struct {
	Customer int64
	Part     string // DueToday, Overdue or Stale
	Place    Place
	Row      resource.Row // what the person may list of him, for reading
}

// Place is where a call stands in the queue; the zero Place is before the first.
type Place struct {
	Step    int    `json:"s"` // number of the step, from 1
	Day     string `json:"d,omitempty"`
	Clock   string `json:"c,omitempty"`
	Warmth  int64  `json:"w,omitempty"`
	Touched int64  `json:"t,omitempty"`
	ID      int64  `json:"i"`
}

// Queue is a stretch of somebody's calls.
type Queue struct {
	Calls []Call
	More  bool // there are others behind
}

// QueueColumns are the fields that a queue shows of each customer.
var QueueColumns = []string{"name", "intention", "last", "next", "next_time", "owner", Phone}

// Calls lists whom by is to call: what is due today, what is overdue, and the
// stale ones that he may work; nobody who is never to be contacted. It begins
// behind a place and gives at most limit (1 to 200; else 50). Those that others
// are talking to at this moment are left out of the stale ones.
func (s *Service) Calls(ctx context.Context, by policy.Actor, after Place, limit int) (q Queue, err error) {
	if err := by.NeedAny("follow_up", "customers"); err != nil {
		return q, err
	}
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := s.calls(tx, by, after, limit+1)
		if err != nil {
			return err
		}
		if q.More = len(found) > limit; q.More {
			found = found[:limit]
		}
		q.Calls, err = s.described(tx, by, found)
		return err
	})
	return q, err
}

// calls walks the steps of the queue until there are enough.
func (s *Service) calls(tx *db.Tx, by policy.Actor, after Place, limit int) (list []Call, err error) {
	steps := s.steps(tx, by)
	for i := max(after.Step-1, 0); i < len(steps) && len(list) < limit; i++ {
		at := Place{}
		if i == after.Step-1 {
			at = after
		}
		found, err := s.step(tx, by, steps[i], i+1, at, limit-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// described puts to each call what the person may read of the customer; who
// cannot be listed is no call of his.
func (s *Service) described(tx *db.Tx, by policy.Actor, found []Call) ([]Call, error) {
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.Customer
	}
	rows, err := s.Engine.Rows(tx, by, "customers", ids, QueueColumns)
	if err != nil {
		return nil, err
	}
	list := found[:0]
	for _, c := range found {
		if row, ok := rows[c.Customer]; ok {
			c.Row = row
			list = append(list, c)
		}
	}
	return list, nil
}

// Day is how a person's day of calls stands.
type Day struct {
	Date           string // the school's day
	Calls, Reached int    // follow-ups made today, and those where somebody answered
	Target         int    // follow-ups a day that the school wants; 0: none
	Due, Overdue   int    // own ones left
	Stale          int    // that he may work; at most MaxStale are counted
	More           bool   // there are more stale ones
}

// MaxStale is how far the stale ones are counted.
const MaxStale = 10_000

// Day counts what by has done today and what is left of his queue.
func (s *Service) Day(ctx context.Context, by policy.Actor) (d Day, err error) {
	if err := by.NeedAny("follow_up", "customers"); err != nil {
		return d, err
	}
	d.Target = s.Target()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		d.Date = s.today(tx)
		if d.Calls, d.Reached, err = callsSince(tx, by.Account, s.midnight(tx)); err != nil {
			return err
		}
		for _, x := range s.steps(tx, by) {
			n, err := s.countStep(tx, by, x, MaxStale+1-d.Stale)
			if err != nil {
				return err
			}
			d.add(x.part, n)
		}
		return nil
	})
	if d.More = d.Stale > MaxStale; d.More {
		d.Stale = MaxStale
	}
	return d, err
}

func (d *Day) add(part string, n int) {
	switch part {
	case DueToday:
		d.Due += n
	case Overdue:
		d.Overdue += n
	case Stale:
		d.Stale += n
	}
}

// midnight is when the school's day began.
func (s *Service) midnight(tx *db.Tx) time.Time {
	now := tx.Now.In(s.Zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone)
}
