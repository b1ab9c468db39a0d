package audit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

func check(t *testing.T, d *db.DB, known ...Head) Report {
	t.Helper()
	r, err := Check(ctx, d, known, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What was cut off at the end leaves a whole chain; only a place that was kept
// elsewhere tells.
func TestCheckFindsWhatWasCutOff(t *testing.T) {
	dbtest.SQLiteOnly(t)
	d, path := open(t)
	if h, err := HeadOf(ctx, d); err != nil || h.ID != 0 {
		t.Errorf("head of nothing: %+v %v", h, err)
	}
	for i := range 5 {
		write(t, d, "change", int64(i))
	}
	head, err := HeadOf(ctx, d)
	if err != nil || head.ID != 5 || head.Hash == "" || head.At.IsZero() {
		t.Fatalf("%+v %v", head, err)
	}
	write(t, d, "change", 6) // goes on
	var heard []int
	r, err := Check(ctx, d, []Head{head}, func(done, total int) { heard = append(heard, done, total) })
	if err != nil || !r.Whole() || r.Checked != 6 || len(heard) != 2 || heard[0] != 6 || heard[1] != 6 {
		t.Errorf("%+v %v, heard %v", r, err, heard)
	}
	tamper(t, path, `DELETE FROM audit WHERE id >= 4`)
	if n, broken := verify(t, d); n != 3 || broken != 0 {
		t.Errorf("the chain alone: %d %d", n, broken)
	}
	if r := check(t, d, head); r.Whole() || r.Missing != head {
		t.Errorf("%+v", r)
	}
	if yes, err := Holds(ctx, d, head); yes || err != nil {
		t.Error("a place that is gone holds", err)
	}
	// Entries in their place are not theirs.
	write(t, d, "change", 7)
	write(t, d, "change", 8)
	if r := check(t, d, head); r.Whole() || r.Checked != 5 {
		t.Errorf("%+v", r)
	}
}

func TestAnchorIsOnesOwn(t *testing.T) {
	a := Anchor{Path: filepath.Join(t.TempDir(), "audit.head"), Key: []byte("key")}
	if h, err := a.Read(); err != nil || h.ID != 0 {
		t.Errorf("no file: %+v %v", h, err)
	}
	want := Head{ID: 7, Hash: "abc", At: time.UnixMilli(1764547200000).UTC()}
	if err := a.Write(want); err != nil {
		t.Fatal(err)
	}
	if h, err := a.Read(); err != nil || h != want {
		t.Errorf("%+v %v", h, err)
	}
	other := Anchor{Path: a.Path, Key: []byte("another")}
	if _, err := other.Read(); !errors.Is(err, ErrAnchor) {
		t.Errorf("another key: %v", err)
	}
	text, _ := os.ReadFile(a.Path)
	for _, bad := range []string{strings.Replace(string(text), `"id":7`, `"id":6`, 1), strings.Replace(string(text), "abc", "abd", 1), "", "{}"} {
		if err := os.WriteFile(a.Path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Read(); !errors.Is(err, ErrAnchor) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A thousand refusals are two lines, and another person's are his own.
func TestRefusalsAreBounded(t *testing.T) {
	d, _ := open(t)
	var r Refusals
	now := time.UnixMilli(1764547200000)
	note := func(by policy.Actor, what string) {
		t.Helper()
		if w := r.Note(by, what, now); w != nil {
			if err := d.Write(ctx, w); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 1000 {
		note(sales, "change customers")
		note(sales, "view accounts")
	}
	note(policy.Actor{Account: 8, Login: "other", Addr: sales.Addr}, "x")
	list, err := Entries(ctx, d, "", 0, 0)
	if err != nil || len(list) != 2 || list[1].Changes[0].New != "change customers" || list[1].Login != "sales_a" {
		t.Fatalf("%+v %v", list, err)
	}
	now = now.Add(refusalWindow)
	note(sales, "again")
	list, _ = Entries(ctx, d, "", 0, 0)
	if len(list) != 4 || list[1].Changes[0].New != "1999" || list[1].Changes[1].New != "view accounts, change customers" || list[0].Changes[0].New != "again" {
		t.Errorf("%+v", list)
	}
	if w := r.Drain(now.Add(refusalWindow)); w != nil {
		t.Error("nothing was counted since")
	}
	for i := range 3 * maxRefusers {
		r.Note(policy.Actor{Account: int64(i)}, strings.Repeat("x", 1000), now)
	}
	if len(r.by) > maxRefusers+1 {
		t.Errorf("%d are remembered", len(r.by))
	}
}
