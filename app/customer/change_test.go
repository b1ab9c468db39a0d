package customer

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

func TestTwoPeopleOneCustomer(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.must(w.Change(w.ctx, a, c.ID, 1, resource.Values{"memo": "first", "sex": "male"}))

	// What does not collide is merged.
	w.must(w.Change(w.ctx, a, c.ID, 1, resource.Values{"said": "second", "sex": "male"}))
	got := w.get(c.ID)
	if got.Memo != "first" || got.Said != "second" || got.Sex != "male" || got.Version != 3 {
		t.Fatalf("%+v", got)
	}

	// What collides is told field by field, and nothing is written.
	err := w.Change(w.ctx, w.as("manager"), c.ID, 1, resource.Values{"memo": "third", "said": "second", "emergency": "mother"})
	clash, ok := resource.ConflictOf(err)
	if !ok || fault.Of(err) != fault.Stale || !reflect.DeepEqual(clash.Fields, []resource.Clash{{Field: "memo", Theirs: "first", Mine: "third"}}) || clash.Version != 3 || clash.Who != "u_a" {
		t.Fatalf("%v: %+v", err, clash)
	}
	if zh, en := w.said(err); !strings.Contains(zh, "别人刚改成了“first”,您写的是“third”") || !strings.Contains(en, `somebody made it "first" meanwhile`) {
		t.Errorf("%s\n%s", zh, en)
	}
	if got := w.get(c.ID); got.Emergency != "" || got.Version != 3 {
		t.Errorf("written all the same: %+v", got)
	}
	// Having looked, he saves over the present version.
	w.must(w.Change(w.ctx, w.as("manager"), c.ID, clash.Version, resource.Values{"memo": "third"}))

	// A follow-up in between moves other fields and is merged.
	_, err = w.FollowUp(w.ctx, a, NewFollowUp{Customer: c.ID, Note: "x", Next: "2026-12-01"})
	w.must(err)
	w.must(w.Change(w.ctx, a, c.ID, 4, resource.Values{"memo": "fourth"}))
	if err := w.Change(w.ctx, a, c.ID, 4, resource.Values{"next": "2026-12-24"}); fault.Of(err) != fault.Stale {
		t.Errorf("the other's next date was written over: %v", err)
	}
	// A version from nowhere collides with everything.
	if err := w.Change(w.ctx, a, c.ID, 99, resource.Values{"memo": "fifth"}); fault.Of(err) != fault.Stale {
		t.Errorf("a version that never was: %v", err)
	}
}

func TestWithoutATraceEveryFieldCollides(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.sql(`UPDATE customers SET version = 2, emergency = 'x' WHERE id = $1`, c.ID)
	if err := w.Change(w.ctx, a, c.ID, 1, resource.Values{"memo": "mine"}); fault.Of(err) != fault.Stale {
		t.Errorf("%v", err)
	}
}

func TestMaskedAndReadOnlyFields(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	w.must(w.Change(w.ctx, w.as("a"), c.ID, 0, resource.Values{"id_number": "11010519491231002X"}))
	grants := func(view, change string) policy.Actor {
		fields := func(s string) []policy.FieldRule {
			r, err := policy.ParseFields(s)
			w.must(err)
			return r
		}
		return policy.Actor{Account: w.ids["b"], Login: "u_b", Via: policy.Screen, Rights: policy.NewRights(nil, policy.Scope{Me: w.ids["b"]}, []policy.Grant{
			{ID: 1, Resource: "customers", Action: "view", Fields: fields(view)}, {ID: 2, Resource: "customers", Action: "list", Fields: fields(view)},
			{ID: 3, Resource: "customers", Action: "change", Fields: fields(change)}})}
	}
	by := grants("phone:masked id_number:masked qq:hidden", "said:read_only wechat:masked")
	// The mask that a form sends back is no change.
	w.must(w.Change(w.ctx, by, c.ID, 0, resource.Values{Phone: "138****8000", "id_number": "110***********002X", "memo": "ok"}))
	if got := w.get(c.ID); got.Phone != "13800138000" || got.IDNumber != "11010519491231002X" || got.Memo != "ok" {
		t.Fatalf("%+v", got)
	}
	w.refused(w.Change(w.ctx, by, c.ID, 0, resource.Values{Phone: "139****8000"}), "customer.bad_phone")
	f := w.refused(w.Change(w.ctx, by, c.ID, 0, resource.Values{"said": "new"}), "fault.read_only")
	if f.Field != "said" || f.Kind != fault.Forbidden {
		t.Errorf("%+v", f)
	}
	w.refused(w.Change(w.ctx, by, c.ID, 0, resource.Values{QQ: "12345678"}), "record.field_closed")
	w.refused(w.Change(w.ctx, by, c.ID, 0, resource.Values{WeChat: "wang_ming"}), "record.field_closed")
	w.refused(w.Change(w.ctx, grants("phone:read_only", ""), c.ID, 0, resource.Values{Phone: "13900000000"}), "fault.read_only")
	// The audit trail keeps no ID number, and a clash shows none of what is masked.
	w.must(w.Change(w.ctx, w.as("a"), c.ID, 0, resource.Values{Phone: "13800138001"}))
	err := w.Change(w.ctx, by, c.ID, 3, resource.Values{Phone: "13900000000"})
	if clash, ok := resource.ConflictOf(err); !ok || clash.Fields[0].Theirs != "138****8001" {
		t.Errorf("%v %+v", err, clash)
	}
	entries, err := audit.Entries(w.ctx, w.DB, "customers", c.ID, 0)
	w.must(err)
	for _, e := range entries {
		for _, ch := range e.Changes {
			if ch.Field == "id_number" && ch.New != "110****2X" {
				t.Errorf("the audit trail holds %q", ch.New)
			}
		}
	}
}

func TestChangeKeepsTheRules(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	other, err := w.Add(w.ctx, a, NewCustomer{Name: "友", Phone: "13800138001", Source: "referral", ReferredBy: c.ID})
	w.must(err)
	foreign := w.add(w.as("c"), "外", "13800138002")
	for name, x := range map[string]struct {
		id  int64
		v   resource.Values
		key string
	}{
		"no contact left":    {c.ID, resource.Values{Phone: ""}, "customer.contact_needed"},
		"himself":            {c.ID, resource.Values{"referred_by": c.ID}, "customer.refers_himself"},
		"circle of two":      {c.ID, resource.Values{"referred_by": other.ID}, "customer.refers_circle"},
		"referrer taken off": {other.ID, resource.Values{"referred_by": int64(0)}, "customer.who_referred"},
		"status":             {c.ID, resource.Values{"status": "enrolled"}, "list.not_input"},
		"owner":              {c.ID, resource.Values{"owner": w.ids["b"]}, "fault.forbidden"},
		"foreign":            {foreign.ID, resource.Values{"memo": "x"}, "fault.forbidden"},
		"nobody":             {4711, resource.Values{"memo": "x"}, "fault.not_found"},
		"no name":            {c.ID, resource.Values{"name": " "}, "fault.required"},
		"sex":                {c.ID, resource.Values{"sex": "other"}, "fault.bad_choice"},
	} {
		if err := w.Change(w.ctx, a, x.id, 0, x.v); !fault.Is(err, x.key) {
			t.Errorf("%s: %v, want %s", name, err, x.key)
		}
	}
	if err := w.Change(w.ctx, w.as("student"), c.ID, 0, resource.Values{"memo": "x"}); !fault.Is(err, "fault.not_found") {
		t.Errorf("a student learns that there is such a customer: %v", err)
	}
	w.must(w.Change(w.ctx, w.as("manager"), c.ID, 0, resource.Values{"owner": w.ids["b"]}))
	if w.get(c.ID).Owner != w.ids["b"] {
		t.Error("the manager could not reassign")
	}
	if n := w.notes("b", "new_owner"); n != 1 {
		t.Errorf("the new owner was told %d times", n)
	}
}

func TestChangedNamesAreFoundAndOldOnesNot(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{"name": "欧阳 Grace"}))
	for q, want := range map[string]int{"王小明": 0, "小明": 0, "王": 0, "欧阳": 1, "grace": 1, "rac": 1, "欧": 1, "g": 1} {
		if got := len(w.find(a, q)); got != want {
			t.Errorf("%q finds %d, want %d", q, got, want)
		}
	}
}

func TestTags(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	w.must(w.Tag(w.ctx, a, c.ID, "vip", "急"))
	w.must(w.Tag(w.ctx, a, c.ID, "vip", "x\x1b[1m"))
	w.must(w.Untag(w.ctx, a, c.ID, "急", "none"))
	if got := w.find(a, "tags:vip tags:x"); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if got := w.find(a, "tags:急"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	w.refused(w.Tag(w.ctx, w.as("c"), c.ID, "mine"), "fault.forbidden")
	if v := w.get(c.ID).Version; v != 4 {
		t.Errorf("version %d", v)
	}
	w.later(time.Second)
}
