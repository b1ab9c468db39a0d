package resource

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

const toySchema = `-- +goose Up
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE toys (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, name TEXT NOT NULL, phone TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '', owner_id INTEGER, price INTEGER NOT NULL DEFAULT 0, made_at INTEGER NOT NULL DEFAULT 0,
  due TEXT NOT NULL DEFAULT '', broken INTEGER NOT NULL DEFAULT 0);
INSERT INTO people VALUES (1, 'ann'), (2, 'bob');
`

func toyEngine(t *testing.T) *Engine {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{Path: dbtest.Empty(t),
		Migrations: fstest.MapFS{"0001_toy.sql": {Data: dbtest.Tables(t, toySchema)}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	e := &Engine{DB: d, Zone: time.UTC}
	e.Register(&Resource{
		Name: "toys", Large: true, From: "toys LEFT JOIN people ON people.id = toys.owner_id", Key: "toys.id", Ver: "toys.version", Title: "toys.name",
		Fields: []Field{
			{Name: "name", Column: true, Sort: true, Input: true, Required: true,
				Search: func(w string, a policy.Args) string { return Prefix("toys.name", w, a) }},
			{Name: "phone", Column: true, Mask: MaskMiddle(3, 4), Input: true,
				Search: func(w string, a policy.Args) string { return "toys.phone = " + a.Add(w) }},
			{Name: "kind", Kind: Choice, Choices: []string{"soft", "hard"}, Column: true, Input: true},
			{Name: "owner", Kind: Relation, SQL: "toys.owner_id", Label: "people.name", Ref: "accounts", Lookup: "SELECT id FROM people WHERE name {in}", Column: true, Input: true},
			{Name: "price", Kind: Money, Column: true, Sort: true, Input: true},
			{Name: "made", Kind: Time, SQL: "toys.made_at", Column: true, Sort: true},
			{Name: "due", Kind: Day, Column: true, Sort: true, Input: true},
			{Name: "broken", Kind: Bool, Column: true, Input: true},
		},
		Order: "-made",
		Rules: policy.Fields{"owner": {Cond: "toys.owner_id {in}"}, "kind": {Cond: "toys.kind {in}", Text: true}},
	})
	e.Register(&Resource{Name: "people"})
	return e
}

func addToys(t *testing.T, e *Engine, n int) {
	t.Helper()
	err := e.DB.Write(context.Background(), func(tx *db.Tx) error {
		for i := range n {
			var owner any
			if i%3 != 0 {
				owner = i % 3
			}
			_, err := tx.Exec(`INSERT INTO toys (name, phone, kind, owner_id, price, made_at, due, broken) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				string(rune('a'+i%26))+"-toy", "1380000"+string([]byte{'0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)}),
				[]string{"soft", "hard"}[i%2], owner, i*100, int64(i/4+1)*1000, "2026-11-0"+string(rune('1'+i%9)), i%5/4)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rights(grants ...policy.Grant) policy.Actor {
	return policy.Actor{Account: 1, Login: "ann", Rights: policy.NewRights(nil, policy.Scope{Me: 1}, grants)}
}

func TestPagesByKeySetCoverTheList(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 103)
	for _, order := range []string{"", "sort:made", "sort:-price", "sort:name", "sort:-id", "sort:id"} {
		whole, err := e.List(context.Background(), policy.System, "toys", order, Page{Limit: 1000, Count: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Rows) != 103 || whole.Total != 103 {
			t.Fatalf("%q: %d rows, total %d", order, len(whole.Rows), whole.Total)
		}
		var ids []int64
		var at Cursor
		var pages []List
		for {
			l, err := e.List(context.Background(), policy.System, "toys", order, Page{Limit: 10, After: at})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range l.Rows {
				ids = append(ids, r.ID)
			}
			pages = append(pages, l)
			if !l.More {
				break
			}
			at = l.Keys[len(l.Keys)-1]
		}
		for i, r := range whole.Rows {
			if ids[i] != r.ID {
				t.Fatalf("%q: row %d is %d, want %d", order, i, ids[i], r.ID)
			}
		}
		back, err := e.List(context.Background(), policy.System, "toys", order, Page{Limit: 10, After: pages[3].Keys[0], Back: true})
		if err != nil {
			t.Fatal(err)
		}
		if back.Rows[0].ID != pages[2].Rows[0].ID || back.Rows[9].ID != pages[2].Rows[9].ID {
			t.Fatalf("%q: going back gives another page", order)
		}
	}
}

func TestMaskedFieldsAreNeitherShownNorGuessed(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 30)
	by := rights(
		policy.Grant{ID: 1, Resource: "toys", Action: "list", Fields: []policy.FieldRule{{Field: "phone", Mode: policy.Masked}}},
		policy.Grant{ID: 2, Resource: "toys", Action: "list", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}})
	l, err := e.List(context.Background(), by, "toys", "", Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range l.Rows {
		v := r.Values["phone"]
		mine := r.Values["owner"].Raw == int64(1)
		if mine != (v.Mode == policy.Open) || !mine && (v.Raw != nil || v.Label[3:7] != "****") {
			t.Fatalf("row %d: mine %v, %+v", r.ID, mine, v)
		}
	}
	for _, q := range []string{"phone:138", "13800000002", "phone:*2"} {
		l, err := e.List(context.Background(), by, "toys", q, Page{Limit: 100, Count: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Rows {
			if r.Values["owner"].Raw != int64(1) {
				t.Fatalf("%q finds row %d of somebody else by its masked phone", q, r.ID)
			}
		}
	}
	if _, err := e.List(context.Background(), by, "toys", "sort:phone", Page{}); err == nil {
		t.Fatal("sorted by a masked field")
	}
}

func TestNothingBeyondTheRowRule(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 30)
	by := rights(policy.Grant{Resource: "toys", Action: "list", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}},
		policy.Grant{Resource: "toys", Action: "view", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}})
	n, _, err := e.Count(context.Background(), by, "toys", "")
	if err != nil || n != 10 {
		t.Fatalf("count %d %v", n, err)
	}
	if _, _, err := e.Show(context.Background(), by, "toys", 1); err == nil {
		t.Fatal("a foreign row was shown")
	}
	if _, _, err := e.Show(context.Background(), by, "toys", 2); err != nil {
		t.Fatal(err)
	}
	if _, err := e.List(context.Background(), rights(), "toys", "", Page{}); err == nil {
		t.Fatal("listed without a grant")
	}
}

func TestQueriesMean(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 40)
	for q, want := range map[string]int{
		"": 40, "kind:soft": 20, "kind:soft,hard": 40, "-kind:soft": 20, "owner:ann": 13, "owner:me": 0, "owner:none": 14,
		"price:>20": 19, "price:10..11": 2, "price:5": 1, "due:2026-11-01": 5, "due:2026-11": 40, "broken:yes": 8,
		"made:>1d": 40, "made:today": 0, "name:b-toy": 2, "name:b-toy,c": 4, "name:*-to*": 40, "b": 2, "#7": 1, "kind:soft owner:bob": 7,
	} {
		n, _, err := e.Count(context.Background(), policy.System, "toys", q)
		if err != nil || n != want {
			t.Errorf("%q: %d, want %d (%v)", q, n, want, err)
		}
	}
	for _, bad := range []string{"colour:red", "kind:furry", "price:cheap", "made:someday", "owner:carl", `"open`, "sort:phone"} {
		if _, err := e.List(context.Background(), policy.System, "toys", bad, Page{}); err == nil {
			t.Errorf("%q is no query", bad)
		}
	}
}

func TestAResourceWithNothingButItsName(t *testing.T) {
	e := toyEngine(t)
	l, err := e.List(context.Background(), policy.System, "people", "sort:-name", Page{})
	if err != nil || len(l.Rows) != 2 || l.Rows[0].ID != 2 {
		t.Fatalf("%+v %v", l, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"source:baidu last:>30d owner:me sort:-created", `name:"a b" x`, "-tag:vip 王小明", "http://x", `"`, "a:", "::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Fatalf("%q → %q → %q (%v)", s, q.String(), again.String(), err)
		}
	})
}

// TestMayNarrowsAList: may:ACTION are the rows on which one may do that, never
// more than one may list.
func TestMayNarrowsAList(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 30)
	by := rights(policy.Grant{ID: 1, Resource: "toys", Action: "list", Rows: []policy.Cond{{Field: "kind", Values: []string{"soft"}}}},
		policy.Grant{ID: 2, Resource: "toys", Action: "change", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}})
	for query, want := range map[string]string{"may:list": "kind:soft", "may:change": "owner:#1", "-may:change": "-owner:#1", "may:fly": "#0"} {
		got, _, err := e.Count(context.Background(), by, "toys", query)
		same, _, err2 := e.Count(context.Background(), by, "toys", want)
		if err != nil || err2 != nil || got != same {
			t.Errorf("%s: %d rows, %v; %s: %d, %v", query, got, err, want, same, err2)
		}
	}
}
