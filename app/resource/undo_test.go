package resource

import (
	"reflect"
	"testing"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
)

func (b *boxes) newest(id int64) int64 {
	b.t.Helper()
	entries, err := audit.Entries(b.ctx, b.DB, "boxes", id, 1)
	b.must(err)
	return entries[0].ID
}

func TestHistoriesShowNoMoreThanTheFields(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "secret", "abcdef")
	b.must(b.change(person(1), id, 0, "secret", "ghijkl", "price", "5"))
	for mode, want := range map[policy.Mode][]audit.Change{
		policy.Open:   {{Field: "secret", Old: "abcdef", New: "ghijkl"}, {Field: "price", Old: "0", New: "5"}},
		policy.Masked: {{Field: "secret", Old: "a****f", New: "g****l"}, {Field: "price", Old: "0", New: "5"}},
		policy.Hidden: {{Field: "price", Old: "0", New: "5"}},
	} {
		list, err := b.History(b.ctx, person(1, policy.FieldRule{Field: "secret", Mode: mode}), "boxes", id, 10)
		b.must(err)
		if len(list) != 2 || !reflect.DeepEqual(list[0].Changes, want) {
			t.Errorf("%v: %+v", mode, list)
		}
	}
	_, err := b.History(b.ctx, policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{}, nil)}, "boxes", id, 10)
	b.refused(err, "fault.not_found", "")
}

func TestPuttingAValueBack(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "price", "3", "tags", "red, big")
	b.must(b.change(person(1), id, 0, "price", "5", "note", "x", "tags", "small"))
	entry := b.newest(id)
	b.must(b.change(person(2), id, 0, "price", "6"))
	b.must(b.PutBack(b.ctx, person(2), "boxes", id, entry, "price", "tags"))
	b.is(id, "price", "3")
	b.is(id, "tags", "big, red")
	b.is(id, "note", "x")
	b.must(b.PutBack(b.ctx, person(2), "boxes", id, entry))
	b.is(id, "note", "new")
	b.refused(b.PutBack(b.ctx, person(2), "boxes", id, entry, "due"), "record.not_in_entry", "due")
	b.refused(b.PutBack(b.ctx, person(2), "boxes", id, 999), "record.no_entry", "")
	readOnly := person(2, policy.FieldRule{Field: "price", Mode: policy.ReadOnly})
	b.must(b.change(person(1), id, 0, "price", "9"))
	b.refused(b.PutBack(b.ctx, readOnly, "boxes", id, entry, "price"), "fault.read_only", "price")
}

func TestUndoingAChange(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "price", "3")
	ann, bob := person(1), person(2)
	b.must(b.change(ann, id, 0, "price", "5", "note", "x"))
	first := b.newest(id)
	b.must(b.change(ann, id, 0, "due", "2026-12-01"))
	b.must(b.Undo(b.ctx, ann, 0))
	b.is(id, "due", "")
	b.must(b.change(bob, id, 0, "price", "6"))
	f := b.refused(b.Undo(b.ctx, ann, first), "record.changed_since", "price")
	if f.Args[1] != "p2" || f.Args[3] != b.now {
		t.Errorf("%v", f.Args)
	}
	b.is(id, "note", "x")
	b.must(b.Undo(b.ctx, ann, first, "note"))
	b.is(id, "note", "new")
	b.is(id, "price", "6")
	b.refused(b.Undo(b.ctx, ann, first), "record.undone", "")
	b.refused(b.Undo(b.ctx, bob, first), "record.no_entry", "")
	b.refused(b.Undo(b.ctx, ann, 0), "record.nothing_to_undo", "")
	list, err := b.History(b.ctx, ann, "boxes", id, 1)
	b.must(err)
	if list[0].Undid != first {
		t.Errorf("%+v", list[0])
	}
}

func TestUndoingInTurn(t *testing.T) {
	b := newBoxes(t)
	ann := person(1)
	id, err := b.Add(b.ctx, ann, "boxes", pairs("code", "a1"))
	b.must(err)
	for _, p := range []string{"1", "2"} {
		b.must(b.change(ann, id, 0, "price", p))
	}
	list, err := b.Undoable(b.ctx, ann)
	b.must(err)
	if len(list) != 3 || list[0].Why != nil || !fault.Is(list[1].Why, "record.changed_since") || !fault.Is(list[2].Why, "record.touched") || list[1].Title != "a1" {
		t.Errorf("%+v", list)
	}
	for _, want := range []string{"1", "0"} {
		b.must(b.Undo(b.ctx, ann, 0))
		b.is(id, "price", want)
	}
	b.must(b.Undo(b.ctx, ann, 0))
	if !b.gone(id) {
		t.Error("an add undone is still there")
	}
}

func TestUndoingADeletion(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "tags", "red")
	ann := person(1)
	b.must(b.Delete(b.ctx, ann, "boxes", id, 0))
	list, err := b.Undoable(b.ctx, ann)
	b.must(err)
	if len(list) != 1 || list[0].Title != "a1" || list[0].Why != nil {
		t.Fatalf("%+v", list)
	}
	b.must(b.Undo(b.ctx, ann, list[0].ID))
	b.is(id, "tags", "red")
	b.refused(b.Undo(b.ctx, ann, list[0].ID), "record.undone", "")
}

func TestUndoIsForADay(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1")
	ann := person(1)
	b.must(b.change(ann, id, 0, "price", "5"))
	b.now = b.now.Add(UndoHours*time.Hour + time.Millisecond)
	b.refused(b.Undo(b.ctx, ann, b.newest(id)), "record.undo_late", "")
	b.refused(b.Undo(b.ctx, ann, 0), "record.nothing_to_undo", "")
}
