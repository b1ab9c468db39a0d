package customer

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

// world is a small school on a real database: sales a and b and their manager
// in one department, c in another, a lecturer, a student and an administrator.
type world struct {
	*Service
	t     testing.TB
	ctx   context.Context
	org   *org.Service
	clock time.Time
	ids   map[string]int64 // accounts by log-in name
	dept  map[string]int64

	touches int // of leads, in a check
}

// shanghai is the zone of the tests' school.
var shanghai = time.FixedZone("CST", 8*3600)

func school(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), clock: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), ids: map[string]int64{}, dept: map[string]int64{}}
	d, err := db.Open(w.ctx, db.Options{Path: dbtest.Path(t), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return w.clock }})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Check(w.ctx); err != nil {
			t.Error(err)
		}
		_ = d.Close()
	})
	b := &bus.Bus{}
	e := &resource.Engine{DB: d, Zone: shanghai}
	w.org = org.New(d, b, org.Options{Log: slog.New(slog.DiscardHandler)})
	catalog.New(d, b, e)
	w.Service = New(Deps{DB: d, Bus: b, Engine: e, Zone: shanghai})
	w.must(w.org.EnsureRoles(w.ctx))
	w.must(w.EnsureSources(w.ctx, policy.System))
	for _, c := range []string{"python", "linux"} {
		_, err := e.Add(w.ctx, policy.System, "courses", map[string]string{"code": c, "name": c})
		w.must(err)
	}
	w.people()
	return w
}

func (w *world) people() {
	w.t.Helper()
	for _, name := range []string{"sales one", "sales two"} {
		d, err := w.org.AddDepartment(w.ctx, policy.System, org.Department{Name: name})
		w.must(err)
		w.dept[name] = d.ID
	}
	for _, a := range []struct{ login, name, dept, role string }{
		{"a", "李雷", "sales one", "sales"}, {"b", "韩梅梅", "sales one", "sales"}, {"c", "林涛", "sales two", "sales"},
		{"manager", "魏华", "sales one", "sales_manager"}, {"lecturer", "高老师", "", "lecturer"}, {"student", "科比", "", "student"}, {"admin", "管理员", "", "admin"},
	} {
		err := w.DB.Write(w.ctx, func(tx *db.Tx) error {
			acc, err := w.org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: "u_" + a.login, Name: a.name, Email: a.login + "@school.example",
				Department: w.dept[a.dept], Lang: "zh", Roles: []string{a.role}}, "x")
			w.ids[a.login] = acc.ID
			return err
		})
		w.must(err)
	}
	w.must(w.org.SetManager(w.ctx, policy.System, w.dept["sales one"], w.ids["manager"]))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// as is an account acting by command.
func (w *world) as(login string) policy.Actor {
	w.t.Helper()
	by, err := w.org.Actor(w.ctx, w.ids[login], policy.Command, "127.0.0.1")
	w.must(err)
	return by
}

// add enters a customer with nothing but a name, a phone and a source.
func (w *world) add(by policy.Actor, name, phone string) Customer {
	w.t.Helper()
	c, err := w.Add(w.ctx, by, NewCustomer{Name: name, Phone: phone, Source: "baidu"})
	w.must(err)
	return c
}

func (w *world) get(id int64) (c Customer) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) (err error) {
		c, err = Get(tx, id)
		return err
	}))
	return c
}

// find gives the names that a query finds, in its order.
func (w *world) find(by policy.Actor, query string) (names []string) {
	w.t.Helper()
	l, err := w.Engine.List(w.ctx, by, "customers", query, resource.Page{Limit: 1000})
	w.must(err)
	for _, r := range l.Rows {
		names = append(names, r.Title)
	}
	return names
}

func (w *world) later(d time.Duration) { w.clock = w.clock.Add(d) }

// said is an error as people read it, in both languages.
func (w *world) said(err error) (zh, en string) {
	p := i18n.Printer{Lang: i18n.Chinese, Zone: shanghai, Now: func() time.Time { return w.clock }}
	q := p
	q.Lang = i18n.English
	return p.Error(err), q.Error(err)
}

// refused fails the test unless err is a fault with this key.
func (w *world) refused(err error, key string) *fault.Fault {
	w.t.Helper()
	f, ok := fault.As(err)
	if !ok {
		w.t.Fatalf("want the fault %s, got %v", key, err)
	}
	var found *fault.Fault
	f.Each(func(f *fault.Fault) {
		if f.Key == key && found == nil {
			found = f
		}
	})
	if found == nil {
		w.t.Fatalf("want the fault %s, got %v", key, err)
	}
	return found
}

func (w *world) sql(text string, args ...any) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

// count runs a query for one number.
func (w *world) count(text string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) }))
	return n
}

// notes counts an account's notifications of a kind.
func (w *world) notes(login, kind string) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = $2`, w.ids[login], kind)
}

// textOf is the one text that a statement gives.
func (w *world) textOf(text string, args ...any) (s string) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error { return tx.QueryRow("SELECT COALESCE(("+text+"), '')", args...).Scan(&s) }))
	return s
}
