package teaching

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Lesson is one lesson of a class. Times are zero where the thing has not
// happened.
type Lesson struct {
	ID, Version                 int64
	Class                       int64
	ClassCode, CourseName       string
	Number                      int64
	Lecturer                    int64
	LecturerName, LecturerLogin string
	Held                        string // day, YYYY-MM-DD
	Title                       string
	Content                     string    // Markdown
	Homework                    string    // Markdown: what is asked; "" for none
	Due                         time.Time // of the homework; zero: no time was set
	Cutoff                      time.Time // from then on nothing is taken; zero: late ones are taken without end
	Called                      time.Time // when the roll was first called
	Released                    time.Time // since when students see the grades
}

// Lesson gives one lesson that by may view.
func (s *Service) Lesson(ctx context.Context, by policy.Actor, id int64) (l Lesson, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		l, err = s.lessonFor(tx, by, "view", id)
		return err
	})
	return l, err
}

// LessonByNumber gives the n-th lesson of the class with a code such as
// python-s9, if by may view it.
func (s *Service) LessonByNumber(ctx context.Context, by policy.Actor, class string, n int64) (l Lesson, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id, err := lessonID(tx, class, n)
		if err != nil {
			return err
		}
		l, err = s.lessonFor(tx, by, "view", id)
		return err
	})
	return l, err
}

// lessonFor reads a lesson through the actor's right to do the action on it.
func (s *Service) lessonFor(tx *db.Tx, by policy.Actor, action string, id int64) (Lesson, error) {
	if err := s.need(tx, by, action, "lessons", id); err != nil {
		return Lesson{}, err
	}
	return LessonOf(tx, id)
}

// LessonOf reads a lesson within a transaction, for who has asked for the right
// already.
func LessonOf(tx *db.Tx, id int64) (Lesson, error) {
	l, err := lessonOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return l, err
}
