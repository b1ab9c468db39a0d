package enrollment

import (
	"strings"
	"testing"

	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

// TestEveryOrderHasItsIndex asks the database how it would make each list, at
// three thousand enrollments: none may be sorted, and none may scan a table that
// is only joined for its names.
func TestEveryOrderHasItsIndex(t *testing.T) {
	dbtest.SQLiteOnly(t)
	s := newSchool(t)
	s.sql(`INSERT INTO customers (id, name, qq, source_id, owner_id, touched_at, created_at, updated_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		SELECT i, 'x', 'q' || i, 1, $1, 1, 1, 1 FROM n`, s.who["sales_a"])
	s.sql(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
		SELECT id, id, 1, CASE id % 3 WHEN 0 THEN $1 ELSE $2 END, 'invited', 1, 'h' || id, id, id, id FROM customers`, s.who["sales_a"], s.who["sales_b"])
	s.sql("ANALYZE")
	res, _ := s.Engine.Get("enrollments")
	for _, test := range []struct{ who, where, order string }{
		{"admin", "1 = 1", "enrollments.created_at DESC"},
		{"admin", "1 = 1", "enrollments.submitted_at"},
		{"admin", "1 = 1", "enrollments.approved_at DESC"},
		{"admin", "enrollments.state = 'submitted'", "enrollments.submitted_at"},
		{"admin", "enrollments.state = 'invited'", "enrollments.created_at DESC"},
		{"sales_a", "1 = 1", "enrollments.approved_at DESC"},
		{"sales_a", "1 = 1", "enrollments.created_at DESC"},
		{"sales_a", "1 = 1", "enrollments.submitted_at DESC"},
	} {
		args := &db.Args{}
		dir := ""
		if strings.HasSuffix(test.order, " DESC") {
			dir = " DESC"
		}
		text := "SELECT customers.name, classes.code, consultants.name FROM " + res.From + " WHERE " +
			s.as(test.who).Where("list", "enrollments", res.Rules, args) + " AND " + test.where + " ORDER BY " + test.order + ", enrollments.id" + dir + " LIMIT 51"
		plan := s.plan(text, *args...)
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN customers") {
			t.Errorf("%s, %s by %s:\n%s", test.who, test.where, test.order, plan)
		}
	}
	if plan := s.plan(due, 1); strings.Contains(plan, "SCAN enrollments") && !strings.Contains(plan, "INDEX") {
		t.Errorf("expiry scans:\n%s", plan)
	}
	if plan := s.plan("SELECT id FROM enrollments WHERE token_hash = $1", "x"); !strings.Contains(plan, "SEARCH") {
		t.Errorf("a link is looked up by\n%s", plan)
	}
}

func (s *school) plan(text string, args ...any) string {
	s.t.Helper()
	var lines []string
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error {
		rows, err := tx.Query("EXPLAIN QUERY PLAN "+text, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var a, b, c any
			var line string
			if err := rows.Scan(&a, &b, &c, &line); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	}))
	return strings.Join(lines, "\n")
}

// TestMayAndWhereAgree compares the two forms of the rules
// on every role and enrollment.
func TestMayAndWhereAgree(t *testing.T) {
	s := newSchool(t)
	for i := range 12 {
		e, _ := s.invite([]string{"sales_a", "sales_b"}[i%2], []int64{s.class, s.small}[i/2%2])
		if i%3 == 0 {
			s.sql("UPDATE customers SET owner_id = $1 WHERE id = $2", s.who["manager"], e.Customer)
		}
		if i%4 == 0 {
			s.sql("UPDATE enrollments SET state = 'cancelled' WHERE id = $1", e.ID)
		}
	}
	fields := map[string][]string{"customer": {"1", "2"}, "consultant": {"$me", "3"}, "department": {"$my_department"}, "owner": {"$me", "4"},
		"source": {"baidu", "zhihu"}, "state": {"invited", "cancelled"}, "class": {"1", "$my_classes"}, "course": {"1", "2"}, "campus": {"1", "$my_campus"}}
	for field, values := range fields {
		for _, v := range values {
			by := s.as("manager")
			scope := by.Rights.Scope
			scope.Classes = []int64{2}
			by.Rights = policy.NewRights(nil, scope, []policy.Grant{{Resource: "enrollments", Action: "view", Rows: []policy.Cond{{Field: field, Values: []string{v}}}}})
			must(t, s.DB.Read(bg, func(tx *db.Tx) error {
				for id := int64(1); id <= 12; id++ {
					e, err := byID(tx, id)
					if err != nil {
						return err
					}
					row, err := rowOf(tx, e)
					if err != nil {
						return err
					}
					sees, err := s.Engine.Sees(tx, by, "view", "enrollments", id)
					if err != nil {
						return err
					}
					if sees != by.May("view", "enrollments", row) {
						t.Errorf("%s=%s on %d: the list says %v", field, v, id, sees)
					}
				}
				return nil
			}))
		}
	}
}
