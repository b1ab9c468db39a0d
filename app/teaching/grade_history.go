package teaching

import (
	"context"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// maxHistory is how many changes of one grade are told.
const maxHistory = 200

// GradeEntry is one change of a grade.
type GradeEntry struct {
	audit.Entry
	Who string // display name, the log-in name where there is none
}

// GradeHistory tells who gave a study record which grade and when, the newest
// first, to who may grade it.
func (s *Service) GradeHistory(ctx context.Context, by policy.Actor, record int64) (list []GradeEntry, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "grade", "study_records", record); err != nil {
			return err
		}
		entries, err := audit.Entries(tx.Ctx(), s.DB, "study_records", record, maxHistory, "grade")
		if err != nil {
			return err
		}
		list, err = named(tx, entries)
		return err
	})
	return list, err
}

// named puts the display names beside the log-in names.
func named(tx *db.Tx, entries []audit.Entry) ([]GradeEntry, error) {
	list := make([]GradeEntry, 0, len(entries))
	for _, e := range entries {
		who, err := accountName(tx, e.Account)
		if err != nil {
			return nil, err
		}
		if who == "" {
			who = e.Login
		}
		list = append(list, GradeEntry{e, who})
	}
	return list, nil
}
