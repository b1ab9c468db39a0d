package customer

import (
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// check holds the rules of a customer over the record as it would be; id is 0
// when adding.
func (s *Service) check(tx *db.Tx, by policy.Actor, id int64, v resource.Values) error {
	whole := Customer{}
	if id != 0 {
		var err error
		if whole, err = Get(tx, id); err != nil {
			return err
		}
	}
	if err := checkContacts(whole, v); err != nil {
		return err
	}
	if err := s.checkOrigin(tx, by, whole, v); err != nil {
		return err
	}
	if err := checkOwner(tx, v); err != nil {
		return err
	}
	if err := s.checkNext(tx, whole, v); err != nil {
		return err
	}
	return s.unique(tx, by, id, v)
}

// checkNext takes no day that is over, and no time without its day.
func (s *Service) checkNext(tx *db.Tx, was Customer, v resource.Values) error {
	if !v.Has("next") && !v.Has("next_time") {
		return nil
	}
	day, clock := was.NextFollowUp, was.NextTime
	if v.Has("next") {
		day = v.Str("next")
	}
	if v.Has("next_time") {
		clock = v.Str("next_time")
	}
	switch {
	case day == "" && clock != "" && v.Str("next_time") != "":
		return fault.Field("next_time", "customer.time_without_day")
	case day == "" && clock != "":
		v["next_time"] = "" // goes with its day
	case s.past(tx, day, clock):
		return fault.Field("next", "customer.next_past")
	}
	return nil
}

// checkContacts asks for one contact at least.
func checkContacts(was Customer, v resource.Values) error {
	for _, kind := range Kinds {
		now := was.Contact(kind)
		if v.Has(kind) {
			now = v.Str(kind)
		}
		if now != "" {
			return nil
		}
	}
	return fault.Field(Phone, "customer.contact_needed")
}

// checkOrigin holds the rules of source, campaign and referral together.
func (s *Service) checkOrigin(tx *db.Tx, by policy.Actor, was Customer, v resource.Values) error {
	if !v.Has("source") && !v.Has("campaign") && !v.Has("referred_by") {
		return nil
	}
	source, campaign, referrer := was.SourceID, was.Campaign, was.ReferredBy
	for name, to := range map[string]*int64{"source": &source, "campaign": &campaign, "referred_by": &referrer} {
		if v.Has(name) {
			*to = v.Int(name)
		}
	}
	code, active, err := sourceOf(tx, source)
	if db.NoRows(err) || err == nil && !active && source != was.SourceID {
		return fault.Field("source", "customer.no_source")
	}
	if err != nil {
		return err
	}
	if code == referral && referrer == 0 {
		return fault.Field("referred_by", "customer.who_referred")
	}
	if err := checkCampaign(tx, campaign, source); err != nil {
		return err
	}
	if referrer == 0 || referrer == was.ReferredBy {
		return nil
	}
	return s.checkReferrer(tx, by, was.ID, referrer)
}

func checkCampaign(tx *db.Tx, campaign, source int64) error {
	if campaign == 0 {
		return nil
	}
	of, err := campaignSource(tx, campaign)
	if db.NoRows(err) {
		return fault.Field("campaign", "record.no_such")
	}
	if err == nil && of != source {
		return fault.Field("campaign", "customer.other_source")
	}
	return err
}

// checkReferrer takes only somebody that by may see; nobody refers himself, nor
// the one who referred him.
func (s *Service) checkReferrer(tx *db.Tx, by policy.Actor, id, referrer int64) error {
	if referrer == id {
		return fault.Field("referred_by", "customer.refers_himself")
	}
	ok, err := s.Engine.Sees(tx, by, "view", "customers", referrer)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Field("referred_by", "record.no_such")
	}
	other, err := Get(tx, referrer)
	if err == nil && id != 0 && other.ReferredBy == id {
		err = fault.Field("referred_by", "customer.refers_circle")
	}
	return err
}

// checkOwner takes an active account, or nobody.
func checkOwner(tx *db.Tx, v resource.Values) error {
	owner := v.Int("owner")
	if owner == 0 {
		return nil
	}
	a, err := accountOf(tx, owner)
	if db.NoRows(err) || err == nil && !a.active {
		return fault.Field("owner", "customer.no_such_owner")
	}
	return err
}

// unique refuses contacts that another customer has, all of them in one fault.
func (s *Service) unique(tx *db.Tx, by policy.Actor, id int64, v resource.Values) error {
	var bad []*fault.Fault
	if used, err := s.contactsClosed(tx, by, v); err != nil || used {
		return s.closedTo(tx, by, id, v, err)
	}
	for _, kind := range Kinds {
		if v.Str(kind) == "" {
			continue
		}
		other, err := findContact(tx, map[string]string{kind: v.Str(kind)})
		if db.NoRows(err) || err == nil && other.ID == id {
			continue
		}
		if err != nil {
			return err
		}
		bad = append(bad, exists(by, kind, other))
	}
	return fault.Join(bad...)
}

// besides writes what is kept in other tables.
func (s *Service) besides(tx *db.Tx, was Customer, v resource.Values) error {
	id := was.ID
	if err := setKeys(tx, id, keysOf(was), keysWith(was, v)); err != nil {
		return err
	}
	if v.Has("name") {
		if err := setGrams(tx, id, Grams(v.Str("name"))); err != nil {
			return err
		}
	}
	if v.Has("tags") {
		if err := setTags(tx, id, v.Strs("tags")); err != nil {
			return err
		}
	}
	if !v.Has("courses") {
		return nil
	}
	return refused(setCourses(tx, id, v.IDs("courses")))
}

// refused says in words what a constraint has refused. A contact that is taken
// is explained after the transaction: see explain.
func refused(err error) error {
	if key, ok := db.Constraint(err); ok && key == db.ForeignKey {
		return fault.New(fault.Invalid, "record.no_such").Because(err)
	}
	return err
}
