package customer

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func TestFollowUpMovesTheCustomer(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.later(48 * time.Hour)
	f, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Channel: "wechat", Note: " 周六来试听\x1b[1m\n带朋友 ", Intention: "within_month", Next: "2026-12-01"})
	w.must(err)
	got := w.get(c.ID)
	if got.Intention != "within_month" || got.NextFollowUp != "2026-12-01" || !got.LastFollowUp.Equal(w.clock) || !got.Touched.Equal(w.clock) || got.Version != 2 {
		t.Fatalf("%+v", got)
	}
	if f.Note != " 周六来试听\n带朋友" || f.Name != "李雷" {
		t.Errorf("%+v", f)
	}
	// One told late moves nothing.
	_, err = w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "yesterday", Intention: "no_plan", At: w.clock.Add(-24 * time.Hour)})
	w.must(err)
	if again := w.get(c.ID); again != got {
		t.Errorf("%+v", again)
	}
	// Without an intention the one before stays; without a next date there is none.
	w.later(time.Hour)
	_, err = w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "again"})
	w.must(err)
	if got := w.get(c.ID); got.Intention != "within_month" || got.NextFollowUp != "" {
		t.Errorf("%+v", got)
	}
	// Never contact leaves every queue, and a later word takes that back.
	w.later(time.Hour)
	_, err = w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "leave me", Intention: "never_contact"})
	w.must(err)
	w.later(100 * 24 * time.Hour)
	if !w.get(c.ID).NeverContact || len(w.find(a, "stale:yes")) != 0 {
		t.Error("still to be contacted")
	}
	_, err = w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "he called", Intention: "within_two_weeks"})
	w.must(err)
	if w.get(c.ID).NeverContact {
		t.Error("still never to be contacted")
	}
	list, err := w.FollowUps(w.ctx, a, c.ID, 0, 2)
	w.must(err)
	rest, err := w.FollowUps(w.ctx, a, c.ID, list[1].ID, 50)
	w.must(err)
	var notes []string
	for _, f := range append(list, rest...) {
		notes = append(notes, f.Note)
	}
	if want := []string{"he called", "leave me", "again", " 周六来试听\n带朋友", "yesterday"}; !reflect.DeepEqual(notes, want) {
		t.Errorf("%q", notes)
	}
}

func TestFollowUpRefuses(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	ok := NewFollowUp{Customer: c.ID, Note: "x"}
	for name, x := range map[string]struct {
		who  string
		edit func(*NewFollowUp)
		key  string
	}{
		"no note":         {"a", func(n *NewFollowUp) { n.Note = " \u200b " }, "fault.required"},
		"channel":         {"a", func(n *NewFollowUp) { n.Channel = "fax" }, "fault.bad_choice"},
		"intention":       {"a", func(n *NewFollowUp) { n.Intention = "maybe" }, "fault.bad_choice"},
		"next":            {"a", func(n *NewFollowUp) { n.Next = "soon" }, "fault.bad_date"},
		"next past":       {"a", func(n *NewFollowUp) { n.Next = "2026-11-21" }, "customer.next_past"},
		"never and next":  {"a", func(n *NewFollowUp) { n.Next, n.Intention = "2026-12-01", "never_contact" }, "customer.never_next"},
		"future":          {"a", func(n *NewFollowUp) { n.At = w.clock.Add(time.Minute) }, "customer.at_future"},
		"foreign":         {"c", func(*NewFollowUp) {}, "fault.forbidden"},
		"other deparment": {"b", func(*NewFollowUp) {}, "fault.forbidden"},
		"student":         {"student", func(*NewFollowUp) {}, "fault.not_found"},
		"nobody":          {"a", func(n *NewFollowUp) { n.Customer = 99 }, "fault.not_found"},
	} {
		n := ok
		x.edit(&n)
		_, err := w.FollowUp(w.ctx, w.as(x.who), n)
		if err == nil {
			t.Errorf("%s: not refused", name)
			continue
		}
		w.refused(err, x.key)
	}
	// A stale one may be worked by everybody in sales.
	w.later(31 * 24 * time.Hour)
	_, err := w.FollowUp(w.ctx, w.as("c"), ok)
	w.must(err)
	if w.get(c.ID).Owner != w.ids["a"] {
		t.Error("working a stale customer takes him")
	}
	_, err = w.FollowUp(w.ctx, w.as("b"), ok)
	w.refused(err, "fault.forbidden")
}

func TestLastCountsFromTheCreation(t *testing.T) {
	w := school(t)
	a := w.as("a")
	old := w.add(a, "旧", "13800138000")
	w.later(31 * 24 * time.Hour)
	w.add(a, "新", "13800138001")
	for q, want := range map[string][]string{"last:>30d": {"旧"}, "last:<30d": {"新"}, "last:none sort:name": {"新", "旧"}, "stale:yes": {"旧"}, "stale:no": {"新"}, "-stale:yes": {"新"}} {
		if got := w.find(a, q); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", q, got)
		}
	}
	_, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: old.ID, Note: "x"})
	w.must(err)
	if got := w.find(a, "last:>30d"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := w.find(a, "sort:last"); !reflect.DeepEqual(got, []string{"旧", "新"}) && !reflect.DeepEqual(got, []string{"新", "旧"}) {
		t.Errorf("%v", got)
	}
}

func TestAssign(t *testing.T) {
	w := school(t)
	m := w.as("manager")
	x, y := w.add(w.as("a"), "甲", "13800138000"), w.add(w.as("b"), "乙", "13800138001")
	z := w.add(w.as("c"), "丙", "13800138002")
	if _, err := w.Assign(w.ctx, m, []int64{x.ID, z.ID}, w.ids["b"]); err == nil || w.get(x.ID).Owner != w.ids["a"] {
		t.Errorf("a foreign department's customer was in it, and %v", err)
	}
	n, err := w.Assign(w.ctx, m, []int64{x.ID, y.ID, x.ID}, w.ids["b"])
	if err != nil || n != 1 || w.get(x.ID).Owner != w.ids["b"] || w.notes("b", "new_owner") != 1 {
		t.Errorf("%d %v", n, err)
	}
	n, err = w.Assign(w.ctx, m, []int64{x.ID, y.ID}, w.ids["a"])
	if err != nil || n != 2 || w.notes("a", "new_owner") != 1 {
		t.Errorf("%d %v, told %d times", n, err, w.notes("a", "new_owner"))
	}
	_, err = w.Assign(w.ctx, w.as("a"), []int64{x.ID}, w.ids["b"])
	w.refused(err, "fault.forbidden")
	_, err = w.Assign(w.ctx, m, []int64{x.ID}, 4711)
	w.refused(err, "customer.no_such_owner")
	w.sql(`UPDATE accounts SET active = 0 WHERE id = $1`, w.ids["b"])
	_, err = w.Assign(w.ctx, m, []int64{x.ID}, w.ids["b"])
	w.refused(err, "customer.no_such_owner")
	_, err = w.Assign(w.ctx, m, make([]int64, 0), w.ids["a"])
	w.must(err)
}

func TestReveal(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	w.must(w.Change(w.ctx, w.as("a"), c.ID, 0, resource.Values{"id_number": "11010519491231002X"}))
	got, err := w.Reveal(w.ctx, w.as("a"), c.ID, "id_number")
	if err != nil || got != "11010519491231002X" {
		t.Errorf("%q %v", got, err)
	}
	_, err = w.Reveal(w.ctx, w.as("c"), c.ID, "phone")
	w.refused(err, "fault.forbidden")
	_, err = w.Reveal(w.ctx, w.as("a"), c.ID, "memo")
	w.refused(err, "customer.not_masked")
	w.later(31 * 24 * time.Hour)
	if got, err = w.Reveal(w.ctx, w.as("c"), c.ID, "phone"); err != nil || got != "13800138000" {
		t.Errorf("%q %v", got, err)
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'reveal' AND record_id = $1`, c.ID); n != 2 {
		t.Errorf("%d reveals on record", n)
	}
}

func TestTheFirstApprovalWins(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	enroll := func(login string) {
		w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error { return w.MarkEnrolled(tx, w.as("admin"), c.ID, w.ids[login], "python-s9") }))
	}
	enroll("b")
	enroll("c")
	if got := w.get(c.ID); got.Status != Enrolled || got.Owner != w.ids["b"] || got.Version != 2 {
		t.Errorf("%+v", got)
	}
}

// TestLookUpsHideNoHistory: however often a contact is asked for, what was done
// stays in the history.
func TestLookUpsHideNoHistory(t *testing.T) {
	w := school(t)
	by := w.as("a")
	c := w.add(by, "Asked For", "13800138111")
	w.must(w.Change(w.ctx, by, c.ID, 0, resource.Values{"memo": "told early"}))
	if err := w.DB.Write(w.ctx, func(tx *db.Tx) error {
		for range maxHistory + 1 {
			if err := w.checked(tx, by, c.ID, "phone"); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	list, err := w.History(w.ctx, by, c.ID)
	if err != nil || len(list) != 2 || list[0].Kind != "change" {
		t.Errorf("%+v %v", list, err)
	}
}

func TestHistory(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.later(time.Minute)
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{Phone: "13800138001", "id_number": "11010519491231002X"}))
	w.later(time.Minute)
	_, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "聊过", Intention: "within_month"})
	w.must(err)
	w.later(time.Minute)
	_, err = w.Assign(w.ctx, w.as("manager"), []int64{c.ID}, w.ids["b"])
	w.must(err)
	tell := func(by policy.Actor) (out []string) {
		list, err := w.History(w.ctx, by, c.ID)
		w.must(err)
		for _, e := range list {
			s := e.Kind + " " + e.Who + " " + e.Note + e.Intention
			for _, ch := range e.Changes {
				s += fmt.Sprintf(" %s:%s→%s", ch.Field, ch.Old, ch.New)
			}
			out = append(out, s)
		}
		return out
	}
	want := []string{"assign 魏华  owner:u_a→u_b", "follow_up 李雷 聊过within_month", "change 李雷  phone:13800138000→13800138001 id_number:→110****2X", "created 李雷 "}
	if got := tell(w.as("admin")); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	want[2] = "change 李雷  phone:138****8000→138****8001 id_number:→110****2X"
	if got := tell(w.as("c")); !reflect.DeepEqual(got, want) {
		t.Errorf("what is masked shows in the history: %q", got)
	}
	_, err = w.History(w.ctx, w.as("student"), c.ID)
	w.refused(err, "fault.not_found")
}

func TestOpenSessionsHear(t *testing.T) {
	w := school(t)
	sub := w.Bus.Subscribe()
	defer sub.Close()
	c := w.add(w.as("a"), "王小明", "13800138000")
	_, err := w.FollowUp(w.ctx, w.as("a"), NewFollowUp{Customer: c.ID, Note: "x"})
	w.must(err)
	_, err = w.Add(w.ctx, w.as("a"), NewCustomer{Name: "x", Phone: "13800138000", Source: "baidu"})
	w.refused(err, "customer.exists")
	got, _ := sub.Take()
	want := []bus.Event{{Resource: "customers", ID: c.ID, Verb: "added"}, {Resource: "follow_ups", ID: 1, Verb: "added"}, {Resource: "customers", ID: c.ID, Verb: "followed"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
