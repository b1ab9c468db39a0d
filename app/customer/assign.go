package customer

import (
	"context"
	"slices"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// maxAtOnce bounds an act on many rows, so that nobody holds the only writer
// for long.
const maxAtOnce = 1000

// Assign gives customers to an owner, 0 to nobody: all of them or, where by may
// not with one, none. The new owner is told. It returns how many changed hands.
func (s *Service) Assign(ctx context.Context, by policy.Actor, ids []int64, owner int64) (n int, err error) {
	if err := by.NeedAny("assign", "customers"); err != nil {
		return 0, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxAtOnce {
		return 0, fault.New(fault.TooMany, "customer.too_many", "max", maxAtOnce)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		n = 0
		if err := checkOwner(tx, resource.Values{"owner": owner}); err != nil {
			return err
		}
		var last Customer
		for _, id := range ids {
			c, err := s.fetch(tx, by, "assign", id)
			if err != nil {
				return err
			}
			if c.Owner == owner {
				continue
			}
			if err := s.hand(tx, by, c, owner); err != nil {
				return err
			}
			n, last = n+1, c
		}
		return s.tellMany(tx, by, owner, last, n)
	})
	return n, err
}

// hand changes the owner of one customer.
func (s *Service) hand(tx *db.Tx, by policy.Actor, c Customer, owner int64) error {
	if err := updateCustomer(tx, c, []column{{"owner_id", nullID(owner)}}); err != nil {
		return err
	}
	if err := recordOwner(tx, by, c.ID, c.Owner, owner, givenTo(owner), ""); err != nil {
		return err
	}
	login, err := loginOf(tx, owner)
	if err != nil {
		return err
	}
	s.publish(tx, "customers", c.ID, "assigned")
	return audit.Write(tx, by, "assign", "customers", c.ID,
		s.changes(map[string]string{"owner": c.OwnerLogin}, map[string]string{"owner": login}, c.Version+1)...)
}

// tellMany tells a new owner once, however many customers he got.
func (s *Service) tellMany(tx *db.Tx, by policy.Actor, owner int64, last Customer, n int) error {
	switch {
	case n == 0 || owner == 0 || owner == by.Account:
		return nil
	case n == 1:
		return s.tellOwner(tx, by, owner, last.ID, last.Name)
	}
	return notify.Send(tx, s.Bus, owner, "new_owner", "customers", "who", by.Name, "customer", i18n.W("customer.many", "n", n))
}

// Tag adds tags to a customer.
func (s *Service) Tag(ctx context.Context, by policy.Actor, id int64, tags ...string) error {
	return s.retag(ctx, by, id, func(have []string) []string { return append(have, tags...) })
}

// Untag takes tags away from a customer.
func (s *Service) Untag(ctx context.Context, by policy.Actor, id int64, tags ...string) error {
	return s.retag(ctx, by, id, func(have []string) []string {
		return slices.DeleteFunc(have, func(t string) bool { return slices.Contains(tags, t) })
	})
}

// retag reads and changes; a change in between is caught by the version and
// tried once more.
func (s *Service) retag(ctx context.Context, by policy.Actor, id int64, edit func([]string) []string) (err error) {
	for range 3 {
		var c Customer
		var tags []string
		err = s.DB.Read(ctx, func(tx *db.Tx) error {
			if c, err = s.fetch(tx, by, "change", id); err != nil {
				return err
			}
			tags, err = tagsOf(tx, id)
			return err
		})
		if err != nil {
			return err
		}
		err = s.change(ctx, by, id, c.Version, resource.Values{"tags": edit(tags)})
		if !fault.Is(err, "fault.stale") {
			return err
		}
	}
	return err
}

// Reveal gives a field that by sees masked, and writes down that he has seen
// it.
func (s *Service) Reveal(ctx context.Context, by policy.Actor, id int64, field string) (text string, err error) {
	res, _ := s.Engine.Get("customers")
	f, ok := res.Field(field)
	if !ok || f.Mask == nil {
		return "", fault.Field(field, "customer.not_masked")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "reveal", id)
		if err != nil {
			return err
		}
		if by.Mode("reveal", "customers", field, s.row(c, tx.Now)) >= policy.Masked {
			return policy.Forbidden("reveal", "customers")
		}
		all, err := s.snapshot(tx, id)
		if err != nil {
			return err
		}
		text = all[field]
		return audit.Write(tx, by, "reveal", "customers", id, audit.Change{Field: "field", New: field})
	})
	return text, err
}

// MarkEnrolled makes the customer enrolled and his consultant the owner, within
// the transaction of the approval. The first approved enrollment wins: later
// ones change nothing. class is what he enrolled in, as people call it.
func (s *Service) MarkEnrolled(tx *db.Tx, by policy.Actor, id, consultant int64, class string) error {
	c, err := Get(tx, id)
	if err != nil || c.Status == Enrolled {
		return err
	}
	old, err := s.snapshot(tx, id)
	if err != nil {
		return err
	}
	if err := updateCustomer(tx, c, []column{{"status", Enrolled}, {"owner_id", nullID(consultant)}, {"intention", "enrolled"}}); err != nil {
		return err
	}
	if err := recordOwner(tx, by, id, c.Owner, consultant, OwnEnrolled, class); err != nil {
		return err
	}
	if err := s.tellWon(tx, by, c, consultant, class); err != nil {
		return err
	}
	now, err := s.snapshot(tx, id)
	if err != nil {
		return err
	}
	s.publish(tx, "customers", id, "changed")
	return audit.Write(tx, by, "enroll", "customers", id, s.changes(old, now, c.Version+1)...)
}
