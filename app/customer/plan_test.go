package customer

import (
	"fmt"
	"strings"
	"testing"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

// big fills a library with n customers by SQL alone, fast enough for a test.
func (w *world) big(n int) {
	w.t.Helper()
	w.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO customers (id, name, name_key, phone, qq, source_id, status, owner_id, never_contact, touched_at, last_follow_up_at,
			next_follow_up_on, created_at, updated_at)
		SELECT 1000 + i, name, name, '137' || substr(CAST(100000000 + i * 7919 % 100000000 AS TEXT), 2), CASE WHEN i % 2 = 0 THEN '' || (100000 + i) ELSE '' END,
			1 + i % 8, CASE WHEN i % 50 = 0 THEN 'dropped_out' WHEN i % 4 = 0 THEN 'enrolled' ELSE 'not_enrolled' END,
			CASE WHEN i % 10 = 0 THEN NULL ELSE 1 + i / 4 % 4 END, CASE WHEN i % 40 = 1 THEN 1 ELSE 0 END,
			$2 - i * CAST(300000 AS BIGINT), 0, CASE WHEN i % 5 = 0 THEN '2026-12-' || (10 + i % 20) ELSE '' END, $2 - i * CAST(310000 AS BIGINT), $2
		FROM (SELECT i, substr('王李张刘陈杨赵黄周吴徐孙', 1 + i % 12, 1) || substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平', 1 + i * 7 % 20, 1)
			|| substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平', 1 + i * i % 20, 1) AS name FROM n) AS made`, n, w.clock.UnixMilli())
	w.sql(`INSERT INTO name_grams (gram, customer_id) SELECT substr(name, k, l), id FROM customers
		CROSS JOIN (SELECT 1 AS k, 1 AS l UNION ALL SELECT 2, 1 UNION ALL SELECT 3, 1 UNION ALL SELECT 1, 2 UNION ALL SELECT 2, 2) AS cut
		WHERE id > 1000 ON CONFLICT DO NOTHING`)
	w.sql(`INSERT INTO customer_tags (customer_id, tag) SELECT id, 'vip' FROM customers WHERE id % 100 = 0`)
	w.sql(`INSERT INTO customer_courses (customer_id, course_id) SELECT id, 1 + id % 2 FROM customers WHERE id > 1000`)
	w.sql(`INSERT INTO follow_ups (customer_id, author_id, at, channel, note, intention, created_at)
		SELECT id, owner_id, touched_at, 'phone', 'x', 'no_plan', touched_at FROM customers WHERE id > 1000`)
}

// TestEveryListIsServedByAnIndex: in every order and every scope the rows come
// from one index in the order of the list. Nothing is sorted, nothing is read
// from end to end behind a filter.
func TestEveryListIsServedByAnIndex(t *testing.T) {
	dbtest.SQLiteOnly(t)
	if testing.Short() {
		t.Skip("50,000 rows")
	}
	w := school(t)
	if raced {
		w.big(2_000)
		w.everyList("a")
		return
	}
	w.big(50_000)
	w.everyList("a", "manager") // as it is where nobody has analysed the library
	w.sql(`ANALYZE`)
	w.everyList("a", "admin")
}

func (w *world) everyList(logins ...string) {
	w.t.Helper()
	orders := []string{"", "sort:created", "sort:-created", "sort:last", "sort:-last", "sort:next", "sort:-next", "sort:name", "sort:-name"}
	scopes := []string{"", "owner:me", "owner:none", "status:not_enrolled", "status:dropped_out", "source:baidu", "owner:me status:not_enrolled",
		"owner:me source:baidu", "owner:me status:not_enrolled source:baidu", "stale:yes", "stale:yes owner:me"}
	// These many rows match that they are walked past in order, not sorted.
	wide := []string{`department:"sales one"`, "status:not_enrolled,enrolled", "-status:enrolled", "last:>30d", "last:>30d owner:me", "created:2026", "courses:python", "owner:u_a,u_b"}
	for _, login := range logins {
		by := w.as(login)
		for i, order := range orders {
			if (login != "a" || raced) && i%4 != 0 {
				continue // the rules of the others change no order
			}
			for _, scope := range scopes {
				w.served(by, "customers", scope+" "+order, scope != "", strings.Contains(scope, "stale"))
			}
			for _, scope := range wide {
				w.served(by, "customers", scope+" "+order, false, true)
			}
		}
	}
	for _, q := range []string{"", "sort:at", "customer:#1001", "author:me", "author:me sort:-at"} {
		w.served(w.as("a"), "follow_ups", q, q != "" && !strings.HasPrefix(q, "sort"), false)
	}
}

// served fails the test where a page, or the one behind it, sorts or scans.
// Where a filter is loose, as one by time is, the few rows that match may be
// sorted.
func (w *world) served(by policy.Actor, name, query string, filtered, loose bool) {
	w.t.Helper()
	first, err := w.Engine.List(w.ctx, by, name, query, resource.Page{})
	w.must(err)
	pages := []resource.Page{{}}
	if len(first.Keys) > 0 {
		pages = append(pages, resource.Page{After: first.Keys[len(first.Keys)-1]}, resource.Page{After: first.Keys[0], Back: true})
	}
	for _, p := range pages {
		plan, err := w.Engine.Plan(w.ctx, by, name, query, p)
		w.must(err)
		bad := unserved(plan, name, filtered)
		if bad == "it sorts" && loose {
			if n, _, err := w.Engine.Count(w.ctx, by, name, query); err == nil && n <= 1024 {
				bad = ""
			}
		}
		if bad != "" {
			w.t.Errorf("%s: %q, page %+v: %s\n%s", by.Login, query, p, bad, plan)
		}
	}
}

// unserved says what is wrong with a plan. Sub-queries for tags and courses
// sort the few of one row; they come after the driving step.
func unserved(plan, name string, filtered bool) string {
	steps := strings.Split(plan, "\n")
	switch last := steps[len(steps)-1]; {
	case strings.Contains(last, "TEMP B-TREE FOR ORDER BY") || strings.Contains(last, "TEMP B-TREE FOR LAST TERM"):
		return "it sorts"
	case !strings.Contains(steps[0], " "+name+" "):
		return "another table drives it"
	case filtered && strings.HasPrefix(steps[0], "SCAN"):
		return "it scans behind a filter"
	case !strings.Contains(steps[0], "INDEX") && !strings.Contains(steps[0], "PRIMARY KEY"):
		return "no index"
	}
	return ""
}

// TestTheDeclaredIndexesAreThere compares the declaration with the migrations.
func TestTheDeclaredIndexesAreThere(t *testing.T) {
	dbtest.SQLiteOnly(t)
	w := school(t)
	res, _ := w.Engine.Get("customers")
	for _, x := range listIndexes {
		want := []string{}
		for _, name := range append(x.Scope[:len(x.Scope):len(x.Scope)], x.Order) {
			f, _ := res.Field(name)
			if f.Order != "" && name == x.Order {
				f.SQL = f.Order
			}
			want = append(want, strings.TrimPrefix(f.SQL, "customers."))
		}
		got := ""
		w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT string_agg(name, ' ' ORDER BY seqno) FROM pragma_index_info($1)`, x.Name).Scan(&got)
		}))
		if !strings.HasPrefix(got+" ", strings.Join(append(want, "id "), " ")) {
			t.Errorf("%s is on %s, want %v and the id", x.Name, got, want)
		}
	}
}

// TestSearchesAskIndexes: no search reads the library from end to end.
func TestSearchesAskIndexes(t *testing.T) {
	dbtest.SQLiteOnly(t)
	if testing.Short() {
		t.Skip("50,000 rows")
	}
	w := school(t)
	w.big(15_000) // a thousand and more of every family name
	for _, q := range []string{"王伟", "王", "王伟芳", "grace", "1370000", "8000", "wang_m", "wang@", "wang", "wm", "wang wm", "0079", "00791", "anda", "#1500", "tags:vip", "phone:1370000", "qq:100", "referred_by:#7", "王伟 owner:me"} {
		for _, by := range []policy.Actor{w.as("a"), w.as("admin")} {
			plan, err := w.Engine.Plan(w.ctx, by, "customers", q, resource.Page{})
			w.must(err)
			for _, step := range strings.Split(plan, "\n") {
				if strings.HasPrefix(strings.TrimSpace(step), "SCAN customers") || strings.Contains(step, "SCAN name_grams") {
					w.t.Errorf("%s: %q scans:\n%s", by.Login, q, plan)
				}
			}
		}
	}
	w.frequent()
	for _, kind := range Kinds {
		plan := w.explain1(fmt.Sprintf(`SELECT id FROM customers WHERE customers.%s = $1 AND customers.%s <> ''`, kind, kind), "x")
		if !strings.Contains(plan, "SEARCH customers USING INDEX customers_"+kind) && !strings.Contains(plan, "COVERING INDEX customers_"+kind) {
			t.Errorf("a %s is looked up by %s", kind, plan)
		}
	}
}

// TestContactsAreFoundByTheirIndexWhereMostAreMasked: the rule whose contacts
// one sees must not lead the search, or it reads all the customers one owns.
func TestContactsAreFoundByTheirIndexWhereMostAreMasked(t *testing.T) {
	dbtest.SQLiteOnly(t)
	w := school(t)
	for _, q := range []string{"13700007919", "7919", "1370000", "100002", "phone:1370000", "qq:100002"} {
		plan, err := w.Engine.Plan(w.ctx, w.as("a"), "customers", q, resource.Page{})
		w.must(err)
		if strings.Contains(plan, "customers_owner") {
			t.Errorf("%q:\n%s", q, plan)
		}
	}
}

// explain1 is the first step of a statement's plan.
func (w *world) explain1(text string, args ...any) (step string) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error {
		var a, b, c int64
		return tx.QueryRow("EXPLAIN QUERY PLAN "+text, args...).Scan(&a, &b, &c, &step)
	}))
	return step
}

// frequent: one character that many names hold finds the newest, and all of
// them within any other condition.
func (w *world) frequent() {
	w.t.Helper()
	l, err := w.Engine.List(w.ctx, w.as("admin"), "customers", "王 sort:-id", resource.Page{Count: true})
	w.must(err)
	if last := w.count(`SELECT max(id) FROM customers WHERE name LIKE '王%'`); l.Total != newest || l.Rows[0].ID != int64(last) {
		w.t.Errorf("finds %d, the first %d, want %d", l.Total, l.Rows[0].ID, last)
	}
	n, _, err := w.Engine.Count(w.ctx, w.as("admin"), "customers", "王 -status:dropped_out")
	w.must(err)
	if want := w.count(`SELECT count(*) FROM customers WHERE name LIKE '王%' AND status <> 'dropped_out'`); n != want || want <= newest {
		w.t.Errorf("finds %d within another condition, want %d", n, want)
	}
}
