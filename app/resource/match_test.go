package resource

import (
	"context"
	"reflect"
	"testing"

	"cohort/app/policy"
	"cohort/db"
)

// TestAPageKeepsToBothActions: what is exported must be listed and exported, each
// value by the closer of the two rules.
func TestAPageKeepsToBothActions(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 12)
	by := rights(policy.Grant{ID: 1, Resource: "toys", Action: "list", Fields: []policy.FieldRule{{Field: "price", Mode: policy.Masked}}},
		policy.Grant{ID: 2, Resource: "toys", Action: "export", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}},
			Fields: []policy.FieldRule{{Field: "phone", Mode: policy.Hidden}, {Field: "due", Mode: policy.Masked}}})
	l, err := e.List(context.Background(), by, "toys", "", Page{Also: "export", Columns: []string{"name", "phone", "price", "due", "owner"}})
	if err != nil || len(l.Rows) != 4 {
		t.Fatal(len(l.Rows), err)
	}
	for _, f := range l.Columns {
		if f.Name == "phone" {
			t.Error("a field hidden from exports is there")
		}
	}
	for _, r := range l.Rows {
		if r.Values["price"].Raw != nil || r.Values["due"].Raw != nil || r.Values["name"].Raw == nil || r.Values["owner"].Label != "ann" {
			t.Errorf("%+v", r.Values)
		}
	}
	if l, err = e.List(context.Background(), by, "toys", "", Page{Columns: []string{"phone"}}); err != nil || len(l.Rows) != 12 || l.Rows[0].Values["phone"].Raw == nil {
		t.Errorf("listing alone keeps to the rules of exports: %v", err)
	}
}

func TestMatchGuessesNothing(t *testing.T) {
	e := toyEngine(t)
	addToys(t, e, 12)
	res, _ := e.Get("toys")
	phone, _ := res.Field("phone")
	by := rights(policy.Grant{ID: 1, Resource: "toys", Action: "list", Fields: []policy.FieldRule{{Field: "phone", Mode: policy.Masked}}},
		policy.Grant{ID: 2, Resource: "toys", Action: "list", Rows: []policy.Cond{{Field: "owner", Values: []string{"$me"}}}})
	for text, want := range map[string][]int64{"13800000001": {2}, "13800000002": nil, "13800000099": nil, "": nil} {
		ids, err := e.Match(context.Background(), by, "toys", []Field{phone}, Values{"phone": text})
		if err != nil || !reflect.DeepEqual(ids, want) {
			t.Errorf("%s: %v %v", text, ids, err)
		}
	}
}

func TestKeysAreThoseOfTheDatabase(t *testing.T) {
	e := toyEngine(t)
	err := e.DB.Write(context.Background(), func(tx *db.Tx) error {
		for _, s := range []string{`CREATE UNIQUE INDEX toys_phone ON toys (phone) WHERE phone <> ''`, `CREATE UNIQUE INDEX toys_made ON toys (owner_id, made_at)`, `CREATE UNIQUE INDEX toys_x ON toys (version)`} {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(context.Background(), "toys")
	if want := [][]string{{"owner", "made"}, {"phone"}}; err != nil || !reflect.DeepEqual(keys, want) {
		t.Errorf("%v %v", keys, err)
	}
}
