package enrollment

import (
	"context"

	"cohort/app/blob"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Refusal is an upload that was not taken.
type Refusal = blob.Refusal

// refuse remembers why an upload was not taken and tells the open form. It
// gives the error back.
func (s *Service) refuse(by policy.Actor, name string, err error) error {
	why, ok := fault.As(err)
	if !ok || by.Enrollment == 0 {
		return err
	}
	s.refused.Add(by.Enrollment, Refusal{Name: shorten(clean.Line(name)), At: s.DB.Now(), Why: why})
	s.tell(by.Enrollment, "refused")
	return err
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// Refusals gives the applicant's uploads that were not taken lately, the newest
// first.
func (s *Service) Refusals(ctx context.Context, by policy.Actor) ([]Refusal, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := mine(tx, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.refused.Of(by.Enrollment, s.DB.Now()), nil
}
