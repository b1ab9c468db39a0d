// Package question is what people of a course ask and answer: searched before
// asked, found the next time.
package question

import (
	"context"
	"time"

	"cohort/app/bus"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Deps is what the service stands on.
type Deps struct {
	DB     *db.DB
	Bus    *bus.Bus // nil: nobody listens
	Engine *resource.Engine
}

// Service holds the rules of this noun. Make one with New.
type Service struct {
	Deps
}

// New makes the service and registers its resources with the engine.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	s.register()
	return s
}

// The states of a question.
const (
	Open     = "open"     // nobody has answered
	Answered = "answered" // and no answer is accepted
	Solved   = "solved"
)

// States are the states of a question, in their order.
var States = []string{Open, Answered, Solved}

// Question is a question as it is shown.
type Question struct {
	ID, Version             int64
	Author                  int64
	AuthorLogin, AuthorName string
	Course                  int64
	CourseCode, CourseName  string
	Title, Body             string // the body is Markdown
	State                   string
	Votes, AnswerCount      int
	Accepted                int64 // the answer; 0: none
	Created, Updated        time.Time
}

// Answer is an answer as it is shown.
type Answer struct {
	ID, Version, Question   int64
	Author                  int64
	AuthorLogin, AuthorName string
	Body                    string // Markdown
	Votes                   int
	Accepted                bool
	Voted                   bool // by who reads it
	Created, Updated        time.Time
}

// Thread is a question with its answers: the accepted one first, then those with
// the most votes.
type Thread struct {
	Question
	Voted   bool // by who reads it
	Answers []Answer
}

// Thread gives a question that by may view, with its answers.
func (s *Service) Thread(ctx context.Context, by policy.Actor, id int64) (t Thread, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if t.Question, err = s.fetch(tx, by, "view", id); err != nil {
			return err
		}
		if t.Voted, err = votedQuestion(tx, id, by.Account); err != nil {
			return err
		}
		t.Answers, err = answersOf(tx, t.Question, by.Account)
		return err
	})
	return t, err
}

// fetch reads a question on which by may do the action.
func (s *Service) fetch(tx *db.Tx, by policy.Actor, action string, id int64) (Question, error) {
	if err := s.Engine.Need(tx, by, action, "questions", id); err != nil {
		return Question{}, err
	}
	q, err := questionOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return q, err
}

// Courses lists the courses that by may ask about: those of his classes, or all
// there are where he has no class.
func (s *Service) Courses(ctx context.Context, by policy.Actor) (list []Course, err error) {
	if err := by.NeedAny("add", "questions"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		var classes []int64
		if by.Rights != nil {
			classes = by.Rights.Scope.Classes
		}
		list, err = coursesOf(tx, classes)
		return err
	})
	return list, err
}

// Course is a course that one may ask about.
type Course struct {
	ID         int64
	Code, Name string
}

func (s *Service) publish(tx *db.Tx, name string, id int64, verb string) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: name, ID: id, Verb: verb}) })
	}
}
