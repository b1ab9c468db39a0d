package seed_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"testing"

	"cohort/app/audit"
	"cohort/db"
	"cohort/db/dbtest"
)

func openDB(t *testing.T, path string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// A whole school goes to a file and, where there is a server, back to it: the same rows, the audit trail whole, the rules
// of the tables in force again. Where there is a school already it does not go.
func TestASchoolIsCopied(t *testing.T) {
	ctx := context.Background()
	a := demoSchool(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	file, back := openDB(t, path), openDB(t, dbtest.Path(t))
	out, err := db.Transfer(ctx, a.DB, file, nil)
	if err != nil || out.Rows < 1000 || out.Tables < 50 {
		t.Fatalf("%+v %v", out, err)
	}
	in, err := db.Transfer(ctx, file, back, nil)
	if err != nil || in != out {
		t.Fatalf("%+v there, %+v back: %v", out, in, err)
	}
	if _, err := db.Transfer(ctx, a.DB, back, nil); !errors.Is(err, db.ErrNotEmpty) {
		t.Errorf("a school was copied over another: %v", err)
	}
	for _, d := range []*db.DB{file, back} {
		n, broken, err := audit.Verify(ctx, d)
		if err != nil || broken != 0 || n == 0 {
			t.Errorf("audit: %d entries, broken at %d, %v", n, broken, err)
		}
		if err := d.Check(ctx); err != nil {
			t.Error(err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM audit"); return err })
		if rule, _ := db.Constraint(err); rule != "append_only" {
			t.Errorf("the rules are not in force again: %v", err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("UPDATE customers SET owner_id = 999999"); return err })
		if rule, _ := db.Constraint(err); rule != db.ForeignKey {
			t.Errorf("foreign keys are not in force again: %v", err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	held, err := db.Inspect(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := db.Copy(ctx, cmp.Or(a.Config.Database, filepath.Join(a.Config.Data, "cohort.db")), copied); err != nil {
		t.Fatal(err)
	}
	again, err := db.Inspect(ctx, copied)
	if err != nil || !maps.Equal(held.Rows, again.Rows) {
		t.Errorf("a backup's database differs: %v", err)
	}
}
