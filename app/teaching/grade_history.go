package teaching

import (
	"context"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// maxHistory is how many changes of one grade are told.
const maxHistory = 200

// GradeHistory tells who gave a study record which grade and when, the newest
// first, to who may grade it.
func (s *Service) GradeHistory(ctx context.Context, by policy.Actor, record int64) ([]audit.Entry, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.need(tx, by, "grade", "study_records", record) })
	if err != nil {
		return nil, err
	}
	return audit.Entries(ctx, s.DB, "study_records", record, maxHistory, "grade")
}
