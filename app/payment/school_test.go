package payment

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"cohort/app/blob"
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

// school is the service over a real database with the ready-made roles: sales_a
// and the manager in the north, sales_b in the south, an administrator.
type school struct {
	*Service
	t           testing.TB
	Org         *org.Service
	Enrollments *enrollment.Service
	customers   *customer.Service
	who         map[string]int64
	now         time.Time
	n           int
}

var seedHash = org.HashForSeed("only for tests")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSchool(t testing.TB) *school {
	t.Helper()
	s := &school{t: t, who: map[string]int64{}, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: func() time.Time { return s.now }, Log: quiet})
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	b, zone := &bus.Bus{}, time.FixedZone("CST", 8*3600)
	e := &resource.Engine{DB: d, Zone: zone}
	s.Org = org.New(d, b, org.Options{Log: quiet, AllowDemo: true})
	must(t, s.Org.EnsureRoles(bg))
	cat := catalog.New(d, b, e)
	s.customers = customer.New(customer.Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	must(t, s.customers.EnsureSources(bg, policy.System))
	s.Enrollments = enrollment.New(enrollment.Deps{DB: d, Bus: b, Engine: e, Blobs: blobs, Org: s.Org, Catalog: cat, Customers: s.customers,
		Secret: bytes.Repeat([]byte{7}, 32), Zone: zone, Log: quiet})
	s.Service = New(Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	s.people()
	s.sql(`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)`)
	s.sql(`INSERT INTO courses (id, code, name, price, created_at, updated_at) VALUES (1, 'python', 'Python 全栈', 600000, 1, 1)`)
	s.sql(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'standard', 'x', 1, 1)`)
	s.sql(`INSERT INTO classes (id, code, course_id, campus_id, kind, term, starts_on, capacity, template_id, created_at, updated_at)
		VALUES (1, 'python-s9', 1, 1, 'full_time', 9, '2026-12-01', 500, 1, 1, 1)`)
	return s
}

func (s *school) people() {
	north, err := s.Org.AddDepartment(bg, policy.System, org.Department{Name: "North"})
	must(s.t, err)
	south, err := s.Org.AddDepartment(bg, policy.System, org.Department{Name: "South"})
	must(s.t, err)
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		for _, p := range []struct {
			login, role string
			dept        int64
		}{{"sales_a", "sales", north.ID}, {"sales_b", "sales", south.ID}, {"manager", "sales_manager", north.ID}, {"lecturer", "lecturer", 0}, {"admin", "admin", 0}} {
			a, err := s.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p.login, Name: "Name of " + p.login, Department: p.dept, Roles: []string{p.role}}, seedHash)
			if err != nil {
				return err
			}
			s.who[p.login] = a.ID
		}
		return nil
	}))
}

func (s *school) as(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(bg, s.who[login], policy.Screen, "192.0.2.1")
	must(s.t, err)
	return by
}

func (s *school) sql(text string, args ...any) {
	s.t.Helper()
	must(s.t, s.try(text, args...))
}

func (s *school) try(text string, args ...any) error {
	return s.DB.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	})
}

func (s *school) num(text string, args ...any) (n int64) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) }))
	return n
}

// enrolled makes an invited enrollment of a new customer, at 6,000 yuan.
func (s *school) enrolled(sales string) int64 {
	s.t.Helper()
	s.n++
	c, err := s.customers.Add(bg, s.as(sales), customer.NewCustomer{Name: fmt.Sprintf("王小明%d", s.n), QQ: fmt.Sprint(10000000 + s.n), Source: "baidu"})
	must(s.t, err)
	e, _, err := s.Enrollments.Create(bg, s.as(sales), c.ID, 1, nil)
	must(s.t, err)
	return e.ID
}

func (s *school) take(login string, id, fen int64) (Payment, error) {
	return s.Take(bg, s.as(login), NewPayment{Enrollment: id, Kind: Tuition, Amount: fen, Method: "cash"})
}

func (s *school) refund(login string, id, fen int64) (Payment, error) {
	return s.Refund(bg, s.as(login), NewPayment{Enrollment: id, Amount: fen, Method: "cash", Note: "moved away"})
}

// key gives the message key of a refusal, "" for none.
func key(err error) string {
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
