package customer

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// together does all at the same moment, as far as there is such a thing, and
// gives their errors in order.
func together(acts ...func() error) []error {
	var ready, done sync.WaitGroup
	start, out := make(chan struct{}), make([]error, len(acts))
	for i, act := range acts {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			out[i] = act()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return out
}

// TestTwoRaceForOneStaleCustomer: two hundred times, one wins, the other hears
// who has him and until when, and owner, ledger, count, notice and audit trail
// all say the same.
func TestTwoRaceForOneStaleCustomer(t *testing.T) {
	const rounds = 200
	w := school(t)
	w.set("claim", "on")
	w.set("claim_per_day", "0")
	ids := make([]int64, rounds)
	for i := range ids {
		ids[i] = w.add(w.as("a"), "客户", fmt.Sprintf("13800%06d", i)).ID
	}
	w.later(31 * day)
	rivals := []policy.Actor{w.as("b"), w.as("c")}
	won := map[int64]int{}
	for _, id := range ids {
		errs := together(func() error { return w.Claim(w.ctx, rivals[0], id) }, func() error { return w.Claim(w.ctx, rivals[1], id) })
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("customer %d: %v", id, errs)
		}
		winner := rivals[0]
		if errs[0] != nil {
			winner = rivals[1]
		}
		f := w.refused(orElse(errs[0], errs[1]), "customer.claim_kept")
		if _, en := w.said(f); !strings.HasPrefix(en, winner.Name+" got this customer just now") {
			t.Fatalf("%s has him, and the loser hears: %s", winner.Name, en)
		}
		if c := w.get(id); c.Owner != winner.Account {
			t.Fatalf("%s won, %s owns", winner.Login, c.OwnerLogin)
		}
		won[winner.Account]++
	}
	w.whole()
	for _, r := range rivals {
		counted := w.count(`SELECT COALESCE(sum(n), 0) FROM daily_acts WHERE act = 'claim' AND account_id = $1`, r.Account)
		audited := w.count(`SELECT count(*) FROM audit WHERE action = 'claim' AND account_id = $1`, r.Account)
		if counted != won[r.Account] || audited != won[r.Account] {
			t.Errorf("%s won %d: %d counted, %d on the trail", r.Login, won[r.Account], counted, audited)
		}
	}
	if n := w.notes("a", "claimed"); n != rounds {
		t.Errorf("the one who had them was told %d times", n)
	}
}

// TestClaimAgainstEverythingElse races a claim with an approval, an assignment,
// a release and a hand-over of the same customer: whatever comes first, the
// ledger ends at the owner, and an approval always has the last word.
func TestClaimAgainstEverythingElse(t *testing.T) {
	w := school(t)
	w.set("claim", "on")
	w.set("claim_per_day", "0")
	b, manager, admin := w.as("b"), w.as("manager"), w.as("admin")
	approve := func(id int64) error {
		return w.DB.Write(w.ctx, func(tx *db.Tx) error { return w.MarkEnrolled(tx, admin, id, w.ids["c"], "python-s9") })
	}
	others := map[string]func(id int64) error{
		"approve": approve,
		"assign":  func(id int64) error { _, err := w.Assign(w.ctx, manager, []int64{id}, w.ids["manager"]); return err },
		"release": func(id int64) error { return w.Release(w.ctx, manager, id, "x") },
		"follow": func(id int64) error {
			_, err := w.FollowUp(w.ctx, w.as("a"), NewFollowUp{Customer: id, Note: "x"})
			return err
		},
	}
	n := 0
	var ids []int64
	for range 10 {
		for range others {
			ids = append(ids, w.add(w.as("a"), "客户", fmt.Sprintf("13800%06d", n)).ID)
			n++
		}
	}
	w.later(31 * day)
	for i := range 10 {
		k := 0
		for name, other := range others {
			id := ids[i*len(others)+k]
			k++
			errs := together(func() error { return w.Claim(w.ctx, b, id) }, func() error { return other(id) })
			c := w.get(id)
			switch claimed := errs[0] == nil; {
			case name == "approve" && (errs[1] != nil || c.Owner != w.ids["c"] || c.Status != Enrolled):
				t.Errorf("approved, but %s has him: %v", c.OwnerLogin, errs)
			case !claimed && !anyOf(errs[0], "customer.claim_enrolled", "customer.claim_kept", "customer.claim_fresh"):
				t.Errorf("%s: %v", name, errs)
			case name == "follow" && (claimed != (c.Owner == w.ids["b"])):
				t.Errorf("claimed %v, %s has him", claimed, c.OwnerLogin)
			}
		}
	}
	w.whole()
}

func anyOf(err error, keys ...string) bool {
	for _, k := range keys {
		if fault.Is(err, k) {
			return true
		}
	}
	return false
}

// TestTheQuotaHoldsAtTheSameMoment: one person, twelve windows, three claims.
func TestTheQuotaHoldsAtTheSameMoment(t *testing.T) {
	for _, rule := range []struct{ name, value, refusal string }{
		{"claim_per_day", "3", "customer.claim_quota"}, {"claim_hold", "3", "customer.claim_hold"},
	} {
		w := school(t)
		w.set("claim", "on")
		w.set(rule.name, rule.value)
		var acts []func() error
		b := w.as("b")
		for i := range 12 {
			id := w.add(w.as("a"), "客户", fmt.Sprintf("13800%06d", i)).ID
			acts = append(acts, func() error { return w.Claim(w.ctx, b, id) })
		}
		w.later(31 * day)
		got := 0
		for _, err := range together(acts...) {
			if err == nil {
				got++
			} else {
				w.refused(err, rule.refusal)
			}
		}
		if n := w.count(`SELECT count(*) FROM customers WHERE owner_id = $1`, w.ids["b"]); got != 3 || n != 3 {
			t.Errorf("%s: %d said yes, %d owned", rule.name, got, n)
		}
		w.whole()
	}
}

// model is the rules of the pool told anew, on its own: who owns whom since
// when, who lost whom when, who claimed how many on which day.
type model struct {
	now             time.Time
	stale, cooldown int
	quota, hold     int
	customers       []modelCustomer
	claims          map[string]int // account and day
}

type modelCustomer struct {
	owner          int64
	touched, since time.Time
	lost           map[int64]time.Time
	never, enrol   bool
}

// want is the key of the refusal that a claim should get, "" for none.
func (m *model) want(by int64, i int) string {
	c := &m.customers[i]
	later := func(t time.Time, days int) time.Time { return t.In(shanghai).AddDate(0, 0, days) }
	switch {
	case c.owner == by:
		return "customer.is_yours"
	case c.never:
		return "customer.claim_never"
	case c.enrol:
		return "customer.claim_enrolled"
	case c.owner != 0 && c.since.After(c.touched) && !later(c.since, m.stale).Before(m.now):
		return "customer.claim_kept"
	case c.owner != 0 && !later(c.touched, m.stale).Before(m.now):
		return "customer.claim_fresh"
	}
	if lost, ok := c.lost[by]; ok && m.cooldown > 0 && m.now.Before(later(lost, m.cooldown)) {
		return "customer.claim_cooldown"
	}
	held := 0
	for _, x := range m.customers {
		if x.owner == by && !x.never && !x.enrol {
			held++
		}
	}
	switch {
	case m.quota > 0 && m.claims[m.day(by)] >= m.quota:
		return "customer.claim_quota"
	case m.hold > 0 && held >= m.hold:
		return "customer.claim_hold"
	}
	return ""
}

func (m *model) day(by int64) string {
	return fmt.Sprint(by, m.now.In(shanghai).Format(time.DateOnly))
}

func (m *model) give(i int, to int64) {
	c := &m.customers[i]
	if c.owner == to {
		return
	}
	if c.owner != 0 {
		c.lost[c.owner] = m.now
	}
	c.owner, c.since = to, m.now
}

// TestThePoolKeepsItsRules plays random days with a few people and customers,
// and compares every answer with the model, and the owners after each step.
func TestThePoolKeepsItsRules(t *testing.T) {
	w := school(t)
	logins := []string{"a", "b", "c"}
	actors := map[string]policy.Actor{}
	for _, l := range append(logins, "admin") {
		actors[l] = w.as(l)
	}
	serial := 0
	rapid.Check(t, func(r *rapid.T) {
		m := &model{now: w.clock, stale: rapid.IntRange(1, 5).Draw(r, "stale"), cooldown: rapid.IntRange(0, 8).Draw(r, "cooldown"),
			quota: rapid.IntRange(0, 3).Draw(r, "quota"), hold: rapid.IntRange(0, 4).Draw(r, "hold"), claims: map[string]int{}}
		w.sql(`UPDATE customers SET owner_id = NULL`) // those of the run before count for nobody
		w.sql(`DELETE FROM daily_acts`)
		for name, n := range map[string]int{"stale_days": m.stale, "claim_cooldown_days": m.cooldown, "claim_per_day": m.quota, "claim_hold": m.hold} {
			w.set(name, fmt.Sprint(n))
		}
		w.set("claim", "on")
		var ids []int64
		for range 4 {
			serial++
			owner := rapid.SampledFrom(logins).Draw(r, "owner")
			ids = append(ids, w.add(actors[owner], "客户", fmt.Sprintf("13800%06d", serial)).ID)
			m.customers = append(m.customers, modelCustomer{owner: w.ids[owner], touched: w.clock, since: w.clock, lost: map[int64]time.Time{}})
		}
		for range rapid.IntRange(5, 25).Draw(r, "steps") {
			i, login := rapid.IntRange(0, len(ids)-1).Draw(r, "customer"), rapid.SampledFrom(logins).Draw(r, "who")
			id, by, c := ids[i], actors[login], &m.customers[i]
			switch rapid.SampledFrom([]string{"claim", "claim", "claim", "wait", "wait", "release", "assign", "follow", "never", "enroll"}).Draw(r, "act") {
			case "wait":
				w.later(time.Duration(rapid.IntRange(1, 72).Draw(r, "hours")) * time.Hour)
				m.now = w.clock
			case "claim":
				want, err := m.want(by.Account, i), w.Claim(w.ctx, by, id)
				if want == "" && err != nil || want != "" && !fault.Is(err, want) {
					r.Fatalf("%s claims %d: %v, want %q", login, i, err, want)
				}
				if err == nil {
					m.claims[m.day(by.Account)]++
					m.give(i, by.Account)
				}
			case "release":
				if err := w.Release(w.ctx, actors["admin"], id, "x"); (err == nil) != (c.owner != 0 && !c.enrol) {
					r.Fatalf("release: %v of %+v", err, *c)
				} else if err == nil {
					m.give(i, 0)
				}
			case "assign":
				_, err := w.Assign(w.ctx, actors["admin"], []int64{id}, by.Account)
				w.must(err)
				m.give(i, by.Account)
			case "follow", "never":
				n := NewFollowUp{Customer: id, Note: "x", Intention: "no_plan"}
				if c.never = rapid.Bool().Draw(r, "blocked"); c.never {
					n.Intention = neverContact
				}
				_, err := w.FollowUp(w.ctx, actors["admin"], n)
				w.must(err)
				c.touched = m.now
			case "enroll":
				w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error { return w.MarkEnrolled(tx, actors["admin"], id, by.Account, "python-s9") }))
				if !c.enrol {
					c.enrol = true
					m.give(i, by.Account)
				}
			}
			if got := w.get(id); got.Owner != c.owner {
				r.Fatalf("owned by %d, the model says %d", got.Owner, c.owner)
			}
		}
		for _, id := range ids {
			if n := w.count(`SELECT count(*) FROM customers WHERE id = $1 AND COALESCE(owner_id, 0) <> COALESCE((SELECT to_id FROM ownerships
				WHERE customer_id = customers.id ORDER BY id DESC LIMIT 1), 0)`, id); n != 0 {
				r.Fatalf("the ledger of %d does not end at the owner", id)
			}
		}
	})
}
