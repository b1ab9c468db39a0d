package customer

import (
	"cmp"
	"strconv"
	"time"

	"cohort/app/setting"
	"cohort/db"
)

// What the administrator may set about the pool. 0 is no limit.
const (
	setStaleDays = "stale_days"          // without a follow-up, until everybody may work a customer
	setClaim     = "claim"               // whether stale customers can be claimed
	setClaims    = "claim_per_day"       // claims of one person a day
	setCooldown  = "claim_cooldown_days" // until who lost a customer may claim him back
	setHold      = "claim_hold"          // customers not enrolled of one person, for claiming more
	setChecks    = "check_per_day"       // look-ups of one person a day
)

// declareSettings makes them known; staleDays is the default of the first.
func declareSettings(s *setting.Service, staleDays int) {
	whole := func(name string, standard int, least, most int64) setting.Setting {
		return setting.Setting{Name: name, Group: "sales", Kind: setting.Int, Default: strconv.Itoa(standard), Min: least, Max: most}
	}
	s.Declare(
		whole(setStaleDays, cmp.Or(staleDays, DefaultStaleDays), 1, 3650),
		setting.Setting{Name: setClaim, Group: "sales", Kind: setting.Flag, Default: "off"},
		whole(setClaims, 10, 0, 10_000),
		whole(setCooldown, 7, 0, 3650),
		whole(setHold, 0, 0, 1_000_000),
		whole(setChecks, 100, 0, 100_000),
	)
}

// staleDays is after how many days without a follow-up a customer may be worked
// by everybody.
func (s *Service) staleDays() int { return int(s.Settings.Int(setStaleDays)) }

// daysAfter is the same time of day some calendar days later, in the school.
func (s *Service) daysAfter(t time.Time, days int) time.Time {
	return t.In(s.Zone).AddDate(0, 0, days)
}

// tomorrow is when the school's next day begins: what is counted by days starts
// anew.
func (s *Service) tomorrow(tx *db.Tx) time.Time {
	y, m, d := tx.Now.In(s.Zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, s.Zone)
}
