package customer

import (
	"context"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Found is the answer to "do we know this contact?". It tells nothing of the
// customer beyond who to talk to, and what the asker can do now.
type Found struct {
	Exists       bool
	Kind         string    // of the contact that matched
	Contact      string    // masked, whatever the asker may see
	Customer     int64     // 0 where the asker may not view him
	Name         string    // masked: 王**
	Owner        string    // display name, "" for nobody
	Mine         bool      // the asker is the owner
	LastFollowUp time.Time // zero: never
	Created      time.Time
	Stale        bool // everybody may work him

	Notify bool  // there is an owner to be told
	Add    bool  // nobody has the contact, and the asker may enter who does
	Claim  bool  // the asker may claim him at this moment
	Why    error // why he may not, where it is his right and the school claims
}

// Check looks for a contact in the whole library, whatever the asker may see.
// kind "" takes every kind that the text can be. Every check is audited, and
// counts against the look-ups of the asker's day: see lookUp.
func (s *Service) Check(ctx context.Context, by policy.Actor, kind, contact string) (f Found, err error) {
	if err := by.NeedAny("check", "customers"); err != nil {
		return f, err
	}
	texts, bad := guesses(kind, contact)
	if bad != nil {
		return f, bad
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := findContact(tx, texts)
		if db.NoRows(err) {
			f = Found{Add: by.NeedAny("add", "customers") == nil}
			return s.lookUp(tx, by, 0, kind)
		}
		if err != nil {
			return err
		}
		f = s.found(tx, by, c, texts)
		if err := s.lookUp(tx, by, c.ID, f.Kind); err != nil {
			return err
		}
		return s.offer(tx, by, c, &f)
	})
	if err != nil {
		return Found{}, err
	}
	return f, nil
}

// offer says what by can do with who was found.
func (s *Service) offer(tx *db.Tx, by policy.Actor, c Customer, f *Found) error {
	f.Notify = c.Owner != 0 && !f.Mine
	sees, err := s.Engine.Sees(tx, by, "view", "customers", c.ID)
	if err != nil || !sees {
		return err
	}
	f.Customer = c.ID
	may, err := s.Engine.Sees(tx, by, "claim", "customers", c.ID)
	if err != nil || !may || f.Mine || !s.claimsOn() {
		return err
	}
	f.Why = s.mayClaim(tx, by, c)
	if _, said := fault.As(f.Why); f.Why != nil && !said {
		return f.Why
	}
	f.Claim = f.Why == nil
	return nil
}

// found is what is told of who has a contact.
func (s *Service) found(tx *db.Tx, by policy.Actor, c Customer, texts map[string]string) Found {
	f := Found{Exists: true, Name: MaskName(c.Name), Owner: c.OwnerName, Mine: owns(by, c),
		LastFollowUp: c.LastFollowUp, Created: c.Created, Stale: s.stale(c, tx.Now)}
	for _, k := range Kinds {
		if t := texts[k]; t != "" && t == c.Contact(k) {
			f.Kind, f.Contact = k, MaskContact(k, t)
			break
		}
	}
	return f
}

// checked audits a look-up, without the contact.
func (s *Service) checked(tx *db.Tx, by policy.Actor, id int64, kind string) error {
	found := "yes"
	if id == 0 {
		found = "no"
	}
	return audit.Write(tx, by, "check", "customers", id, audit.Change{Field: "kind", New: kind}, audit.Change{Field: "found", New: found})
}

func owns(by policy.Actor, c Customer) bool { return c.Owner != 0 && c.Owner == by.Account }

// exists is the refusal of a contact that another customer has: who owns him,
// when he was last followed up, what to do; never the contact.
func exists(by policy.Actor, kind string, c Customer) *fault.Fault {
	owned := i18n.W("customer.owned_by", "owner", c.OwnerName)
	then := i18n.W("customer.then_notify")
	if by.Via == policy.Command {
		then = i18n.W("customer.then_command")
	}
	switch {
	case c.Owner == 0:
		owned, then = i18n.W("customer.owned_by_nobody"), i18n.W("customer.then_manager")
	case owns(by, c):
		owned, then = i18n.W("customer.owned_by_you"), i18n.W("customer.then_open")
	}
	last := i18n.W("customer.last", "ago", i18n.Ago(c.LastFollowUp))
	if c.LastFollowUp.IsZero() {
		last = i18n.W("customer.never_followed", "ago", i18n.Ago(c.Created))
	}
	return &fault.Fault{Kind: fault.Conflict, Key: "customer.exists", Field: kind, Args: []any{
		"owned", owned, "last", last, "then", then, "owner", c.OwnerName, "last_follow_up", c.LastFollowUp}}
}

// explain makes the refusal of a unique index the one that people read, since
// somebody else may have entered the contact at the same moment; and audits
// that a contact was found to be there.
func (s *Service) explain(ctx context.Context, by policy.Actor, v resource.Values, err error) error {
	if err == nil {
		return nil
	}
	if key, twice := db.Unique(err); twice {
		kind := strings.TrimPrefix(key, "customers.")
		looked := s.DB.Read(ctx, func(tx *db.Tx) error {
			c, notThere := findContact(tx, map[string]string{kind: v.Str(kind)})
			if notThere == nil {
				err = exists(by, kind, c).Because(err)
			}
			return nil
		})
		if looked != nil {
			return looked
		}
	}
	if f, ok := fault.As(err); ok && f.Key == "customer.exists" {
		if noted := s.DB.Write(ctx, func(tx *db.Tx) error { return s.refusedExisting(tx, by, f, v) }); noted != nil {
			return noted // the look-ups of the day may be used up by now: then that is the answer
		}
	}
	return err
}

func (s *Service) refusedExisting(tx *db.Tx, by policy.Actor, f *fault.Fault, v resource.Values) error {
	var err error
	f.Each(func(f *fault.Fault) {
		if err != nil || f.Key != "customer.exists" {
			return
		}
		c, lost := findContact(tx, map[string]string{f.Field: v.Str(f.Field)})
		if lost == nil {
			err = s.lookUp(tx, by, c.ID, f.Field)
		}
	})
	return err
}
