package customer

import (
	"context"
	"strconv"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Notified says whom NotifyOwner told.
type Notified struct {
	Owner  string
	At     time.Time
	Mailed bool
}

// NotifyOwner tells the owner of the customer with this contact that by has met
// him: in the system at once, and by mail where the owner has an address; once
// a day for each of the two. Whom he has not asked about today counts as a
// look-up.
func (s *Service) NotifyOwner(ctx context.Context, by policy.Actor, contact string) (n Notified, err error) {
	if err := by.NeedAny("check", "customers"); err != nil {
		return n, err
	}
	texts, bad := guesses("", contact)
	if bad != nil {
		return n, bad
	}
	var refusal error
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := findContact(tx, texts)
		if err != nil && !db.NoRows(err) {
			return err
		}
		kind := ""
		if err == nil {
			kind = s.found(tx, by, c, texts).Kind
		}
		if err := s.lookUp(tx, by, c.ID, kind); err != nil {
			return err
		}
		if c.ID == 0 {
			refusal = fault.New(fault.NotFound, "customer.nobody")
			return nil // it was answered: the look-up stays
		}
		if refusal = s.mayTell(tx, by, c); refusal != nil {
			return nil
		}
		n, err = s.tellMet(tx, by, c, texts)
		return err
	})
	return n, orElse(err, refusal)
}

// mayTell refuses where there is nobody to tell, and a second time on one day.
func (s *Service) mayTell(tx *db.Tx, by policy.Actor, c Customer) error {
	switch {
	case c.Owner == 0:
		return fault.New(fault.Conflict, "customer.no_owner")
	case owns(by, c):
		return fault.New(fault.Conflict, "customer.is_yours")
	}
	entries, err := audit.Entries(tx.Ctx(), s.DB, "customers", c.ID, 200, "notify_owner")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Account == by.Account && e.At.In(s.Zone).Format(time.DateOnly) == s.today(tx) {
			return fault.New(fault.TooMany, "customer.told_already", "owner", c.OwnerName, "ago", i18n.Ago(e.At))
		}
	}
	return nil
}

func (s *Service) tellMet(tx *db.Tx, by policy.Actor, c Customer, texts map[string]string) (n Notified, err error) {
	n = Notified{Owner: c.OwnerName, At: tx.Now}
	link := "customers/" + strconv.FormatInt(c.ID, 10)
	if err := notify.Send(tx, s.Bus, c.Owner, "duplicate", link, "who", by.Name, "customer", c.Name); err != nil {
		return n, err
	}
	owner, err := accountOf(tx, c.Owner)
	if err != nil {
		return n, err
	}
	if owner.email != "" {
		if n.Mailed, err = s.mailMet(tx, by, c, owner, s.found(tx, by, c, texts).Contact); err != nil {
			return n, err
		}
	}
	return n, audit.Write(tx, by, "notify_owner", "customers", c.ID)
}

func (s *Service) mailMet(tx *db.Tx, by policy.Actor, c Customer, owner account, contact string) (bool, error) {
	lang, ok := i18n.ParseLang(owner.lang)
	if !ok {
		lang = i18n.Chinese
	}
	subject, body := mail.RenderTo(i18n.Printer{Lang: lang, Zone: s.Zone}, "duplicate",
		"name", owner.name, "who", by.Name, "customer", c.Name, "contact", contact)
	_, queued, err := s.Queue(tx, mail.Message{
		Dedup: "duplicate/" + strconv.FormatInt(by.Account, 10) + "/" + strconv.FormatInt(c.ID, 10) + "/" + s.today(tx),
		To:    owner.email, Template: "duplicate", Lang: lang, Subject: subject, Body: body, Resource: "customers", RecordID: c.ID})
	if _, badAddress := fault.As(err); badAddress {
		return false, nil // he is told in the system
	}
	return queued, err
}

// tellOwner tells an account that a customer is his now; of many at once he is
// told by who gives them to him.
func (s *Service) tellOwner(tx *db.Tx, by policy.Actor, owner, id int64, name string) error {
	if owner == 0 || by.IsSystem() || resource.InBulk(tx.Ctx()) {
		return nil
	}
	return notify.Send(tx, s.Bus, owner, "new_owner", "customers/"+strconv.FormatInt(id, 10), "who", by.Name, "customer", name)
}

// tellWon tells both people why a customer is another's now: who had him, and
// whose enrollment was approved first. Who approves it himself knows.
func (s *Service) tellWon(tx *db.Tx, by policy.Actor, c Customer, winner int64, class string) error {
	if c.Owner == winner {
		return nil
	}
	to, err := accountOf(tx, winner)
	if err != nil {
		return err
	}
	if c.Owner != 0 && c.Owner != by.Account {
		if err := notify.Send(tx, s.Bus, c.Owner, "lost_customer", address(c.ID), "who", to.name, "customer", c.Name, "class", class); err != nil {
			return err
		}
	}
	if winner == by.Account {
		return nil
	}
	if c.Owner == 0 {
		return notify.Send(tx, s.Bus, winner, "won_from_pool", address(c.ID), "customer", c.Name, "class", class)
	}
	return notify.Send(tx, s.Bus, winner, "won_customer", address(c.ID), "who", c.OwnerName, "customer", c.Name, "class", class)
}
