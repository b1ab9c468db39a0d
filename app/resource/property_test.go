package resource

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// drawRights makes an actor with a random set of grants and denials over boxes,
// with random row and field rules.
func drawRights(t *rapid.T) policy.Actor {
	var grants []policy.Grant
	for i := range rapid.IntRange(0, 5).Draw(t, "grants") {
		g := policy.Grant{ID: int64(i + 1), Resource: rapid.SampledFrom([]string{"boxes", "boxes", policy.Any}).Draw(t, "resource"),
			Action: rapid.SampledFrom([]string{"list", "view", "change", policy.Any}).Draw(t, "action"),
			Deny:   rapid.IntRange(0, 5).Draw(t, "deny") == 0}
		if g.Resource == "boxes" && rapid.Bool().Draw(t, "limited") {
			g.Rows = []policy.Cond{{Field: "owner", Values: rapid.SliceOfN(rapid.SampledFrom([]string{"$me", "1", "2", "3"}), 1, 2).Draw(t, "owners")}}
		}
		if rapid.Bool().Draw(t, "fields") {
			g.Fields = []policy.FieldRule{{Field: rapid.SampledFrom([]string{"secret", "code", policy.Any}).Draw(t, "field"),
				Mode: policy.Mode(rapid.IntRange(0, 3).Draw(t, "mode"))}}
		}
		grants = append(grants, g)
	}
	return policy.Actor{Account: 1, Login: "p1", Rights: policy.NewRights(nil, policy.Scope{Me: 1}, grants)}
}

// TestEveryWayToRowsTellsTheSame: for random rights, rules and rows, what a list
// shows is what it counts, what IDs and Pick give, and, for the right to view,
// what Show opens and History tells; and no value comes out that a rule hides.
func TestEveryWayToRowsTellsTheSame(t *testing.T) {
	b := newBoxes(t)
	var all []int64
	for i := range 9 {
		id := b.add("boxes", "code", fmt.Sprintf("a%d", i), "owner", str(int64(i%4)), "secret", fmt.Sprintf("hidden%d", i))
		b.must(b.change(policy.System, id, 0, "secret", fmt.Sprintf("hiding%d", i)))
		all = append(all, id)
	}
	rapid.Check(t, func(t *rapid.T) {
		by := drawRights(t)
		query := rapid.SampledFrom([]string{"", "owner:1", "-owner:1", "owner:none", "a1", "secret:hiding3", "secret:any", "sort:-id"}).Draw(t, "query")
		l, err := b.List(b.ctx, by, "boxes", query, Page{Limit: 100, Count: true})
		if !by.Can("list", "boxes") {
			if fault.Of(err) != fault.Forbidden {
				t.Fatalf("listed without the right: %v", err)
			}
			return
		}
		b.must(err)
		listed := map[int64]Row{}
		var order []int64
		for _, r := range l.Rows {
			listed[r.ID] = r
			order = append(order, r.ID)
		}
		if l.Total != len(l.Rows) {
			t.Fatalf("%d rows, counted %d", len(l.Rows), l.Total)
		}
		ids, err := b.IDs(b.ctx, by, "boxes", query, 0)
		b.must(err)
		if !slices.Equal(ids, order) {
			t.Fatalf("IDs %v, list %v", ids, order)
		}
		if query == "" {
			picked, err := b.Pick(b.ctx, by, "boxes", "", 100)
			b.must(err)
			if len(picked) != len(order) {
				t.Fatalf("%d picked, %d listed", len(picked), len(order))
			}
		}
		wholeWays(t, b, by, all)
		modesHold(t, b, by, listed, "list", query)
	})
}

// wholeWays compares what may be viewed with Show, History and Sees.
func wholeWays(t *rapid.T, b *boxes, by policy.Actor, all []int64) {
	for _, id := range all {
		var sees bool
		b.must(b.DB.Read(b.ctx, func(tx *db.Tx) (err error) {
			sees, err = b.Sees(tx, by, "view", "boxes", id)
			return err
		}))
		row, _, err := b.Show(b.ctx, by, "boxes", id)
		if sees != (err == nil) {
			t.Fatalf("row %d: sees %v, show %v", id, sees, err)
		}
		told, err := b.History(b.ctx, by, "boxes", id, 0)
		if sees != (err == nil) {
			t.Fatalf("row %d: sees %v, history %v", id, sees, err)
		}
		if !sees {
			continue
		}
		modesHold(t, b, by, map[int64]Row{id: row}, "view", "")
		for _, e := range told {
			for _, ch := range e.Changes {
				if ch.Field == "secret" && row.Values["secret"].Mode >= policy.Masked && len(ch.New) >= 6 && ch.New[:3] == "hid" {
					t.Fatalf("the history tells %q", ch.New)
				}
			}
		}
		if _, has := row.Values["secret"]; !has && slices.ContainsFunc(told, func(e Entry) bool { return changedIn(e, "secret") }) {
			t.Fatal("the history tells of a hidden field")
		}
	}
}

func changedIn(e Entry, field string) bool {
	for _, ch := range e.Changes {
		if ch.Field == field {
			return true
		}
	}
	return false
}

// modesHold compares each shown value with the rule for that row.
func modesHold(t *rapid.T, b *boxes, by policy.Actor, rows map[int64]Row, action, query string) {
	for id, row := range rows {
		owner := (id - 1) % 4
		rule := by.Mode(action, "boxes", "secret", policy.Row{"owner": policy.Int(owner)})
		code := by.Mode(action, "boxes", "code", policy.Row{"owner": policy.Int(owner)})
		if code >= policy.Masked && row.Title == fmt.Sprintf("a%d", id-1) {
			t.Fatalf("the title %s tells the code, which is %v", row.Title, code)
		}
		v, has := row.Values["secret"]
		if !has {
			v.Mode = policy.Hidden
		}
		if max(rule, policy.ReadOnly) != max(v.Mode, policy.ReadOnly) {
			t.Fatalf("%s row %d: rule %v, shown %v", action, id, rule, v.Mode)
		}
		if v.Mode >= policy.Masked && v.Raw != nil {
			t.Fatalf("a masked value came out: %v", v.Raw)
		}
		if (query == "secret:hiding3" || query == "secret:any") && rule >= policy.Masked {
			t.Fatalf("row %d was found by a value that is masked", id)
		}
	}
}

// FuzzQueries asks the engine anything: whatever is typed either finds rows
// within the actor's rule or is refused in words, and never fails.
func FuzzQueries(f *testing.F) {
	b := newBoxes(f)
	for i := range 5 {
		if _, err := b.Add(b.ctx, policy.System, "boxes", pairs("code", fmt.Sprintf("a%d", i), "owner", str(int64(i%2)))); err != nil {
			f.Fatal(err)
		}
	}
	by := policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{Me: 1}, []policy.Grant{
		{Resource: "boxes", Action: "list", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}}})}
	for _, s := range []string{"owner:0", "price:..3", "price:>2", "due:this_month", "due:2026..", "-tags:x", "shelf:none", "sort:-shelf",
		`code:"a b"`, "secret:*", "shelf:#9,low", "owner:>=1 a", "price:--1", "due:+3d", "created:>99999d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		l, err := b.List(b.ctx, by, "boxes", query, Page{})
		if _, said := fault.As(err); err != nil && !said {
			t.Fatalf("%q: %v", query, err)
		}
		for _, r := range l.Rows {
			if r.Values["owner"].Raw != int64(1) {
				t.Fatalf("%q finds row %d of somebody else", query, r.ID)
			}
		}
	})
}

func TestEveryKindHasItsFilters(t *testing.T) {
	b := newBoxes(t)
	b.add("shelves", "name", "low", "height", "3", "is_open", "yes", "built", "2026-11-20", "seen", "2026-11-26 07:00")
	b.add("shelves", "name", "high", "height", "9")
	b.add("boxes", "code", "a1", "price", "5", "shelf", "low", "tags", "red", "due", "2026-10-31")
	b.add("boxes", "code", "a2", "price", "50")
	for name, list := range map[string]map[string]int{
		"shelves": {"height:3..5": 1, "height:..5": 1, "height:5..": 1, "height:>=3": 2, "height:none": 0, "is_open:yes": 1, "is_open:no": 1,
			"built:7d": 1, "built:this_month": 1, "built:last_month": 0, "built:90d": 1, "built:this_year": 1, "built:last_year": 0,
			"built:2026-11-01..2026-11-20": 1, "built:none": 1, "built:any": 1, "seen:today": 1, "seen:none": 1, "low": 1, "sort:-is_open": 2},
		"boxes": {"price:..10": 1, "price:10..100": 1, "shelf:low": 1, "shelf:none": 1, "shelf:any": 1, "-shelf:low": 1, "tags:red": 1,
			"tags:none": 1, "tags:any": 1, "due:last_month": 1, "sort:-shelf": 2, "sort:tags": 2, "low": 1, "red": 0},
	} {
		for q, want := range list {
			if n, _, err := b.Count(b.ctx, policy.System, name, q); err != nil || n != want {
				t.Errorf("%s %q: %d, want %d (%v)", name, q, n, want, err)
			}
			if _, err := b.List(b.ctx, policy.System, name, q, Page{Limit: 1}); err != nil {
				t.Errorf("%s %q: %v", name, q, err)
			}
		}
	}
}

// TestSmallListsPageInEveryOrder walks a small list by pages of one in the order
// of each of its fields, both ways, with nothing in between lost or told twice.
func TestSmallListsPageInEveryOrder(t *testing.T) {
	b := newBoxes(t)
	b.add("shelves", "name", "low")
	for i := range 7 {
		kv := []string{"code", fmt.Sprintf("a%d", i), "price", str(int64(i % 3))}
		if i%2 == 0 {
			kv = append(kv, "shelf", "low", "tags", "x", "due", "2026-12-01")
		}
		b.add("boxes", kv...)
	}
	res, _ := b.Get("boxes")
	for _, f := range res.Fields {
		for _, dir := range []string{"", "-"} {
			if f.Kind == LongText {
				continue
			}
			var seen []int64
			var at Cursor
			for range 10 {
				l, err := b.List(b.ctx, policy.System, "boxes", "sort:"+dir+f.Name, Page{Limit: 1, After: at})
				b.must(err)
				for _, r := range l.Rows {
					seen = append(seen, r.ID)
				}
				if !l.More {
					break
				}
				at = l.Keys[0]
			}
			slices.Sort(seen)
			if len(seen) != 7 || len(slices.Compact(seen)) != 7 {
				t.Errorf("sort:%s%s: %v", dir, f.Name, seen)
			}
		}
	}
}
