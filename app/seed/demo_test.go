package seed_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"cohort/app"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/db"
	"cohort/db/dbtest"
)

func demoSchool(t testing.TB) *app.App { return demoSchoolAt(t, nil) }

func demoSchoolAt(t testing.TB, clock func() time.Time) *app.App {
	t.Helper()
	c, err := app.FromEnv(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Database, c.Zone, c.Clock = t.TempDir(), dbtest.Address(t), "Asia/Shanghai", clock
	a, err := app.Open(context.Background(), c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	made, err := seed.Demo(context.Background(), a.Seeding())
	if err != nil || !made {
		t.Fatal(made, err)
	}
	return a
}

// TestDemoSchool checks what the first screens of every role need to be there.
func TestDemoSchool(t *testing.T) {
	a := demoSchool(t)
	ctx := context.Background()
	for query, least := range map[string]int{"customers": 300, "customers status:enrolled": 20, "customers last:>30d": 50, "enrollments state:submitted": 2,
		"enrollments state:returned": 1, "enrollments state:invited": 2, "classes": 6, "courses": 2, "accounts": 30, "students": 20, "follow_ups": 400,
		"lessons class:python-s9": 7, "lessons class:linux-40": 5, "study_records score:A": 5, "study_records attendance:late": 1} {
		name, q := query, ""
		for i := range query {
			if query[i] == ' ' {
				name, q = query[:i], query[i+1:]
				break
			}
		}
		n, _, err := a.Engine.Count(ctx, policy.System, name, q)
		if err != nil || n < least {
			t.Errorf("%s: %d, want %d at least (%v)", query, n, least, err)
		}
	}
	if _, err := a.Org.LogIn(ctx, "kobe", seed.Password, "127.0.0.1"); err != nil {
		t.Errorf("kobe: %v", err)
	}
	if list, err := a.Teaching.CheckStandings(ctx, policy.System); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	if made, err := seed.Demo(ctx, a.Seeding()); made || err != nil {
		t.Errorf("a second time: made %v, %v", made, err)
	}
	for _, f := range a.Doctor(ctx) {
		if !f.OK {
			t.Errorf("doctor: %s: %s", f.Name, f.Text)
		}
	}
}

// Made in the small hours, the demo school has nothing in it that happens later
// that day.
func TestDemoSchoolHasNoFuture(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 5, 0, 0, time.UTC) // 0:05 in Shanghai
	a := demoSchoolAt(t, func() time.Time { return now })
	for table, column := range map[string]string{"audit": "at", "customers": "created_at", "follow_ups": "at", "enrollments": "created_at", "mails": "created_at"} {
		var n int
		err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM "+table+" WHERE "+column+" > $1", db.Millis(now)).Scan(&n)
		})
		if err != nil || n > 0 {
			t.Errorf("%s: %d lie in the future (%v)", table, n, err)
		}
	}
}
