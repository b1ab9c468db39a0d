package customer

import (
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// set gives a setting a value.
func (w *world) set(name, value string) {
	w.t.Helper()
	w.must(w.Settings.Set(w.ctx, policy.System, name, value))
}

const day = 24 * time.Hour

// says fails unless err is refused with key, and its words hold those given.
func (w *world) says(err error, key string, words ...string) {
	w.t.Helper()
	w.t.Logf("%s", err)
	f := w.refused(err, key)
	zh, en := w.said(f)
	for _, x := range words {
		if !strings.Contains(zh+"\n"+en, x) {
			w.t.Errorf("%q is not said in\n%s\n%s", x, zh, en)
		}
	}
}

func TestClaimIsOffUntilTheSchoolSwitchesItOn(t *testing.T) {
	w := school(t)
	c := w.add(w.as("a"), "王小明", "13800138000")
	w.later(31 * day)
	w.says(w.Claim(w.ctx, w.as("b"), c.ID), "customer.claim_off", "没有开放认领", "does not let")
	offered := func() (names string) {
		for _, a := range w.Engine.Actions(w.as("b"), "customers") {
			names += " " + a.Name
		}
		return names
	}
	if got := offered(); strings.Contains(got, "claim") || !strings.Contains(got, "release") {
		t.Error(got)
	}
	w.set("claim", "on")
	if got := offered(); !strings.Contains(got, "claim") {
		t.Error(got)
	}
	w.must(w.Claim(w.ctx, w.as("b"), c.ID))
	if c = w.get(c.ID); c.Owner != w.ids["b"] {
		t.Errorf("owned by %s", c.OwnerLogin)
	}
	if got := w.ledger(c.ID); got != "added >a, claimed a>b" {
		t.Error(got)
	}
	if w.notes("a", "claimed") != 1 || w.notes("b", "claimed") != 0 {
		t.Error("the one who had him is told, once")
	}
	w.whole()
}

// TestEveryRefusalOfAClaimSaysTheRuleAndWhenItEnds: and it does end then.
func TestEveryRefusalOfAClaimSaysTheRuleAndWhenItEnds(t *testing.T) {
	w := school(t)
	w.set("claim", "on")
	a, b, c := w.as("a"), w.as("b"), w.as("c")
	x := w.add(a, "王小明", "13800138000") // 11-22 16:00 in the school
	w.later(30 * day)
	w.says(w.Claim(w.ctx, b, x.ID), "customer.claim_fresh", "李雷", "30 天", "2026-12-22 16:00")
	w.later(time.Minute)
	w.must(w.Claim(w.ctx, b, x.ID))

	// Who got him has as much time as anybody who followed up.
	w.says(w.Claim(w.ctx, c, x.ID), "customer.claim_kept", "韩梅梅", "30 days", "2027-01-21 16:01")
	w.says(w.Claim(w.ctx, b, x.ID), "customer.is_yours")
	w.later(30*day + time.Minute)
	w.must(w.Claim(w.ctx, c, x.ID))

	// Who lost him waits, however he lost him, even by putting him back himself.
	w.must(w.Release(w.ctx, c, x.ID, "号码不对"))
	w.says(w.Claim(w.ctx, c, x.ID), "customer.claim_cooldown", "退回公海", "7 天", "put back to the pool", "2027-01-28 16:02")
	w.later(7*day - time.Minute)
	w.says(w.Claim(w.ctx, c, x.ID), "customer.claim_cooldown")
	w.later(time.Minute)
	w.must(w.Claim(w.ctx, c, x.ID))
	w.must(w.Release(w.ctx, c, x.ID, "again"))
	w.set("claim_cooldown_days", "0")
	w.must(w.Claim(w.ctx, c, x.ID))

	// Nobody claims who does not want to be called, nor who is enrolled.
	y := w.add(a, "李四", "13900139000")
	_, err := w.FollowUp(w.ctx, a, NewFollowUp{Customer: y.ID, Note: "不要再打来", Intention: neverContact})
	w.must(err)
	w.later(90 * day)
	w.says(w.Claim(w.ctx, b, y.ID), "customer.claim_never", "已拉黑")
	w.must(w.Change(w.ctx, w.as("admin"), y.ID, 0, resource.Values{"owner": int64(0)}))
	w.says(w.Claim(w.ctx, b, y.ID), "customer.claim_never")
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.MarkEnrolled(tx, w.as("admin"), x.ID, w.ids["a"], "python-s9")
	}))
	w.later(90 * day)
	w.says(w.Claim(w.ctx, b, x.ID), "customer.claim_enrolled", "已报名", "李雷")
	w.whole()
}

func TestClaimsOfADayAreCounted(t *testing.T) {
	w := school(t)
	w.set("claim", "on")
	w.set("claim_per_day", "2")
	var ids []int64
	for i := range 5 {
		ids = append(ids, w.add(w.as("a"), "客户", "1380013800"+string(rune('0'+i))).ID)
	}
	w.later(31*day + 7*time.Hour) // 23:00 in the school
	b := w.as("b")
	w.must(w.Claim(w.ctx, b, ids[0]))
	w.must(w.Claim(w.ctx, b, ids[1]))
	w.says(w.Claim(w.ctx, b, ids[2]), "customer.claim_quota", "每人每天 2 位", "2 a day", "2026-12-24 00:00")
	if err := w.MayClaim(w.ctx, b, ids[2]); !fault.Is(err, "customer.claim_quota") {
		t.Error(err)
	}
	w.must(w.Claim(w.ctx, w.as("c"), ids[2])) // another person's day
	w.later(time.Hour)
	w.must(w.MayClaim(w.ctx, b, ids[3]))
	w.must(w.Claim(w.ctx, b, ids[3]))
	w.set("claim_per_day", "0")
	w.must(w.Claim(w.ctx, b, ids[4]))
	w.whole()
}

// TestWhoHasEnoughClaimsNoMore counts who is not enrolled and may be called.
func TestWhoHasEnoughClaimsNoMore(t *testing.T) {
	w := school(t)
	w.set("claim", "on")
	w.set("claim_hold", "2")
	x, y := w.add(w.as("a"), "王小明", "13800138000"), w.add(w.as("a"), "王小明", "13800138001")
	w.later(31 * day)
	b := w.as("b")
	w.add(b, "一", "13800138002")
	w.must(w.Claim(w.ctx, b, x.ID))
	w.says(w.Claim(w.ctx, b, y.ID), "customer.claim_hold", "上限 2 位")
	if n := w.count(`SELECT COALESCE(sum(n), 0) FROM daily_acts WHERE act = 'claim'`); n != 1 {
		t.Errorf("%d claims counted: a refused one counts nothing", n)
	}
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.MarkEnrolled(tx, w.as("admin"), x.ID, w.ids["b"], "python-s9")
	}))
	w.must(w.Claim(w.ctx, b, y.ID))
}

func TestReleasePutsBackToThePool(t *testing.T) {
	w := school(t)
	x := w.add(w.as("a"), "王小明", "13800138000")
	w.refused(w.Release(w.ctx, w.as("b"), x.ID, "x"), "fault.forbidden")
	w.refused(w.Release(w.ctx, w.as("lecturer"), x.ID, "x"), "fault.forbidden")
	w.refused(w.Release(w.ctx, w.as("a"), x.ID, " \n "), "fault.required")
	w.refused(w.Release(w.ctx, w.as("a"), x.ID, strings.Repeat("长", 201)), "fault.too_long")
	w.must(w.Release(w.ctx, w.as("manager"), x.ID, "李雷 请假"))
	if c := w.get(x.ID); c.Owner != 0 || w.ledger(x.ID) != "added >a, released a> (李雷 请假)" || w.notes("a", "released") != 1 {
		t.Errorf("%+v %s", c, w.ledger(x.ID))
	}
	w.says(w.Release(w.ctx, w.as("admin"), x.ID, "x"), "customer.release_nobodys")
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.MarkEnrolled(tx, w.as("admin"), x.ID, w.ids["a"], "python-s9")
	}))
	w.says(w.Release(w.ctx, w.as("a"), x.ID, "x"), "customer.release_enrolled", "李雷")
	out := w.Engine.Each(w.ctx, w.as("b"), "customers", "release", []int64{w.add(w.as("b"), "二", "13800138001").ID, x.ID}, map[string]string{"reason": "空号"}, nil)
	if out[0].Err != nil || !fault.Is(out[1].Err, "fault.forbidden") {
		t.Errorf("%v", out)
	}
	w.whole()
}

// TestTheFirstApprovedEnrollmentTellsBoth: who had him and whose he is now.
func TestTheFirstApprovedEnrollmentTellsBoth(t *testing.T) {
	w := school(t)
	x := w.add(w.as("a"), "王小明", "13800138000")
	enroll := func(login string) {
		w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
			return w.MarkEnrolled(tx, w.as("admin"), x.ID, w.ids[login], "python-s9")
		}))
	}
	enroll("b")
	enroll("c") // comes second: nothing moves, nobody is told
	for _, n := range []struct {
		login, kind string
		want        int
	}{{"a", "lost_customer", 1}, {"b", "won_customer", 1}, {"c", "won_customer", 0}, {"b", "lost_customer", 0}} {
		if got := w.notes(n.login, n.kind); got != n.want {
			t.Errorf("%s has %d of %s", n.login, got, n.kind)
		}
	}
	if got := w.ledger(x.ID); got != "added >a, enrolled a>b (python-s9)" {
		t.Error(got)
	}
	y := w.add(w.as("a"), "李四", "13800138001")
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		return w.MarkEnrolled(tx, w.as("admin"), y.ID, w.ids["a"], "python-s9")
	}))
	if w.notes("a", "won_customer")+w.notes("a", "won_from_pool") != 0 {
		t.Error("he was a's before")
	}
}

// TestWhoWorksAStaleCustomerGoesOn: his own call makes the customer stale no
// more, and does not shut him out; the owner's call does, and so does losing him.
func TestWhoWorksAStaleCustomerGoesOn(t *testing.T) {
	w := school(t)
	x := w.add(w.as("a"), "王小明", "13800138000")
	call := func(login string) error {
		w.later(time.Hour)
		_, err := w.FollowUp(w.ctx, w.as(login), NewFollowUp{Customer: x.ID, Note: "聊了聊"})
		return err
	}
	w.refused(call("b"), "fault.forbidden")
	w.later(31 * day)
	w.must(call("b"))
	w.must(call("b"))
	if _, err := w.Reveal(w.ctx, w.as("b"), x.ID, Phone); err != nil {
		t.Error(err)
	}
	w.refused(call("c"), "fault.forbidden")
	w.must(call("a")) // the owner takes him up again
	w.refused(call("b"), "fault.forbidden")
	_, err := w.Reveal(w.ctx, w.as("b"), x.ID, Phone)
	w.refused(err, "fault.forbidden")

	// Who had him and lost him has no part in him any more.
	_, err = w.Assign(w.ctx, w.as("manager"), []int64{x.ID}, w.ids["b"])
	w.must(err)
	w.refused(call("a"), "fault.forbidden")
	w.must(call("b"))
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error { return w.MarkEnrolled(tx, w.as("admin"), x.ID, w.ids["c"], "python-s9") }))
	w.refused(call("b"), "fault.forbidden")
}
