package seed

import (
	"context"
	"testing"

	"cohort/db"
)

// TestClassroomOfABulk: who is enrolled has an enrollment, figures hang
// together, and nothing breaks a rule of the tables.
func TestClassroomOfABulk(t *testing.T) {
	d, _ := school(t)
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, 'B', 1, 1)`)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := (Bulk{Customers: 2000, Seed: 3}).Run(ctx, d); err != nil {
		t.Fatal(err)
	}
	if err := (Classroom{Enrollments: 150, Payments: 350, Lessons: 3}).Run(ctx, d); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]func(n int) bool{
		"SELECT count(*) FROM enrollments": func(n int) bool { return n == 150 },
		"SELECT count(*) FROM customers WHERE status = 'enrolled' AND NOT EXISTS (SELECT 1 FROM enrollments WHERE customer_id = customers.id)": func(n int) bool { return n == 0 },
		"SELECT count(*) FROM payments":                                   func(n int) bool { return n > 250 && n <= 350 },
		"SELECT count(*) FROM study_records":                              func(n int) bool { return n > 300 },
		"SELECT count(*) FROM student_classes":                            func(n int) bool { return n == 150 },
		"SELECT count(*) FROM enrollments WHERE approved_at > updated_at": func(n int) bool { return n == 0 },
	} {
		var n int
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(sql).Scan(&n) }); err != nil || !want(n) {
			t.Errorf("%s: %d, %v", sql, n, err)
		}
	}
	if err := d.Check(ctx); err != nil {
		t.Error(err)
	}
}
