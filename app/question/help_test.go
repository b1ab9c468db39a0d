package question

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

// world is a school with a class of python (lecturer gao; students kobe and
// jordan) and one of linux (lecturer li; student yao).
type world struct {
	*Service
	t     testing.TB
	ctx   context.Context
	org   *org.Service
	clock time.Time
	ids   map[string]int64
}

func school(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), clock: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), ids: map[string]int64{}}
	d, err := db.Open(w.ctx, db.Options{Path: dbtest.Path(t), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return w.clock }})
	w.must(err)
	t.Cleanup(func() {
		if err := d.Check(w.ctx); err != nil {
			t.Error(err)
		}
		_ = d.Close()
	})
	b := &bus.Bus{}
	e := &resource.Engine{DB: d, Zone: time.UTC}
	w.org = org.New(d, b, org.Options{Log: slog.New(slog.DiscardHandler)})
	c := catalog.New(d, b, e)
	w.Service = New(Deps{DB: d, Bus: b, Engine: e})
	w.must(w.org.EnsureRoles(w.ctx))
	_, err = c.EnsureTemplate(w.ctx, policy.System)
	w.must(err)
	_, err = w.org.AddCampus(w.ctx, policy.System, org.Campus{Name: "北京"})
	w.must(err)
	for _, p := range [][2]string{{"gao", "lecturer"}, {"li", "lecturer"}, {"kobe", "student"}, {"jordan", "student"}, {"yao", "student"}, {"admin", "admin"}} {
		w.account(p[0], p[1])
	}
	w.class("python", "gao", "kobe", "jordan")
	w.class("linux", "li", "yao")
	return w
}

func (w *world) account(login, role string) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		a, err := w.org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: login, Name: login, Roles: []string{role}}, "x")
		w.ids[login] = a.ID
		return err
	}))
}

func (w *world) class(course, lecturer string, students ...string) {
	w.t.Helper()
	id, err := w.Engine.Add(w.ctx, policy.System, "courses", map[string]string{"code": course, "name": course})
	w.must(err)
	w.ids[course] = id
	class, err := w.Engine.Add(w.ctx, policy.System, "classes", map[string]string{"course": course, "campus": "北京", "kind": "full_time", "term": "1", "capacity": "9", "lecturers": lecturer})
	w.must(err)
	w.sql(`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1) ON CONFLICT DO NOTHING`)
	for _, s := range students {
		id := w.ids[s]
		w.sql(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 's', '1000' || $2, 1, 1, 1, 1)`, id, fmt.Sprint(id))
		w.sql(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
			VALUES ($1, $1, $2, $1, 'invited', 0, $3, 1, 1, 1)`, id, class, fmt.Sprint(id))
		w.sql(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $1, 1)`, id)
		w.sql(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at) VALUES ($1, $2, $1, 1)`, id, class)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sql(text string, args ...any) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

func (w *world) count(text string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) }))
	return n
}

func (w *world) as(login string) policy.Actor {
	w.t.Helper()
	by, err := w.org.Actor(w.ctx, w.ids[login], policy.Command, "127.0.0.1")
	w.must(err)
	return by
}

func (w *world) ask(login, title, body string) Question {
	w.t.Helper()
	course := "python"
	if login == "yao" || login == "li" {
		course = "linux"
	}
	q, err := w.Ask(w.ctx, w.as(login), NewQuestion{Course: w.ids[course], Title: title, Body: body})
	w.must(err)
	return q
}

// titles are what a search finds.
func (w *world) titles(login, typed string) (out []string) {
	w.t.Helper()
	list, err := w.Search(w.ctx, w.as(login), typed, 10)
	w.must(err)
	for _, q := range list {
		out = append(out, q.Title)
	}
	return out
}

func (w *world) refused(err error, key string) {
	w.t.Helper()
	if !fault.Is(err, key) {
		w.t.Fatalf("%v, want %s", err, key)
	}
}

func (w *world) told(login, kind string) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = $2`, w.ids[login], kind)
}
