package seed

import (
	"context"
	"testing"

	"cohort/db"
	"cohort/db/dbtest"
)

// TestALargeBulkPutsTheIndexesBack: as they were, and after a failure, too.
func TestALargeBulkPutsTheIndexesBack(t *testing.T) {
	dbtest.SQLiteOnly(t)
	defer func(was int) { large = was }(large)
	large = 3000
	dbtest.SQLiteOnly(t) // no other engine has its indexes away
	d, _ := school(t)
	ctx, cancel := context.WithCancel(context.Background())
	before := indexes(t, d)
	err := Bulk{Customers: large, FollowUps: 1, Seed: 1, Progress: func(done int) {
		if done == 2000 {
			cancel()
		}
	}}.Run(ctx, d)
	if err == nil || indexes(t, d) != before || count(t, d) != 0 {
		t.Fatalf("broken off: %v, %d customers, indexes\n%s", err, count(t, d), indexes(t, d))
	}
	if err := (Bulk{Customers: large, FollowUps: 1, Seed: 1}).Run(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	if after := indexes(t, d); after != before || count(t, d) != large {
		t.Errorf("%d customers, indexes\n%s\nwant\n%s", count(t, d), after, before)
	}
	if err := d.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

func indexes(t *testing.T, d *db.DB) (list string) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT string_agg(sql, char(10) ORDER BY name) FROM sqlite_schema WHERE type = 'index'`).Scan(&list)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM customers`).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
