package customer

import (
	"math"

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
