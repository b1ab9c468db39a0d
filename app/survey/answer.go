package survey

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Mine is a survey as a student of its class sees it.
type Mine struct {
	Survey
	Answered bool
}

// ForMe lists the open surveys of the actor's classes, those he has not answered
// first.
func (s *Service) ForMe(ctx context.Context, by policy.Actor) (list []Mine, err error) {
	if err := by.NeedAny("answer", "surveys"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = s.forStudent(tx, by)
		return err
	})
	return list, err
}

// Answer is what a student says: a mark for each question, and a line.
type Answer struct {
	Marks map[string]int64
	Words string
}

// check gives the answer as it is kept, or says field by field what is wrong.
func (a Answer) check() (Answer, error) {
	for _, q := range Questions {
		if n := a.Marks[q]; n < Worst || n > Best {
			return a, fault.Field(q, "survey.bad_mark", "worst", Worst, "best", Best)
		}
	}
	a.Words = strings.TrimSpace(clean.Line(a.Words))
	if utf8.RuneCountInString(a.Words) > MaxWords {
		return a, fault.Field("words", "survey.too_long", "max", MaxWords)
	}
	return a, nil
}

// Answer takes a student's answer, once. It can be neither seen, changed nor
// taken back: from here on nothing ties it to him.
func (s *Service) Answer(ctx context.Context, by policy.Actor, id int64, a Answer) error {
	a, err := a.check()
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		x, err := s.fetch(tx, by, "answer", id)
		if err != nil {
			return err
		}
		student, err := studentIn(tx, by.Account, x.Class)
		switch {
		case db.NoRows(err):
			return fault.New(fault.Forbidden, "survey.not_your_class")
		case err != nil:
			return err
		case x.State == Closed || x.Closes < s.today(tx):
			return fault.New(fault.Conflict, "survey.over")
		}
		if err := vote(tx, id, student); err != nil {
			if _, twice := db.Unique(err); twice {
				return fault.New(fault.Conflict, "survey.answered").Because(err)
			}
			return err
		}
		if err := add(tx, id, a); err != nil {
			return err
		}
		// Only the student's own screens hear of it: nobody watches votes but they.
		if s.Bus != nil {
			tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: Votes, Verb: "answered", Account: by.Account}) })
		}
		return audit.Write(tx, by, "answer", "surveys", id)
	})
}

func add(tx *db.Tx, id int64, a Answer) error {
	for _, q := range Questions {
		if err := raise(tx, id, q, a.Marks[q]); err != nil {
			return err
		}
	}
	if a.Words == "" {
		return nil
	}
	return insertWords(tx, id, rand.Text(), a.Words)
}
