package customer

import (
	"context"
	"strconv"
	"time"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// maxTries is how often an act begins anew where somebody else was quicker.
const maxTries = 3

// claimsOn says whether the school lets stale customers be claimed.
func (s *Service) claimsOn() bool { return s.Settings.Flag(setClaim) }

// Claim makes by the owner of a customer of the pool: of one whom nobody owns, or
// whom his owner has neither got nor followed up for the days of the setting
// stale_days. Every refusal says the rule and when it ends. Of two who claim at
// once one wins; the other hears who has him.
func (s *Service) Claim(ctx context.Context, by policy.Actor, id int64) error {
	if err := by.NeedAny("claim", "customers"); err != nil {
		return err
	}
	return again(func() error {
		return s.DB.Write(ctx, func(tx *db.Tx) error {
			c, err := s.fetch(tx, by, "claim", id)
			if err != nil {
				return err
			}
			if err := s.claimable(tx, by, c); err != nil {
				return err
			}
			return s.claim(tx, by, c)
		})
	})
}

// again does an act once more where the row had another version by the time it
// was written.
func again(act func() error) (err error) {
	for range maxTries {
		if err = act(); !fault.Is(err, "fault.stale") {
			return err
		}
	}
	return err
}

// MayClaim says why by may not claim a customer now: nil, or the very refusal
// that Claim would give.
func (s *Service) MayClaim(ctx context.Context, by policy.Actor, id int64) error {
	if err := by.NeedAny("claim", "customers"); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "claim", id)
		if err == nil {
			err = s.mayClaim(tx, by, c)
		}
		return err
	})
}

// mayClaim holds all rules of a claim, those of the claimant's day as well.
func (s *Service) mayClaim(tx *db.Tx, by policy.Actor, c Customer) error {
	if err := s.claimable(tx, by, c); err != nil {
		return err
	}
	if used, err := s.usedUp(tx, by, actClaim); err != nil || used {
		return orElse(err, s.quotaUsed(tx))
	}
	return s.hasRoom(tx, by)
}

// claimable holds the rules over the customer and who had him.
func (s *Service) claimable(tx *db.Tx, by policy.Actor, c Customer) error {
	switch {
	case !s.claimsOn():
		return fault.New(fault.Conflict, "customer.claim_off")
	case by.Account == 0:
		return policy.Forbidden("claim", "customers") // somebody has to own him
	case owns(by, c):
		return fault.New(fault.Conflict, "customer.is_yours")
	case c.NeverContact:
		return fault.New(fault.Conflict, "customer.claim_never")
	case c.Status != NotEnrolled:
		return fault.New(fault.Conflict, "customer.claim_enrolled", "status", i18n.W("choice.status."+c.Status), "owner", c.OwnerName)
	}
	if err := s.kept(tx, c); err != nil {
		return err
	}
	return s.cooling(tx, by, c)
}

// kept refuses a customer whom his owner still has time for.
func (s *Service) kept(tx *db.Tx, c Customer) error {
	if c.Owner == 0 {
		return nil
	}
	since, err := ownedSince(tx, c.ID, c.Owner)
	if err != nil {
		return err
	}
	begun, key := c.Touched, "customer.claim_fresh"
	if since.After(begun) {
		begun, key = since, "customer.claim_kept"
	}
	from := s.daysAfter(begun, s.staleDays())
	if from.Before(tx.Now) {
		return nil
	}
	return fault.New(fault.Conflict, key, "owner", c.OwnerName, "ago", i18n.Ago(begun), "days", s.staleDays(), "from", from)
}

// cooling refuses a customer to who lost him a short while ago.
func (s *Service) cooling(tx *db.Tx, by policy.Actor, c Customer) error {
	days := int(s.Settings.Int(setCooldown))
	lost, reason, err := lastLoss(tx, c.ID, by.Account)
	if err != nil || lost.IsZero() || days == 0 {
		return err
	}
	from := s.daysAfter(lost, days)
	if !tx.Now.Before(from) {
		return nil
	}
	return fault.New(fault.Conflict, "customer.claim_cooldown", "ago", i18n.Ago(lost), "why", i18n.W("choice.why."+reason), "days", days, "from", from)
}

// hasRoom refuses more to who has as many as one may have.
func (s *Service) hasRoom(tx *db.Tx, by policy.Actor) error {
	most := s.Settings.Int(setHold)
	if most == 0 {
		return nil
	}
	n, err := openOf(tx, by.Account, most)
	if err != nil || n < most {
		return err
	}
	return fault.New(fault.TooMany, "customer.claim_hold", "max", most)
}

func (s *Service) quotaUsed(tx *db.Tx) error {
	return fault.New(fault.TooMany, "customer.claim_quota", "max", s.Settings.Int(setClaims), "from", s.tomorrow(tx))
}

// claim writes it. The count goes first: its row makes claims of one person wait
// for each other, so that what he holds is counted one claim after the other.
func (s *Service) claim(tx *db.Tx, by policy.Actor, c Customer) error {
	ok, err := s.spend(tx, by, actClaim)
	if err != nil {
		return err
	}
	if !ok {
		return s.quotaUsed(tx)
	}
	if err := s.hasRoom(tx, by); err != nil {
		return err
	}
	if err := updateCustomer(tx, c, []column{{"owner_id", by.Account}}); err != nil {
		return err
	}
	if err := recordOwner(tx, by, c.ID, c.Owner, by.Account, OwnClaimed, ""); err != nil {
		return err
	}
	if c.Owner != 0 {
		if err := notify.Send(tx, s.Bus, c.Owner, "claimed", address(c.ID), "who", by.Name, "customer", c.Name, "days", s.staleDays()); err != nil {
			return err
		}
	}
	s.publish(tx, "customers", c.ID, "assigned")
	s.publish(tx, "ownerships", 0, "added")
	return audit.Write(tx, by, "claim", "customers", c.ID,
		s.changes(map[string]string{"owner": c.OwnerLogin}, map[string]string{"owner": by.Login}, c.Version+1)...)
}

// maxWhy bounds why a customer goes back to the pool, in characters.
const maxWhy = 200

// Release puts a customer back to the pool: nobody owns him, whoever may can
// claim him, but who had him only after the days of the setting
// claim_cooldown_days. Who had him is told, unless it is by.
func (s *Service) Release(ctx context.Context, by policy.Actor, id int64, reason string) error {
	reason, err := tidyWhy(reason)
	if err != nil {
		return err
	}
	if err := by.NeedAny("release", "customers"); err != nil {
		return err
	}
	return again(func() error {
		return s.DB.Write(ctx, func(tx *db.Tx) error {
			c, err := s.fetch(tx, by, "release", id)
			if err != nil {
				return err
			}
			if err := releasable(c); err != nil {
				return err
			}
			return s.release(tx, by, c, reason)
		})
	})
}

// tidyWhy cleans a reason that has to be given.
func tidyWhy(reason string) (string, error) {
	reason = clean.Line(reason)
	switch {
	case reason == "":
		return "", fault.Field("reason", "fault.required")
	case len([]rune(reason)) > maxWhy:
		return "", fault.Field("reason", "fault.too_long", "max", maxWhy)
	}
	return reason, nil
}

func releasable(c Customer) error {
	switch {
	case c.Owner == 0:
		return fault.New(fault.Conflict, "customer.release_nobodys")
	case c.Status != NotEnrolled:
		return fault.New(fault.Conflict, "customer.release_enrolled", "owner", c.OwnerName)
	}
	return nil
}

func (s *Service) release(tx *db.Tx, by policy.Actor, c Customer, reason string) error {
	if err := updateCustomer(tx, c, []column{{"owner_id", nil}}); err != nil {
		return err
	}
	if err := recordOwner(tx, by, c.ID, c.Owner, 0, OwnReleased, reason); err != nil {
		return err
	}
	if !owns(by, c) {
		if err := notify.Send(tx, s.Bus, c.Owner, "released", address(c.ID), "who", by.Name, "customer", c.Name, "reason", reason); err != nil {
			return err
		}
	}
	s.publish(tx, "customers", c.ID, "assigned")
	s.publish(tx, "ownerships", 0, "added")
	changes := s.changes(map[string]string{"owner": c.OwnerLogin}, map[string]string{"owner": ""}, c.Version+1)
	return audit.Write(tx, by, "to_pool", "customers", c.ID, append(changes, audit.Change{Field: "reason", New: reason})...)
}

// MayRelease says why by may not put a customer back.
func (s *Service) MayRelease(ctx context.Context, by policy.Actor, id int64) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := s.fetch(tx, by, "release", id)
		if err == nil {
			err = releasable(c)
		}
		return err
	})
}

// poolActions are what can be done with customers of the pool, with one or many.
func (s *Service) poolActions() []resource.Action {
	return []resource.Action{
		{Name: "claim", Off: func() bool { return !s.claimsOn() }, Run: func(ctx context.Context, by policy.Actor, id int64, _ resource.Values) error {
			return s.Claim(ctx, by, id)
		}},
		{Name: "release", Args: []resource.Field{{Name: "reason", Input: true, Required: true, Max: maxWhy}},
			Run: func(ctx context.Context, by policy.Actor, id int64, v resource.Values) error {
				return s.Release(ctx, by, id, v.Str("reason"))
			}},
	}
}

// address is where a customer is found.
func address(id int64) string { return "customers/" + strconv.FormatInt(id, 10) }

// orElse is err, or what stands for it where there is none.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// ownedSince is when an account became a customer's owner; zero where the ledger
// does not say.
func ownedSince(tx *db.Tx, customer, owner int64) (time.Time, error) {
	at, _, to, err := lastOwnership(tx, customer)
	if err != nil || to != owner {
		return time.Time{}, err
	}
	return at, nil
}
