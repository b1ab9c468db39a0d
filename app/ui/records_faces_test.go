package ui

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/cli"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/session"
	"cohort/db"
)

// Two records that the product does not have: shelves are declared by their name
// alone, boxes with every option there is.
const toySchema = `
CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, term INTEGER NOT NULL DEFAULT 0);
CREATE TABLE boxes (id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL DEFAULT '',
  price INTEGER NOT NULL DEFAULT 0, term INTEGER NOT NULL DEFAULT 0, starts_on TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 0,
  memo TEXT NOT NULL DEFAULT '', campus_id INTEGER REFERENCES campuses (id), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE box_tags (box_id INTEGER NOT NULL REFERENCES boxes (id), tag TEXT NOT NULL, PRIMARY KEY (box_id, tag))`

func boxRecord() *resource.Resource {
	const tags = "(SELECT string_agg(t.tag, '" + resource.Sep + "') FROM (SELECT tag FROM box_tags WHERE box_id = boxes.id ORDER BY tag) AS t)"
	return &resource.Resource{Name: "boxes", Ver: "boxes.version", Title: "boxes.name", Code: "code", Order: "code",
		From: "boxes LEFT JOIN campuses ON campuses.id = boxes.campus_id",
		Fields: []resource.Field{
			{Name: "code", Column: true, Sort: true, Input: true, Required: true, Lower: true, Max: 20, Search: resource.Contains("boxes.code", "boxes.name")},
			{Name: "name", Column: true, Input: true, Required: true},
			{Name: "term", Kind: resource.Int, Column: true, Input: true, Check: resource.AtLeast(0)},
			{Name: "price", Kind: resource.Money, Column: true, Input: true},
			{Name: "kind", Kind: resource.Choice, Choices: []string{"full_time", "weekend"}, Column: true, Input: true},
			{Name: "starts", Kind: resource.Day, SQL: "boxes.starts_on", Column: true, Input: true},
			{Name: "active", Kind: resource.Bool, Column: true, Input: true},
			{Name: "campus", Kind: resource.Relation, SQL: "boxes.campus_id", Label: "campuses.name", Code: "campuses.name", Ref: "campuses",
				Lookup: "SELECT id FROM campuses WHERE lower(name) {in}", Column: true, Input: true},
			{Name: "tags", Kind: resource.Strings, SQL: tags, Column: true, Input: true, Set: &resource.Set{Table: "box_tags", ID: "box_id", Where: "tag {in}"}},
			{Name: "memo", Kind: resource.LongText, Detail: true, Input: true},
			{Name: "created", Kind: resource.Time, SQL: "boxes.created_at", Column: true},
		},
		Rules: policy.Fields{"campus": {Cond: "boxes.campus_id {in}"}},
		Trash: &resource.Trash{Owns: []resource.Owned{{Table: "box_tags", Column: "box_id"}}},
		Table: &resource.Table{After: func(tx *db.Tx, id int64, v resource.Values) error {
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
		}},
	}
}

// face is one way to the engine: the same steps on each must have the same
// effect. ref is the record's unique text.
type face struct {
	name    string
	add     func(ref string)
	change  func(ref, field, from, to string)
	history func(ref, change string)
	undo    func()
	bulk    func(refs, field, value string, n int)
	remove  func(ref string)
	restore func(ref string)
	export  func(ref string)
}

// TestEveryFeatureOnEveryFace takes a record with nothing but its name and one
// with every option through the engine's features, by the engine, by commands
// and by keys.
func TestEveryFeatureOnEveryFace(t *testing.T) {
	a := openSchool(t)
	for _, sql := range strings.Split(toySchema, ";") {
		if err := a.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(sql); return err }); err != nil {
			t.Fatal(err)
		}
	}
	a.Engine.Register(&resource.Resource{Name: "shelves"})
	a.Engine.Register(boxRecord())
	for _, rec := range []struct{ name, unique string }{{"shelves", "name"}, {"boxes", "code"}} {
		for _, f := range []face{byEngine(t, a, rec.name, rec.unique), byCommand(t, a, rec.name, rec.unique), byKeys(t, a, rec.name)} {
			t.Run(rec.name+" "+f.name, func(t *testing.T) {
				count := func(where string) int64 { return single(t, a, "SELECT count(*) FROM "+rec.name+" WHERE "+where) }
				is := func(what, where string, want int64) {
					t.Helper()
					if n := count(where); n != want {
						t.Fatalf("%s: %d with %s, want %d", what, n, where, want)
					}
				}
				ref := f.name
				mine := rec.unique + " LIKE '" + f.name + "%'"
				f.add(ref)
				f.add(ref + "2")
				is("added", mine, 2)
				f.change(ref, "term", "", "4")
				is("changed", mine+" AND term = 4", 1)
				f.history(ref, "4")
				f.undo()
				is("undone", mine+" AND term = 4", 0)
				f.bulk(f.name, "term", "7", 2)
				is("both changed", mine+" AND term = 7", 2)
				f.export(ref)
				f.remove(ref)
				is("deleted", mine, 1)
				f.restore(ref)
				is("restored", mine+" AND term = 7", 2)
			})
		}
	}
}

// typedFor is what is given when a record is added.
func typedFor(name, unique, ref string) map[string]string {
	v := map[string]string{unique: ref}
	if name == "boxes" {
		for k, x := range map[string]string{"name": "Box " + ref, "price": "12.50", "kind": "weekend", "starts": "2026-12-01", "active": "yes", "campus": "北京", "tags": "red,small", "memo": "a note"} {
			v[k] = x
		}
	}
	return v
}

func byEngine(t *testing.T, a *app.App, name, unique string) face {
	by := actorOf(t, a, "admin")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id := func(ref string) int64 { return single(t, a, "SELECT id FROM "+name+" WHERE "+unique+" = $1", ref) }
	return face{name: "engine",
		add: func(ref string) { _, err := a.Engine.Add(bg, by, name, typedFor(name, unique, ref)); must(err) },
		change: func(ref, field, _, to string) {
			must(a.Engine.Change(bg, by, name, id(ref), 0, map[string]string{field: to}))
		},
		history: func(ref, change string) {
			list, err := a.Engine.History(bg, by, name, id(ref), 10)
			must(err)
			if len(list) != 2 || list[0].Changes[0].New != change {
				t.Errorf("history %+v", list)
			}
		},
		undo: func() { must(a.Engine.Undo(bg, by, 0)) },
		bulk: func(query, field, value string, n int) {
			ids, err := a.Engine.IDs(bg, by, name, query, 100)
			must(err)
			results := a.Engine.Each(bg, by, name, "change", ids, map[string]string{field: value}, nil)
			for _, r := range results {
				must(r.Err)
			}
			if len(results) != n {
				t.Errorf("%d results", len(results))
			}
		},
		remove:  func(ref string) { must(a.Engine.Delete(bg, by, name, id(ref), 0)) },
		restore: func(string) { must(a.Engine.Restore(bg, by, single(t, a, "SELECT max(id) FROM trash"))) },
		export: func(ref string) {
			list, err := a.Engine.List(bg, by, name, ref, resource.Page{})
			must(err)
			if len(list.Rows) != 2 {
				t.Errorf("%d rows", len(list.Rows))
			}
		}}
}

func byCommand(t *testing.T, a *app.App, name, unique string) face {
	id := accountID(t, a, "admin")
	run := func(want string, args ...string) {
		t.Helper()
		s := &session.Session{Addr: "192.0.2.7", Via: policy.Command, Lang: func(context.Context) i18n.Lang { return i18n.English },
			Actor: func(ctx context.Context) (policy.Actor, bool) {
				by, err := a.Org.Actor(ctx, id, policy.Command, "192.0.2.7")
				return by, err == nil
			}}
		var out, errOut bytes.Buffer
		if code := cli.Run(bg, a, s, args, strings.NewReader(""), &out, &errOut); code != 0 || !strings.Contains(out.String(), want) {
			t.Fatalf("%v: %d, no %q in\n%s%s", args, code, want, out.String(), errOut.String())
		}
	}
	idOf := func(ref string) string {
		return strconv.FormatInt(single(t, a, "SELECT id FROM "+name+" WHERE "+unique+" = $1", ref), 10)
	}
	return face{name: "command",
		add: func(ref string) {
			args := []string{name, "add"}
			for k, v := range typedFor(name, unique, ref) {
				f, _ := a.Engine.Get(name)
				x, _ := f.Field(k)
				args = append(args, "--"+x.FlagName(), v)
			}
			run("", args...)
		},
		change:  func(ref, field, _, to string) { run("", name, "change", idOf(ref), "--"+field, to) },
		history: func(ref, change string) { run(change, name, "history", idOf(ref)) },
		undo:    func() { run("", "undo") },
		bulk: func(query, field, value string, _ int) {
			run("", name, "change", "--where", query, "--"+field, value, "--dry-run")
			run("", name, "change", "--where", query, "--"+field, value, "--yes")
		},
		remove:  func(ref string) { run("", name, "delete", idOf(ref)) },
		restore: func(string) { run("", "trash", "restore", str(single(t, a, "SELECT max(id) FROM trash"))) },
		export:  func(ref string) { run(ref, name, "export", ref, "--reason", "a test") }}
}

func byKeys(t *testing.T, a *app.App, name string) face {
	list := func(ref string) *seat {
		s := person(t, a, "admin", name)
		s.Keys("/").Type(ref).Keys("enter")
		return s
	}
	return face{name: "keys",
		add: func(ref string) {
			s := person(t, a, "admin", name)
			s.Keys("n").Type(ref)
			if name == "boxes" {
				s.Keys("tab").Type("Box " + ref)
			}
			s.Everywhere()
			s.Keys("ctrl+s").See("saved", ref)
		},
		change: func(ref, _, _, to string) {
			s := list(ref + " sort:id")
			s.Keys("g", "e", "tab")
			if name == "boxes" {
				s.Keys("tab")
			}
			s.Type(to).Everywhere()
			s.Keys("ctrl+s").See("saved")
		},
		history: func(ref, change string) { list(ref+" sort:id").Keys("g", "enter", "H").See(change).Everywhere() },
		undo:    func() { person(t, a, "admin", name).Keys("u").See("Take it back").Keys("y").See("undone") },
		bulk: func(query, _, value string, n int) {
			s := list(query)
			s.Keys("A", ".").See("With 2 records").Keys("enter").See("Which field").Type("term").Type("").Keys("enter")
			s.See("2 records").Keys("ctrl+u").Type(value).Keys("ctrl+s").See("2 records are concerned").Keys("y").See("done: " + strconv.Itoa(n))
		},
		remove: func(ref string) {
			list(ref+" sort:id").Keys("g", "D").See("trash").Everywhere().Keys("y").See("u undoes it")
		},
		restore: func(string) { person(t, a, "admin", "trash").Keys("r").See("done: 1") },
		export:  func(ref string) { list(ref).Keys("X").See("Export", "audit trail").Everywhere() }}
}
