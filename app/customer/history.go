package customer

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// Event is one thing that happened to a customer. Its label is the word
// history.<kind>.
type Event struct {
	Kind string // created, follow_up, enrollment, or the action of the audit trail: change, assign, enroll, reveal, notify_owner
	ID   int64  // of the follow-up or enrollment, else 0
	// Entry is the number in the audit trail by which a change is put back or
	// undone, 0 where there is none.
	Entry int64
	At    time.Time
	Who   string // display name, or log-in name where there is none

	Channel, Note, Intention, Next string         // of a follow-up; Next with its time
	NoAnswer                       bool           // of a follow-up
	Class, State                   string         // of an enrollment
	Changes                        []audit.Change // of a change, masked as the fields are
	Erased                         int64          // the entry of the erasure that took the changes away, 0 for none
}

// toldActs are the acts of the audit trail that a history tells. Look-ups are
// not among them, and do not count: a contact asked for often hides nothing.
var toldActs = []string{"change", "assign", "enroll", "reveal", "notify_owner", "take_back", "restore", "merge", "merged", "unmerge", "claim", "to_pool", "handover", "handover_undo", "erase"}

// maxHistory bounds what History reads of each kind.
const maxHistory = 500

// History tells everything that happened to a customer whom by may view, the
// newest first.
func (s *Service) History(ctx context.Context, by policy.Actor, id int64) (list []Event, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "view", id)
		if err != nil {
			return err
		}
		follows, err := followUpsOf(tx, by, id, 0, maxHistory)
		if err != nil {
			return err
		}
		for _, f := range follows {
			list = append(list, Event{Kind: "follow_up", ID: f.ID, At: f.At, Who: f.Name, Channel: f.Channel, Note: f.Note,
				Intention: f.Intention, Next: strings.TrimSpace(f.Next + " " + f.NextTime), NoAnswer: f.NoAnswer})
		}
		enrollments, err := enrollmentsOf(tx, id)
		if err != nil {
			return err
		}
		acts, err := s.acts(tx, by, id)
		if err != nil {
			return err
		}
		creator, err := creatorOf(tx, id)
		list = append(append(list, enrollments...), acts...)
		list = append(list, Event{Kind: "created", At: c.Created, Who: creator})
		return err
	})
	slices.SortStableFunc(list, func(a, b Event) int { return b.At.Compare(a.At) })
	return list, err
}

// acts are the entries of the audit trail that are part of a customer's history.
func (s *Service) acts(tx *db.Tx, by policy.Actor, id int64) (list []Event, err error) {
	parts, err := lostTo(tx, id)
	if err != nil {
		return nil, err
	}
	entries, err := s.Engine.HistoryWith(tx.Ctx(), by, "customers", id, parts, maxHistory)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, e := range entries {
		if !slices.Contains(toldActs, e.Action) {
			continue
		}
		if _, known := names[e.Account]; !known {
			if a, err := accountOf(tx, e.Account); err == nil {
				names[e.Account] = a.name
			}
		}
		who := names[e.Account]
		if who == "" {
			who = e.Login
		}
		if e.Action == "erase" {
			e.Changes = nil // counts and a hash: for who reads the trail itself
		}
		if e.Record != id {
			e.ID = 0 // nothing of it can be put back here
		}
		list = append(list, Event{Kind: e.Action, Entry: e.ID, At: e.At, Who: who, Changes: e.Changes, Erased: e.Erased})
	}
	return list, nil
}
