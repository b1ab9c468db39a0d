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
// resource.UndoHours, 0 for his newest: it goes, and the customer stands as
// before. It is refused where somebody has followed him up or changed his dates
// since. It is the engine's undo of that act.
func (s *Service) TakeBack(ctx context.Context, by policy.Actor, followUp int64) (f FollowUp, err error) {
	var act audit.Entry
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if f, _, err = s.own(tx, by, followUp); err != nil {
			return err
		}
		act, err = actOf(tx, by, f)
		return err
	})
	if err != nil {
		return f, err
	}
	return f, s.Engine.Undo(ctx, by, act.ID)
}

// takeBack undoes the follow-up of an act for the engine.
func (s *Service) takeBack(ctx context.Context, by policy.Actor, act audit.Entry) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err := writtenAt(tx, act.Record, by.Account, act.At)
		if db.NoRows(err) {
			return fault.New(fault.NotFound, "customer.no_follow_up")
		}
		if err != nil {
			return err
		}
		f, c, err := s.own(tx, by, id)
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
		if err := s.standAsBefore(tx, c, act); err != nil {
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

// actOf finds the act of the audit trail that a follow-up is: the two were
// written at one reading of the clock.
func actOf(tx *db.Tx, by policy.Actor, f FollowUp) (audit.Entry, error) {
	entries, err := audit.By(tx, by.Account, f.written, maxHistory)
	if err != nil {
		return audit.Entry{}, err
	}
	for _, e := range entries {
		if e.Action == "follow_up" && e.Record == f.Customer && e.At.Equal(f.written) {
			return e, nil
		}
	}
	return audit.Entry{}, fault.New(fault.Conflict, "customer.changed_since")
}

// standAsBefore gives a customer the values from before an act; when he was last
// followed up follows from what is left.
func (s *Service) standAsBefore(tx *db.Tx, c Customer, act audit.Entry) error {
	old := map[string]string{"next": c.NextFollowUp, "next_time": c.NextTime, "intention": c.Intention, "never_contact": yesNo(c.NeverContact)}
	for _, ch := range act.Changes {
		if _, wanted := old[ch.Field]; wanted {
			old[ch.Field] = ch.Old
		}
	}
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
