package resource

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
	"cohort/migrations"
)

// boxSchema is a school of toys in boxes: a record with every option, and one
// with nothing but its name.
const boxSchema = `-- +goose Up
CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, account_id INTEGER NOT NULL DEFAULT 0, login TEXT NOT NULL, face TEXT NOT NULL,
  addr TEXT NOT NULL DEFAULT '', action TEXT NOT NULL, resource TEXT NOT NULL, record_id INTEGER NOT NULL DEFAULT 0,
  changes TEXT NOT NULL DEFAULT '', hash TEXT NOT NULL,
  salt TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '', who_salt TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '', erased_by INTEGER NOT NULL DEFAULT 0);
CREATE TABLE accounts (id INTEGER PRIMARY KEY, login TEXT NOT NULL);
INSERT INTO accounts VALUES (1, 'p1'), (2, 'p2'), (7, 'p7');
CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, height INTEGER NOT NULL DEFAULT 0, is_open INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1)),
  built_on TEXT NOT NULL DEFAULT '', seen_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE boxes (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, code TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL DEFAULT 0,
  secret TEXT NOT NULL DEFAULT '', price INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '',
  shelf_id INTEGER REFERENCES shelves (id), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE box_tags (box_id INTEGER NOT NULL REFERENCES boxes (id), tag TEXT NOT NULL, PRIMARY KEY (box_id, tag));
CREATE TABLE locks (id INTEGER PRIMARY KEY, box_id INTEGER NOT NULL REFERENCES boxes (id), name TEXT NOT NULL);
`

type boxes struct {
	*Engine
	t   testing.TB
	ctx context.Context
	now time.Time
}

func newBoxes(t testing.TB) *boxes {
	t.Helper()
	b := &boxes{t: t, ctx: context.Background(), now: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)}
	shared, err := fs.ReadFile(migrations.SQLite(), "0010_records.sql")
	b.must(err)
	d, err := db.Open(b.ctx, db.Options{Path: dbtest.Empty(t), Clock: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
		Migrations: fstest.MapFS{"0001_box.sql": {Data: dbtest.Tables(t, boxSchema)}, "0010_records.sql": {Data: dbtest.Tables(t, string(shared))}}})
	b.must(err)
	t.Cleanup(func() { _ = d.Close() })
	b.Engine = &Engine{DB: d, Zone: time.UTC}
	b.Register(boxResource())
	b.Register(&Resource{Name: "shelves"})
	b.Register(&Resource{Name: "locks"})
	b.Register(TrashRecord())
	return b
}

func boxResource() *Resource {
	const tags = "(SELECT string_agg(t.tag, '" + Sep + "') FROM (SELECT tag FROM box_tags WHERE box_id = boxes.id ORDER BY tag) AS t)"
	return &Resource{
		Name: "boxes", From: "boxes LEFT JOIN shelves ON shelves.id = boxes.shelf_id", Ver: "boxes.version", Title: "boxes.code", Code: "code", Order: "code",
		Fields: []Field{
			{Name: "code", Column: true, Input: true, Required: true, Lower: true, Max: 20, Search: Contains("boxes.code", "boxes.note")},
			{Name: "owner", Kind: Int, Column: true, Input: true},
			{Name: "secret", Column: true, Input: true, Mask: MaskMiddle(1, 1)},
			{Name: "price", Kind: Money, Column: true, Input: true, Check: AtLeast(0)},
			{Name: "note", Kind: LongText, Column: true, Input: true},
			{Name: "due", Kind: Day, Column: true, Input: true},
			{Name: "shelf", Kind: Relation, SQL: "boxes.shelf_id", Label: "shelves.name", Ref: "shelves", Lookup: "SELECT id FROM shelves WHERE lower(name) {in}", Column: true, Input: true},
			{Name: "tags", Kind: Strings, SQL: tags, Column: true, Input: true, Set: &Set{Table: "box_tags", ID: "box_id", Where: "tag {in}"}},
		},
		Rules: policy.Fields{"owner": {Cond: "boxes.owner {in}"}},
		Trash: &Trash{Owns: []Owned{{"box_tags", "box_id"}}, Keep: func(tx *db.Tx, _ policy.Actor, id int64) error {
			var price int64
			if err := tx.QueryRow("SELECT price FROM boxes WHERE id = $1", id).Scan(&price); err != nil || price < 100_000 {
				return err
			}
			return fault.New(fault.Conflict, "record.cannot_undo")
		}},
		Table: &Table{
			Default: func(_ *db.Tx, v Values) error {
				if v.Str("note") == "" {
					v["note"] = "new"
				}
				return nil
			},
			Check: func(_ *db.Tx, v Values) error {
				if v.Str("note") == v.Str("code") {
					return fault.Field("note", "fault.required")
				}
				return nil
			},
			After: func(tx *db.Tx, id int64, v Values) error {
				if !v.Has("tags") {
					return nil
				}
				if _, err := tx.Exec("DELETE FROM box_tags WHERE box_id = $1", id); err != nil {
					return err
				}
				for _, tag := range v.Strs("tags") {
					if _, err := tx.Exec("INSERT INTO box_tags (box_id, tag) VALUES ($1, $2)", id, tag); err != nil {
						return err
					}
				}
				return nil
			},
		},
	}
}

func (b *boxes) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func pairs(kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

func (b *boxes) add(name string, kv ...string) int64 {
	b.t.Helper()
	id, err := b.Add(b.ctx, policy.System, name, pairs(kv...))
	b.must(err)
	return id
}

func (b *boxes) change(by policy.Actor, id, version int64, kv ...string) error {
	return b.Change(b.ctx, by, "boxes", id, version, pairs(kv...))
}

func (b *boxes) is(id int64, field, want string) {
	b.t.Helper()
	row, fields, err := b.Show(b.ctx, policy.System, "boxes", id)
	b.must(err)
	if got := Typed(row, fields)[field]; got != want {
		b.t.Errorf("%s of box %d: %q, want %q", field, id, got, want)
	}
}

func (b *boxes) refused(err error, key, field string) *fault.Fault {
	b.t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Key != key || f.Field != field {
		b.t.Fatalf("%v, want %s on %q", err, key, field)
	}
	return f
}

// person may do everything with boxes, under the field rules given.
func person(account int64, fields ...policy.FieldRule) policy.Actor {
	g := func(action string, f ...policy.FieldRule) policy.Grant {
		return policy.Grant{Resource: "boxes", Action: action, Fields: f}
	}
	return policy.Actor{Account: account, Login: "p" + str(account), Via: policy.Command, Rights: policy.NewRights(nil, policy.Scope{Me: account},
		[]policy.Grant{g("list", fields...), g("view", fields...), g("add", fields...), g("change", fields...), g("delete"), {Resource: "shelves", Action: "list"}})}
}

func TestATableAddsAndChanges(t *testing.T) {
	b := newBoxes(t)
	shelf := b.add("shelves", "name", "low")
	id := b.add("boxes", "code", "A1", "price", "12.50", "shelf", "low", "tags", "red, big")
	for field, want := range map[string]string{"code": "a1", "price": "12.50", "shelf": "#" + str(shelf), "tags": "big, red", "note": "new"} {
		b.is(id, field, want)
	}
	b.must(b.change(policy.System, id, 1, "price", "13", "tags", ""))
	b.is(id, "price", "13")
	b.is(id, "tags", "")
	entries, err := audit.Entries(b.ctx, b.DB, "boxes", id, 10)
	b.must(err)
	want := []audit.Change{{Field: "price", Old: "12.50", New: "13"}, {Field: "tags", Old: "big, red"}, {Field: "version", New: "2"}}
	if len(entries) != 2 || !reflect.DeepEqual(entries[0].Changes, want) {
		t.Errorf("%+v", entries)
	}
	b.must(b.change(policy.System, id, 2, "price", "13.00"))
	if entries, err = audit.Entries(b.ctx, b.DB, "boxes", id, 10); err != nil || len(entries) != 2 {
		t.Errorf("a change of nothing is written down: %d %v", len(entries), err)
	}
}

func TestATableRefusesOnTheField(t *testing.T) {
	b := newBoxes(t)
	b.add("boxes", "code", "a1")
	id := b.add("boxes", "code", "a2")
	_, err := b.Add(b.ctx, policy.System, "boxes", pairs("code", "A1"))
	b.refused(err, "record.taken", "code")
	b.refused(b.change(policy.System, id, 0, "code", "a1"), "record.taken", "code")
	b.refused(b.change(policy.System, id, 0, "price", "-1"), "record.at_least", "price")
	b.refused(b.change(policy.System, id, 0, "shelf", "#99"), "record.no_such", "shelf")
	b.refused(b.change(policy.System, id, 0, "note", "a2"), "fault.required", "note")
	b.refused(b.change(policy.System, id, 0, "code", ""), "fault.required", "code")
	b.is(id, "code", "a2")
}

func TestFieldRulesOfATable(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "secret", "abcdef", "owner", "7")
	rule := func(field string, m policy.Mode) policy.Actor {
		return person(7, policy.FieldRule{Field: field, Mode: m})
	}
	f := b.refused(b.change(rule("price", policy.ReadOnly), id, 0, "price", "5"), "fault.read_only", "price")
	if !reflect.DeepEqual(f.Args, []any{"want", "0", "got", "5"}) {
		t.Errorf("%v", f.Args)
	}
	b.refused(b.change(rule("secret", policy.Hidden), id, 0, "secret", "x"), "record.field_closed", "secret")
	masked := rule("secret", policy.Masked)
	b.refused(b.change(masked, id, 0, "secret", "x"), "record.field_closed", "secret")
	b.must(b.change(masked, id, 0, "secret", "a****f", "note", "sent back as shown"))
	b.is(id, "secret", "abcdef")
	b.must(b.change(rule("price", policy.ReadOnly), id, 0, "price", "0", "note", "unchanged is no change"))
	for _, m := range []policy.Mode{policy.ReadOnly, policy.Masked, policy.Hidden} {
		_, err := b.Add(b.ctx, rule("price", m), "boxes", pairs("code", "b"+str(int64(m)), "price", "3"))
		b.refused(err, "record.field_closed", "price")
	}
	_, err := b.Add(b.ctx, rule("price", policy.Hidden), "boxes", pairs("code", "c"))
	b.must(err)
}

func TestWhatTwoWroteIsPutTogether(t *testing.T) {
	b := newBoxes(t)
	id := b.add("boxes", "code", "a1", "secret", "abcdef")
	ann, bob := person(1), person(2)
	b.must(b.change(ann, id, 1, "price", "5"))
	b.must(b.change(bob, id, 1, "note", "from an old page"))
	b.is(id, "price", "5")
	err := b.change(bob, id, 1, "price", "6", "due", "2026-12-01")
	clash, ok := ConflictOf(err)
	if !ok || fault.Of(err) != fault.Stale || clash.Who != "p2" || clash.Version != 3 ||
		!reflect.DeepEqual(clash.Fields, []Clash{{"price", "5", "6"}}) {
		t.Fatalf("%v %+v", err, clash)
	}
	b.is(id, "due", "")
	b.must(b.change(bob, id, 1, "price", "5"))
	b.must(b.change(ann, id, 0, "secret", "ghijkl"))
	err = b.change(person(2, policy.FieldRule{Field: "secret", Mode: policy.Masked}), id, 1, "secret", "zzz")
	if errors.As(err, &clash); clash.Fields[0].Field == "secret" {
		t.Error("a closed field was compared", err)
	}
}

// TestARecordWithNothingButItsName: its fields come from the table, and it can
// be listed, filtered, shown, added and changed.
func TestARecordWithNothingButItsName(t *testing.T) {
	b := newBoxes(t)
	for name, want := range map[string]map[string]Kind{
		"shelves": {"name": Text, "height": Int, "is_open": Bool, "built": Day, "seen": Time},
		"locks":   {"box": Relation, "name": Text},
	} {
		res, _ := b.Get(name)
		got := map[string]Kind{}
		for _, f := range res.Fields {
			got[f.Name] = f.Kind
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	box := b.add("boxes", "code", "a1")
	id := b.add("shelves", "name", "low", "height", "3", "is_open", "yes", "built", "2026-11-01", "seen", "2026-11-26 09:30")
	lock := b.add("locks", "box", "a1", "name", "brass")
	b.must(b.Change(b.ctx, policy.System, "shelves", id, 0, pairs("height", "4")))
	for name, q := range map[string]string{"shelves": "height:4 is_open:yes built:2026-11 seen:today low", "locks": "box:a1 brass sort:box"} {
		n, _, err := b.Count(b.ctx, policy.System, name, q)
		if err != nil || n != 1 {
			t.Errorf("%s %q: %d %v", name, q, n, err)
		}
	}
	row, _, err := b.Show(b.ctx, policy.System, "locks", lock)
	if err != nil || row.Title != "brass" || row.Values["box"].Label != "a1" || row.Values["box"].Raw != box {
		t.Errorf("%+v %v", row, err)
	}
	_, err = b.Add(b.ctx, policy.System, "locks", pairs("name", "no box"))
	b.refused(err, "fault.required", "box")
	_, err = b.Add(b.ctx, policy.System, "shelves", pairs("name", "low"))
	b.refused(err, "record.taken", "name")
}
