package teaching

import (
	"context"
	"strconv"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Release lets the students of a lesson see their scores and comments, and tells
// each who has one. Releasing again changes nothing. left says how many have no
// score yet; theirs are seen as soon as they are given.
func (s *Service) Release(ctx context.Context, by policy.Actor, lesson int64) (told, left int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.lessonFor(tx, by, "release", lesson)
		if err != nil || !l.Released.IsZero() {
			return err
		}
		told, left, err = s.release(tx, by, l)
		return err
	})
	return told, left, err
}

func (s *Service) release(tx *db.Tx, by policy.Actor, l Lesson) (told, left int, err error) {
	list, err := s.recordsOf(tx, policy.System, l.ID)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range list {
		switch {
		case r.BeforeJoin:
		case r.Score.Counts() || r.Comment != "":
			told++
		default:
			left++
		}
	}
	if told == 0 {
		return 0, left, fault.New(fault.Conflict, "teaching.nothing_to_release", "class", l.ClassCode, "n", l.Number)
	}
	if err := storeReleased(tx, l.ID, by.Account); err != nil {
		return 0, 0, err
	}
	for _, r := range list {
		if err := s.released(tx, r); err != nil {
			return 0, 0, err
		}
	}
	s.publish(tx, "lessons", l.ID, "released")
	return told, left, audit.Write(tx, by, "release", "lessons", l.ID, audit.Change{Field: "graded", New: strconv.Itoa(told)})
}

// released does for one record what its release brings.
func (s *Service) released(tx *db.Tx, r StudyRecord) error {
	if r.BeforeJoin || !r.Score.Counts() && r.Comment == "" {
		return nil
	}
	old := r
	r.Released = tx.Now
	if err := recount(tx, old, r); err != nil {
		return err
	}
	return s.tellGrade(tx, r)
}
