package customer

import (
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

func TestSourcesAndCampaigns(t *testing.T) {
	w := school(t)
	add := func(name string, kv ...string) int64 {
		t.Helper()
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		id, err := w.Engine.Add(w.ctx, policy.System, name, m)
		w.must(err)
		return id
	}
	tv := add("sources", "code", "TV_ad", "name", "电视")
	campaign := add("campaigns", "name", "双十一", "source", "baidu", "cost", "5000")
	for name, kv := range map[string]map[string]string{
		"record.taken":         {"code": "baidu", "name": "x"},
		"customer.source_form": {"code": "a b", "name": "x"},
		"fault.required":       {"code": "x"},
	} {
		if _, err := w.Engine.Add(w.ctx, policy.System, "sources", kv); !fault.Is(err, name) {
			t.Errorf("%v: %v", kv, err)
		}
	}
	if _, err := w.Engine.Add(w.ctx, policy.System, "campaigns", map[string]string{"name": "x", "source": "baidu", "starts": "2026-12-02", "ends": "2026-12-01"}); !fault.Is(err, "catalog.ends_early") {
		t.Error(err)
	}
	if err := w.Engine.Change(w.ctx, policy.System, "sources", tv, 0, map[string]string{"code": "radio"}); !fault.Is(err, "list.not_input") {
		t.Errorf("a source's code was changed: %v", err)
	}

	a := w.as("a")
	_, err := w.Add(w.ctx, a, NewCustomer{Name: "x", Phone: "13800138000", Source: "zhihu", Campaign: campaign})
	w.refused(err, "customer.other_source")
	_, err = w.Add(w.ctx, a, NewCustomer{Name: "x", Phone: "13800138000", Source: "zhihu", Campaign: 99})
	w.refused(err, "record.no_such")
	c, err := w.Add(w.ctx, a, NewCustomer{Name: "x", Phone: "13800138000", Source: "baidu", Campaign: campaign})
	w.must(err)
	w.refused(w.Change(w.ctx, a, c.ID, 0, resource.Values{"source": tv}), "customer.other_source")
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{"source": tv, "campaign": int64(0)}))

	// A source no longer used stays with those who have it, and takes no new ones.
	w.must(w.Engine.Change(w.ctx, policy.System, "sources", tv, 0, map[string]string{"active": "no"}))
	_, err = w.Add(w.ctx, a, NewCustomer{Name: "y", Phone: "13800138001", Source: "tv_ad"})
	w.refused(err, "customer.no_source")
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{"source": tv, "memo": "x", "referred_by": int64(0)}))
	w.must(w.EnsureSources(w.ctx, policy.System))
	if n := w.count(`SELECT count(*) FROM sources`); n != 9 {
		t.Errorf("%d sources", n)
	}
	w.refused(w.EnsureSources(w.ctx, a), "fault.forbidden")
}

// TestARuleHoldsForWhatIsAdded: who may add customers of one source adds no
// others, and who may reveal with a masked field reveals nothing.
func TestARuleHoldsForWhatIsAdded(t *testing.T) {
	w := school(t)
	by := policy.Actor{Account: w.ids["a"], Login: "u_a", Rights: policy.NewRights(nil, policy.Scope{Me: w.ids["a"]}, []policy.Grant{
		{ID: 1, Resource: "customers", Action: "add", Rows: []policy.Cond{{Field: "source", Values: []string{"qq_group"}}}},
		{ID: 2, Resource: "customers", Action: "view"},
		{ID: 3, Resource: "customers", Action: "reveal", Fields: []policy.FieldRule{{Field: "id_number", Mode: policy.Masked}}}})}
	_, err := w.Add(w.ctx, by, NewCustomer{Name: "x", Phone: "13800138000", Source: "baidu"})
	w.refused(err, "fault.forbidden")
	c, err := w.Add(w.ctx, by, NewCustomer{Name: "x", Phone: "13800138000", Source: "qq_group"})
	w.must(err)
	_, err = w.Reveal(w.ctx, by, c.ID, "id_number")
	w.refused(err, "fault.forbidden")
	_, err = w.Reveal(w.ctx, by, c.ID, "phone")
	w.must(err)
}

func TestSearchByName(t *testing.T) {
	w := school(t)
	a := w.as("a")
	for i, name := range []string{"王小明", "王明", "小明王", "Wang Xiaoming", "欧阳思远", "100% 甲"} {
		_, err := w.Add(w.ctx, a, NewCustomer{Name: name, Phone: "1380013800" + string(rune('0'+i)), QQ: "22334" + string(rune('0'+i)), Email: "mail" + string(rune('0'+i)) + "@example.com", Source: "baidu"})
		w.must(err)
	}
	for q, want := range map[string]string{
		"王小": "王小明", "小明": "小明王 王小明", "王小明": "王小明", "王": "小明王 王小明 王明", "明王": "小明王", "思远": "欧阳思远", "欧阳思": "欧阳思远",
		"WANG": "Wang Xiaoming 小明王 王小明 王明", "aomi": "Wang Xiaoming", `"wang xiao"`: "Wang Xiaoming", "wang ming": "Wang Xiaoming 小明王 王小明 王明", "王 明": "小明王 王小明 王明",
		"x": "Wang Xiaoming", "王x": "", "%": "100% 甲", "100%": "100% 甲", "3800": "100% 甲 Wang Xiaoming 小明王 欧阳思远 王小明 王明", "380": "", "8003": "Wang Xiaoming", "13800138004": "欧阳思远", "+86 138": "",
		"223343": "Wang Xiaoming", "mail2@": "小明王", "name:王": "王小明 王明", "王 owner:me": "小明王 王小明 王明", "王 owner:none": "",
	} {
		got := ""
		for i, n := range w.find(a, q+" sort:name") {
			if i > 0 {
				got += " "
			}
			got += n
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
	}
}

// TestLongWordsAreVerified: a name that holds all pairs of a word, but not the
// word, is not found.
func TestLongWordsAreVerified(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "明王小明", "13800138000")
	if got := w.find(w.as("a"), "小明王"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
