package resource

import (
	"context"
	"reflect"
	"testing"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
)

func (b *boxes) gone(id int64) bool {
	b.t.Helper()
	_, _, err := b.Show(b.ctx, policy.System, "boxes", id)
	return fault.Of(err) == fault.NotFound
}

// thrown is the newest place in the trash.
func (b *boxes) thrown() Row {
	b.t.Helper()
	l, err := b.List(b.ctx, policy.System, "trash", "", Page{})
	b.must(err)
	if len(l.Rows) == 0 {
		b.t.Fatal("the trash is empty")
	}
	return l.Rows[0]
}

func TestDeletedAndBroughtBackWithAllThatBelongsToIt(t *testing.T) {
	b := newBoxes(t)
	b.add("boxes", "code", "a0")
	id := b.add("boxes", "code", "a1", "secret", "abcdef", "tags", "red, big", "price", "12")
	by := person(7)
	b.refused(b.Delete(b.ctx, by, "boxes", id, 9), "fault.stale", "")
	b.must(b.Delete(b.ctx, by, "boxes", id, 1))
	if !b.gone(id) {
		t.Fatal("still there")
	}
	row := b.thrown()
	if row.Title != "a1" || row.Values["parts"].Raw != "boxes 1, box_tags 2" || row.Values["login"].Raw != "p7" {
		t.Errorf("%+v", row)
	}
	if other := b.add("boxes", "code", "b1"); other == id {
		t.Fatal("a new record has the number of a deleted one")
	}
	b.must(b.Restore(b.ctx, by, row.ID))
	for field, want := range map[string]string{"code": "a1", "secret": "abcdef", "tags": "big, red", "price": "12"} {
		b.is(id, field, want)
	}
	if n, _, err := b.Count(b.ctx, policy.System, "trash", ""); n != 0 || err != nil {
		t.Error("still in the trash", n, err)
	}
	entries, err := audit.Entries(b.ctx, b.DB, "boxes", id, 10)
	b.must(err)
	var acts []string
	for _, e := range entries {
		acts = append(acts, e.Action)
	}
	if !reflect.DeepEqual(acts, []string{"restore", "delete", "add"}) {
		t.Error(acts)
	}
}

func TestWhatKeepsARecord(t *testing.T) {
	b := newBoxes(t)
	shelf := b.add("shelves", "name", "low")
	id := b.add("boxes", "code", "a1", "shelf", "low")
	lock := b.add("locks", "box", "a1", "name", "brass")
	f := b.refused(b.Delete(b.ctx, policy.System, "boxes", id, 0), "record.in_use", "")
	t.Log(f)
	b.refused(b.Delete(b.ctx, policy.System, "shelves", shelf, 0), "record.in_use", "")
	dear := b.add("boxes", "code", "a2", "price", "1000")
	p, err := b.DeletePreview(b.ctx, policy.System, "boxes", []int64{id, dear})
	b.must(err)
	if p.Records.Count != 0 || len(p.Refused) != 2 || !fault.Is(p.Refused[1].Err, "record.cannot_undo") || p.Refused[1].Title != "a2" {
		t.Errorf("%+v", p)
	}
	b.must(b.Delete(b.ctx, policy.System, "locks", lock, 0))
	b.must(b.Delete(b.ctx, policy.System, "boxes", id, 0))
	b.must(b.Delete(b.ctx, policy.System, "shelves", shelf, 0))
	// What it belonged to is gone; then it comes back with it.
	l, err := b.List(b.ctx, policy.System, "trash", "sort:at", Page{})
	b.must(err)
	b.refused(b.Restore(b.ctx, policy.System, l.Rows[1].ID), "record.back_lost", "")
	for _, i := range []int{2, 1, 0} {
		b.must(b.Restore(b.ctx, policy.System, l.Rows[i].ID))
	}
	b.is(id, "shelf", "#"+str(shelf))
}

func TestRestoringWhatWasTakenMeanwhile(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1")
	b.must(b.Delete(b.ctx, policy.System, "boxes", id, 0))
	b.add("boxes", "code", "a1")
	b.refused(b.Restore(b.ctx, policy.System, b.thrown().ID), "record.back_taken", "")
	if !b.gone(id) {
		t.Error("half of it came back")
	}
}

func TestRightsOverTheTrash(t *testing.T) {
	b := newBoxes(t)
	owns := policy.Cond{Field: "owner", Values: []string{"$me"}}
	by := policy.Actor{Account: 1, Login: "p1", Rights: policy.NewRights(nil, policy.Scope{Me: 1}, []policy.Grant{
		{Resource: "boxes", Action: "view"}, {Resource: "boxes", Action: "delete", Rows: []policy.Cond{owns}}})}
	mine, theirs := b.add("boxes", "code", "a1", "owner", "1"), b.add("boxes", "code", "a2", "owner", "2")
	b.refused(b.Delete(b.ctx, by, "boxes", theirs, 0), "fault.forbidden", "")
	b.must(b.Delete(b.ctx, by, "boxes", mine, 0))
	b.refused(b.Restore(b.ctx, by, b.thrown().ID), "fault.forbidden", "")
	b.refused(b.Restore(b.ctx, person(2), b.thrown().ID), "fault.not_found", "")
	b.refused(b.Purge(b.ctx, person(1), b.thrown().ID), "fault.not_found", "")
	adder := person(1)
	b.must(b.Restore(b.ctx, adder, b.thrown().ID))
}

func TestTheTrashIsKeptForThirtyDays(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1")
	b.must(b.Delete(b.ctx, policy.System, "boxes", id, 0))
	b.now = b.now.Add(TrashDays * 24 * time.Hour)
	if n, err := b.SweepTrash(b.ctx, policy.System); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	b.now = b.now.Add(time.Millisecond)
	if n, err := b.SweepTrash(b.ctx, policy.System); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	entries, err := audit.Entries(b.ctx, b.DB, "boxes", id, 1)
	b.must(err)
	if entries[0].Action != "purge" {
		t.Errorf("%+v", entries)
	}
	if again := b.add("boxes", "code", "a1"); again == id {
		t.Error("the number was given again")
	}
}

func TestActionsRowByRow(t *testing.T) {
	b := newBoxes(t)
	var ids []int64
	for _, c := range []string{"a1", "a2", "a3"} {
		ids = append(ids, b.add("boxes", "code", c, "owner", "1"))
	}
	b.add("locks", "box", "a2", "name", "brass")
	by := person(1)
	all, err := b.IDs(b.ctx, by, "boxes", "sort:-code", 2)
	b.must(err)
	if !reflect.DeepEqual(all, []int64{ids[2], ids[1]}) {
		t.Error(all)
	}
	var heard [][2]int
	report := func(done, total int) { heard = append(heard, [2]int{done, total}) }
	for _, r := range b.Each(b.ctx, by, "boxes", "change", ids, pairs("price", "7", "tags", "x"), report) {
		b.must(r.Err)
	}
	b.is(ids[2], "price", "7")
	b.is(ids[2], "tags", "x")
	if !reflect.DeepEqual(heard, [][2]int{{1, 3}, {2, 3}, {3, 3}}) {
		t.Error(heard)
	}
	got := b.Each(b.ctx, by, "boxes", "delete", append(ids, 99), nil, nil)
	if got[0].Err != nil || !fault.Is(got[1].Err, "record.in_use") || got[1].Title != "a2" || got[2].Err != nil || !fault.Is(got[3].Err, "fault.not_found") {
		t.Errorf("%+v", got)
	}
	for name, args := range map[string]map[string]string{"record.no_action": nil, "record.nothing_given": {}, "list.not_input": {"id": "7"}} {
		action := "change"
		if args == nil {
			action = "explode"
		}
		if r := b.Each(b.ctx, by, "boxes", action, ids[:1], args, nil); !fault.Is(r[0].Err, name) {
			t.Errorf("%s: %v", name, r[0].Err)
		}
	}
	ctx, stop := context.WithCancel(b.ctx)
	stop()
	if r := b.Each(ctx, by, "boxes", "change", ids[1:2], pairs("price", "9"), nil); r[0].Err == nil {
		t.Error("went on after the end")
	}
}
