package customer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
)

// told lists what an account was told, the oldest first.
func (w *world) told(login string) (list []string) {
	w.t.Helper()
	by := policy.Actor{Account: w.ids[login], Rights: &policy.Rights{}}
	all, err := notify.New(w.DB, w.Bus).List(w.ctx, by, false, 0, 200)
	w.must(err)
	for _, n := range all {
		if n.Kind == "digest" || n.Kind == "untouched" {
			list = append([]string{n.Text(i18n.Printer{Lang: i18n.English})}, list...)
		}
	}
	return list
}

func (w *world) exec(text string, args ...any) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }))
}

// lead enters a customer of somebody ("": of nobody), last touched now.
func (w *world) lead(n int, owner string) {
	w.t.Helper()
	var id any
	if owner != "" {
		id = w.ids[owner]
	}
	at := db.Millis(w.clock)
	w.exec(`INSERT INTO customers (id, name, phone, source_id, owner_id, touched_at, created_at, updated_at)
		VALUES ($1, $2, $3, (SELECT min(id) FROM sources), $4, $5, $6, $7)`, n, fmt.Sprint("L", n), fmt.Sprint(13800000000+n), id, at, at, at)
}

func mornings(t testing.TB) *world {
	w := school(t)
	w.MorningAt = func() string { return "08:30" }
	w.Ladder = func() []int64 { return []int64{3, 7, 15} }
	w.exec(`UPDATE departments SET manager_id = $1 WHERE id = $2`, w.ids["manager"], w.dept["sales one"])
	w.clock = time.Date(2026, 11, 20, 9, 0, 0, 0, shanghai)
	w.morning()
	return w
}

func (w *world) morning() {
	w.t.Helper()
	w.must(w.Morning(w.ctx, policy.System))
}

// days lets days pass, with a look at the clock every four hours.
func (w *world) days(n int) {
	for range n * 6 {
		w.clock = w.clock.Add(4 * time.Hour)
		w.morning()
	}
}

// The first tells the owner, the second the department's manager, the third who is above, here the administrator; each
// once, in one notification however many there are.
func TestLadder(t *testing.T) {
	w := mornings(t)
	for i := range 3 {
		w.lead(i+1, "a")
	}
	w.lead(4, "b")
	w.lead(5, "")
	w.lead(6, "a")
	w.exec(`UPDATE customers SET never_contact = 1 WHERE id = 6`)
	w.lead(7, "c") // whose department has no manager
	w.days(20)
	three := "3 leads have been left untouched for 3 days: L3, L2, L1"
	if got := w.told("a"); !slices.Equal(got, []string{three}) {
		t.Errorf("a: %q", got)
	}
	if got := w.told("b"); !slices.Equal(got, []string{"1 lead has been left untouched for 3 days: L4"}) {
		t.Errorf("b: %q", got)
	}
	if got := w.told("manager"); !slices.Equal(got, []string{"4 leads have been left untouched for 7 days: 李雷 3, 韩梅梅 1"}) {
		t.Errorf("manager: %q", got)
	}
	if got := w.told("admin"); !slices.Equal(got, []string{"1 lead has been left untouched for 7 days: 林涛 1", "5 leads have been left untouched for 15 days: 李雷 3, 韩梅梅 1, 林涛 1"}) {
		t.Errorf("admin: %q", got)
	}
}

// What was left untouched before the school had a ladder is not told of; a clock that was ahead is got over.
func TestLadderAtTheStart(t *testing.T) {
	w := school(t)
	w.clock = time.Date(2026, 1, 5, 9, 0, 0, 0, shanghai)
	w.lead(1, "a")
	w.clock = time.Date(2026, 11, 20, 9, 0, 0, 0, shanghai)
	w.MorningAt = func() string { return "08:30" }
	w.Ladder = func() []int64 { return []int64{3, 7, 15} }
	w.days(5)
	if got := w.told("a"); len(got) != 0 {
		t.Errorf("%q", got)
	}
	w.clock = w.clock.AddDate(3, 0, 0)
	w.morning()
	w.clock = w.clock.AddDate(-3, 0, 0)
	w.days(1)
	w.lead(2, "a")
	w.days(5)
	if got := w.told("a"); !slices.Equal(got, []string{"1 lead has been left untouched for 3 days: L2"}) {
		t.Errorf("%q", got)
	}
}

// Who chose it is told what the day brings: once a day, later where the program was down, not for days that are over, and
// not where there is nothing.
func TestDigest(t *testing.T) {
	w := mornings(t)
	w.exec(`INSERT INTO notify_choices (account_id, kind, channel) VALUES ($1, 'digest', 'mail'), ($2, 'digest', 'qq'), ($2, 'digest', 'mail')`, w.ids["a"], w.ids["b"])
	w.Ladder = func() []int64 { return nil }
	w.clock = time.Date(2026, 11, 24, 8, 0, 0, 0, shanghai)
	for i, day := range []string{"2026-11-24", "2026-11-24", "2026-11-23", "2026-11-25", ""} {
		w.lead(i+1, "a")
		w.exec(`UPDATE customers SET next_follow_up_on = $1 WHERE id = $2`, day, i+1)
	}
	w.exec(`UPDATE customers SET touched_at = $1 WHERE id = 5`, db.Millis(w.clock.AddDate(0, 0, -30).Add(-3*time.Hour)))
	w.morning()
	if got := w.told("a"); len(got) != 0 {
		t.Errorf("too early: %q", got)
	}
	w.clock = w.clock.Add(7 * time.Hour) // the program was down at 8:30
	w.morning()
	w.morning()
	first := "today: 2 to follow up, 1 overdue, 1 newly stale. L1, L2"
	if got := w.told("a"); !slices.Equal(got, []string{first}) {
		t.Errorf("%q", got)
	}
	w.clock = time.Date(2026, 11, 27, 23, 0, 0, 0, shanghai) // two days are passed over
	w.morning()
	if got := w.told("a"); !slices.Equal(got, []string{first, "today: 0 to follow up, 4 overdue, 0 newly stale. "}) {
		t.Errorf("%q", got)
	}
	if got := append(w.told("b"), w.told("c")...); len(got) != 0 {
		t.Errorf("told of nothing: %q", got)
	}
}

// However people are touched, the program is down, and two programs look at the clock: each lead passes each step at most
// once for each period without a touch, and not before its time; where the program runs every day, exactly once.
func TestLadderOncePerPeriod(t *testing.T) {
	w := mornings(t)
	second := &Service{Deps: w.Deps}
	steps := []int64{3, 7, 15}
	rapid.Check(t, func(r *rapid.T) {
		for _, table := range []string{"follow_ups", "customer_grams", "customers", "notifications", "ladder_marks", "mornings"} {
			if table != "customer_grams" {
				w.exec("DELETE FROM " + table)
			}
		}
		w.morning()
		down := rapid.Bool().Draw(r, "sometimes down")
		for i := range 4 {
			w.lead(i+1, "a")
		}
		touched := map[int]time.Time{1: w.clock, 2: w.clock, 3: w.clock, 4: w.clock}
		want, got := map[int64]int{}, map[int64]int{}
		for range rapid.IntRange(5, 40).Draw(r, "days") {
			before := w.clock
			w.clock = w.clock.AddDate(0, 0, 1)
			if down && rapid.IntRange(0, 3).Draw(r, "down") == 0 {
				w.touch(r, touched)
				continue
			}
			if !down {
				for _, at := range touched {
					for _, d := range steps {
						if ripe := at.Add(time.Duration(d) * 24 * time.Hour); ripe.After(before) && !ripe.After(w.clock) {
							want[d]++
						}
					}
				}
			}
			done := make(chan error, 2)
			for _, s := range []*Service{w.Service, second} {
				go func() { done <- s.Morning(w.ctx, policy.System) }()
			}
			w.must(<-done)
			w.must(<-done)
			w.touch(r, touched)
		}
		for days, n := range w.toldUntouched() {
			got[days] = n
		}
		if !down && fmt.Sprint(want) != fmt.Sprint(got) {
			r.Fatalf("told %v, want %v", got, want)
		}
		periods := 4 + w.touches
		w.touches = 0
		for d, n := range got {
			if n > periods {
				r.Fatalf("%d leads told of after %d days in %d periods", n, d, periods)
			}
		}
	})
}

// touch follows some leads up.
func (w *world) touch(r *rapid.T, touched map[int]time.Time) {
	for id := 1; id <= 4; id++ {
		if rapid.IntRange(0, 9).Draw(r, "touched") == 0 {
			w.exec(`UPDATE customers SET touched_at = $1, last_follow_up_at = $2 WHERE id = $3`, db.Millis(w.clock), db.Millis(w.clock), id)
			touched[id] = w.clock
			w.touches++
		}
	}
}

// toldUntouched sums up how many leads everybody was told of, by the days.
func (w *world) toldUntouched() map[int64]int {
	sum := map[int64]int{}
	for _, login := range []string{"a", "manager", "admin"} {
		for _, text := range w.told(login) {
			var n int
			var days int64
			text = strings.NewReplacer(" leads have been left untouched for ", " ", " lead has been left untouched for ", " ").Replace(text)
			if _, err := fmt.Sscanf(text, "%d %d days", &n, &days); err == nil {
				sum[days] += n
			}
		}
	}
	return sum
}
