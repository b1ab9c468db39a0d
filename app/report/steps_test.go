package report

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/db"
)

// keptSteps counts the customers whose kept first steps are not those of their
// rows.
const keptSteps = `SELECT count(*) FROM customers WHERE
	first_follow_up_at <> COALESCE((SELECT min(at) FROM follow_ups WHERE customer_id = customers.id), 0)
	OR first_invited_at <> COALESCE((SELECT min(created_at) FROM enrollments WHERE customer_id = customers.id), 0)
	OR first_submitted_at <> COALESCE((SELECT min(submitted_at) FROM enrollments WHERE customer_id = customers.id AND submitted_at > 0), 0)
	OR first_approved_at <> COALESCE((SELECT min(approved_at) FROM enrollments WHERE customer_id = customers.id AND state = 'approved'), 0)`

// keptMoney counts the enrollments and instalments of which kept sums are not
// those of their rows.
const keptMoney = `SELECT (SELECT count(*) FROM enrollments WHERE paid <> COALESCE((SELECT sum(amount) FROM payments WHERE enrollment_id = enrollments.id), 0))
	+ (SELECT count(*) FROM instalments WHERE upto <> (SELECT sum(amount) FROM instalments AS x WHERE x.enrollment_id = instalments.enrollment_id AND x.number <= instalments.number))`

// changes are what merges, undos, the trash, approvals and corrections do to the
// rows that first steps and sums are kept from.
var changes = []string{
	`UPDATE follow_ups SET customer_id = $1 WHERE customer_id = $2`,
	`UPDATE follow_ups SET at = at + 86400000 * ($1 - $2) WHERE customer_id = $2`,
	`DELETE FROM follow_ups WHERE customer_id = $1 OR author_id = $2`,
	`DELETE FROM follow_ups WHERE customer_id = $1 AND at = (SELECT min(at) FROM follow_ups AS x WHERE x.customer_id = $1) AND $2 > 0`,
	`INSERT INTO follow_ups (customer_id, author_id, at, channel, note, intention, created_at) SELECT id, 1, 1700000000000 + $2, 'phone', 'x', 'no_plan', 1 FROM customers WHERE id = $1`,
	`UPDATE enrollments SET customer_id = $1 WHERE customer_id = $2 AND $1 IN (SELECT id FROM customers) AND NOT EXISTS (SELECT 1 FROM enrollments AS x WHERE x.customer_id = $1)`,
	`UPDATE enrollments SET state = 'cancelled' WHERE customer_id = $1 AND class_id = $2`,
	`UPDATE enrollments SET state = 'approved', submitted_at = 1700000000000 + $2, approved_at = 1700000000000 + $1 WHERE customer_id = $1`,
	`DELETE FROM enrollments WHERE customer_id = $1 AND class_id = $2 AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.enrollment_id = enrollments.id)
		AND NOT EXISTS (SELECT 1 FROM instalments WHERE instalments.enrollment_id = enrollments.id)`,
	`DELETE FROM instalments WHERE enrollment_id = $1 AND number = $2 - 1`,
	`UPDATE instalments SET amount = amount + $2 WHERE enrollment_id = $1 AND number = 1`,
	`UPDATE instalments SET enrollment_id = $1, number = number + 2, due_on = due_on || 'x' WHERE enrollment_id = $2 AND $1 <> $2
		AND EXISTS (SELECT 1 FROM enrollments WHERE enrollments.id = $1) AND NOT EXISTS (SELECT 1 FROM instalments AS x WHERE x.enrollment_id = $1 AND x.number > 2)`,
	`INSERT INTO payments (enrollment_id, kind, amount, receipt, taken_by, at) SELECT id, 'tuition', 1, 'more' || id, 1, 1 FROM enrollments
		WHERE id = $1 AND $2 > 0 AND paid < price AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.receipt = 'more' || enrollments.id)`,
}

// TestWhatIsKept: whatever happens to follow-ups, enrollments and money, a
// customer's first steps and an enrollment's sums are those that plain SQL finds.
func TestWhatIsKept(t *testing.T) {
	s := newSchool(t, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		s.store(t, drawWorld(t, s.Zone, s.now))
		for range rapid.IntRange(5, 20).Draw(t, "changes") {
			change := rapid.SampledFrom(changes).Draw(t, "change")
			a, b := rapid.Int64Range(1, 4).Draw(t, "a"), rapid.Int64Range(1, 4).Draw(t, "b")
			err := s.DB.Write(bg, func(tx *db.Tx) error {
				if n := one64(tx, `SELECT count(*) FROM customers WHERE id IN ($1, $2)`, a, b); n < 2 && a != b {
					return nil
				}
				_, err := tx.Exec(change, a, b)
				must(nil, err)
				return nil
			})
			if err != nil {
				t.Fatal(change, err)
			}
			err = s.DB.Read(bg, func(tx *db.Tx) error {
				if n := one64(tx, keptSteps) + one64(tx, keptMoney); n != 0 {
					t.Fatalf("%d rows keep something else after %s with %d, %d", n, change, a, b)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func one64(tx *db.Tx, text string, args ...any) (n int64) {
	must(nil, tx.QueryRow(text, args...).Scan(&n))
	return n
}
