package customer

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// TakeBack undoes a follow-up that by has made within the last
// resource.UndoHours, 0 for his newest: it goes, and the customer stands as before. It is refused
// where somebody has followed him up or changed his dates since.
func (s *Service) TakeBack(ctx context.Context, by policy.Actor, followUp int64) (f FollowUp, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		var c Customer
		if f, c, err = s.own(tx, by, followUp); err != nil {
			return err
		}
		old, err := s.beforeFollowUp(tx, by, c, f)
		if err != nil {
			return err
		}
		before, err := s.snapshot(tx, c.ID)
		if err != nil {
			return err
		}
		if err := deleteFollowUp(tx, f.ID); err != nil {
			return err
		}
		if err := s.standAsBefore(tx, c, old); err != nil {
			return err
		}
		now, err := s.snapshot(tx, c.ID)
		if err != nil {
			return err
		}
		s.publish(tx, "follow_ups", f.ID, "deleted")
		s.publish(tx, "customers", c.ID, "changed")
		return audit.Write(tx, by, "take_back", "customers", c.ID, append(s.changes(before, now, c.Version+1), audit.Change{Field: "note", Old: f.Note})...)
	})
	return f, err
}

// own gives a follow-up that by may still take back, with its customer.
func (s *Service) own(tx *db.Tx, by policy.Actor, id int64) (f FollowUp, c Customer, err error) {
	if id == 0 {
		id, err = newestOf(tx, by.Account)
	}
	if err == nil {
		f, err = followUpOf(tx, id)
	}
	if db.NoRows(err) {
		return f, c, fault.New(fault.NotFound, "customer.no_follow_up")
	}
	if err != nil {
		return f, c, err
	}
	if c, err = s.fetch(tx, by, "view", f.Customer); err != nil {
		return f, c, err
	}
	newest, err := newestFollowUp(tx, c.ID)
	switch {
	case err != nil:
	case f.Author != by.Account:
		err = fault.New(fault.Forbidden, "customer.not_your_follow_up", "who", f.Name)
	case tx.Now.Sub(f.At) > resource.UndoHours*time.Hour:
		err = fault.New(fault.Conflict, "customer.too_late_to_take_back", "hours", resource.UndoHours)
	case newest.ID != f.ID:
		err = fault.New(fault.Conflict, "customer.followed_since", "who", newest.Name)
	case c.NextFollowUp != f.Next || c.NextTime != f.NextTime || c.Intention != f.Intention:
		err = fault.New(fault.Conflict, "customer.changed_since")
	}
	return f, c, err
}

// beforeFollowUp finds in the audit trail what a follow-up has changed: the old
// values by their fields. The two were written at one reading of the clock.
func (s *Service) beforeFollowUp(tx *db.Tx, by policy.Actor, c Customer, f FollowUp) (map[string]string, error) {
	entries, err := audit.By(tx, by.Account, f.written, maxHistory)
	if err != nil {
		return nil, err
	}
	old := map[string]string{"next": c.NextFollowUp, "next_time": c.NextTime, "intention": c.Intention, "never_contact": yesNo(c.NeverContact)}
	for _, e := range entries {
		if e.Action != "follow_up" || e.Record != c.ID || !e.At.Equal(f.written) {
			continue
		}
		for _, ch := range e.Changes {
			if _, wanted := old[ch.Field]; wanted {
				old[ch.Field] = ch.Old
			}
		}
		return old, nil
	}
	return nil, fault.New(fault.Conflict, "customer.changed_since")
}

// standAsBefore gives a customer the values from before; when he was last
// followed up follows from what is left.
func (s *Service) standAsBefore(tx *db.Tx, c Customer, old map[string]string) error {
	last, err := newestFollowUp(tx, c.ID)
	if err != nil {
		return err
	}
	at := int64(0)
	if last.ID != 0 {
		at = db.Millis(last.At)
	}
	return updateCustomer(tx, c, []column{{"last_follow_up_at", at}, {"touched_at", max(at, db.Millis(c.Created))}, {"intention", old["intention"]},
		{"never_contact", map[bool]int64{true: 1}[old["never_contact"] == "yes"]}, {"next_follow_up_on", old["next"]}, {"next_follow_up_time", old["next_time"]}})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
