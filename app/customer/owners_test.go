package customer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// ledger tells the ledger of a customer, the oldest first: "added >a", "claimed a>b".
func (w *world) ledger(id int64) string {
	w.t.Helper()
	list, err := w.Owners(w.ctx, policy.System, id)
	w.must(err)
	var out []string
	for _, o := range list {
		text := o.Reason + " " + strings.TrimPrefix(o.From.Login, "u_") + ">" + strings.TrimPrefix(o.To.Login, "u_")
		if o.Note != "" {
			text += " (" + o.Note + ")"
		}
		out = append([]string{text}, out...)
	}
	return strings.Join(out, ", ")
}

// TestEveryChangeOfHandsIsInTheLedger goes through all ways that there are, and
// asks after each that the last line says who the owner is.
func TestEveryChangeOfHandsIsInTheLedger(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	step := func(line string, err error) {
		t.Helper()
		w.must(err)
		w.later(time.Hour)
		if got := w.ledger(c.ID); !strings.HasSuffix(got, line) {
			t.Errorf("%s\nwant as the last %s", got, line)
		}
		w.whole()
	}
	step("added >a", nil)
	_, err := w.Assign(w.ctx, w.as("manager"), []int64{c.ID}, w.ids["b"])
	step("assigned a>b", err)
	_, err = w.Assign(w.ctx, w.as("manager"), []int64{c.ID}, w.ids["b"])
	step("assigned a>b", err) // nothing changed, nothing written
	step("released b>", w.Change(w.ctx, w.as("admin"), c.ID, 0, resource.Values{"owner": int64(0)}))
	step("assigned >c", w.Change(w.ctx, w.as("admin"), c.ID, 0, resource.Values{"owner": w.ids["c"], "memo": "x"}))
	step("assigned >c", w.Change(w.ctx, w.as("admin"), c.ID, 0, resource.Values{"memo": "y"}))
	hand := func(reason string, from, to int64) error {
		return w.DB.Write(w.ctx, func(tx *db.Tx) error {
			list, err := w.Owned(tx, policy.System, from)
			if err == nil {
				_, err = w.HandOver(tx, w.as("admin"), Handing{Act: "handover", Reason: reason, Note: "离职"}, list, from, to)
			}
			return err
		})
	}
	step("handed_over c> (离职)", hand(OwnHandedOver, w.ids["c"], 0))
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.MarkEnrolled(tx, w.as("admin"), c.ID, w.ids["b"], "python-s9")
	}))
	step("enrolled >b (python-s9)", nil)
	if n := w.count(`SELECT count(*) FROM ownerships WHERE customer_id = $1`, c.ID); n != 6 {
		t.Errorf("%d lines: %s", n, w.ledger(c.ID))
	}
}

// whole fails unless each customer's ledger is a chain that ends at his owner.
func (w *world) whole() {
	w.t.Helper()
	broken := w.count(`SELECT count(*) FROM customers WHERE COALESCE(owner_id, 0) <> COALESCE((SELECT to_id FROM ownerships
		WHERE customer_id = customers.id ORDER BY id DESC LIMIT 1), 0)`)
	gaps := w.count(`SELECT count(*) FROM ownerships AS o WHERE COALESCE(from_id, 0) <> COALESCE((SELECT to_id FROM ownerships
		AS earlier WHERE earlier.customer_id = o.customer_id AND earlier.id < o.id ORDER BY earlier.id DESC LIMIT 1), 0)`)
	if broken+gaps > 0 {
		w.t.Errorf("%d ledgers do not end at the owner, %d lines do not follow the one before", broken, gaps)
	}
}

func TestTheLedgerIsNotAltered(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	for _, text := range []string{
		`UPDATE ownerships SET to_id = NULL, from_id = to_id`, `UPDATE ownerships SET reason = 'assigned'`, `UPDATE ownerships SET at = 1`,
		fmt.Sprintf(`INSERT INTO ownerships (customer_id, at, reason) VALUES (%d, 1, 'assigned')`, c.ID),
		fmt.Sprintf(`INSERT INTO ownerships (customer_id, at, to_id, by_id, reason) VALUES (%d, 1, %d, %d, 'claimed')`, c.ID, w.ids["a"], w.ids["b"]),
		fmt.Sprintf(`INSERT INTO ownerships (customer_id, at, to_id, reason) VALUES (%d, 1, %d, 'released')`, c.ID, w.ids["a"]),
	} {
		if err := w.DB.Write(w.ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil {
			t.Errorf("done: %s", text)
		}
	}
	if got := w.ledger(c.ID); got != "added >a" {
		t.Error(got)
	}
}

// TestTheLedgerGoesAndComesWithItsCustomer: a customer who comes back from the
// trash has his past, too.
func TestTheLedgerGoesAndComesWithItsCustomer(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	_, err := w.Assign(w.ctx, w.as("manager"), []int64{c.ID}, w.ids["b"])
	w.must(err)
	was := w.ledger(c.ID)
	w.must(w.Engine.Delete(w.ctx, w.as("admin"), "customers", c.ID, 0))
	other := w.add(w.as("b"), "李四", "13900139000")
	w.must(w.Engine.Restore(w.ctx, w.as("admin"), 1))
	if got := w.ledger(c.ID); got != was {
		t.Errorf("%s, was %s", got, was)
	}
	if got := w.ledger(other.ID); got != "added >b" {
		t.Error(got)
	}
	w.whole()
}

func TestWhoReadsTheLedger(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	for login, sees := range map[string]bool{"a": true, "c": true, "manager": true, "admin": true, "lecturer": false, "student": false} {
		list, err := w.Owners(w.ctx, w.as(login), c.ID)
		if sees && (err != nil || len(list) != 1) {
			t.Errorf("%s: %v %v", login, list, err)
		}
		if !sees {
			w.refused(err, "fault.forbidden")
		}
		if _, err := w.Engine.Add(w.ctx, w.as(login), "ownerships", map[string]string{"customer": "1"}); err == nil {
			t.Errorf("%s adds to the ledger", login)
		}
	}
	_, err := w.Owners(w.ctx, w.as("a"), 99)
	w.refused(err, "fault.not_found")
}
