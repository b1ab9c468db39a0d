package teaching

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// MyLesson is one lesson as its student sees it: score and comment once they are
// released.
type MyLesson struct {
	Lesson
	Record   StudyRecord
	Versions int64 // of the homework that was handed in
}

// HomeworkState is where the homework of a lesson stands, for its student.
type HomeworkState string

// The states of homework.
const (
	NoHomework HomeworkState = "none"    // nothing is asked
	OpenWork   HomeworkState = "open"    // nothing was handed in, and it is not due yet
	Overdue    HomeworkState = "overdue" // nothing was handed in, and it was due
	HandedIn   HomeworkState = "handed_in"
	GradedWork HomeworkState = "graded" // and released
)

// State says where the homework stands.
func (m MyLesson) State(now time.Time) HomeworkState {
	switch {
	case m.Record.Score.Counts():
		return GradedWork
	case m.Homework == "" || m.Record.BeforeJoin:
		return NoHomework
	case m.Versions > 0:
		return HandedIn
	case !m.Due.IsZero() && !m.Due.After(now):
		return Overdue
	}
	return OpenWork
}

// MyLessons lists the lessons of a class that the actor is a student of, the
// last one first. class 0 is all his classes.
func (s *Service) MyLessons(ctx context.Context, by policy.Actor, class int64) (list []MyLesson, err error) {
	if err := by.NeedAny("list", "study_records"); err != nil {
		return nil, err
	}
	if by.Rights.Scope.Customer == 0 {
		return nil, policy.NotFound()
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if class != 0 {
			if err := s.need(tx, by, "view", "classes", class); err != nil {
				return err
			}
		}
		if list, err = s.myLessons(tx, by, class); err != nil {
			return err
		}
		for i := range list {
			if list[i].Record, err = s.shown(tx, by, "list", list[i].Record); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// MyLesson gives one lesson to its student.
func (s *Service) MyLesson(ctx context.Context, by policy.Actor, lesson int64) (m MyLesson, err error) {
	list, err := s.MyLessons(ctx, by, 0)
	if err != nil {
		return m, err
	}
	for _, x := range list {
		if x.ID == lesson {
			return x, nil
		}
	}
	return m, policy.NotFound()
}
