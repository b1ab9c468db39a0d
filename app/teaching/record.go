package teaching

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// StudyRecord is one student in one lesson.
type StudyRecord struct {
	ID, Version            int64
	Lesson, Class          int64
	Student, Account       int64
	Roll                   int64 // the number in the class's roll
	Name, Login            string
	BeforeJoin             bool // the lesson was held before the student joined: nothing of it counts
	Attendance             Attendance
	Minutes                int64 // late
	Note                   string
	Score                  Score
	Comment                string
	GradedBy               int64
	GraderName             string
	Graded                 time.Time // zero: never graded
	Number                 int64     // of the lesson
	Released               time.Time // of the lesson
	MarkedBy               int64
	Marked                 time.Time
	ClassCode, LessonTitle string
	markerName             string
}

// Record gives one study record that by may view. Score and comment are left
// out where his field rules hide them: a student's before they are released.
func (s *Service) Record(ctx context.Context, by policy.Actor, id int64) (r StudyRecord, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		r, err = s.recordFor(tx, by, "view", id)
		return err
	})
	return r, err
}

// MyRecord gives the actor's own study record of the n-th lesson of a class.
func (s *Service) MyRecord(ctx context.Context, by policy.Actor, class string, n int64) (r StudyRecord, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id, err := myRecordID(tx, by.Account, class, n)
		if err != nil {
			return err
		}
		r, err = s.recordFor(tx, by, "view", id)
		return err
	})
	return r, err
}

// Records gives the study records of a lesson that by may list, in the order of
// the roll.
func (s *Service) Records(ctx context.Context, by policy.Actor, lesson int64) (list []StudyRecord, err error) {
	if err := by.NeedAny("list", "study_records"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "lessons", lesson); err != nil {
			return err
		}
		if list, err = s.recordsOf(tx, by, lesson); err != nil {
			return err
		}
		for i := range list {
			if list[i], err = s.shown(tx, by, "list", list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// recordFor reads a study record through the actor's right to do the action on
// it, without what his field rules hide.
func (s *Service) recordFor(tx *db.Tx, by policy.Actor, action string, id int64) (StudyRecord, error) {
	if err := s.need(tx, by, action, "study_records", id); err != nil {
		return StudyRecord{}, err
	}
	r, err := RecordOf(tx, id)
	if err != nil {
		return StudyRecord{}, err
	}
	return s.shown(tx, by, "view", r)
}

// RecordOf reads a study record within a transaction, for who has asked for the
// right already; nothing is left out.
func RecordOf(tx *db.Tx, id int64) (StudyRecord, error) {
	r, err := recordOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return r, err
}

// StudentRecords gives the study records of one student in a class that by may
// list, the last lesson first.
func (s *Service) StudentRecords(ctx context.Context, by policy.Actor, class, student int64) (list []StudyRecord, err error) {
	if err := by.NeedAny("list", "study_records"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if list, err = studentRecords(tx, by, class, student); err != nil {
			return err
		}
		for i := range list {
			if list[i], err = s.shown(tx, by, "list", list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}
