package teaching

import (
	"context"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// assignment is a student's place in a lesson with what decides whether his
// homework is still taken.
type assignment struct {
	StudyRecord
	lesson Lesson
	over   bool // the class is over
}

// assignmentFor finds the actor's own homework of a lesson.
func (s *Service) assignmentFor(tx *db.Tx, by policy.Actor, class string, n int64) (a assignment, err error) {
	id, err := myRecordID(tx, by.Account, class, n)
	if err != nil {
		return a, err
	}
	if err := s.need(tx, by, "hand_in", "study_records", id); err != nil {
		return a, err
	}
	if a.StudyRecord, err = RecordOf(tx, id); err != nil {
		return a, err
	}
	if a.lesson, err = LessonOf(tx, a.Lesson); err != nil {
		return a, err
	}
	ends, err := classEnds(tx, a.Class)
	a.over = ends != "" && ends < s.today(tx)
	return a, err
}

// takes says whether homework is taken at a moment. A cut-off that the lecturer
// has set holds, whether or not the class is over by then.
func (a assignment) takes(now time.Time) error {
	l := a.lesson
	switch {
	case a.Roll == 0:
		return fault.New(fault.Forbidden, "teaching.not_member", "class", l.ClassCode)
	case a.BeforeJoin:
		return fault.New(fault.Conflict, "teaching.before_you", "class", l.ClassCode, "n", l.Number)
	case l.Homework == "" && l.Due.IsZero():
		return fault.New(fault.Conflict, "teaching.no_homework", "class", l.ClassCode, "n", l.Number)
	case !l.Cutoff.IsZero() && !now.Before(l.Cutoff):
		return fault.New(fault.Conflict, "teaching.cut_off", "when", l.Cutoff)
	case l.Cutoff.IsZero() && a.over:
		return fault.New(fault.Conflict, "teaching.class_over", "class", l.ClassCode)
	}
	return nil
}

// late is how long after the due time a moment is; 0: in time.
func (l Lesson) late(now time.Time) time.Duration {
	if l.Due.IsZero() || !now.After(l.Due) {
		return 0
	}
	return now.Sub(l.Due)
}

// TakesHomework says why nothing can be handed in for a lesson now; nil where it
// can.
func (s *Service) TakesHomework(ctx context.Context, by policy.Actor, class string, n int64) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := s.assignmentFor(tx, by, class, n)
		if err != nil {
			return err
		}
		return a.takes(tx.Now)
	})
}

func (s *Service) tooManyFiles() error {
	return fault.New(fault.Conflict, "teaching.homework_full", "max", s.HomeworkFiles())
}

func (s *Service) tooLarge() error {
	return fault.New(fault.Invalid, "teaching.homework_large", "max", i18n.Size(s.HomeworkBytes()))
}
