package customer

import (
	"context"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// NewCustomer is one as somebody tells him to the program.
type NewCustomer struct {
	Name, Sex                string
	QQ, WeChat, Phone, Email string // as typed; at least one
	IDNumber, Emergency      string
	Source                   string // code
	Campaign, ReferredBy     int64
	Courses                  []int64
	Said, Memo               string
	Tags                     []string
	Owner                    int64 // 0: who adds him
	Next                     string
}

// values gives the fields that are not empty.
func (n NewCustomer) values(source int64) resource.Values {
	all := resource.Values{"name": n.Name, "sex": n.Sex, QQ: n.QQ, WeChat: n.WeChat, Phone: n.Phone, Email: n.Email,
		"id_number": n.IDNumber, "emergency": n.Emergency, "source": source, "campaign": n.Campaign, "referred_by": n.ReferredBy,
		"courses": n.Courses, "said": n.Said, "memo": n.Memo, "tags": n.Tags, "owner": n.Owner, "next": n.Next}
	for name, v := range all {
		if resource.Empty(v) {
			delete(all, name)
		}
	}
	return all
}

// Add enters a customer. One who exists by any of his contacts is refused with
// the fault customer.exists, on the field of that contact.
func (s *Service) Add(ctx context.Context, by policy.Actor, n NewCustomer) (c Customer, err error) {
	var source int64
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		source, err = sourceByCode(tx, n.Source)
		return err
	})
	if err != nil {
		return c, err
	}
	id, err := s.add(ctx, by, n.values(source))
	if err != nil {
		return c, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err = Get(tx, id)
		return err
	})
	return c, err
}

// add is behind Add, forms and commands.
func (s *Service) add(ctx context.Context, by policy.Actor, v resource.Values) (id int64, err error) {
	if err := by.NeedAny("add", "customers"); err != nil {
		return 0, err
	}
	res, _ := s.Engine.Get("customers")
	v, err = res.Check(true, v)
	if err = merge(err, normalize(v)); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if resource.Empty(v["owner"]) {
			v["owner"] = by.Account
		}
		if err := s.check(tx, by, 0, v); err != nil {
			return err
		}
		if id, err = insertCustomer(tx, by.Account, columnsOf(v)); err != nil {
			return refused(err)
		}
		if err := s.besides(tx, Customer{ID: id}, v); err != nil {
			return err
		}
		return s.added(tx, by, id, v)
	})
	return id, s.explain(ctx, by, v, err)
}

// added asks for the rights over the row as it is now, and tells of it.
func (s *Service) added(tx *db.Tx, by policy.Actor, id int64, v resource.Values) error {
	if err := s.mayOn(tx, by, "add", id); err != nil {
		return err
	}
	owner := v.Int("owner")
	if err := recordOwner(tx, by, id, 0, owner, OwnAdded, ""); err != nil {
		return err
	}
	if owner != by.Account {
		if err := s.mayOn(tx, by, "assign", id); err != nil {
			return err
		}
		if err := s.tellOwner(tx, by, owner, id, v.Str("name")); err != nil {
			return err
		}
	}
	now, err := s.snapshot(tx, id)
	if err != nil {
		return err
	}
	s.publish(tx, "customers", id, "added")
	return audit.Write(tx, by, "add", "customers", id, s.changes(nil, now, 1)...)
}

// mayOn refuses where the action is not allowed on the row, of which by knows.
func (s *Service) mayOn(tx *db.Tx, by policy.Actor, action string, id int64) error {
	ok, err := s.Engine.Sees(tx, by, action, "customers", id)
	if err == nil && !ok {
		err = policy.Forbidden(action, "customers")
	}
	return err
}

// normalize puts contacts and the ID number into their stored form.
func normalize(v resource.Values) error {
	var bad []*fault.Fault
	for _, kind := range Kinds {
		if !v.Has(kind) {
			continue
		}
		s, f := Normalize(kind, v.Str(kind))
		v[kind] = s
		bad = append(bad, f)
	}
	if v.Has("id_number") {
		s, _, f := NormalizeID(v.Str("id_number"))
		v["id_number"] = s
		bad = append(bad, f)
	}
	return fault.Join(bad...)
}

// merge makes one fault of two; an error that is no fault wins.
func merge(a, b error) error {
	fa, okA := fault.As(a)
	fb, okB := fault.As(b)
	switch {
	case a == nil:
		return b
	case b == nil || !okA || !okB:
		return a
	}
	var all []*fault.Fault
	for _, f := range []*fault.Fault{fa, fb} {
		f.Each(func(f *fault.Fault) {
			g := *f
			g.More = nil
			all = append(all, &g)
		})
	}
	return fault.Join(all...)
}

// snapshot gives the record as typed text, for the audit trail.
func (s *Service) snapshot(tx *db.Tx, id int64) (map[string]string, error) {
	return s.Engine.Snapshot(tx, "customers", id)
}

// changes lists what differs for the audit trail, and the version that it makes.
func (s *Service) changes(old, new map[string]string, version int64) []audit.Change {
	res, _ := s.Engine.Get("customers")
	return res.Changes(old, new, version)
}
