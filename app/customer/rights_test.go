package customer

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// TestWhoMayNot says for each ready-made role, each verb and each kind of row
// what happens: ok, no (seen, but forbidden), or - (does not exist for him).
// The rows: own (of the asker, or of sales a where the asker owns none), a
// colleague's of the department, another department's, and that one when it has
// gone stale.
func TestWhoMayNot(t *testing.T) {
	table := `
		who       verb       own  dept other stale
		a         list       ok   ok   ok    ok
		a         view       ok   ok   ok    ok
		a         history    ok   ok   ok    ok
		a         change     ok   no   no    no
		a         follow_up  ok   no   no    ok
		a         reveal     ok   no   no    ok
		a         assign     no   no   no    no
		a         tag        ok   no   no    no
		manager   list       ok   ok   ok    ok
		manager   view       ok   ok   ok    ok
		manager   history    ok   ok   ok    ok
		manager   change     ok   ok   no    no
		manager   follow_up  ok   ok   no    no
		manager   reveal     ok   ok   no    no
		manager   assign     ok   ok   no    no
		manager   tag        ok   ok   no    no
		lecturer  list       -    -    -     -
		lecturer  view       -    -    -     -
		lecturer  history    -    -    -     -
		lecturer  change     -    -    -     -
		lecturer  follow_up  -    -    -     -
		lecturer  reveal     -    -    -     -
		lecturer  assign     no   no   no    no
		lecturer  tag        -    -    -     -
		student   list       -    -    -     -
		student   view       -    -    -     -
		student   history    -    -    -     -
		student   change     -    -    -     -
		student   follow_up  -    -    -     -
		student   reveal     -    -    -     -
		student   assign     no   no   no    no
		student   tag        -    -    -     -
		admin     list       ok   ok   ok    ok
		admin     view       ok   ok   ok    ok
		admin     history    ok   ok   ok    ok
		admin     change     ok   ok   ok    ok
		admin     follow_up  ok   ok   ok    ok
		admin     reveal     ok   ok   ok    ok
		admin     assign     ok   ok   ok    ok
		admin     tag        ok   ok   ok    ok`
	w := school(t)
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		f := strings.Fields(line)
		if i == 0 {
			continue
		}
		rows := w.fourRows(i)
		for j, id := range rows {
			if got := outcome(w.try(f[0], f[1], id)); got != f[2+j] {
				t.Errorf("%s may %s %s: %s, want %s", f[0], f[1], []string{"own", "dept", "other", "stale"}[j], got, f[2+j])
			}
		}
	}
}

// fourRows makes a fresh customer of each kind.
func (w *world) fourRows(i int) (ids [4]int64) {
	for j, owner := range []string{"a", "b", "c", "c"} {
		c, err := w.Add(w.ctx, policy.System, NewCustomer{Name: "客", Phone: fmt.Sprintf("138%04d%04d", i, j), Source: "baidu", Owner: w.ids[owner]})
		w.must(err)
		ids[j] = c.ID
	}
	w.sql(`UPDATE customers SET touched_at = $1 WHERE id = $2`, w.clock.Add(-31*24*time.Hour).UnixMilli(), ids[3])
	return ids
}

// try does one verb the way a face would.
func (w *world) try(who, verb string, id int64) error {
	by := w.as(who)
	switch verb {
	case "list":
		l, err := w.Engine.List(w.ctx, by, "customers", fmt.Sprintf("#%d", id), resource.Page{})
		if f, ok := fault.As(err); ok && f.Kind == fault.Forbidden || err == nil && len(l.Rows) == 0 {
			return policy.NotFound() // an empty list, or no such entry in the menu
		}
		return err
	case "view":
		_, _, err := w.Engine.Show(w.ctx, by, "customers", id)
		if fault.Of(err) == fault.Forbidden && !by.Can("view", "customers") {
			return policy.NotFound()
		}
		return err
	case "history":
		_, err := w.History(w.ctx, by, id)
		return err
	case "change":
		return w.Change(w.ctx, by, id, 0, resource.Values{"memo": "x"})
	case "follow_up":
		_, err := w.FollowUp(w.ctx, by, NewFollowUp{Customer: id, Note: "x", At: w.clock.Add(-40 * 24 * time.Hour)})
		return err
	case "reveal":
		_, err := w.Reveal(w.ctx, by, id, "phone")
		return err
	case "assign":
		_, err := w.Assign(w.ctx, by, []int64{id}, w.get(id).Owner)
		return err
	case "tag":
		return w.Tag(w.ctx, by, id, "x")
	}
	return fmt.Errorf("no verb %q", verb)
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case fault.Of(err) == fault.Forbidden:
		return "no"
	case fault.Of(err) == fault.NotFound:
		return "-"
	}
	return err.Error()
}

// TestOneRuleInThreeForms: for random rows and random grants the rule asked of
// a row, the rule in a WHERE and the rule in a list say the same.
func TestOneRuleInThreeForms(t *testing.T) {
	w := school(t)
	ids := w.manyRows(60)
	owners := []string{"$me", fmt.Sprint(w.ids["a"]), fmt.Sprint(w.ids["c"])}
	values := map[string][]string{"owner": owners, "worker": owners, "department": {"$my_department", fmt.Sprint(w.dept["sales two"])},
		"status": Statuses, "source": {"baidu", "zhihu", "nowhere"}, "stale": {"0", "1"}, "never_contact": {"0", "1"},
		"self": {"$my_customer", "3"}, "moon": {"full"}}
	fields := []string{"owner", "worker", "department", "status", "source", "stale", "never_contact", "self", "moon"}
	rapid.Check(t, func(rt *rapid.T) {
		grants := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) policy.Grant {
			g := policy.Grant{Resource: "customers", Action: rapid.SampledFrom([]string{"list", "list", "view", policy.Any}).Draw(rt, "action")}
			for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 0, 3, rapid.ID[string]).Draw(rt, "fields") {
				g.Rows = append(g.Rows, policy.Cond{Field: f, Values: rapid.SliceOfN(rapid.SampledFrom(values[f]), 1, 2).Draw(rt, f)})
			}
			return g
		}), 0, 3).Draw(rt, "grants")
		by := policy.Actor{Account: w.ids["a"], Rights: policy.NewRights(nil, policy.Scope{Me: w.ids["a"], Departments: []int64{w.dept["sales one"]}, Customer: 5}, grants)}
		var may, where []int64
		err := w.DB.Read(w.ctx, func(tx *db.Tx) error {
			for _, id := range ids {
				c, err := Get(tx, id)
				if err != nil {
					return err
				}
				if by.May("list", "customers", w.row(c, tx.Now)) {
					may = append(may, id)
				}
				if ok, err := w.Engine.Sees(tx, by, "list", "customers", id); err != nil {
					return err
				} else if ok {
					where = append(where, id)
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(may, where) {
			rt.Fatalf("May says %v, Where says %v", may, where)
		}
		var listed []int64
		l, err := w.Engine.List(w.ctx, by, "customers", "sort:id", resource.Page{Limit: 1000, Count: true})
		if fault.Of(err) == fault.Forbidden && err != nil && len(may) == 0 {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range l.Rows {
			listed = append(listed, r.ID)
		}
		if !reflect.DeepEqual(may, listed) || l.Total != len(may) {
			rt.Fatalf("May says %v, the list shows %v and counts %d", may, listed, l.Total)
		}
	})
}

// manyRows makes customers of every sort.
func (w *world) manyRows(n int) (ids []int64) {
	owners := []int64{0, w.ids["a"], w.ids["b"], w.ids["c"]}
	for i := range n {
		c, err := w.Add(w.ctx, policy.System, NewCustomer{Name: "客", Phone: fmt.Sprintf("1390000%04d", i), Source: []string{"baidu", "zhihu", "other"}[i%3]})
		w.must(err)
		var owner any
		if o := owners[i%4]; o != 0 {
			owner = o
		}
		age := time.Duration(i*7%60) * 24 * time.Hour
		w.sql(`UPDATE customers SET owner_id = $1, status = $2, never_contact = $3, touched_at = $4 WHERE id = $5`,
			owner, Statuses[i/4%3], map[bool]int64{true: 1}[i%5 == 0], w.clock.Add(-age).UnixMilli(), c.ID)
		ids = append(ids, c.ID)
	}
	return ids
}

// TestEveryMethodNamesItsActor: the actor is the second parameter, so that no
// face can forget him.
func TestEveryMethodNamesItsActor(t *testing.T) {
	actor := reflect.TypeFor[policy.Actor]()
	ctx, tx := reflect.TypeFor[context.Context](), reflect.TypeFor[*db.Tx]()
	service := reflect.TypeFor[*Service]()
	for i := range service.NumMethod() {
		m := service.Method(i)
		if m.Name == "Run" { // the worker, which is the program itself
			continue
		}
		if m.Type.NumIn() < 3 || m.Type.In(1) != ctx && m.Type.In(1) != tx || m.Type.In(2) != actor {
			t.Errorf("%s: %s", m.Name, m.Type)
		}
	}
	if service.NumMethod() < 12 {
		t.Errorf("only %d methods looked at", service.NumMethod())
	}
}
