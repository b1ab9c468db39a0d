package teaching

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// Taught is one class as its lecturer sees it at a glance.
type Taught struct {
	Class                int64
	Code, Kind           string
	Course, Campus, Room string
	Starts, Ends         string
	Held, Planned        int64 // lessons up to today, and all that are planned
	Students             int64
	Open                 int64 // study records that wait for a score
	Uncalled             int64 // lessons up to today whose roll was not called: attendance debt
}

// Classes lists the classes that by may call the roll in: a lecturer's own.
// Those that are going on come first, the newest of each first.
func (s *Service) Classes(ctx context.Context, by policy.Actor) (list []Taught, err error) {
	if err := by.NeedAny("rank", "classes"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = s.taught(tx, by)
		return err
	})
	return list, err
}

// Class gives one of them.
func (s *Service) Class(ctx context.Context, by policy.Actor, class int64) (t Taught, err error) {
	list, err := s.Classes(ctx, by)
	if err != nil {
		return t, err
	}
	for _, x := range list {
		if x.Class == class {
			return x, nil
		}
	}
	return t, policy.NotFound()
}

// Progress is a lesson with how far its roll and its grades are.
type Progress struct {
	Lesson
	Students int64 // of the roll
	Away     int64 // absent or excused
	Graded   int64
	HandedIn int64
}

// Lessons lists the lessons of a class that by may list, the last one first.
func (s *Service) Lessons(ctx context.Context, by policy.Actor, class int64) (list []Progress, err error) {
	if err := by.NeedAny("list", "lessons"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "classes", class); err != nil {
			return err
		}
		list, err = s.progress(tx, by, class)
		return err
	})
	return list, err
}
