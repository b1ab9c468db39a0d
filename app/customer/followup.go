package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/when"
	"cohort/db"
)

// NewFollowUp is a follow-up as somebody tells it to the program.
type NewFollowUp struct {
	Customer  int64
	Channel   string // one of Channels; "": phone
	Note      string
	Intention string    // one of Intentions; "": as before
	Next      string    // day of the next one, "" for none
	NextTime  string    // "15:04" of that day, "" for any
	NoAnswer  bool      // nobody was reached
	At        time.Time // zero: now
	// Seen is the newest follow-up that the author knew of, 0 for none, where
	// Watch is set: one that somebody else has made since is told first
	// (customer.just_followed), and nothing is written.
	Seen  int64
	Watch bool
}

// FollowUp is one follow-up as it is stored.
type FollowUp struct {
	ID, Customer        int64
	Author              int64
	AuthorLogin, Name   string // of the author
	At                  time.Time
	Channel, Note, Next string
	NextTime, Intention string
	NoAnswer            bool
	written             time.Time
}

// addFollowUp is FollowUp for forms and commands of any record.
func (s *Service) addFollowUp(ctx context.Context, by policy.Actor, v resource.Values) (int64, error) {
	f, err := s.FollowUp(ctx, by, NewFollowUp{Customer: v.Int("customer"), Channel: v.Str("channel"), Note: v.Str("note"),
		Intention: v.Str("intention"), Next: v.Str("next"), NextTime: v.Str("next_time"), NoAnswer: v.Bool("no_answer")})
	return f.ID, err
}

// FollowUp records a follow-up and moves the customer's last and next one and
// his intention. Somebody not to be contacted leaves every queue.
func (s *Service) FollowUp(ctx context.Context, by policy.Actor, n NewFollowUp) (f FollowUp, err error) {
	if err := n.tidy(); err != nil {
		return f, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "follow_up", n.Customer)
		if err != nil {
			return err
		}
		if err := s.fill(tx, c, &n); err != nil {
			return err
		}
		if err := unseen(tx, by, n); err != nil {
			return err
		}
		f = FollowUp{Customer: c.ID, Author: by.Account, AuthorLogin: by.Login, Name: by.Name, At: n.At, Channel: n.Channel,
			Note: n.Note, Next: n.Next, NextTime: n.NextTime, NoAnswer: n.NoAnswer, Intention: n.Intention}
		if f.ID, err = insertFollowUp(tx, f); err != nil {
			return err
		}
		return s.followed(tx, by, c, f)
	})
	return f, err
}

func (n *NewFollowUp) tidy() error {
	n.Note, n.Next, n.Channel, n.Intention = clean.Text(n.Note), clean.Line(n.Next), clean.Line(n.Channel), clean.Line(n.Intention)
	n.NextTime = clean.Line(n.NextTime)
	if n.Channel == "" {
		n.Channel = Channels[0]
	}
	var bad []*fault.Fault
	add := func(wrong bool, f *fault.Fault) {
		if wrong {
			bad = append(bad, f)
		}
	}
	add(n.Note == "", fault.Field("note", "fault.required"))
	add(len([]rune(n.Note)) > maxNote, fault.Field("note", "fault.too_long", "max", maxNote))
	add(!slices.Contains(Channels, n.Channel), fault.Field("channel", "fault.bad_choice", "value", n.Channel, "choices", strings.Join(Channels, ", ")))
	add(n.Intention != "" && !slices.Contains(Intentions, n.Intention),
		fault.Field("intention", "fault.bad_choice", "value", n.Intention, "choices", strings.Join(Intentions, ", ")))
	add(n.Next != "" && !resource.IsDay(n.Next), fault.Field("next", "fault.bad_date", "value", n.Next))
	add(n.NextTime != "" && (n.Next == "" || !when.IsClock(n.NextTime)), fault.Field("next", "when.no_such_time", "value", n.NextTime))
	return fault.Join(bad...)
}

const maxNote = 5000

// fill completes what was not said, and holds the rules that need the clock and
// the customer.
func (s *Service) fill(tx *db.Tx, c Customer, n *NewFollowUp) error {
	switch {
	case n.At.IsZero():
		n.At = tx.Now
	case n.At.After(tx.Now):
		return fault.Field("at", "customer.at_future")
	}
	if n.Intention == "" {
		n.Intention = c.Intention
	}
	if n.Intention == "" {
		n.Intention = Intentions[0]
	}
	if s.past(tx, n.Next, n.NextTime) {
		return fault.Field("next", "customer.next_past")
	}
	if n.Intention == neverContact && n.Next != "" {
		return fault.Field("next", "customer.never_next")
	}
	return nil
}

// past says whether a day, or a time of it, is over.
func (s *Service) past(tx *db.Tx, day, clock string) bool {
	today := s.today(tx)
	return day != "" && day < today || day == today && clock != "" && clock < tx.Now.In(s.Zone).Format("15:04")
}

// unseen finds what somebody else has written of a customer while the author
// was talking to him, too.
func unseen(tx *db.Tx, by policy.Actor, n NewFollowUp) error {
	if !n.Watch {
		return nil
	}
	f, err := newestFollowUp(tx, n.Customer)
	if err != nil || f.ID == n.Seen || f.ID == 0 || f.Author == by.Account {
		return err
	}
	return fault.New(fault.Conflict, "customer.just_followed", "who", f.Name, "at", i18n.Ago(f.At), "intention", i18n.W("choice.intention."+f.Intention))
}

// followed moves the customer; a follow-up told late, behind a newer one, moves
// nothing but is kept.
func (s *Service) followed(tx *db.Tx, by policy.Actor, c Customer, f FollowUp) error {
	s.publish(tx, "follow_ups", f.ID, "added")
	if f.At.Before(c.LastFollowUp) {
		return audit.Write(tx, by, "follow_up", "customers", c.ID)
	}
	old, err := s.snapshot(tx, c.ID)
	if err != nil {
		return err
	}
	if err := moveCustomer(tx, c, f, f.Intention == neverContact); err != nil {
		return err
	}
	now, err := s.snapshot(tx, c.ID)
	if err != nil {
		return err
	}
	s.publish(tx, "customers", c.ID, "followed")
	return audit.Write(tx, by, "follow_up", "customers", c.ID, s.changes(old, now, c.Version+1)...)
}

// FollowUps lists the follow-ups of a customer that by may list, the newest
// first: those before the follow-up with the id before, or from the newest
// where it is 0; at most limit (1 to 500; else 50).
func (s *Service) FollowUps(ctx context.Context, by policy.Actor, customer, before int64, limit int) (list []FollowUp, err error) {
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "customers", customer); err != nil {
			return err
		}
		list, err = followUpsOf(tx, by, customer, before, limit)
		return err
	})
	return list, err
}
