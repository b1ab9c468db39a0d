package resource

import (
	"context"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

// marbles are a large table with indexes of their own for lists.
func marbles(t *testing.T) *Engine {
	t.Helper()
	e := toyEngine(t)
	write := func(text string) {
		t.Helper()
		if err := e.DB.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write(`CREATE TABLE marbles (id INTEGER PRIMARY KEY, colour TEXT NOT NULL, owner_id INTEGER, rolled_at INTEGER NOT NULL, size INTEGER NOT NULL)`)
	write(`CREATE INDEX marbles_rolled ON marbles (rolled_at, id)`)
	write(`CREATE INDEX marbles_colour ON marbles (colour, rolled_at, id)`)
	write(`CREATE INDEX marbles_owner ON marbles (owner_id)`)
	write(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO marbles
		SELECT i, CASE WHEN i % 3 = 0 THEN 'red' WHEN i % 900 = 1 THEN 'blue' ELSE 'green' END, CASE WHEN i % 2 = 0 THEN 1 WHEN i % 1000 = 1 THEN 2 END, i * 1000, i % 7 FROM n`)
	e.Register(&Resource{Name: "marbles", Order: "-rolled", Fields: []Field{
		{Name: "colour", Kind: Choice, Choices: []string{"red", "green", "blue"}, Column: true},
		{Name: "owner", Kind: Relation, SQL: "marbles.owner_id", Ref: "accounts", Column: true},
		{Name: "rolled", Kind: Time, SQL: "marbles.rolled_at", Column: true, Sort: true},
		{Name: "size", Kind: Int, Column: true, Compare: "marbles.size + 1"},
		{Name: "old", Kind: Bool, SQL: "CASE WHEN marbles.rolled_at < {limit} THEN 1 ELSE 0 END", Filter: "marbles.colour = 'red' AND marbles.rolled_at < {limit}", Fixes: []string{"colour"}},
	},
		Vars:    func(time.Time) map[string]any { return map[string]any{"limit": 8_000_000} },
		Rules:   policy.Fields{"colour": {Cond: "marbles.colour {in}", Text: true}, "owner": {Cond: "marbles.owner_id {in}"}},
		Indexes: []Index{{Name: "marbles_rolled", Order: "rolled"}, {Name: "marbles_colour", Scope: []string{"colour"}, Order: "rolled"}}})
	return e
}

func TestPagesWalkTheIndexMadeForThem(t *testing.T) {
	dbtest.SQLiteOnly(t)
	e := marbles(t)
	only := rights(policy.Grant{Resource: "marbles", Action: "list", Rows: []policy.Cond{{Field: "colour", Values: []string{"green"}}}})
	for _, x := range []struct {
		by     policy.Actor
		query  string
		driver string
		sorts  bool
	}{
		{policy.System, "", "INDEX marbles_rolled", false},
		{policy.System, "colour:red", "INDEX marbles_colour (colour=?)", false},
		{policy.System, "colour:red,green", "INDEX marbles_rolled", false},
		{policy.System, "-colour:blue", "INDEX marbles_rolled", false},
		{policy.System, "owner:#1", "INDEX marbles_rolled", false}, // many: past the others in order
		{policy.System, "owner:#2", "INDEX marbles_owner", true},   // few: found and sorted
		{policy.System, "colour:red owner:#1 size:>3", "INDEX marbles_colour (colour=?)", false},
		{policy.System, "old:yes", "INDEX marbles_colour (colour=? AND rolled_at<?)", false},
		{only, "", "INDEX marbles_colour (colour=?)", false},
		{policy.System, "sort:id", "marbles", false},
	} {
		plan, err := e.Plan(context.Background(), x.by, "marbles", x.query, Page{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, x.driver) || strings.Contains(plan, "TEMP B-TREE") != x.sorts {
			t.Errorf("%q:\n%s", x.query, plan)
		}
	}
	// Behind a place the plan stays, with a filter on the order itself as well.
	first, err := e.List(context.Background(), policy.System, "marbles", "old:yes", Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Page{{After: first.Keys[5]}, {After: first.Keys[5], Back: true}} {
		plan, err := e.Plan(context.Background(), policy.System, "marbles", "old:yes", p)
		if err != nil || strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, "colour=?") {
			t.Errorf("%v\n%s", err, plan)
		}
	}
	next, err := e.List(context.Background(), policy.System, "marbles", "old:yes", Page{Limit: 10, After: first.Keys[5]})
	if err != nil || next.Rows[0].ID != first.Rows[6].ID {
		t.Errorf("%v", err)
	}
}

func TestValuesOfTheMomentAndComparisons(t *testing.T) {
	e := marbles(t)
	for q, want := range map[string]int{"old:yes": 2666, "old:no": 6334, "-old:yes": 6334, "size:7": 1285, "size:1": 1285, "-owner:#1": 4500, "owner:none": 4491} {
		n, _, err := e.Count(context.Background(), policy.System, "marbles", q)
		if err != nil || n != want {
			t.Errorf("%q: %d, want %d (%v)", q, n, want, err)
		}
	}
	row, _, err := e.Show(context.Background(), policy.System, "marbles", 1)
	if err != nil || row.Values["old"].Raw != true {
		t.Errorf("%+v %v", row, err)
	}
}

func TestWithinStandsForSearchWhereTheListIsNarrowed(t *testing.T) {
	e := toyEngine(t)
	ann := func(_ string, args policy.Args) string { return "people.name = " + args.Add("ann") }
	bob := func(_ string, args policy.Args) Set { return Set{Also: "people.name = " + args.Add("bob")} }
	e.Register(&Resource{Name: "friends", From: "people", Key: "people.id", Fields: []Field{
		{Name: "name", SQL: "people.name", Column: true, Search: ann, Within: bob}}})
	for q, want := range map[string]string{"x": "ann", "x name:b": "bob", "x y": "bob"} {
		l, err := e.List(context.Background(), policy.System, "friends", q, Page{})
		if err != nil || len(l.Rows) != 1 || l.Rows[0].Values["name"].Raw != want {
			t.Errorf("%q: %+v %v", q, l.Rows, err)
		}
	}
}

// TestSetsAreAskedByTheirSize: a small one leads to its rows, a large one is
// asked row by row, and both mean the same.
func TestSetsAreAskedByTheirSize(t *testing.T) {
	dbtest.SQLiteOnly(t)
	defer func(page, count int) { enough, enoughToCount = page, count }(enough, enoughToCount)
	enough = 5000
	e := marbles(t)
	for _, text := range []string{`CREATE TABLE spots (marble_id INTEGER NOT NULL, spot TEXT NOT NULL, PRIMARY KEY (spot, marble_id)) WITHOUT ROWID`, `CREATE INDEX spots_marble ON spots (marble_id)`,
		`INSERT INTO spots SELECT id, CASE WHEN id <= 6000 THEN 'many' ELSE 'some' END FROM marbles`, `INSERT INTO spots VALUES (5, 'one'), (7, 'one')`} {
		if err := e.DB.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	e.Register(&Resource{Name: "spotted", From: "marbles", Key: "marbles.id", Fields: []Field{
		{Name: "colour", SQL: "marbles.colour", Column: true},
		{Name: "spots", Kind: Strings, SQL: "(SELECT string_agg(spot, '" + Sep + "') FROM spots WHERE marble_id = marbles.id)",
			Set: &Set{Table: "spots", ID: "spots.marble_id", Where: "spots.spot {in}"}}}})
	for _, x := range []struct {
		query string
		n     int
		plan  string
	}{
		{"spots:many", 6000, "EXISTS"}, {"spots:some", 3000, "LIST SUBQUERY"}, {"spots:one,some", 3002, "LIST SUBQUERY"}, {"spots:none", 0, ""},
		{"colour:red spots:many", 2000, "EXISTS"}, {"colour:red spots:one colour:red", 0, "LIST SUBQUERY"}, {"-spots:many", 3000, ""}, {"-spots:one", 8998, ""},
	} {
		for _, enoughToCount = range []int{1, 1 << 20} {
			n, _, err := e.Count(context.Background(), policy.System, "spotted", x.query)
			if err != nil || n != x.n {
				t.Errorf("%q: %d, want %d (%v)", x.query, n, x.n, err)
			}
		}
		if plan, _ := e.Plan(context.Background(), policy.System, "spotted", x.query, Page{}); !strings.Contains(plan, x.plan) {
			t.Errorf("%q:\n%s", x.query, plan)
		}
	}
}
