package teaching

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school is the service over a real database with the ready-made roles: a
// lecturer of python-s9 (1), another of linux-40 (2), an administrator.
type school struct {
	*Service
	t     testing.TB
	clock *dbtest.Clock
	who   map[string]int64 // accounts by login
	org   *org.Service
	n     int64 // students made
}

var seedHash = org.HashForSeed("only for tests")

func newSchool(t testing.TB) *school {
	t.Helper()
	c := dbtest.At(time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)) // nine in the morning
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: c.Now, Log: quiet})
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	b, zone := &bus.Bus{}, time.FixedZone("CST", 8*3600)
	e := &resource.Engine{DB: d, Zone: zone}
	e.Register(resource.TrashRecord())
	s := &school{t: t, clock: c, who: map[string]int64{}, org: org.New(d, b, org.Options{Log: quiet, AllowDemo: true})}
	must(t, s.org.EnsureRoles(bg))
	cat := catalog.New(d, b, e)
	cust := customer.New(customer.Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	enrollment.New(enrollment.Deps{DB: d, Bus: b, Engine: e, Org: s.org, Catalog: cat, Customers: cust, Zone: zone, Log: quiet})
	s.Service = New(Deps{DB: d, Bus: b, Engine: e, Catalog: cat, Zone: zone, Log: quiet})
	s.people()
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if !fault.Is(err, key) {
		t.Errorf("%v, want %s", err, key)
	}
}

func (s *school) people() {
	s.t.Helper()
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		for _, p := range [][2]string{{"lecturer", "lecturer"}, {"other", "lecturer"}, {"second", "lecturer"}, {"admin", "admin"}} {
			a, err := s.org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p[0], Name: "Name of " + p[0], Roles: []string{p[1]}}, seedHash)
			if err != nil {
				return err
			}
			s.who[p[0]] = a.ID
		}
		return nil
	}))
	s.sql(`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)`)
	s.sql(`INSERT INTO courses (id, code, name, outline, created_at, updated_at) VALUES (1, 'python', 'Python 全栈', $1, 1, 1), (2, 'linux', 'Linux', '', 1, 1)`,
		"# Python\n\n## 变量 Variables\n\nNames for values.\n\n## 循环 Loops\n\n- for\n- while\n")
	s.sql(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'standard', 'x', 1, 1)`)
	s.sql(`INSERT INTO classes (id, code, course_id, campus_id, kind, term, starts_on, ends_on, capacity, planned_lessons, template_id, created_at, updated_at) VALUES
		(1, 'python-s9', 1, 1, 'full_time', 9, '2026-11-01', '2027-05-01', 600, 60, 1, 1, 1),
		(2, 'linux-40', 2, 1, 'weekend', 40, '2026-11-01', '', 30, 40, 1, 1, 1)`)
	s.sql(`INSERT INTO class_lecturers (class_id, account_id) VALUES (1, $1), (1, $2), (2, $3)`, s.who["lecturer"], s.who["second"], s.who["other"])
	s.sql(`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`)
}

// by is the actor of an account.
func (s *school) by(login string) policy.Actor {
	s.t.Helper()
	a, err := s.org.Actor(bg, s.who[login], policy.Screen, "")
	must(s.t, err)
	return a
}

// student puts somebody new into a class now, as an approval does.
func (s *school) student(login string, class int64) (id int64) {
	s.t.Helper()
	s.n++
	n := s.n
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		a, err := s.org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: login, Name: login, Roles: []string{"student"}}, seedHash)
		if err != nil {
			return err
		}
		s.who[login] = a.ID
		if _, err := tx.Exec(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, $2, $3, 1, 1, 1, 1)`, n, login, fmt.Sprint(100000+n)); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $2, 1)`, n, a.ID); err != nil {
			return err
		}
		return s.seat(tx, n, class)
	}))
	s.org.Invalidate()
	return n
}

// seat makes the membership and does what joining does.
func (s *school) seat(tx *db.Tx, student, class int64) error {
	if _, err := tx.Exec(`INSERT INTO enrollments (customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
		VALUES ($1, $2, $3, 'invited', 0, $4, 1, 1, 1)`, student, class, s.who["admin"], fmt.Sprintf("%d/%d", student, class)); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at, roll)
		VALUES ($1, $2, (SELECT id FROM enrollments WHERE customer_id = $1 AND class_id = $2), $3,
		(SELECT COALESCE(max(roll), 0) + 1 FROM student_classes WHERE class_id = $2))`, student, class, db.Millis(tx.Now)); err != nil {
		return err
	}
	return s.Join(tx, student, class)
}

// lesson makes a lesson of a class by its lecturer.
func (s *school) lesson(class int64, v resource.Values) Lesson {
	s.t.Helper()
	who := map[int64]string{1: "lecturer", 2: "other"}[class]
	all := resource.Values{"class": class, "title": "A lesson"}
	for k, x := range v {
		all[k] = x
	}
	id, err := s.AddLesson(bg, s.by(who), all)
	must(s.t, err)
	l, err := s.Lesson(bg, s.by(who), id)
	must(s.t, err)
	return l
}

// record is a student's record of a lesson, as it is stored.
func (s *school) record(lesson, student int64) (r StudyRecord) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) (err error) {
		r, err = recordOfStudent(tx, lesson, student)
		return err
	}))
	return r
}

// grade grades a student by the class's lecturer.
func (s *school) grade(lesson, student int64, score Score, comment string) {
	s.t.Helper()
	_, err := s.Grade(bg, s.by("lecturer"), s.record(lesson, student).ID, 0, Grade{&score, &comment})
	must(s.t, err)
}

// sql writes behind the service's back.
func (s *school) sql(text string, args ...any) {
	s.t.Helper()
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

// num reads one number.
func (s *school) num(text string, args ...any) (n int64) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) }))
	return n
}

// whole fails where a kept sum is not what the records make it.
func (s *school) whole() {
	s.t.Helper()
	list, err := s.CheckStandings(bg, policy.System)
	must(s.t, err)
	for _, d := range list {
		s.t.Error(d)
	}
}

// deleteRecord tries to delete a study record behind the service's back.
func deleteRecord(id int64) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM study_records WHERE id = $1`, id)
		return err
	}
}

// draws runs a property with a few draws, each over a real database: more find
// nothing and cost the gate minutes under the race detector.
func draws(t *testing.T, n int, prop func(*rapid.T)) {
	t.Helper()
	old := flag.Lookup("rapid.checks").Value.String()
	must(t, flag.Set("rapid.checks", strconv.Itoa(n)))
	t.Cleanup(func() { must(t, flag.Set("rapid.checks", old)) })
	rapid.Check(t, prop)
}
