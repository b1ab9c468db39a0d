package org

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/policy"
)

func TestScope(t *testing.T) {
	s := newSchool(t, Options{})
	top := s.department("Top", 0)
	own := s.department("Own", top)
	below := s.department("Below", own)
	run := s.department("Run", top)
	runBelow := s.department("Run below", run)
	s.department("Foreign", top)
	campus, err := s.AddCampus(bg, s.boss, Campus{Name: "北京"})
	if err != nil {
		t.Fatal(err)
	}
	a := s.addNew(NewAccount{Login: "li", Name: "Li", Department: own, Campus: campus.ID, Roles: []string{"lecturer"}})
	if err := s.SetManager(bg, s.boss, run, a.ID); err != nil {
		t.Fatal(err)
	}
	taught, attended, _ := s.class(campus.ID, 1), s.class(campus.ID, 2), s.class(campus.ID, 3)
	s.sql(`INSERT INTO class_lecturers (class_id, account_id) VALUES ($1, $2)`, taught, a.ID)
	customer := s.student(a.ID, attended)
	s.Invalidate()

	got := s.actor(a.ID).Rights.Scope
	want := policy.Scope{Me: a.ID, Departments: []int64{own, below, run, runBelow}, Classes: []int64{taught, attended},
		Campus: campus.ID, Customer: customer}
	if got.Me != want.Me || got.Campus != want.Campus || got.Customer != want.Customer ||
		!slices.Equal(got.Departments, want.Departments) || !slices.Equal(got.Classes, want.Classes) {
		t.Errorf("scope %+v, want %+v", got, want)
	}
	if empty := s.boss.Rights.Scope; len(empty.Departments)+len(empty.Classes) != 0 || empty.Campus != 0 || empty.Customer != 0 {
		t.Errorf("scope of somebody without all that: %+v", empty)
	}
}

// class makes a class behind the catalog's back.
func (s *school) class(campus, term int64) int64 {
	s.t.Helper()
	s.sql(`INSERT INTO courses (id, code, name, created_at, updated_at) VALUES (1, 'py', 'Python', 0, 0) ON CONFLICT DO NOTHING`)
	s.sql(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 't', 't', 0, 0) ON CONFLICT DO NOTHING`)
	s.sql(`INSERT INTO classes (code, course_id, campus_id, kind, term, capacity, template_id, created_at, updated_at)
		VALUES ($1, 1, $2, 'weekend', $3, 20, 1, 0, 0)`, "py-s"+number(term), campus, term)
	return s.number(`SELECT id FROM classes WHERE term = $1`, term)
}

// student makes an account a student of a class behind the enrollment's back.
func (s *school) student(account, class int64) (customer int64) {
	s.t.Helper()
	s.sql(`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 0, 0)`)
	s.sql(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES (7, 'K', '1', 1, 0, 0, 0)`)
	s.sql(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
		VALUES (1, 7, $1, $2, 'invited', 0, 'h', 0, 0, 0)`, class, account)
	s.sql(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES (1, 7, $1, 0)`, account)
	s.sql(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at) VALUES (1, $1, 1, 0)`, class)
	return 7
}

func TestDepartmentsInACircleEnd(t *testing.T) {
	s := newSchool(t, Options{})
	a, b := s.department("A", 0), s.department("B", 0)
	s.sql(`UPDATE departments SET parent_id = $2 WHERE id = $1`, a, b)
	s.sql(`UPDATE departments SET parent_id = $2 WHERE id = $1`, b, a)
	li := s.addNew(NewAccount{Login: "li", Name: "Li", Department: a})
	if got := s.actor(li.ID).Rights.Scope.Departments; !slices.Equal(got, []int64{a, b}) {
		t.Errorf("departments %v", got)
	}
}

func TestRolesAddUp(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales", "lecturer")
	by := s.actor(a.ID)
	if !by.Rights.Has("sales") || !by.Rights.Has("lecturer") || !by.Can("add", "customers") || !by.Can("list", "students") {
		t.Errorf("rights of two roles: %+v", by.Rights)
	}
	s.sql(`UPDATE roles SET menu = 'customers me' WHERE name = 'sales'`)
	s.Invalidate()
	if menu := s.actor(a.ID).Rights.Roles[0].Menu; len(menu) != 2 || menu[0] != "customers" {
		t.Errorf("menu %v", menu)
	}
}

// TestRightsFollowChanges: what is cached ends with every change they depend
// on, at once.
func TestRightsFollowChanges(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	if first, again := s.actor(a.ID).Rights, s.actor(a.ID).Rights; first != again {
		t.Fatal("rights are not cached")
	}
	if err := s.SetRoles(bg, s.boss, a.ID, []string{"lecturer"}); err != nil {
		t.Fatal(err)
	}
	if by := s.actor(a.ID); by.Can("list", "customers") || !by.Can("list", "classes") {
		t.Error("a changed role does not work at once")
	}
	for _, e := range []bus.Event{
		{Resource: "policy"}, {Resource: "roles"}, {Resource: "accounts"}, {Resource: "classes", Verb: "changed", ID: 3},
		{Resource: "departments"}, {Resource: "students"}, {Resource: "enrollments", Verb: "approved"},
	} {
		before := s.actor(a.ID).Rights
		s.bus.Publish(e)
		if s.actor(a.ID).Rights == before {
			t.Errorf("%+v leaves old rights", e)
		}
	}
	before := s.actor(a.ID).Rights
	s.bus.Publish(bus.Event{Resource: "customers", Verb: "changed"})
	if s.actor(a.ID).Rights != before {
		t.Error("every change of a customer has rights read again")
	}
	for i := range 1000 {
		s.bus.Publish(bus.Event{Resource: "customers", ID: int64(i)})
	}
	if s.actor(a.ID).Rights == before {
		t.Error("events that were lost in a flood leave old rights")
	}
}

func TestAnotherProcessIsSeenSoon(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	s.actor(a.ID)
	s.sql(`UPDATE accounts SET active = 0 WHERE id = $1`, a.ID)
	s.clock.Pass(cacheFor)
	_, err := s.Actor(bg, a.ID, policy.Screen, "")
	wantKey(t, err, "org.disabled")
}

func TestRightsReadDuringAChangeAreNotKept(t *testing.T) {
	s := newSchool(t, Options{})
	_, generation, _ := s.rights.get(s.boss.Account, s.db.Now())
	s.Invalidate() // the change commits after the snapshot was taken
	s.rights.put(s.boss.Account, generation, entry{rights: &policy.Rights{Read: s.db.Now()}})
	if _, _, ok := s.rights.get(s.boss.Account, s.db.Now()); ok {
		t.Error("an outdated snapshot is kept")
	}
}

func TestNoRightsForTheDisabledAndTheUnknown(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	s.actor(a.ID)
	if err := s.SetActive(bg, s.boss, a.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Rights(bg, a.ID)
	wantKey(t, err, "org.disabled")
	_, _, err = s.Rights(bg, 999)
	wantKey(t, err, "fault.not_found")
}

func TestUnreadablePermissionsGrantNothing(t *testing.T) {
	s := newSchool(t, Options{})
	s.role("odd", readyPermission{"customers", "list", "owner", ""}, readyPermission{"customers", "view", "", "phone:purple"},
		readyPermission{"customers", "add", "", ""})
	by := s.actor(s.add("li", "odd").ID)
	if by.Can("list", "customers") || by.Can("view", "customers") || !by.Can("add", "customers") {
		t.Error("a permission that cannot be read grants something, or takes others away")
	}
}

func TestRightsAreSafeForManySessions(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("li", "sales")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 30 {
				if i == 0 {
					_ = s.SetRoles(bg, s.boss, a.ID, []string{[]string{"sales", "lecturer"}[j%2]})
				} else if _, err := s.Actor(bg, a.ID, policy.Screen, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if by := s.actor(a.ID); !by.Rights.Has("lecturer") {
		t.Errorf("rights in the end: %+v", by.Rights.Roles)
	}
}

// While the database does not answer, a session goes on with what was last known, and says so; who must know gets the
// error, and a ruling ends the session as ever.
func TestRemembered(t *testing.T) {
	s := newSchool(t, Options{})
	a := s.add("near")
	late, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	if by, err := s.Remembered(late, a.ID, policy.Screen, ""); err != nil || by.Unsure == nil || by.May("list", "customers", policy.Row{}) {
		t.Errorf("nothing is known yet: %v, %v", by, err)
	}
	s.rights.failed = time.Time{}
	known, err := s.Actor(bg, a.ID, policy.Screen, "")
	if err != nil {
		t.Fatal(err)
	}
	s.Invalidate()
	if _, err := s.Actor(late, a.ID, policy.Screen, ""); err == nil {
		t.Error("Actor does not say that it cannot know")
	}
	by, err := s.Remembered(late, a.ID, policy.Screen, "")
	if err != nil || by.Unsure == nil || by.Rights != known.Rights || by.Name != known.Name {
		t.Errorf("%+v, %v", by, err)
	}
}
