package customer

import (
	"fmt"
	"testing"
	"time"

	"cohort/app/resource"
)

// TestTwoPeopleOnOneStaleCustomer: the second is told who talks to him, does not
// find him in his queue, and what both write is kept.
func TestTwoPeopleOnOneStaleCustomer(t *testing.T) {
	w := school(t)
	a, c := w.as("a"), w.as("c")
	x := w.add(w.as("b"), "王小明", "13800138000")
	w.later(31 * 24 * time.Hour)
	first, err := w.TakeUp(w.ctx, a, x.ID, 3)
	w.must(err)
	second, err := w.TakeUp(w.ctx, c, x.ID, 3)
	w.must(err)
	if first.Other != "" || second.Other != "李雷" || len(w.queue(c, 10)) != 0 || len(w.queue(a, 10)) != 1 {
		t.Errorf("%+v %+v", first, second)
	}
	n := NewFollowUp{Customer: x.ID, Note: "wants python", Intention: "within_month", Watch: true, Seen: first.Seen}
	f, err := w.FollowUp(w.ctx, a, n)
	w.must(err)
	n.Note, n.Seen = "asked about linux", second.Seen
	_, err = w.FollowUp(w.ctx, c, n)
	w.refused(err, "fault.forbidden") // he is nobody's any more: not stale

	w.later(31 * 24 * time.Hour) // b, the owner, and c meet on him
	at, err := w.TakeUp(w.ctx, c, x.ID, 3)
	w.must(err)
	if at.Seen != f.ID || len(at.Last) != 1 || at.Other != "" {
		t.Errorf("%+v", at)
	}
	_, err = w.FollowUp(w.ctx, w.as("b"), NewFollowUp{Customer: x.ID, Note: "the owner calls, too", At: w.clock.Add(-32 * 24 * time.Hour)})
	w.must(err)
	n.Seen = at.Seen
	_, err = w.FollowUp(w.ctx, c, n)
	w.must(err) // one told late, behind what was seen, is no surprise
	own := w.add(a, "李四", "13800138001")
	at, err = w.TakeUp(w.ctx, a, own.ID, 3)
	w.must(err)
	_, err = w.FollowUp(w.ctx, w.as("manager"), NewFollowUp{Customer: own.ID, Note: "the manager was faster"})
	w.must(err)
	mine := NewFollowUp{Customer: own.ID, Note: "mine", Watch: true, Seen: at.Seen}
	_, err = w.FollowUp(w.ctx, a, mine)
	w.refused(err, "customer.just_followed")
	if n := w.count(`SELECT count(*) FROM follow_ups WHERE customer_id = $1`, own.ID); n != 1 {
		t.Errorf("%d follow-ups", n)
	}
	at, err = w.TakeUp(w.ctx, a, own.ID, 3)
	w.must(err)
	mine.Seen = at.Seen
	_, err = w.FollowUp(w.ctx, a, mine)
	w.must(err)
}

// TestAHoldEnds: by time, by taking up another, by letting go.
func TestAHoldEnds(t *testing.T) {
	w := school(t)
	a, c := w.as("a"), w.as("c")
	var ids []int64
	for i := range 2 {
		ids = append(ids, w.add(w.as("b"), "x", fmt.Sprintf("1380013800%d", i)).ID)
	}
	w.later(31 * 24 * time.Hour)
	other := func(id int64) string {
		t.Helper()
		at, err := w.TakeUp(w.ctx, c, id, 0)
		w.must(err)
		w.LetGo(w.ctx, c)
		return at.Other
	}
	_, err := w.TakeUp(w.ctx, a, ids[0], 0)
	w.must(err)
	if other(ids[0]) == "" || other(ids[1]) != "" {
		t.Error("not held")
	}
	_, err = w.TakeUp(w.ctx, a, ids[1], 0)
	w.must(err)
	if other(ids[0]) != "" || other(ids[1]) == "" {
		t.Error("holds two")
	}
	w.LetGo(w.ctx, a)
	if other(ids[1]) != "" {
		t.Error("not let go")
	}
	_, err = w.TakeUp(w.ctx, a, ids[1], 0)
	w.must(err)
	w.later(holdFor)
	if other(ids[1]) != "" {
		t.Error("held for ever")
	}
	_, err = w.TakeUp(w.ctx, w.as("lecturer"), ids[0], 0)
	w.refused(err, "fault.not_found")
}

// TestTakeBack: a call noted by mistake goes, and the customer stands as before.
func TestTakeBack(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	_, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "first", Intention: "within_month", Next: "2026-11-25", NextTime: "15:00"})
	w.must(err)
	before := w.get(c.ID)
	w.later(time.Hour)
	wrong, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "wrong key", Intention: neverContact})
	w.must(err)
	_, err = w.TakeBack(w.ctx, w.as("manager"), wrong.ID)
	w.refused(err, "customer.not_your_follow_up")
	_, err = w.TakeBack(w.ctx, w.as("lecturer"), wrong.ID)
	w.refused(err, "fault.not_found")
	back, err := w.TakeBack(w.ctx, a, wrong.ID)
	w.must(err)
	after := w.get(c.ID)
	before.Version, before.Updated = after.Version, after.Updated
	if after != before || back.Note != "wrong key" {
		t.Errorf("\n%+v\nwant\n%+v", after, before)
	}
	_, err = w.TakeBack(w.ctx, a, wrong.ID)
	w.refused(err, "customer.no_follow_up")
	first := w.count(`SELECT id FROM follow_ups WHERE customer_id = $1`, c.ID)
	if list, err := w.Engine.Undoable(w.ctx, a); err != nil || list[0].Action != "follow_up" {
		t.Errorf("%+v %v", list, err)
	}
	w.must(w.Engine.Undo(w.ctx, a, 0)) // the first follow-up, the only one left: as he was entered
	if n := w.count(`SELECT count(*) FROM follow_ups WHERE id = $1`, first); n != 0 {
		t.Error("the engine's undo leaves the follow-up")
	}
	if got := w.get(c.ID); !got.LastFollowUp.IsZero() || !got.Touched.Equal(got.Created) || got.NextFollowUp != "" || got.Intention != "" {
		t.Errorf("%+v", got)
	}
}

// TestTakeBackRefuses where something has happened since.
func TestTakeBackRefuses(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	note := func(who string) FollowUp {
		t.Helper()
		w.later(time.Minute)
		f, err := w.FollowUp(w.ctx, w.as(who), NewFollowUp{Customer: c.ID, Note: "x", Next: "2026-11-25"})
		w.must(err)
		return f
	}
	f := note("a")
	note("manager")
	_, err := w.TakeBack(w.ctx, a, f.ID)
	w.refused(err, "customer.followed_since")
	f = note("a")
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{"next": "2026-11-26"}))
	_, err = w.TakeBack(w.ctx, a, f.ID)
	w.refused(err, "customer.changed_since")
	f = note("a")
	w.later((resource.UndoHours + 1) * time.Hour)
	_, err = w.TakeBack(w.ctx, a, f.ID)
	w.refused(err, "customer.too_late_to_take_back")
}
