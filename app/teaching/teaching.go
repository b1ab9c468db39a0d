// Package teaching is the classroom: lessons, the roll call, homework, grades
// and the ranking of a class.
//
// A lesson makes a study record for every student of its class, and who joins
// the class later gets one for every lesson there is. A record of a lesson that
// was held before the day on which the student joined says so: it is there to be
// read, but it counts neither for attendance nor for grades.
package teaching

import (
	"log/slog"
	"time"

	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Deps are what the service works with.
type Deps struct {
	DB      *db.DB
	Bus     *bus.Bus
	Engine  *resource.Engine
	Blobs   *blob.Store
	Catalog *catalog.Service
	Zone    *time.Location // the school's; nil: UTC
	Lang    i18n.Lang
	Log     *slog.Logger
	// RollDays says for how many days after a lesson its lecturers may change
	// the roll; nil: 7.
	RollDays func() int
	// HomeworkFiles and HomeworkBytes bound one version of homework; nil: the
	// defaults.
	HomeworkFiles func() int
	HomeworkBytes func() int64
}

// Service holds the rules of this noun. Make one with New.
type Service struct {
	Deps

	refused blob.Refusals // files that were not taken, by study record
	reports reports
}

// New makes the service and declares its resources.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.RollDays == nil {
		d.RollDays = func() int { return 7 }
	}
	if d.HomeworkFiles == nil {
		d.HomeworkFiles = func() int { return DefaultHomeworkFiles }
	}
	if d.HomeworkBytes == nil {
		d.HomeworkBytes = func() int64 { return DefaultHomeworkBytes }
	}
	s := &Service{Deps: d}
	s.register()
	if d.Blobs != nil {
		d.Blobs.Refer(s.namedFiles)
	}
	return s
}

// today is the school's day.
func (s *Service) today(tx *db.Tx) string { return s.day(tx.Now) }

func (s *Service) day(at time.Time) string { return at.In(s.Zone).Format(time.DateOnly) }

// publish tells open sessions after the commit.
func (s *Service) publish(tx *db.Tx, name string, id int64, verb string) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: name, ID: id, Verb: verb}) })
	}
}

// tell writes a notification in the transaction of what it reports.
func (s *Service) tell(tx *db.Tx, to int64, kind, link string, args ...any) error {
	return notify.Send(tx, s.Bus, to, kind, link, args...)
}

// need asks for a right on one record through the row rules.
func (s *Service) need(tx *db.Tx, by policy.Actor, action, name string, id int64) error {
	return s.Engine.Need(tx, by, action, name, id)
}
