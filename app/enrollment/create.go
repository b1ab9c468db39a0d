package enrollment

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Create enrolls a customer in a class and gives the link for him. The same
// customer and class give the same enrollment again, with the link it has; one
// that expired, was cancelled or whose link was revoked gets a new link. A nil
// price is the course's.
func (s *Service) Create(ctx context.Context, by policy.Actor, customerID, classID int64, price *int64) (Enrollment, Link, error) {
	var e Enrollment
	var link Link
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "customers", customerID); err != nil {
			return err
		}
		p, err := s.Catalog.Class(tx.Ctx(), by, classID)
		if err != nil {
			return err
		}
		if e, err = byPair(tx, customerID, classID); err != nil {
			return err
		}
		switch {
		case e.ID == 0:
			e, err = s.begin(tx, by, customerID, p, price)
		default:
			e, err = s.again(tx, by, e, p, price)
		}
		if err == nil {
			link = s.link(e)
			e, err = shown(tx, by, e)
		}
		return err
	})
	if err != nil {
		return Enrollment{}, Link{}, err
	}
	return e, link, nil
}

// begin makes a new enrollment.
func (s *Service) begin(tx *db.Tx, by policy.Actor, id int64, p catalog.Class, price *int64) (e Enrollment, err error) {
	who, err := s.mayAdd(tx, by, id, p)
	if err != nil {
		return e, err
	}
	if err := s.takes(tx, p); err != nil {
		return e, err
	}
	e = Enrollment{Customer: id, Class: p.ID, Consultant: consultant(by, who), State: Invited, LinkExpires: s.expiry(tx)}
	e.Name, e.Sex = who.Name, who.Sex
	if e.Price, err = agreedPrice(p, price); err != nil {
		return e, err
	}
	if e.Consultant == 0 {
		return e, fault.New(fault.Conflict, "enrollment.no_consultant")
	}
	if e.ID, err = insert(tx, e); err != nil {
		return e, err
	}
	e.Serial = 1
	if err := setLink(tx, e, hashToken(s.token(e.ID, e.Serial))); err != nil {
		return e, err
	}
	s.changed(tx, e.ID, "added")
	err = audit.Write(tx, by, "add", "enrollments", e.ID, audit.Change{Field: "class", New: p.Code},
		audit.Change{Field: "customer", New: who.Name}, audit.Change{Field: "price", New: yuan(e.Price)})
	if err != nil {
		return e, err
	}
	return byID(tx, e.ID)
}

// lead is a customer whom somebody wants to enroll.
type lead struct {
	customer.Customer
	stale bool // anybody may work him
}

// mayAdd asks for the right to enroll this customer in this class.
func (s *Service) mayAdd(tx *db.Tx, by policy.Actor, id int64, class catalog.Class) (who lead, err error) {
	if who.Customer, err = customer.Get(tx, id); err != nil {
		return who, err
	}
	if who.stale, err = s.Engine.Sees(tx, asksStale, "view", "customers", id); err != nil {
		return who, err
	}
	return who, by.Need("add", "enrollments", policy.Row{
		"customer": policy.Int(id), "owner": nonZero(who.Owner), "department": nonZero(who.Department), "source": {who.Source},
		"worker": nonZero(who.Worker), "status": {who.Status}, "stale": policy.Bool(who.stale), "never_contact": policy.Bool(who.NeverContact),
		"class": policy.Int(class.ID), "course": policy.Int(class.Course), "campus": policy.Int(class.Campus),
		"consultant": nonZero(by.Account), "state": {string(Invited)},
	})
}

// asksStale sees the stale customers and no others: what is stale is said once,
// by the rules of customers.
var asksStale = policy.Actor{Login: "system", Rights: policy.NewRights(nil, policy.Scope{}, []policy.Grant{
	{Resource: "customers", Action: "view", Rows: []policy.Cond{{Field: "stale", Values: []string{"1"}}}}})}

func nonZero(id int64) []string {
	if id == 0 {
		return nil
	}
	return policy.Int(id)
}

// consultant gets the credit: who enrolls a customer without an owner, a stale
// one or one whom he works, else the owner, whoever of his colleagues makes the
// link.
func consultant(by policy.Actor, who lead) int64 {
	if who.Owner != 0 && (by.Account == 0 || !who.stale && who.Worker != by.Account) {
		return who.Owner
	}
	return by.Account
}

// takes refuses a class that is over or has no seat left.
func (s *Service) takes(tx *db.Tx, p catalog.Class) error {
	if p.Ends != "" && p.Ends < tx.Now.In(s.Zone).Format(time.DateOnly) {
		return fault.Field("class", "enrollment.class_over", "class", p.Code, "day", p.Ends)
	}
	if p.Free() == 0 {
		return classFull(p)
	}
	return nil
}

func classFull(p catalog.Class) error {
	return fault.New(fault.Conflict, "enrollment.class_full", "class", p.Code, "n", p.Capacity).On("class")
}

func agreedPrice(p catalog.Class, price *int64) (int64, error) {
	switch {
	case price == nil:
		return p.Price, nil
	case *price < 0:
		return 0, fault.Field("price", "enrollment.price_negative")
	}
	return *price, nil
}

// again answers for a customer who is on his way into the class already.
func (s *Service) again(tx *db.Tx, by policy.Actor, e Enrollment, p catalog.Class, price *int64) (Enrollment, error) {
	over := e.State == Cancelled || e.State == Expired || e.State.Open() && !e.LinkExpires.After(tx.Now)
	switch {
	case e.State == Approved:
		return e, fault.New(fault.Conflict, "enrollment.in_class", "name", e.CustomerName, "class", e.ClassCode)
	case over:
		return s.revive(tx, by, e, p, price)
	}
	if err := s.need(tx, by, "link", e.ID); err != nil {
		return e, fault.New(fault.Conflict, "enrollment.others", "class", e.ClassCode, "who", e.ConsultantName)
	}
	if price != nil && *price != e.Price {
		return e, fault.Field("price", "fault.read_only", "want", i18n.Money(e.Price), "got", i18n.Money(*price))
	}
	if e.Revoked.IsZero() {
		return e, nil
	}
	return s.newLink(tx, by, e)
}

// revive takes up an enrollment that is over, as if it began now. What the
// applicant filled in and sent stays; he agrees anew.
func (s *Service) revive(tx *db.Tx, by policy.Actor, e Enrollment, p catalog.Class, price *int64) (Enrollment, error) {
	who, err := s.mayAdd(tx, by, e.Customer, p)
	if err != nil {
		return e, err
	}
	if err := s.takes(tx, p); err != nil {
		return e, err
	}
	if c := consultant(by, who); c != 0 {
		e.Consultant = c
	}
	if e.Price, err = agreedPrice(p, price); err != nil {
		return e, err
	}
	e.State, e.Reason, e.Agreed = Invited, "", time.Time{}
	if err := reopen(tx, e); err != nil {
		return e, err
	}
	return s.newLink(tx, by, e)
}

func (s *Service) expiry(tx *db.Tx) time.Time { return tx.Now.AddDate(0, 0, s.LinkDays) }
