package teaching

import (
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// shown is a record without what the actor's field rules hide.
func (s *Service) shown(tx *db.Tx, by policy.Actor, action string, r StudyRecord) (StudyRecord, error) {
	if !by.Limited(action, "study_records", "score") && !by.Limited(action, "study_records", "comment") {
		return r, nil
	}
	row, err := ruleRow(tx, r)
	if err != nil {
		return r, err
	}
	if by.Mode(action, "study_records", "score", row) >= policy.Masked {
		r.Score, r.GradedBy, r.GraderName, r.Graded = NotGraded, 0, "", time.Time{}
	}
	if by.Mode(action, "study_records", "comment", row) >= policy.Masked {
		r.Comment = ""
	}
	return r, nil
}

// ruleRow gives the row-rule fields of one record.
func ruleRow(tx *db.Tx, r StudyRecord) (policy.Row, error) {
	course, campus, customer, err := aroundRecord(tx, r)
	if err != nil {
		return nil, err
	}
	lecturers, err := lecturersOf(tx, r.Class)
	released := "0"
	if !r.Released.IsZero() {
		released = "1"
	}
	return policy.Row{"class": policy.Int(r.Class), "lecturer": policy.Int(lecturers...), "course": policy.Int(course),
		"campus": policy.Int(campus), "customer": policy.Int(customer), "released": {released}}, err
}
