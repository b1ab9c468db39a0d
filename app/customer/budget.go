package customer

import (
	"math"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// The acts that are counted by days.
const (
	actCheck = "check"
	actClaim = "claim"
)

// most is how often a day one may do an act.
func (s *Service) most(act string) int64 {
	name := map[string]string{actCheck: setChecks, actClaim: setClaims}[act]
	if n := s.Settings.Int(name); n > 0 {
		return n
	}
	return math.MaxInt64 // counted all the same, for the administrator
}

// spend counts one act of the day; false where the day's are used up. It is one
// statement: however many ask at once, no more get through.
func (s *Service) spend(tx *db.Tx, by policy.Actor, act string) (bool, error) {
	return countAct(tx, by.Account, s.today(tx), act, s.most(act))
}

// usedUp says whether the acts of the day are used up.
func (s *Service) usedUp(tx *db.Tx, by policy.Actor, act string) (bool, error) {
	n, err := actsOf(tx, by.Account, s.today(tx), act)
	return n >= s.most(act), err
}

// dailyActs declares the counts, which are read and never edited.
func dailyActs() *resource.Resource {
	return &resource.Resource{
		Name: "daily_acts", Title: "counted.name", Order: "-id", From: "daily_acts JOIN accounts AS counted ON counted.id = daily_acts.account_id",
		Fields: []resource.Field{
			{Name: "day", Kind: resource.Day, SQL: "daily_acts.day", Column: true, Width: 12},
			{Name: "account", Kind: resource.Relation, SQL: "daily_acts.account_id", Label: "counted.name", Code: "counted.login", Ref: "accounts",
				Lookup: "SELECT id FROM accounts WHERE login {in} OR lower(name) {in}", Column: true, Width: 12},
			{Name: "counted", Kind: resource.Choice, SQL: "daily_acts.act", Choices: []string{actCheck, actClaim}, Column: true, Width: 12},
			{Name: "times", Kind: resource.Int, SQL: "daily_acts.n", Column: true, Width: 6},
		},
		Rules: policy.Fields{"account": {Cond: "daily_acts.account_id {in}"}, "department": {Cond: "counted.department_id {in}"}},
	}
}

// lookUp writes down that by has learned whether a contact is there, and counts
// it; id is whose it is, 0 for nobody's. Asking again on one day about somebody
// whom one has asked about already tells nothing new and is not counted.
func (s *Service) lookUp(tx *db.Tx, by policy.Actor, id int64, kind string) error {
	if !uncounted(tx, by) {
		known, err := s.askedToday(tx, by, id)
		if err != nil {
			return err
		}
		if ok, err := s.spendLookUp(tx, by, known); err != nil || !ok {
			return orElse(err, s.looksUsed(tx))
		}
	}
	return s.checked(tx, by, id, kind)
}

func (s *Service) spendLookUp(tx *db.Tx, by policy.Actor, known bool) (bool, error) {
	if known {
		return true, nil
	}
	return s.spend(tx, by, actCheck)
}

// uncounted says that what is looked up is part of something larger that is on
// the audit trail as one act and has a right of its own: an import. The program
// itself is not counted either.
func uncounted(tx *db.Tx, by policy.Actor) bool { return by.Account == 0 || resource.InBulk(tx.Ctx()) }

// askedToday says whether by was told today that this customer is there.
func (s *Service) askedToday(tx *db.Tx, by policy.Actor, id int64) (bool, error) {
	if id == 0 {
		return false, nil
	}
	entries, err := audit.Entries(tx.Ctx(), s.DB, "customers", id, 200, actCheck)
	for _, e := range entries {
		if e.Account == by.Account && e.At.In(s.Zone).Format(time.DateOnly) == s.today(tx) {
			return true, err
		}
	}
	return false, err
}

// mayLook refuses who has used up the look-ups of his day.
func (s *Service) mayLook(tx *db.Tx, by policy.Actor) error {
	if uncounted(tx, by) {
		return nil
	}
	used, err := s.usedUp(tx, by, actCheck)
	if err != nil || !used {
		return err
	}
	return s.looksUsed(tx)
}

func (s *Service) looksUsed(tx *db.Tx) error {
	return fault.New(fault.TooMany, "customer.checks_used", "max", s.Settings.Int(setChecks), "from", s.tomorrow(tx))
}

// contactsClosed says whether contacts cannot be entered, since whether they are
// taken is a look-up and those of the day are used up. It is asked before
// looking: the answer is the same for contacts that are taken and that are free,
// so that entering customers is no way around the bound.
func (s *Service) contactsClosed(tx *db.Tx, by policy.Actor, v resource.Values) (bool, error) {
	any := false
	for _, kind := range Kinds {
		any = any || v.Str(kind) != ""
	}
	if !any || uncounted(tx, by) {
		return false, nil
	}
	return s.usedUp(tx, by, actCheck)
}

// closedTo is the refusal of contacts for who may look up no more: who exists
// where he was told so today, else that the day's are used up.
func (s *Service) closedTo(tx *db.Tx, by policy.Actor, id int64, v resource.Values, err error) error {
	if err != nil {
		return err
	}
	for _, kind := range Kinds {
		if v.Str(kind) == "" {
			continue
		}
		other, err := findContact(tx, map[string]string{kind: v.Str(kind)})
		if err != nil && !db.NoRows(err) {
			return err
		}
		known, err := s.askedToday(tx, by, other.ID)
		if err != nil {
			return err
		}
		if known && other.ID != id {
			return exists(by, kind, other)
		}
	}
	return s.looksUsed(tx)
}
