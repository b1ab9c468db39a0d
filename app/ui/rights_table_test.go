package ui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// rowKinds are the columns of the table: whose row it is, as the row rules see
// it. near is of one's department or of a class of one's own.
var rowKinds = []string{"own", "near", "foreign", "nobody's"}

// nobodysRow is a number that no record has.
const nobodysRow = 999999

// tableRoles are the ready-made roles, each by an account of the demo school,
// and an account without a role.
var tableRoles = []struct{ role, login string }{
	{"sales", "sales_a"}, {"sales_manager", "manager"}, {"lecturer", "lecturer"}, {"student", "kobe"}, {"admin", "admin"}, {"nobody", "roleless"},
}

// TestRightsTable asks for every declared record, every action that it knows,
// every ready-made role and whose row it is, what happens through the engine, by
// the command, on the screen and in the folders, and writes it down, a text for
// each role in testdata/table_ROLE.txt (UPDATE=1 writes them anew; read the
// difference). The faces must agree, and what is there but not for somebody must
// look like what nobody has. A new record is in it by itself.
func TestRightsTable(t *testing.T) {
	a := openSchool(t)
	furnish(t, a)
	for _, r := range tableRoles {
		t.Run(r.role, func(t *testing.T) {
			x := newFaces(t, a, r.login)
			var b strings.Builder
			fmt.Fprintf(&b, "What the role %s may do, and through which faces: e engine, c command, s screen, f files; ! before one that says otherwise.\n", r.role)
			for _, name := range a.Engine.Names() {
				x.record(&b, name)
			}
			golden(t, "table_"+r.role+".txt", b.String())
		})
	}
}

// furnish adds what the demo school has none of: homework, files sent for
// import, something in the trash, a receipt of a hand-over, somebody without a
// role.
func furnish(t *testing.T, a *app.App) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.DB.Write(bg, func(tx *db.Tx) error {
		_, err := a.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: "roleless", Name: "无名", Email: "roleless@school.example"}, "")
		return err
	}))
	_, n := openLesson(t, a)
	handIn(t, a, "kobe", n, "answer.txt", "42")
	for _, login := range []string{"manager", "admin"} {
		_, err := a.Exchange.Take(bg, actorOf(t, a, login), "of-"+login+".csv", "customers", strings.NewReader("name,phone,source\n某人,13800138000,baidu\n"))
		must(err)
	}
	made, err := a.Engine.Add(bg, actorOf(t, a, "admin"), "sources", map[string]string{"code": "leaflet", "name": "传单"})
	must(err)
	must(a.Engine.Delete(bg, actorOf(t, a, "admin"), "sources", made, 0))
	must(a.DB.Write(bg, func(tx *db.Tx) error { return handedOver(tx) }))
}

// rows picks one row of each kind; 0 where the record has none.
func (x *faces) rows(res *resource.Resource) (ids [4]int64) {
	all := x.ids(res, x.plain(res)...)
	if len(all) == 0 {
		all = x.ids(res)
	}
	own, near := map[int64]bool{}, map[int64]bool{}
	if res.Own != "" {
		list, err := x.app.Engine.IDs(bg, x.by, res.Name, "", 1000)
		x.must(err)
		include(own, list)
	}
	known := res.Known()
	for _, field := range known.RowNames() {
		switch value := meant[field]; {
		case value == "":
		case strings.HasPrefix(value, "$my_class") || value == "$my_department":
			include(near, x.ids(res, policy.Cond{Field: field, Values: []string{value}}))
		default:
			include(own, x.ids(res, policy.Cond{Field: field, Values: []string{value}}))
		}
	}
	for _, id := range all {
		kind := 2
		switch {
		case own[id]:
			kind = 0
		case near[id]:
			kind = 1
		}
		if ids[kind] == 0 {
			ids[kind] = id
		}
	}
	ids[3] = nobodysRow
	return ids
}

// meant is what a row-rule field is compared with when it says whose a row is.
var meant = map[string]string{
	"owner": "$me", "consultant": "$me", "author": "$me", "asker": "$me", "lecturer": "$me", "account": "$me",
	"customer": "$my_customer", "self": "$my_customer", "department": "$my_department", "class": "$my_classes",
}

// plain leaves out rows that a yes or no makes special, such as those gone
// stale: which they are changes with the day.
func (x *faces) plain(res *resource.Resource) (conds []policy.Cond) {
	for field := range res.Rules {
		if f, ok := res.Field(field); ok && f.Kind == resource.Bool {
			conds = append(conds, policy.Cond{Field: field, Values: []string{"0"}})
		}
	}
	return conds
}

func include(set map[int64]bool, ids []int64) {
	for _, id := range ids {
		set[id] = true
	}
}

// ids are the rows that conditions open for this person, whatever his rights.
func (x *faces) ids(res *resource.Resource, conds ...policy.Cond) []int64 {
	by := policy.System
	if len(conds) > 0 {
		by = x.by
		by.Rights = policy.NewRights(nil, x.by.Rights.Scope, []policy.Grant{{ID: 1, Resource: res.Name, Action: "list", Rows: conds}})
	}
	ids, err := x.app.Engine.IDs(bg, by, res.Name, "", 1000)
	x.must(err)
	return ids
}

// answer is what one face says of one cell.
type answer struct {
	word string // yes, may not, not there; "" where the face has no such thing
	text string // what was said, with numbers left out
}

const yes, mayNot, notThere = "yes", "may not", "not there"

// record writes the table of one record.
func (x *faces) record(b *strings.Builder, name string) {
	res, _ := x.app.Engine.Get(name)
	x.open(res)
	ids := x.rows(res)
	x.sample = max(ids[0], ids[1], ids[2])
	fmt.Fprintf(b, "\n%-22s %-16s %-16s %-16s %s\n", name, rowKinds[0], rowKinds[1], rowKinds[2], rowKinds[3])
	for _, action := range append(res.Verbs(), "history") {
		if !has(res, action) {
			continue
		}
		var said [4]map[string]answer
		line := fmt.Sprintf("  %-20s", action)
		for i, id := range ids {
			cell := "-"
			if id != 0 {
				said[i] = x.ask(action, id)
				cell = x.agree(name, action, rowKinds[i], said[i])
			}
			line += fmt.Sprintf(" %-16s", cell)
		}
		x.secret(name, action, said)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	for i, id := range ids[:3] {
		if closed := x.closed(id); closed != "" {
			fmt.Fprintf(b, "  %-8s closed: %s\n", rowKinds[i], closed)
		}
	}
}

// has says whether a record has what an action does.
func has(res *resource.Resource, action string) bool {
	switch action {
	case "add":
		return res.CanAdd()
	case "change":
		return res.CanChange()
	case "delete":
		return res.CanDelete()
	case "import", "history":
		return res.CanAdd() || res.CanChange()
	}
	return true
}

// apart are the cells where a face rightly differs, and why. In the table ! stands
// before it.
var apart = map[string]string{
	"imports view own":     "files that one has sent need no right",
	"imports undo own":     "files that one has sent need no right",
	"imports view foreign": "the folder holds what one has sent oneself",
}

func isApart(name, action, kind string) bool { return apart[name+" "+action+" "+kind] != "" }

// agree holds the faces against the engine, and gives the cell.
func (x *faces) agree(name, action, kind string, said map[string]answer) string {
	want := said["engine"].word
	through := "e"
	for _, face := range []string{"command", "screen", "files"} {
		got := said[face]
		switch {
		case got.word == "":
			continue
		case (got.word == yes) != (want == yes) && isApart(name, action, kind):
			through += "!"
		case (got.word == yes) != (want == yes):
			x.t.Errorf("%s %s, %s row: the engine says %q, the %s %q: %s", name, action, kind, want, face, got.word, got.text)
		}
		through += face[:1]
	}
	if kind == "nobody's" && want == yes && !rowless(action) {
		x.t.Errorf("%s %s: nobody's row is there", name, action)
	}
	return want + " " + through
}

// rowless are the actions that are about no row that is there before.
func rowless(action string) bool { return slices.Contains([]string{"add", "import", "check"}, action) }

// secret fails where a row that is there, but not for this person, looks another
// way than one that nobody has.
func (x *faces) secret(name, action string, said [4]map[string]answer) {
	if said[0] == nil && said[1] == nil && said[2] == nil {
		return
	}
	for i := range 3 {
		for face, got := range said[i] {
			if none := said[3][face]; said[i]["engine"].word == notThere && got != none && !isApart(name, action, rowKinds[i]) {
				x.t.Errorf("%s %s tells what is there:\n%s %s: %+v\n%s nobody's: %+v", name, action, face, rowKinds[i], got, face, none)
			}
		}
	}
}

// closed names the fields that a row's page masks or hides.
func (x *faces) closed(id int64) string {
	if id == 0 {
		return ""
	}
	row, _, err := x.app.Engine.Show(bg, x.by, x.res.Name, id)
	if err != nil {
		return ""
	}
	var out []string
	for _, f := range x.res.Fields {
		switch v, ok := row.Values[f.Name]; {
		case !ok || v.Mode == policy.Hidden:
			out = append(out, f.Name+" hidden")
		case v.Mode == policy.Masked:
			out = append(out, f.Name+" masked")
		}
	}
	return strings.Join(out, ", ")
}

var errTried = errors.New("only tried")

var anyNumber = regexp.MustCompile(`\d+`)
