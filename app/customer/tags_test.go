package customer

import (
	"fmt"
	"testing"
)

// TestTagsWithCounts: those one may list, by how they begin; and bulk tags go row
// by row through one's rights.
func TestTagsWithCounts(t *testing.T) {
	w := school(t)
	a := w.as("a")
	own, other := w.add(a, "王小明", "13812345678"), w.add(w.as("c"), "李雷", "13912345678")
	w.must(w.Tag(w.ctx, a, own.ID, "vip", "急"))
	w.must(w.Tag(w.ctx, w.as("c"), other.ID, "vip", "view"))
	for begins, want := range map[string]string{"": "[{view 1 false} {vip 2 false} {急 1 false}]", "v": "[{view 1 false} {vip 2 false}]", "vip": "[{vip 2 false}]", "x": "[]"} {
		got, err := w.Tags(w.ctx, a, begins)
		w.must(err)
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v, want %s", begins, got, want)
		}
	}
	_, err := w.Tags(w.ctx, w.as("student"), "")
	w.refused(err, "fault.forbidden")
	res := w.Engine.Each(w.ctx, a, "customers", "tag", []int64{own.ID, other.ID}, map[string]string{"tags": "late, vip"}, nil)
	if res[0].Err != nil || res[1].Err == nil {
		t.Errorf("%+v", res)
	}
	res = w.Engine.Each(w.ctx, a, "customers", "untag", []int64{own.ID}, map[string]string{"tags": "急"}, nil)
	if res[0].Err != nil || len(w.find(a, "tags:late tags:vip -tags:急 owner:me")) != 1 {
		t.Errorf("%+v", res)
	}
}
