// Package survey asks the students of a class what they think of a lecturer, so
// that nobody can tell who said what.
//
// How an answer is kept apart from who gave it:
//   - It is not kept as a row. Its marks raise tallies (how many gave a 4 for
//     clarity), so that no two marks of one person stand together; its line of
//     text stands by itself under a random number, without a time.
//   - Who has answered is kept only so that nobody answers twice, and is deleted
//     when the survey closes. The audit trail says that he answered, not what.
//   - Nothing is shown while it is open, not even how many have answered: figures
//     that move after somebody has answered would tell what he said. It cannot be
//     opened again, and an answer can be neither changed nor taken back.
//   - Once closed, results are shown from a number of answers on. That number is
//     the setting survey_min as it was when the survey was opened, never below 3.
//   - Texts are shuffled anew for every reader.
//
// What it cannot hide: where all gave the same mark, each gave that mark; and a
// style of writing. The form says so. Whoever reads the database file itself, or
// two backups made while a survey was open, is outside the product's reach.
package survey

import (
	"context"
	"log/slog"
	"time"

	"cohort/app/bus"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
	"cohort/db"
)

// The states of a survey.
const (
	Open   = "open"
	Closed = "closed"
)

// Questions are what is asked, each answered by a mark from 1 to 5; their words
// are survey.question.<name>.
var Questions = []string{"clarity", "pace", "patience", "overall"}

// The marks.
const (
	Worst = 1
	Best  = 5
)

// Votes is what the bus calls that somebody has answered, to his own sessions.
const Votes = "survey_votes"

// MaxWords bounds the line of text, in characters.
const MaxWords = 500

// days for which a survey is open unless something else is said.
const openDays = 14

// Deps is what the service stands on.
type Deps struct {
	DB       *db.DB
	Bus      *bus.Bus // nil: nobody listens
	Engine   *resource.Engine
	Settings *setting.Service
	Zone     *time.Location // the school's; nil: UTC
	Log      *slog.Logger
}

// Service holds the rules of this noun. Make one with New.
type Service struct{ Deps }

// New makes the service, declares its settings and its record.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Service{Deps: d}
	s.Settings.Declare(
		setting.Setting{Name: "survey_min", Group: "teaching", Kind: setting.Int, Default: "3", Min: 3, Max: 100},
		setting.Setting{Name: "survey_at_end", Group: "teaching", Kind: setting.Flag, Default: "off"})
	s.register()
	return s
}

// Survey is one survey.
type Survey struct {
	ID, Version              int64
	Class, Lecturer          int64
	ClassCode, CourseName    string
	LecturerName             string
	LecturerLogin            string
	State                    string
	Least                    int64  // answers below which nothing is shown
	Opened, Closes, ClosedOn string // days; ClosedOn "" while it is open
	Invited, Answers         int64  // 0 while it is open
}

// Enough says whether there are enough answers to show what they say.
func (s Survey) Enough() bool { return s.State == Closed && s.Answers >= s.Least }

// today is the school's day.
func (s *Service) today(tx *db.Tx) string { return tx.Now.In(s.Zone).Format(time.DateOnly) }

func (s *Service) publish(tx *db.Tx, id int64, verb string) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: "surveys", ID: id, Verb: verb}) })
	}
}

func (s *Service) tell(tx *db.Tx, to int64, kind, link string, args ...any) error {
	return notify.Send(tx, s.Bus, to, kind, link, args...)
}

// fetch reads a survey on which by may do the action.
func (s *Service) fetch(tx *db.Tx, by policy.Actor, action string, id int64) (Survey, error) {
	if err := s.Engine.Need(tx, by, action, "surveys", id); err != nil {
		return Survey{}, err
	}
	x, err := surveyOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return x, err
}

// Get gives a survey that by may view.
func (s *Service) Get(ctx context.Context, by policy.Actor, id int64) (x Survey, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		x, err = s.fetch(tx, by, "view", id)
		return err
	})
	return x, err
}
