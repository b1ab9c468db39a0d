package customer

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

// queue reads a person's whole queue in pages of n.
func (w *world) queue(by policy.Actor, n int) (list []Call) {
	w.t.Helper()
	for at := (Place{}); ; {
		q, err := w.Calls(w.ctx, by, at, n)
		w.must(err)
		if len(q.Calls) > n {
			w.t.Fatalf("%d calls where %d were asked for", len(q.Calls), n)
		}
		list = append(list, q.Calls...)
		if !q.More {
			return list
		}
		at = list[len(list)-1].Place
	}
}

func told(list []Call) (out []string) {
	for _, c := range list {
		out = append(out, c.Part+" "+c.Row.Title)
	}
	return out
}

// TestTheOrderOfTheQueue reads like the rule: due today by the clock, then the
// warmest; overdue, the longest due first; stale ones, own first.
func TestTheOrderOfTheQueue(t *testing.T) {
	w := school(t)
	a, b := w.as("a"), w.as("b")
	phone := 0
	add := func(by policy.Actor, name, next, clock, intention string, days int) {
		phone++
		c := w.add(by, name, fmt.Sprintf("138%08d", phone))
		at := w.clock.AddDate(0, 0, -days).UnixMilli()
		w.sql(`UPDATE customers SET next_follow_up_on = $1, next_follow_up_time = $2, intention = $3, touched_at = $4, last_follow_up_at = $4 WHERE id = $5`,
			next, clock, intention, at, c.ID)
	}
	add(a, "today", "2026-11-22", "", "no_plan", 1)
	add(a, "today warm", "2026-11-22", "", "within_two_weeks", 1)
	add(a, "at four", "2026-11-22", "16:00", "no_plan", 1)
	add(a, "at nine", "2026-11-22", "09:00", "", 1)
	add(a, "missed on Friday", "2026-11-20", "", "no_plan", 40)
	add(a, "missed on Thursday", "2026-11-19", "", "no_plan", 2)
	add(a, "tomorrow", "2026-11-23", "", "within_two_weeks", 1)
	add(a, "cold and stale", "", "", "no_plan", 90)
	add(a, "warm and stale", "", "", "within_month", 31)
	add(a, "longer warm and stale", "", "", "within_month", 32)
	add(a, "fresh", "", "", "within_month", 29)
	add(b, "another's", "2026-11-22", "", "", 1)
	add(b, "another's stale", "2026-10-01", "", "within_two_weeks", 60)
	add(b, "another's appointment", "2026-12-01", "", "within_two_weeks", 60)
	add(a, "barred", "2026-11-22", "", "", 60)
	w.sql(`UPDATE customers SET never_contact = 1 WHERE name = 'barred'`)
	w.sql(`UPDATE customers SET status = 'enrolled' WHERE name = 'fresh'`)
	want := []string{"today at nine", "today at four", "today today warm", "today today", "overdue missed on Thursday", "overdue missed on Friday",
		"stale longer warm and stale", "stale warm and stale", "stale cold and stale", "stale another's stale"}
	for _, n := range []int{1, 2, 3, 50} {
		if got := told(w.queue(a, n)); !slices.Equal(got, want) {
			t.Errorf("in pages of %d:\n%s\nwant\n%s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	d, err := w.Day(w.ctx, a)
	w.must(err)
	if d != (Day{Date: "2026-11-22", Due: 4, Overdue: 2, Stale: 4}) {
		t.Errorf("%+v", d)
	}
	if got := told(w.queue(w.as("c"), 50)); len(got) != 5 { // the stale ones of the others, missed ones among them
		t.Errorf("c has %v", got)
	}
	for _, who := range []string{"lecturer", "student"} {
		_, err := w.Calls(w.ctx, w.as(who), Place{}, 10)
		w.refused(err, "fault.forbidden")
		_, err = w.Day(w.ctx, w.as(who))
		w.refused(err, "fault.forbidden")
	}
}

// TestTheQueueAgainstAnOracle draws libraries and compares the queue with one
// that is sorted in the test.
func TestTheQueueAgainstAnOracle(t *testing.T) {
	w := school(t)
	r := rand.New(rand.NewPCG(5, 1))
	w.big(400)
	today := "2026-11-22"
	for id := 1001; id <= 1400; id++ {
		w.sql(`UPDATE customers SET next_follow_up_on = $1, next_follow_up_time = $2, intention = $3, touched_at = $4 WHERE id = $5`,
			[]string{"", "", today, today, "2026-11-20", "2026-11-21", "2026-12-01"}[r.IntN(7)], []string{"", "", "09:00", "15:30"}[r.IntN(4)],
			append(slices.Clone(Intentions), "")[r.IntN(len(Intentions)+1)], w.clock.AddDate(0, 0, -r.IntN(60)).UnixMilli(), id)
	}
	w.sql(`UPDATE customers SET next_follow_up_time = '' WHERE next_follow_up_on = ''`)
	for _, who := range []string{"a", "b", "c", "manager", "admin"} {
		by := w.as(who)
		want := w.expected(by, today)
		var got []int64
		for _, c := range w.queue(by, 1+r.IntN(40)) {
			got = append(got, c.Customer)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v\nwant %v", who, got, want)
		}
		if d, err := w.Day(w.ctx, by); err != nil || d.Due+d.Overdue+d.Stale != len(want) {
			t.Errorf("%s: %+v of %d: %v", who, d, len(want), err)
		}
	}
}

// expected is the queue by the rules alone.
func (w *world) expected(by policy.Actor, today string) []int64 {
	w.t.Helper()
	type key struct {
		id   int64
		sort string
	}
	var keys []key
	for id := int64(1001); id <= 1400; id++ {
		var c Customer
		w.must(w.DB.Read(w.ctx, func(tx *db.Tx) (err error) { c, err = Get(tx, id); return err }))
		if c.NeverContact || w.Engine.May(w.ctx, by, "follow_up", "customers", id) != nil {
			continue
		}
		mine := c.Owner == by.Account
		warm := slices.Index([]string{"within_two_weeks", "within_month", "", "no_plan"}, c.Intention)
		if warm < 0 {
			warm = 4
		}
		clock := c.NextTime
		if clock == "" {
			clock = "~"
		}
		age := fmt.Sprintf("%d %020d %08d", warm, c.Touched.UnixMilli(), id)
		switch {
		case mine && c.NextFollowUp == today:
			keys = append(keys, key{id, "1 " + clock + " " + age})
		case mine && c.NextFollowUp != "" && c.NextFollowUp < today:
			keys = append(keys, key{id, "2 " + c.NextFollowUp + " " + clock + " " + age})
		case w.stale(c, w.clock) && mine && c.NextFollowUp == "":
			keys = append(keys, key{id, "3 " + age})
		case w.stale(c, w.clock) && !mine && c.NextFollowUp <= today:
			keys = append(keys, key{id, "4 " + age})
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.sort, b.sort) })
	ids := []int64(nil)
	for _, k := range keys {
		ids = append(ids, k.id)
	}
	return ids
}

// TestTheQueueIsServedByIndexes: every step walks its index in the order of the
// queue, on a library nobody has analysed and on one that is.
func TestTheQueueIsServedByIndexes(t *testing.T) {
	dbtest.SQLiteOnly(t)
	w := school(t)
	w.big(5_000)
	for range 2 {
		for _, who := range []string{"a", "manager", "admin"} {
			w.queueSteps(w.as(who))
		}
		w.sql(`ANALYZE`)
	}
}

func (w *world) queueSteps(by policy.Actor) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error {
		for i, x := range w.steps(tx, by) {
			for _, at := range []Place{{}, {Step: i + 1, Day: "2026-11-01", Clock: "~", Warmth: 1, Touched: 5, ID: 7}} {
				text, args, err := w.stepText(tx, by, x, at, 51)
				if err != nil {
					return err
				}
				rows, err := tx.Query("EXPLAIN QUERY PLAN "+text, *args...)
				if err != nil {
					return err
				}
				plan := ""
				for rows.Next() {
					var a, b, c int64
					var step string
					if err := rows.Scan(&a, &b, &c, &step); err != nil {
						return err
					}
					plan += step + "\n"
				}
				_ = rows.Close()
				if !strings.HasPrefix(plan, "SEARCH customers USING INDEX "+x.index+" (") && !strings.HasPrefix(plan, "SEARCH customers USING COVERING INDEX "+x.index+" (") ||
					strings.Contains(plan, "TEMP B-TREE") {
					w.t.Errorf("%s: step %d (%s), place %+v:\n%s", by.Login, i+1, x.part, at, plan)
				}
			}
		}
		return nil
	}))
}

// TestADayOfCalls: what was said counts, who did not answer counts apart, and
// yesterday is over at the school's midnight.
func TestADayOfCalls(t *testing.T) {
	w := school(t)
	w.Target = func() int { return 20 }
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	say := func(n NewFollowUp) FollowUp {
		t.Helper()
		n.Customer = c.ID
		f, err := w.FollowUp(w.ctx, a, n)
		w.must(err)
		return f
	}
	w.clock = time.Date(2026, 11, 22, 15, 50, 0, 0, time.UTC) // ten to midnight in Shanghai
	say(NewFollowUp{Note: "late", Next: "2026-11-23"})
	w.later(20 * time.Minute)
	f := say(NewFollowUp{Note: "nobody there", NoAnswer: true, Next: "2026-11-23", NextTime: "09:30"})
	say(NewFollowUp{Note: "wants linux", Intention: "within_month", Next: "2026-11-23", NextTime: "15:00"})
	if !f.NoAnswer || f.NextTime != "09:30" || f.Intention != "no_plan" {
		t.Errorf("%+v", f)
	}
	d, err := w.Day(w.ctx, a)
	w.must(err)
	if d != (Day{Date: "2026-11-23", Calls: 2, Reached: 1, Target: 20, Due: 1}) {
		t.Errorf("%+v", d)
	}
	if got := w.get(c.ID); got.NextFollowUp != "2026-11-23" || got.NextTime != "15:00" {
		t.Errorf("%+v", got)
	}
	w.later(8 * time.Hour) // 08:10 on the day
	for _, n := range []NewFollowUp{{Next: "2026-11-23", NextTime: "08:00"}, {Next: "2026-11-22"}, {Next: "2026-11-22", NextTime: "23:00"}} {
		n.Customer, n.Note = c.ID, "x"
		_, err := w.FollowUp(w.ctx, a, n)
		w.refused(err, "customer.next_past")
	}
	for _, n := range []NewFollowUp{{NextTime: "08:00"}, {Next: "2026-11-24", NextTime: "8:00"}, {Next: "2026-11-24", NextTime: "noon"}} {
		n.Customer, n.Note = c.ID, "x"
		_, err := w.FollowUp(w.ctx, a, n)
		w.refused(err, "when.no_such_time")
	}
}

// TestADayIsTypedWithItsTime: one text says both, a day alone has no time, and
// an empty one takes both away.
func TestADayIsTypedWithItsTime(t *testing.T) {
	w := school(t)
	a := w.as("a")
	c := w.add(a, "王小明", "13800138000")
	for _, x := range []struct{ typed, day, clock string }{
		{"fri 15:00", "2026-11-27", "15:00"}, {"+3d", "2026-11-25", ""}, {"明天下午3点半", "2026-11-23", "15:30"}, {"-", "", ""},
	} {
		w.must(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next": x.typed}))
		if got := w.get(c.ID); got.NextFollowUp != x.day || got.NextTime != x.clock {
			t.Errorf("%q is %q %q", x.typed, got.NextFollowUp, got.NextTime)
		}
	}
	w.must(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next": "2026-11-27", "next_time": "09:15"}))
	w.must(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next_time": "10:15"}))
	if got := w.get(c.ID); got.NextFollowUp != "2026-11-27" || got.NextTime != "10:15" {
		t.Errorf("%+v", got)
	}
	w.must(w.Change(w.ctx, a, c.ID, 0, resource.Values{"next": ""}))
	if got := w.get(c.ID); got.NextFollowUp != "" || got.NextTime != "" {
		t.Errorf("%+v", got)
	}
	w.refused(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next_time": "10:15"}), "customer.time_without_day")
	w.refused(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next": "fri", "next_time": "12h30"}), "when.no_such_time")
	w.refused(w.Engine.Change(w.ctx, a, "customers", c.ID, 0, map[string]string{"next": "不再联系"}), "when.unknown")
}
