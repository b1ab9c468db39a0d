// Package catalog is what the school offers: campuses, courses, classes and the
// contract templates that enrollments sign.
package catalog

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Service holds the rules of this noun. Make one with New.
type Service struct {
	db     *db.DB
	bus    *bus.Bus
	engine *resource.Engine
}

// New makes the service and registers its resources with the engine.
func New(d *db.DB, b *bus.Bus, e *resource.Engine) *Service {
	s := &Service{db: d, bus: b, engine: e}
	s.register()
	return s
}

// Class is a class with what an enrollment has to know of it.
type Class struct {
	ID, Version          int64
	Code                 string
	Course, Campus       int64
	CourseCode           string
	CourseName           string
	CampusName           string
	Kind                 string // full_time, weekend, online
	Term                 int64
	Starts, Ends         string // days, "" where not set
	Capacity, Students   int64
	Lessons              int64 // planned
	Price                int64 // of the course, in fen
	Template             int64
	TemplateBody         string
	TemplateName         string
	Outline              string // of the course, Markdown
	Months               int64
	CourseVersion        int64
	TemplateVersion      int64
	CreatedAt, UpdatedAt time.Time
}

// Free gives the places that are left.
func (c Class) Free() int64 { return max(0, c.Capacity-c.Students) }

// Class gives one class that by may view.
func (s *Service) Class(ctx context.Context, by policy.Actor, id int64) (c Class, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if err := s.engine.Need(tx, by, "view", "classes", id); err != nil {
			return err
		}
		c, err = ClassOf(tx, id)
		return err
	})
	return c, err
}

// ClassByCode gives the class with a code such as python-s9 that by may view.
func (s *Service) ClassByCode(ctx context.Context, by policy.Actor, code string) (c Class, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		id, err := classByCode(tx, tidyCode(code))
		if err != nil {
			return err
		}
		if err := s.engine.Need(tx, by, "view", "classes", id); err != nil {
			return err
		}
		c, err = ClassOf(tx, id)
		return err
	})
	return c, err
}

// OpenClasses lists the classes that by may list and one can still enroll in:
// not over yet, with places left, the next to start first.
func (s *Service) OpenClasses(ctx context.Context, by policy.Actor) (list []Class, err error) {
	if err := by.NeedAny("list", "classes"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = openClasses(tx, by, s.today(tx))
		return err
	})
	return list, err
}

// ClassOf reads a class within a transaction, for nouns that have asked for the
// right already.
func ClassOf(tx *db.Tx, id int64) (Class, error) {
	c, err := classOf(tx, id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return c, err
}

// AddLecturer lets an account teach a class. Adding him twice changes nothing.
func (s *Service) AddLecturer(ctx context.Context, by policy.Actor, class, account int64) error {
	return s.lecturer(ctx, by, class, account, "add_lecturer", insertLecturer)
}

// RemoveLecturer takes a class away from an account.
func (s *Service) RemoveLecturer(ctx context.Context, by policy.Actor, class, account int64) error {
	return s.lecturer(ctx, by, class, account, "remove_lecturer", deleteLecturer)
}

func (s *Service) lecturer(ctx context.Context, by policy.Actor, class, account int64, action string,
	edit func(tx *db.Tx, class, account int64) (bool, error)) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.engine.Need(tx, by, "change", "classes", class); err != nil {
			return err
		}
		login, err := teacher(tx, account)
		if db.NoRows(err) {
			return fault.Field("lecturers", "list.no_such", "value", account)
		}
		if err != nil {
			return err
		}
		done, err := edit(tx, class, account)
		if err != nil || !done {
			return err
		}
		s.engine.Publish(tx, "classes", class, "changed")
		return audit.Write(tx, by, action, "classes", class, audit.Change{Field: "lecturers", New: login})
	})
}

// EnsureTemplate gives the school its first contract template where it has
// none, and returns the oldest one's id.
func (s *Service) EnsureTemplate(ctx context.Context, by policy.Actor) (id int64, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		id, err = firstTemplate(tx)
		return err
	})
	if err != nil || id != 0 {
		return id, err
	}
	return s.engine.AddValues(ctx, by, "contract_templates", resource.Values{"name": DefaultTemplateName, "body": DefaultTemplate})
}

// today is the school's day.
func (s *Service) today(tx *db.Tx) string {
	zone := s.engine.Zone
	if zone == nil {
		zone = time.UTC
	}
	return tx.Now.In(zone).Format(time.DateOnly)
}
