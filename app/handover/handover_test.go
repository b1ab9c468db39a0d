package handover_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"cohort/app"
	"cohort/app/audit"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/handover"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school is a real school: four of sales, two lecturers, some customers,
// enrollments in every state and classes, over and not.
type school struct {
	*app.App
	t    testing.TB
	who  map[string]int64
	boss policy.Actor
}

func newSchool(t testing.TB) *school {
	t.Helper()
	a, err := app.Open(bg, app.Config{Data: t.TempDir(), Database: dbtest.Address(t), Listen: "127.0.0.1:2222", Lang: "en", Zone: "Asia/Shanghai", StaleDays: 30, LinkDays: 14}, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { _ = a.Close() })
	s := &school{App: a, t: t, who: map[string]int64{}}
	hash := org.HashForSeed("only for tests")
	must(t, a.DB.Write(bg, func(tx *db.Tx) error {
		for _, p := range []struct{ login, role string }{{"ann", "sales"}, {"ben", "sales"}, {"cid", "sales"}, {"dan", "sales"}, {"lea", "lecturer"}, {"leo", "lecturer"}, {"boss", "admin"}} {
			acc, err := a.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p.login, Name: "Name of " + p.login, Email: p.login + "@school.example", Roles: []string{p.role}}, hash)
			if err != nil {
				return err
			}
			s.who[p.login] = acc.ID
		}
		return nil
	}))
	s.boss = s.actor("boss")
	s.classes()
	s.customers()
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) actor(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(bg, s.who[login], policy.Command, "192.0.2.1")
	must(s.t, err)
	return by
}

func (s *school) exec(query string, args ...any) {
	s.t.Helper()
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

func (s *school) classes() {
	campus, err := s.Engine.Add(bg, policy.System, "campuses", map[string]string{"name": "Main"})
	must(s.t, err)
	_, err = s.Engine.Add(bg, policy.System, "courses", map[string]string{"code": "go", "name": "Go", "price": "100"})
	must(s.t, err)
	for i := range 4 {
		v := map[string]string{"code": fmt.Sprintf("go-%d", i+1), "course": "go", "campus": "Main", "kind": "full_time", "term": fmt.Sprint(i + 1), "capacity": "20"}
		if i == 0 {
			v["starts"], v["ends"] = "2020-01-01", "2020-06-01" // over
		}
		_, err := s.Engine.Add(bg, policy.System, "classes", v)
		must(s.t, err)
	}
	_ = campus
}

// customers makes twelve customers of ann's, each with an enrollment in one of
// the states, the consultant ann's too.
func (s *school) customers() {
	states := []string{"invited", "returned", "expired", "cancelled"}
	for i := range 12 {
		ann := s.actor("ann")
		c, err := s.Customers.Add(bg, ann, customer.NewCustomer{Name: fmt.Sprintf("C%02d", i), Phone: fmt.Sprintf("138001380%02d", i), Source: map[bool]string{true: "baidu", false: "zhihu"}[i < 4]})
		must(s.t, err)
		if i%3 == 0 {
			s.exec(`UPDATE customers SET next_follow_up_on = '2026-12-01' WHERE id = $1`, c.ID)
		}
		s.exec(`INSERT INTO enrollments (customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
			VALUES ($1, (SELECT max(id) FROM classes), $2, $3, 0, $4, 0, 0, 0)`, c.ID, s.who["ann"], states[i%4], fmt.Sprint("hash", i))
	}
	s.exec(`INSERT INTO class_lecturers (class_id, account_id) SELECT id, $1 FROM classes`, s.who["lea"])
}

// owners says who looks after everything, in one map: "customers/3" → account.
func (s *school) owners() map[string]int64 {
	s.t.Helper()
	out := map[string]int64{}
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT 'customers/' || id, coalesce(owner_id, 0) FROM customers
			UNION ALL SELECT 'enrollments/' || id, consultant_id FROM enrollments
			UNION ALL SELECT 'classes/' || class_id || '/' || account_id, account_id FROM class_lecturers`)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (x int, err error) {
			var name string
			var who int64
			err = r.Scan(&name, &who)
			out[name] = who
			return 0, err
		})
		return err
	}))
	return out
}

func (s *school) number(query string, args ...any) (n int64) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if !fault.Is(err, key) {
		t.Errorf("error %v, want %s", err, key)
	}
}

func TestHandOverAll(t *testing.T) {
	s := newSchool(t)
	before := s.owners()
	plan := handover.Plan{From: s.who["ann"], To: s.who["ben"], Reason: "leaves"}
	p, err := s.Handovers.Preview(bg, s.boss, plan)
	must(t, err)
	want := handover.Counts{Customers: 12, Due: 4, Enrollments: 9}
	if p.Counts != want || p.ID != 0 || !maps.Equal(before, s.owners()) || s.number(`SELECT count(*) FROM handovers`) != 0 {
		t.Errorf("preview %+v, want %+v, and nothing kept", p.Counts, want)
	}
	r, err := s.Handovers.HandOver(bg, s.boss, plan)
	must(t, err)
	if r.Counts != want || r.Number() != "HO-000001" || len(r.Items) != 21 {
		t.Errorf("%+v", r)
	}
	got, err := s.Handovers.Get(bg, s.boss, r.ID)
	must(t, err)
	if got.Counts != want || got.From.Login != "ann" || got.To.Login != "ben" || got.Consultant.Login != "ben" || got.By.Login != "boss" || got.Reason != "leaves" || len(got.IDs("customers")) != 12 {
		t.Errorf("receipt %+v", got)
	}
	// Approved and cancelled ones keep who earned them.
	for name, who := range s.owners() {
		if who == s.who["ann"] && s.number(`SELECT count(*) FROM enrollments WHERE 'enrollments/' || id = $1 AND state = 'cancelled'`, name) == 0 {
			t.Errorf("%s stays with ann", name)
		}
	}
	// Record by record on the audit trail; the receiver is told once.
	if n := s.number(`SELECT count(*) FROM audit WHERE action = 'handover' AND resource = 'customers' AND changes LIKE '%ann%ben%'`); n != 12 {
		t.Errorf("%d customers on the audit trail", n)
	}
	if _, broken, err := audit.Verify(bg, s.DB); err != nil || broken != 0 {
		t.Error(broken, err)
	}
	if n := s.number(`SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'handover'`, s.who["ben"]); n != 1 {
		t.Errorf("%d notifications", n)
	}
	if n := s.number(`SELECT count(*) FROM mails WHERE to_addr = 'ben@school.example' AND template = 'handover'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	_, err = s.Handovers.HandOver(bg, s.boss, plan)
	wantKey(t, err, "handover.nothing")
	// And back, as a whole, once.
	_, err = s.Handovers.Undo(bg, s.boss, r.ID)
	must(t, err)
	if !maps.Equal(before, s.owners()) {
		t.Error("undoing has not put everything back")
	}
	_, err = s.Handovers.Undo(bg, s.boss, r.ID)
	wantKey(t, err, "handover.undone_already")
}

func TestHandOverToThePoolAndByQuery(t *testing.T) {
	s := newSchool(t)
	pool := handover.Plan{From: s.who["ann"]}
	_, err := s.Handovers.HandOver(bg, s.boss, pool)
	wantKey(t, err, "handover.needs_consultant")
	part := handover.Plan{From: s.who["ann"], To: s.who["cid"], Query: "source:baidu"}
	r, err := s.Handovers.HandOver(bg, s.boss, part)
	must(t, err)
	if r.Customers != 4 || r.Enrollments != 3 || r.Classes != 0 {
		t.Errorf("by query %+v", r.Counts)
	}
	pool.EnrollmentsTo = s.who["dan"]
	r, err = s.Handovers.HandOver(bg, s.boss, pool)
	must(t, err)
	if n := s.number(`SELECT count(*) FROM customers WHERE owner_id IS NULL`); n != 8 || r.Customers != 8 || r.Enrollments != 6 {
		t.Errorf("%d without an owner, %+v", n, r.Counts)
	}
	if n := s.number(`SELECT count(*) FROM notifications WHERE account_id = $1`, s.who["dan"]); n != 1 {
		t.Errorf("who takes the enrollments was told %d times", n)
	}
	_, err = s.Handovers.HandOver(bg, s.boss, handover.Plan{From: s.who["ann"], To: s.who["ben"], Query: "source:baidu", Classes: true})
	wantKey(t, err, "handover.classes_by_query")
	_, err = s.Handovers.HandOver(bg, s.boss, handover.Plan{From: s.who["ann"], To: s.who["ann"]})
	wantKey(t, err, "handover.same")
}

func TestClassesThatAreNotOver(t *testing.T) {
	s := newSchool(t)
	s.exec(`INSERT INTO class_lecturers (class_id, account_id) SELECT max(id), $1 FROM classes`, s.who["leo"]) // teaches one already
	before := s.owners()
	r, err := s.Handovers.HandOver(bg, s.boss, handover.Plan{From: s.who["lea"], To: s.who["leo"]})
	must(t, err)
	if r.Classes != 3 || s.number(`SELECT count(*) FROM class_lecturers WHERE account_id = $1`, s.who["leo"]) != 3 || s.number(`SELECT count(*) FROM class_lecturers WHERE account_id = $1`, s.who["lea"]) != 1 {
		t.Errorf("%+v %v", r.Counts, s.owners())
	}
	_, err = s.Handovers.Undo(bg, s.boss, r.ID)
	must(t, err)
	if !maps.Equal(before, s.owners()) {
		t.Errorf("undone: %v, want %v", s.owners(), before)
	}
}

func TestUndoneOnlyWhileUntouched(t *testing.T) {
	s := newSchool(t)
	r, err := s.Handovers.HandOver(bg, s.boss, handover.Plan{From: s.who["ann"], To: s.who["ben"]})
	must(t, err)
	after := s.owners()
	_, err = s.Customers.FollowUp(bg, s.actor("ben"), customer.NewFollowUp{Customer: r.IDs("customers")[3], Channel: "phone", Note: "called", Intention: "no_plan"})
	must(t, err)
	_, err = s.Handovers.Undo(bg, s.boss, r.ID)
	wantKey(t, err, "handover.touched")
	if !maps.Equal(after, s.owners()) {
		t.Error("a refused undoing has moved something")
	}
}

func TestWhoMayHandOver(t *testing.T) {
	s := newSchool(t)
	plan := handover.Plan{From: s.who["ann"], To: s.who["ben"]}
	for _, login := range []string{"ben", "lea"} {
		if _, err := s.Handovers.Preview(bg, s.actor(login), plan); fault.Of(err) != fault.NotFound && fault.Of(err) != fault.Forbidden {
			t.Errorf("%s: %v", login, err)
		}
	}
	must(t, s.Org.SetActive(bg, s.boss, s.who["ben"], false, ""))
	_, err := s.Handovers.HandOver(bg, s.boss, plan)
	wantKey(t, err, "org.receiver_disabled")
	// From somebody who has gone already: that is when it is done.
	must(t, s.Org.SetActive(bg, s.boss, s.who["ann"], false, "left"))
	plan.To = s.who["cid"]
	r, err := s.Handovers.HandOver(bg, s.boss, plan)
	must(t, err)
	if _, err := s.Handovers.Get(bg, s.actor("cid"), r.ID); fault.Of(err) != fault.NotFound {
		t.Errorf("a receipt without the right: %v", err)
	}
	if _, err := s.Engine.List(bg, s.boss, "handovers", "from_account:ann", resource.Page{}); err != nil {
		t.Error(err)
	}
}

// Nothing is lost and nothing comes twice: whatever is handed over by whomever
// to whomever, everything that should move moves, nothing else does, and the
// receipt says exactly that; undoing puts everything back.
func TestNothingIsLostAndNothingTwice(t *testing.T) {
	s := newSchool(t)
	people := []string{"ann", "ben", "cid", "dan", "lea", "leo"}
	open := map[string]bool{"invited": true, "submitted": true, "returned": true, "expired": true}
	state := func(name string) string {
		var text string
		_ = s.DB.Read(bg, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT state FROM enrollments WHERE 'enrollments/' || id = $1`, name).Scan(&text)
		})
		return text
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) int64 { return s.who[rapid.SampledFrom(people).Draw(rt, name)] }
		from, to, third := draw("from"), draw("to"), draw("third")
		if rapid.Bool().Draw(rt, "pool") {
			to = 0
		}
		before := s.owners()
		r, err := s.Handovers.HandOver(bg, s.boss, handover.Plan{From: from, To: to, EnrollmentsTo: third})
		after := s.owners()
		if err != nil {
			if !maps.Equal(before, after) {
				rt.Fatalf("refused (%v), but something moved", err)
			}
			return
		}
		moved := map[string]bool{}
		for _, i := range r.Items {
			moved[fmt.Sprintf("%s/%d", i.Resource, i.ID)] = true
		}
		for name, who := range before {
			switch {
			case len(name) > 8 && name[:8] == "classes/":
			case who != from || name[:11] == "enrollments" && !open[state(name)]:
				if after[name] != who || moved[name] {
					rt.Fatalf("%s moved and should not", name)
				}
			default:
				want := to
				if name[:11] == "enrollments" {
					want = third
				}
				if after[name] != want || !moved[name] {
					rt.Fatalf("%s is with %d, want %d; on the receipt: %v", name, after[name], want, moved[name])
				}
			}
		}
		if rapid.Bool().Draw(rt, "undo") {
			if _, err := s.Handovers.Undo(bg, s.boss, r.ID); err != nil {
				rt.Fatal(err)
			}
			if !maps.Equal(before, s.owners()) {
				rt.Fatal("undoing has not put everything back")
			}
		}
	})
}
