package policy

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

type args []any

func (a *args) Add(v any) string { *a = append(*a, v); return "$" + strconv.Itoa(len(*a)) }

// The test table has a plain, a text and a several-valued field, which are the
// three shapes a row-rule field can have.
var testFields = Fields{
	"owner":     {Cond: "things.owner_id {in}"},
	"status":    {Cond: "things.status {in}", Text: true},
	"lecturers": {Cond: "EXISTS (SELECT 1 FROM thing_lecturers x WHERE x.thing_id = things.id AND x.account_id {in})"},
}

func testTable(t *testing.T) *sql.DB {
	d, err := sql.Open("sqlite", "file:"+t.TempDir()+"/p.db")
	if err != nil {
		t.Fatal(err)
	}
	d.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = d.Close() })
	for _, s := range []string{
		"CREATE TABLE things (id INTEGER PRIMARY KEY, owner_id INTEGER, status TEXT)",
		"CREATE TABLE thing_lecturers (thing_id INTEGER, account_id INTEGER)",
	} {
		if _, err := d.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func genGrant(t *rapid.T, id int) Grant {
	g := Grant{ID: int64(id), Role: "r", Resource: rapid.SampledFrom([]string{"things", "things", Any, "others"}).Draw(t, "resource"),
		Action: rapid.SampledFrom([]string{"view", "view", Any, "change"}).Draw(t, "action"),
		Deny:   rapid.IntRange(0, 2).Draw(t, "deny") == 0}
	for range rapid.IntRange(0, 3).Draw(t, "conds") {
		field := rapid.SampledFrom([]string{"owner", "status", "lecturers", "unknown"}).Draw(t, "field")
		values := map[string][]string{
			"owner": {"$me", "1", "2", "$my_department"}, "status": {"a", "b"}, "lecturers": {"$me", "2", "$my_classes", "$my_campus"}, "unknown": {"1"},
		}[field]
		g.Rows = append(g.Rows, Cond{field, rapid.SliceOfN(rapid.SampledFrom(values), 1, 2).Draw(t, "values")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "rules") {
		g.Fields = append(g.Fields, FieldRule{rapid.SampledFrom([]string{"phone", Any}).Draw(t, "f"), Mode(rapid.IntRange(0, 3).Draw(t, "m"))})
	}
	return g
}

// TestMayEqualsWhere draws rights and rows, and compares the rule for one row
// with the rule for lists, for the rows and for the fields.
func TestMayEqualsWhere(t *testing.T) {
	d := testTable(t)
	rapid.Check(t, func(t *rapid.T) {
		_, _ = d.Exec("DELETE FROM things")
		_, _ = d.Exec("DELETE FROM thing_lecturers")
		var grants []Grant
		for i := range rapid.IntRange(0, 6).Draw(t, "grants") {
			grants = append(grants, genGrant(t, i+1))
		}
		scope := Scope{Me: 1, Departments: []int64{2, 3}, Classes: rapid.SliceOfN(rapid.Int64Range(1, 3), 0, 2).Draw(t, "classes"),
			Campus: rapid.Int64Range(0, 2).Draw(t, "campus")}
		by := Actor{Account: 1, Rights: NewRights(nil, scope, grants)}
		rows := map[int64]Row{}
		for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
			id := int64(i + 1)
			owner := rapid.Int64Range(0, 3).Draw(t, "owner")
			status := rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "status")
			lect := rapid.SliceOfNDistinct(rapid.Int64Range(1, 3), 0, 2, func(v int64) int64 { return v }).Draw(t, "lecturers")
			var ownerArg any
			row := Row{"status": {status}, "lecturers": Int(lect...)}
			if owner > 0 {
				ownerArg = owner
				row["owner"] = Int(owner)
			}
			_, _ = d.Exec("INSERT INTO things VALUES ($1, $2, $3)", id, ownerArg, status)
			for _, l := range lect {
				_, _ = d.Exec("INSERT INTO thing_lecturers VALUES ($1, $2)", id, l)
			}
			rows[id] = row
		}
		for _, action := range []string{"view", "change", "delete"} {
			var a args
			seen := ids(t, d, by.Where(action, "things", testFields, &a), a)
			for id, row := range rows {
				if may := by.May(action, "things", row); may != seen[id] {
					t.Fatalf("%s row %d %v: May %v, Where %v; grants %+v", action, id, row, may, seen[id], grants)
				}
			}
			for m := Open; m < Hidden; m++ {
				var a args
				seen := ids(t, d, by.FieldWhere(action, "things", "phone", m, testFields, &a), a)
				for id, row := range rows {
					if shown := by.Mode(action, "things", "phone", row) <= m; shown != seen[id] {
						t.Fatalf("%s phone of row %d: Mode says %v, FieldWhere %v; grants %+v", action, id, shown, seen[id], grants)
					}
				}
			}
		}
	})
}

func ids(t *rapid.T, d *sql.DB, where string, a args) map[int64]bool {
	rows, err := d.Query("SELECT id FROM things WHERE "+where, a...)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	defer func() { _ = rows.Close() }()
	out := map[int64]bool{}
	for rows.Next() {
		var id int64
		_ = rows.Scan(&id)
		out[id] = true
	}
	return out
}

func TestDeniedByDefault(t *testing.T) {
	for name, by := range map[string]Actor{
		"nobody":      {},
		"no grants":   {Rights: &Rights{}},
		"applicant":   Applicant(7, Screen, ""),
		"must change": {Rights: &Rights{MustChange: true, byKey: map[key][]Grant{{Any, Any}: {{Resource: Any, Action: Any}}}}},
	} {
		var a args
		if by.Can("list", "things") || by.May("view", "things", Row{}) || by.Where("list", "things", testFields, &a) != "1 = 0" {
			t.Errorf("%s may do something", name)
		}
	}
}

func TestNeedTellsNotFoundFromForbidden(t *testing.T) {
	by := Actor{Account: 1, Rights: NewRights(nil, Scope{Me: 1}, []Grant{
		{Resource: "things", Action: "view", Rows: []Cond{{"status", []string{"a"}}}}})}
	if err := by.Need("change", "things", Row{"status": {"a"}}); !strings.HasPrefix(fmt.Sprint(err), "forbidden") {
		t.Errorf("seen but not changeable: %v", err)
	}
	if err := by.Need("change", "things", Row{"status": {"b"}}); !strings.HasPrefix(fmt.Sprint(err), "not_found") {
		t.Errorf("not seen: %v", err)
	}
}

func TestRuleTextsRoundTrip(t *testing.T) {
	rows, err := ParseRows("owner=$me source=qq_group|baidu")
	if err != nil || FormatRows(rows) != "owner=$me source=qq_group|baidu" || len(rows[1].Values) != 2 {
		t.Errorf("%+v %v", rows, err)
	}
	fields, err := ParseFields("phone:masked id_number:hidden")
	if err != nil || FormatFields(fields) != "phone:masked id_number:hidden" {
		t.Errorf("%+v %v", fields, err)
	}
	for _, bad := range []string{"owner", "=x", "owner="} {
		if _, err := ParseRows(bad); err == nil {
			t.Errorf("%q is no row rule", bad)
		}
	}
	for _, bad := range []string{"phone", "phone:maybe", ":masked"} {
		if _, err := ParseFields(bad); err == nil {
			t.Errorf("%q is no field rule", bad)
		}
	}
}
