package audit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cohort/db"
)

// untied takes the table's own guard away: what somebody can do who holds the database.
func untied(t *testing.T, d *db.DB) {
	t.Helper()
	on := ""
	if dialectOf(t, d) == db.Postgres {
		on = ` ON audit`
	}
	run(t, d, `DROP TRIGGER audit_change`+on)
	run(t, d, `DROP TRIGGER audit_delete`+on)
}

func dialectOf(t *testing.T, d *db.DB) (x db.Dialect) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) error { x = tx.Dialect(); return nil }); err != nil {
		t.Fatal(err)
	}
	return x
}

func run(t *testing.T, d *db.DB, statement string, args ...any) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(statement, args...); return err }); err != nil {
		t.Fatal(statement, err)
	}
}

// writeOld appends an entry as they were before digests.
func writeOld(t *testing.T, d *db.DB, id int64, changes string) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		previous, err := lastHash(tx)
		if err != nil {
			return err
		}
		e := entry{at: db.Millis(tx.Now), account: 7, login: "sales_a", face: "screen", addr: "192.0.2.1", action: "change", resource: "customers", record: id, changes: changes}
		e.hash = e.sum(previous)
		_, err = insert(tx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func eraseNow(t *testing.T, d *db.DB, x Erasure) int {
	t.Helper()
	x.Pseudonym = "erased-42"
	n := 0
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		n, err = Erase(tx, sales, "customers", 42, x)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// aTrail makes a trail of old and new entries and some erasures in it; the database's guard is off.
func aTrail(t *testing.T, seed uint64) *db.DB {
	d, _ := open(t)
	r := rand.New(rand.NewPCG(seed, 0))
	n := int64(0)
	for range 1 + r.IntN(3) {
		writeOld(t, d, int64(r.IntN(3)), `[{"field":"phone","new":"13800138000"}]`)
		n++
	}
	for range 2 + r.IntN(2) {
		for range 2 + r.IntN(3) {
			if r.IntN(3) == 0 {
				write(t, d, "view", int64(r.IntN(3)))
			} else {
				write(t, d, "change", int64(r.IntN(3)), Change{"phone", "", fmt.Sprint(13800138000 + r.IntN(100))})
			}
			n++
		}
		eraseNow(t, d, Erasure{About: []int64{1 + r.Int64N(n), 1 + r.Int64N(n)}, Own: []int64{1 + r.Int64N(n)}})
		n++
	}
	untied(t, d)
	return d
}

// Erased entries are whole; whatever else is altered, exchanged or cut is found.
func TestAnyOtherAlterationIsFound(t *testing.T) {
	for seed := range uint64(1) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			d := aTrail(t, seed)
			head, err := HeadOf(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			if r := check(t, d, head); !r.Whole() || r.Checked != int(head.ID) {
				t.Fatalf("before: %+v", r)
			}
			for id := int64(1); id <= head.ID; id++ {
				alterEach(t, d, id, head)
			}
			cuts(t, d, head)
		})
	}
}

// alterEach gives every column of an entry another value, and takes it back.
func alterEach(t *testing.T, d *db.DB, id int64, head Head) {
	t.Helper()
	texts := []any{"", "x"}
	numbers := []any{int64(0), head.ID - 1}
	for column, values := range map[string][]any{"login": {"x", "erased-9"}, "face": texts, "addr": texts, "action": append(texts, "erase"), "resource": texts,
		"changes": texts, "hash": texts, "salt": texts, "digest": texts, "who_salt": texts, "who": texts,
		"at": numbers, "account_id": numbers, "record_id": numbers, "erased_by": numbers} {
		var was any
		if err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT `+column+` FROM audit WHERE id = $1`, id).Scan(&was)
		}); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if fmt.Sprint(v) == fmt.Sprint(was) {
				continue
			}
			run(t, d, `UPDATE audit SET `+column+` = $1 WHERE id = $2`, v, id)
			if r := check(t, d, head); r.Whole() {
				t.Errorf("entry %d: %s %v instead of %v is not found", id, column, v, was)
			}
		}
		run(t, d, `UPDATE audit SET `+column+` = $1 WHERE id = $2`, was, id)
	}
}

// cuts exchanges neighbours, empties each entry in the name of every erasure, and cuts each entry out for good.
func cuts(t *testing.T, d *db.DB, head Head) {
	t.Helper()
	found := func(what string, id int64) {
		t.Helper()
		if r := check(t, d, head); r.Whole() {
			t.Errorf("entry %d: %s is not found", id, what)
		}
	}
	swap := func(a, b int64) {
		t.Helper()
		for _, step := range [][2]int64{{a, -1}, {b, a}, {-1, b}} {
			run(t, d, `UPDATE audit SET id = $1 WHERE id = $2`, step[1], step[0])
		}
	}
	for id := int64(1); id < head.ID; id++ {
		swap(id, id+1)
		found("an exchange", id)
		swap(id, id+1)
	}
	if r := check(t, d, head); !r.Whole() {
		t.Fatalf("taken back: %+v", r)
	}
	for id := head.ID; id >= 1; id-- {
		run(t, d, `UPDATE audit SET id = $1 WHERE id = $2`, -id, id)
		run(t, d, `DELETE FROM audit WHERE id < 0`)
		found("a cut", id)
	}
}

// Nobody can empty an entry in the name of an erasure that did not.
func TestAnErasureCoversOnlyItsOwn(t *testing.T) {
	for _, old := range []bool{false, true} {
		d, _ := open(t)
		for i := range int64(3) {
			if old {
				writeOld(t, d, i, `[{"field":"name","new":"a"}]`)
			} else {
				write(t, d, "change", i, Change{"name", "", "a"})
			}
		}
		if n := eraseNow(t, d, Erasure{About: []int64{1, 1}}); n != 1 {
			t.Fatalf("%d emptied", n)
		}
		if r := check(t, d); !r.Whole() {
			t.Fatalf("%+v", r)
		}
		// The table itself allows it: what it cannot see, the chain does.
		run(t, d, `UPDATE audit SET changes = '', salt = '', erased_by = 4 WHERE id = 2`)
		if r := check(t, d); r.BrokenAt != 4 {
			t.Errorf("%+v", r)
		}
	}
}

// What the database allows is this one change and nothing else.
func TestTheTableAllowsAnErasureOnly(t *testing.T) {
	d, _ := open(t)
	for i := range int64(3) {
		write(t, d, "change", i, Change{"name", "", "a"})
	}
	eraseNow(t, d, Erasure{About: []int64{1}})
	for _, set := range []string{"changes = ''", "changes = '', salt = ''", "changes = '', salt = '', erased_by = 1", "changes = '', salt = '', erased_by = 3",
		"changes = '', salt = '', erased_by = 9", "changes = 'x', salt = '', erased_by = 4", "changes = '', erased_by = 4", "changes = '', salt = '', erased_by = 4, login = 'x'",
		"changes = '', salt = '', erased_by = 4, addr = ''", "changes = '', salt = '', erased_by = 4, hash = 'x'", "changes = '', salt = '', erased_by = 4, digest = ''",
		"changes = '', salt = '', erased_by = 4, record_id = 9", "changes = '', salt = '', erased_by = 4, at = 1"} {
		for _, id := range []int64{1, 2} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE audit SET `+set+` WHERE id = $1`, id)
				return err
			})
			if rule, ok := db.Constraint(err); !ok || rule != "append_only" {
				t.Errorf("%s of %d: %v", set, id, err)
			}
		}
	}
}

func TestAnErasedEntrySaysSoAndNothingElse(t *testing.T) {
	d, _ := open(t)
	write(t, d, "change", 42, Change{"phone", "", "13800138000"})
	write(t, d, "view", 42)
	if n := eraseNow(t, d, Erasure{About: []int64{1, 2}}); n != 1 { // of the second there is nothing to take
		t.Errorf("%d emptied", n)
	}
	list, err := Entries(ctx, d, "customers", 42, 10)
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	if e := list[2]; e.Erased != 3 || e.Changes != nil || e.Login != "sales_a" || list[1].Erased != 0 {
		t.Errorf("%+v", list)
	}
	eraseNow(t, d, Erasure{Own: []int64{1, 2, 3}}) // a second time: what is erased stays so, and so does the erasure
	list, _ = Entries(ctx, d, "customers", 42, 10)
	if list[3].Erased != 3 || list[2].Erased != 4 || list[2].Login != "erased-42" || list[2].Addr != "" || list[1].Erased != 0 || len(list[1].Changes) != 2 {
		t.Errorf("%+v", list)
	}
	if r := check(t, d); !r.Whole() {
		t.Errorf("%+v", r)
	}
	if d := digest(newSalt(), "13800138000"); d == digest(newSalt(), "13800138000") {
		t.Error("the digest of a phone number is always the same: it can be guessed")
	}
}
