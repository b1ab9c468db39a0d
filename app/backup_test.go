package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohort/app/backup"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

func openApp(t *testing.T, change func(*Config)) *App {
	t.Helper()
	c, err := FromEnv(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Database, c.Zone = filepath.Join(t.TempDir(), "data"), dbtest.Address(t), "Asia/Shanghai"
	if change != nil {
		change(&c)
	}
	a, err := Open(context.Background(), c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// TestScheduledBackups are made when they are due, can be restored, and the oldest go.
func TestScheduledBackups(t *testing.T) {
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "backups")
	a := openApp(t, func(c *Config) {
		c.BackupDir, c.BackupHours, c.BackupKeep = dir, 24, 2
		c.Clock = func() time.Time { return now }
	})
	names := func() string {
		list, _ := os.ReadDir(dir)
		var out []string
		for _, e := range list {
			out = append(out, e.Name())
		}
		return strings.Join(out, " ")
	}
	step := func(pass time.Duration, want string) {
		t.Helper()
		now = now.Add(pass)
		if err := a.BackupDue(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := names(); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
	step(0, "cohort-20261126-030000.tar")
	step(23*time.Hour, "cohort-20261126-030000.tar")
	if err := os.WriteFile(filepath.Join(dir, "cohort-notes.tar"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	step(time.Hour, "cohort-20261126-030000.tar cohort-20261127-030000.tar cohort-notes.tar")
	step(24*time.Hour, "cohort-20261127-030000.tar cohort-20261128-030000.tar cohort-notes.tar")
	f, err := os.Open(filepath.Join(dir, "cohort-20261128-030000.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := backup.Restore(context.Background(), f, filepath.Join(t.TempDir(), "again")); err != nil {
		t.Error(err)
	}
	if _, err := a.checkBackup(context.Background()); err != nil {
		t.Error(err)
	}
	now = now.Add(49 * time.Hour)
	if _, err := a.checkBackup(context.Background()); err == nil {
		t.Error("two days late, and the doctor says nothing")
	}
}

// TestBackupIsARight of its own, and written down.
func TestBackupIsARight(t *testing.T) {
	a := openApp(t, nil)
	nobody := policy.Actor{Account: 1, Login: "x", Rights: policy.NewRights(nil, policy.Scope{}, []policy.Grant{{Resource: "customers", Action: policy.Any}})}
	var b bytes.Buffer
	if _, err := a.Backup(context.Background(), nobody, &b, nil); fault.Of(err) != fault.Forbidden || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
	if _, err := a.Backup(context.Background(), policy.System, &b, nil); err != nil {
		t.Fatal(err)
	}
	var n int
	err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM audit WHERE action = 'backup' AND resource = 'school'").Scan(&n)
	})
	if err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// TestDoctorFindsWhatIsMissing breaks one thing after the other.
func TestDoctorFindsWhatIsMissing(t *testing.T) {
	now := time.Now()
	a := openApp(t, func(c *Config) { c.Clock = func() time.Time { return now } })
	bad := func() string {
		var out []string
		for _, f := range a.Doctor(context.Background()) {
			if !f.OK {
				out = append(out, f.Name)
			}
		}
		return strings.Join(out, " ")
	}
	if got := bad(); got != "" {
		t.Errorf("a fresh school: %s", got)
	}
	if err := os.Chmod(filepath.Join(a.Config.Data, secretFile), 0o644); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-time.Hour)
	err := a.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO mails (dedup, to_addr, template, lang, subject, body, message_id, state, next_at, created_at) VALUES ('x', 'a@b.c', 'x', 'en', 'x', 'x', 'x', 'dead', 1, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := bad(); got != "secret clock mail" {
		t.Errorf("found %q", got)
	}
}
