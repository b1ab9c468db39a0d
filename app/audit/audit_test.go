package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

var ctx = context.Background()

func open(t testing.TB) (d *db.DB, path string) {
	t.Helper()
	path = dbtest.Path(t)
	d, err := db.Open(ctx, db.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, path
}

var sales = policy.Actor{Account: 7, Login: "sales_a", Via: policy.Command, Addr: "192.0.2.1", Rights: &policy.Rights{}}

func write(t testing.TB, d *db.DB, action string, id int64, changes ...Change) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error { return Write(tx, sales, action, "customers", id, changes...) })
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, d *db.DB) (int, int64) {
	t.Helper()
	n, broken, err := Verify(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return n, broken
}

func TestHistoryOfOneRecord(t *testing.T) {
	d, _ := open(t)
	write(t, d, "add", 42)
	write(t, d, "add", 43)
	changes := []Change{{"name", "王小明", "王晓明"}, Secret("token"), Masked("id_number", "", "11010519491231002X")}
	write(t, d, "change", 42, changes...)

	list, err := Entries(ctx, d, "customers", 42, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d entries, %v; want 2", len(list), err)
	}
	got := list[0]
	if got.Action != "change" || got.Login != "sales_a" || got.Face != "command" || got.Addr != "192.0.2.1" ||
		got.Account != 7 || got.Resource != "customers" || got.Record != 42 || got.At.IsZero() {
		t.Errorf("entry %+v", got)
	}
	want := []Change{{"name", "王小明", "王晓明"}, {"token", Concealed, Concealed}, {"id_number", "", "110****2X"}}
	if !reflect.DeepEqual(got.Changes, want) {
		t.Errorf("changes %v, want %v", got.Changes, want)
	}
	if list[1].Action != "add" || list[1].Changes != nil {
		t.Errorf("older entry %+v", list[1])
	}
	if list, _ = Entries(ctx, d, "customers", 42, 1); len(list) != 1 || list[0].Action != "change" {
		t.Errorf("limit 1 gives %v", list)
	}
}

func TestAnActThatIsRolledBackLeavesNoEntryAndNoGap(t *testing.T) {
	d, _ := open(t)
	write(t, d, "add", 1)
	no := errors.New("no")
	err := d.Write(ctx, func(tx *db.Tx) error {
		if err := Write(tx, sales, "change", "customers", 1); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	write(t, d, "delete", 1)
	if n, broken := verify(t, d); n != 2 || broken != 0 {
		t.Errorf("checked %d, broken at %d; want 2, 0", n, broken)
	}
}

// Writers at the same time share transactions; some of them fail in the middle of one.
func TestChainHoldsWithManyWriters(t *testing.T) {
	d, _ := open(t)
	no := errors.New("no")
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for j := range 20 {
				_ = d.Write(ctx, func(tx *db.Tx) error {
					if err := Write(tx, sales, "change", "customers", int64(i), Change{"memo", "", fmt.Sprint(j)}); err != nil {
						return err
					}
					if j%5 == 0 {
						return no
					}
					return nil
				})
			}
		})
	}
	all.Wait()
	if n, broken := verify(t, d); n != 64*16 || broken != 0 {
		t.Errorf("checked %d, broken at %d; want %d, 0", n, broken, 64*16)
	}
}

func TestVerifyGoesOverSeveralBatches(t *testing.T) {
	d, _ := open(t)
	const n = 2*verifyBatch + 1
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i := range n {
			if err := Write(tx, sales, "view", "customers", int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, broken := verify(t, d); got != n || broken != 0 {
		t.Errorf("checked %d, broken at %d; want %d, 0", got, broken, n)
	}
}

// Whoever holds the file can drop the triggers and write; the chain tells on him.
func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	dbtest.SQLiteOnly(t)
	for _, column := range []string{"at = at + 1", "account_id = 9", "login = 'x'", "face = 'x'", "addr = 'x'", "action = 'x'",
		"resource = 'x'", "record_id = 9", "changes = ''", "hash = 'x'"} {
		t.Run(column, func(t *testing.T) {
			d, path := open(t)
			for i := range 5 {
				write(t, d, "change", int64(i), Change{"name", "a", "b"})
			}
			tamper(t, path, `UPDATE audit SET `+column+` WHERE id = 3`)
			if n, broken := verify(t, d); n != 2 || broken != 3 {
				t.Errorf("checked %d, broken at %d; want 2, 3", n, broken)
			}
		})
	}
	t.Run("removed", func(t *testing.T) {
		d, path := open(t)
		for i := range 5 {
			write(t, d, "change", int64(i))
		}
		tamper(t, path, `DELETE FROM audit WHERE id = 3`)
		if n, broken := verify(t, d); n != 2 || broken != 4 {
			t.Errorf("checked %d, broken at %d; want 2, 4", n, broken)
		}
	})
}

func tamper(t *testing.T, path, statement string) {
	t.Helper()
	h, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	for _, s := range []string{`PRAGMA busy_timeout = 5000`, `DROP TRIGGER audit_change`, `DROP TRIGGER audit_delete`, statement} {
		if _, err := h.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

// The program itself cannot change or remove an entry.
func TestAppendOnly(t *testing.T) {
	d, _ := open(t)
	write(t, d, "add", 1)
	for _, s := range []string{`UPDATE audit SET login = 'x'`, `DELETE FROM audit`} {
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(s)
			return err
		})
		if rule, ok := db.Constraint(err); !ok || rule != "append_only" {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Parts carry their length, so that bytes cannot move from one to the next unseen.
func TestEntriesWithMovedBytesHashDifferently(t *testing.T) {
	a := entry{login: "ab", face: "c"}.sum("")
	b := entry{login: "a", face: "bc"}.sum("")
	if a == b {
		t.Error("same hash")
	}
}

// The canonical form is a promise to whoever checks an old trail: both of them.
func TestCanonicalFormIsFixed(t *testing.T) {
	e := entry{at: 1764547200000, account: 7, login: "sales_a", face: "screen", addr: "::1", action: "change",
		resource: "customers", record: 42, changes: `[{"field":"name","old":"王","new":"李"}]`}
	// printf '4:00ff,13:1764547200000,1:7,7:sales_a,6:screen,3:::1,6:change,9:customers,2:42,42:[{…}],' | sha256sum
	const want = "3d14a7098974e3248ad8be9c44fd0b534c8a9e943891b68a202d4d8cdc7da745"
	if got := e.sum("00ff"); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	e.who, e.digest = digest("salt", e.login, e.addr), digest("salt", e.changes)
	// printf '4:salt,7:sales_a,3:::1,' | sha256sum, in base64 without padding
	const who = "XK32kbfhAvhAzIIGijOuCqpJ_pnolPB_bTOz801lYHs"
	if e.who != who {
		t.Errorf("who %s, want %s", e.who, who)
	}
	// printf '2:v2,4:00ff,13:1764547200000,1:7,6:screen,6:change,9:customers,2:42,43:WHO,43:DIGEST,' | sha256sum
	const want2 = "e3569686cf915e73d5367c947f6151d0dffa2241183a3ce2981203e8aad7b8ae"
	if got := e.sum("00ff"); got != want2 {
		t.Errorf("hash %s, want %s", got, want2)
	}
}

func TestOddTextSurvives(t *testing.T) {
	d, _ := open(t)
	by := policy.Actor{Login: "a\x00b\xff", Via: policy.Files, Addr: "x\x00"}
	odd := Change{"memo", "nul \x00, broken \xff, <tag> & \u2028", "王\U0001F600"}
	err := d.Write(ctx, func(tx *db.Tx) error { return Write(tx, by, "change", "customers", 1, odd) })
	if err != nil {
		t.Fatal(err)
	}
	if n, broken := verify(t, d); n != 1 || broken != 0 {
		t.Errorf("checked %d, broken at %d", n, broken)
	}
	list, err := Entries(ctx, d, "customers", 1, 1)
	if err != nil || len(list) != 1 || list[0].Changes[0].New != odd.New || list[0].Login != "ab\uFFFD" || list[0].Addr != "x" {
		t.Errorf("%v, %v", list, err)
	}
}

func TestDiff(t *testing.T) {
	old := map[string]string{"name": "a", "phone": "1", "gone": "x"}
	now := map[string]string{"name": "b", "phone": "1", "more": "y", "unasked": "z"}
	got := Diff(old, now, []string{"more", "phone", "name", "gone"})
	want := []Change{{"more", "", "y"}, {"name", "a", "b"}, {"gone", "x", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMask(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "1": "***", "E12345678": "***", "G123456789": "G12****89", "11010519491231002X": "110****2X", "王王王王王王王王王王": "王王王****王王",
	} {
		if got := Mask(value); got != want {
			t.Errorf("Mask(%q) = %q, want %q", value, got, want)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d, _ := open(b)
	b.ReportAllocs()
	err := d.Write(ctx, func(tx *db.Tx) error {
		for b.Loop() {
			if err := Write(tx, sales, "change", "customers", 42, Change{"name", "王小明", "王晓明"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
