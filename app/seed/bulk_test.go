package seed

import (
	"context"
	"testing"

	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

func school(t testing.TB) (*db.DB, *resource.Engine) {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{Path: dbtest.Path(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	e := &resource.Engine{DB: d}
	if err := customer.New(customer.Deps{DB: d, Engine: e}).EnsureSources(ctx, policy.System); err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{
			`INSERT INTO courses (id, code, name, created_at, updated_at) VALUES (1, 'python', 'Python', 1, 1), (2, 'linux', 'Linux', 1, 1)`,
			`INSERT INTO roles (id, name, created_at, updated_at) VALUES (1, 'sales', 1, 1)`,
			`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES (1, 'a', 'A', 1, 1), (2, 'b', 'B', 1, 1)`,
			`INSERT INTO account_roles (account_id, role_id) VALUES (1, 1), (2, 1)`,
		} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, e
}

func TestBulkFillsALibraryThatIsFound(t *testing.T) {
	d, e := school(t)
	ctx := context.Background()
	// Somebody has a contact that the first batch would take.
	const taken = "200007919" // the QQ number of id 1
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES (999999, 'x', $1, 1, 1, 1, 1)`, taken)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var last int
	if err := (Bulk{Customers: 2500, Seed: 7, Progress: func(done int) { last = done }}).Run(ctx, d); err != nil {
		t.Fatal(err)
	}
	n, _, err := e.Count(ctx, policy.System, "customers", "")
	if err != nil || n != 2501 || last != 2500 {
		t.Fatalf("%d customers, told %d, %v", n, last, err)
	}
	for _, q := range []string{"status:enrolled", "stale:yes", "owner:a", "courses:python", "next:any", "last:none", "王", "tags:vip"} {
		n, _, err := e.Count(ctx, policy.System, "customers", q)
		if err != nil || n == 0 {
			t.Errorf("%q finds %d (%v)", q, n, err)
		}
	}
	if n, _, _ := e.Count(ctx, policy.System, "follow_ups", ""); n < 3000 {
		t.Errorf("%d follow-ups", n)
	}
	if err := d.Check(ctx); err != nil {
		t.Error(err)
	}
}

// BenchmarkBulk says what one customer with his follow-ups costs.
func BenchmarkBulk(b *testing.B) {
	d, _ := school(b)
	b.ResetTimer()
	if err := (Bulk{Customers: b.N, Seed: 1}).Run(context.Background(), d); err != nil {
		b.Fatal(err)
	}
}
