// Package customer is about the people who ask: their contacts, where they came
// from, who looks after them, what was said, and that nobody is entered twice.
package customer

import (
	"context"
	"log/slog"
	"time"

	"cohort/app/bus"
	"cohort/app/mail"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
	"cohort/db"
)

// Deps is what the service stands on.
type Deps struct {
	DB     *db.DB
	Bus    *bus.Bus // nil: nobody listens
	Engine *resource.Engine
	Zone   *time.Location // the school's; nil: UTC
	// Settings are the school's; nil: the defaults.
	Settings *setting.Service
	// StaleDays is the default of the setting stale_days; 0: DefaultStaleDays.
	StaleDays int
	// Target says how many follow-ups a day somebody is to make; nil: none.
	Target func() int
	// MorningAt says from when on ("15:04") a day's telling is due, "" for never, and
	// Ladder after how many days without a touch each step is told; nil: never.
	MorningAt func() string
	Ladder    func() []int64
	Log       *slog.Logger // nil: the usual one
	// Queue puts a mail into the outbox; nil: mail.Queue. The mail service's own
	// also wakes the worker.
	Queue func(tx *db.Tx, m mail.Message) (id int64, queued bool, err error)
}

// DefaultStaleDays is used where the school has not set its own.
const DefaultStaleDays = 30

// Service holds the rules of this noun. Make one with New.
type Service struct {
	Deps
	holds holds
}

// New makes the service and registers its resources with the engine.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Settings == nil {
		d.Settings = setting.New(d.DB, d.Bus, nil)
	}
	if d.Target == nil {
		d.Target = func() int { return 0 }
	}
	declareSettings(d.Settings, d.StaleDays)
	if d.MorningAt == nil {
		d.MorningAt = func() string { return "" }
	}
	if d.Ladder == nil {
		d.Ladder = func() []int64 { return nil }
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Queue == nil {
		d.Queue = mail.Queue
	}
	s := &Service{Deps: d}
	s.register()
	return s
}

// The states of a customer.
const (
	NotEnrolled = "not_enrolled"
	Enrolled    = "enrolled"
	DroppedOut  = "dropped_out"
)

// Customer is one row as it is, nothing masked: for nouns, which have asked for
// the right already. Faces show rows of the resource.
type Customer struct {
	ID, Version              int64
	Name, Sex                string
	QQ, WeChat, Phone, Email string
	IDNumber, Emergency      string
	Source                   string // code
	SourceID                 int64
	Campaign, ReferredBy     int64 // 0: none
	Said, Memo               string
	Status                   string
	Owner, Department        int64 // the owner's; 0: none
	OwnerLogin, OwnerName    string
	Worker                   int64 // see the SQL of that name; 0: nobody
	NeverContact             bool
	Intention                string
	LastFollowUp             time.Time // zero: none yet
	Touched                  time.Time // the last follow-up, else the creation
	NextFollowUp             string    // day, "" for none
	NextTime                 string    // "15:04" of that day, "" for any
	Created, Updated         time.Time
}

// Get reads a customer within a transaction, for nouns that have asked for the
// right already; not found where there is none.
func Get(tx *db.Tx, id int64) (Customer, error) {
	c, err := customerOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return c, err
}

// Contact gives the normalised contact of a kind.
func (c Customer) Contact(kind string) string {
	switch kind {
	case QQ:
		return c.QQ
	case WeChat:
		return c.WeChat
	case Phone:
		return c.Phone
	case Email:
		return c.Email
	}
	return ""
}

// stale says whether everybody may work the customer: nobody has followed up
// for so many days, he is not enrolled, and he may be contacted.
func (s *Service) stale(c Customer, now time.Time) bool {
	return c.Status == NotEnrolled && !c.NeverContact && c.Touched.Before(s.staleBefore(now))
}

func (s *Service) staleBefore(now time.Time) time.Time {
	return s.daysAfter(now, -s.staleDays())
}

// row is the customer as row rules see him.
func (s *Service) row(c Customer, now time.Time) policy.Row {
	row := policy.Row{"status": {c.Status}, "source": {c.Source}, "stale": policy.Bool(s.stale(c, now)),
		"never_contact": policy.Bool(c.NeverContact), "self": policy.Int(c.ID)}
	if c.Owner != 0 {
		row["owner"] = policy.Int(c.Owner)
	}
	if c.Worker != 0 {
		row["worker"] = policy.Int(c.Worker)
	}
	if c.Department != 0 {
		row["department"] = policy.Int(c.Department)
	}
	return row
}

// fetch reads a customer on whom by may do the action.
func (s *Service) fetch(tx *db.Tx, by policy.Actor, action string, id int64) (Customer, error) {
	if err := s.Engine.Need(tx, by, action, "customers", id); err != nil {
		return Customer{}, err
	}
	return Get(tx, id)
}

// today is the school's day.
func (s *Service) today(tx *db.Tx) string { return tx.Now.In(s.Zone).Format(time.DateOnly) }

func (s *Service) publish(tx *db.Tx, name string, id int64, verb string) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: name, ID: id, Verb: verb}) })
	}
}

// EnsureSources puts the ready-made sources into a school that lacks them.
func (s *Service) EnsureSources(ctx context.Context, by policy.Actor) error {
	if err := by.NeedAny("add", "sources"); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for i, r := range readySources {
			if err := ensureSource(tx, r[0], r[1], i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// The code of the source that asks who referred.
const referral = "referral"

// readySources are the sources a school begins with. The name is what people
// read where the catalogues have no words for the code.
var readySources = [][2]string{
	{"qq_group", "QQ群"}, {"51cto", "51CTO"}, {"baidu", "百度推广"}, {"zhihu", "知乎"},
	{referral, "转介绍"}, {"website", "官网"}, {"event", "市场活动"}, {"other", "其它"},
}
