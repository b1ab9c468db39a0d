package customer

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

func TestMergePutsTwoTogether(t *testing.T) {
	w := school(t)
	m := w.as("manager")
	keep, err := w.Add(w.ctx, w.as("a"), NewCustomer{Name: "王小明", Phone: "13812345678", Source: "baidu", Tags: []string{"vip"}, Courses: []int64{1}, Said: "想学 Python"})
	w.must(err)
	lose, err := w.Add(w.ctx, w.as("b"), NewCustomer{Name: "王晓明", Phone: "13812345679", QQ: "7654321", Source: "zhihu", Tags: []string{"late"}, Courses: []int64{1, 2}, Said: "问价格"})
	w.must(err)
	w.later(time.Hour)
	_, err = w.FollowUp(w.ctx, w.as("b"), NewFollowUp{Customer: lose.ID, Note: "asked", Intention: "within_month"})
	w.must(err)
	tried, err := w.Merge(w.ctx, m, keep.ID, lose.ID, []string{"source"}, true)
	w.must(err)
	if tried.ID != 0 || w.count(`SELECT count(*) FROM customers`) != 2 || tried.Now["source"] != "zhihu" {
		t.Errorf("tried: %+v", tried)
	}
	done, err := w.Merge(w.ctx, m, keep.ID, lose.ID, []string{"source"}, false)
	w.must(err)
	row, fields, err := w.Engine.Show(w.ctx, m, "customers", keep.ID)
	w.must(err)
	got := resource.Typed(row, fields)
	for name, want := range map[string]string{"name": "王小明", "phone": "13812345678", "qq": "7654321", "source": "zhihu", "tags": "late, vip", "courses": "linux, python",
		"said": "想学 Python\n问价格", "intention": "within_month", "owner": "u_a"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if !strings.Contains(got["memo"], "13812345679") || !strings.Contains(got["memo"], "王晓明") {
		t.Errorf("what found no place is lost: %q", got["memo"])
	}
	if done.Moved["follow_ups"] != 1 || len(w.find(m, "7654321")) != 1 || len(w.find(m, "13812345679")) != 0 {
		t.Errorf("%+v", done)
	}
	history, err := w.History(w.ctx, m, keep.ID)
	w.must(err)
	var kinds []string
	for _, e := range history {
		kinds = append(kinds, e.Kind)
	}
	if !slices.Contains(kinds, "merge") || !slices.Contains(kinds, "follow_up") {
		t.Errorf("history: %v", kinds)
	}
	f := w.refused(second(w.Merge(w.ctx, m, keep.ID, lose.ID, nil, false)), "customer.merged_into")
	if fmt.Sprint(f.Args...) != fmt.Sprint("id", lose.ID, "to", keep.ID) {
		t.Errorf("%v", f.Args)
	}
	if to, err := w.Successor(w.ctx, m, lose.ID); err != nil || to != keep.ID {
		t.Errorf("the old number leads to %d: %v", to, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhoMayNotMerge(t *testing.T) {
	w := school(t)
	a, c := w.add(w.as("a"), "王小明", "13812345678"), w.add(w.as("c"), "王小明", "13812345679")
	b := w.add(w.as("b"), "王明", "13812345670")
	for _, x := range []struct {
		who        string
		keep, lose int64
		key        string
	}{
		{"a", a.ID, b.ID, "fault.forbidden"}, {"lecturer", a.ID, b.ID, "fault.forbidden"}, {"manager", a.ID, c.ID, "fault.forbidden"},
		{"manager", c.ID, a.ID, "fault.forbidden"}, {"manager", a.ID, a.ID, "customer.merge_self"}, {"manager", a.ID, 999, "fault.not_found"},
	} {
		w.refused(second(w.Merge(w.ctx, w.as(x.who), x.keep, x.lose, nil, false)), x.key)
	}
	w.refused(second(w.Merge(w.ctx, w.as("manager"), a.ID, b.ID, []string{"status"}, false)), "customer.merge_take")
	_, err := w.Merge(w.ctx, w.as("manager"), a.ID, b.ID, nil, false)
	w.must(err)
	w.refused(second(w.Unmerge(w.ctx, w.as("a"), b.ID)), "fault.forbidden")
	w.refused(second(w.Unmerge(w.ctx, w.as("manager"), a.ID)), "customer.not_merged")
}

// TestAMergeIsNotTakenBackBehindOthers: where somebody has built on it since, he
// is not overrun.
func TestAMergeIsNotTakenBackBehindOthers(t *testing.T) {
	w := school(t)
	m := w.as("manager")
	merged := func() (keep, lose Customer) {
		keep, lose = w.add(w.as("a"), "王小明", anyPhone()), w.add(w.as("b"), "王晓明", anyPhone())
		w.must(w.Tag(w.ctx, w.as("b"), lose.ID, "late"))
		_, err := w.Merge(w.ctx, m, keep.ID, lose.ID, []string{"name"}, false)
		w.must(err)
		return keep, lose
	}
	keep, lose := merged()
	w.must(w.Change(w.ctx, m, keep.ID, 0, resource.Values{"name": "王大明"}))
	w.refused(second(w.Unmerge(w.ctx, m, lose.ID)), "customer.unmerge_changed")
	keep, lose = merged()
	w.must(w.Untag(w.ctx, m, keep.ID, "late"))
	w.refused(second(w.Unmerge(w.ctx, m, lose.ID)), "customer.unmerge_changed")
	keep, lose = merged()
	w.add(w.as("c"), "别人", lose.Phone)
	w.refused(second(w.Unmerge(w.ctx, m, lose.ID)), "customer.unmerge_taken")
	keep, lose = merged()
	other := w.add(w.as("a"), "王明", anyPhone())
	_, err := w.Merge(w.ctx, m, keep.ID, other.ID, nil, false)
	w.must(err)
	w.refused(second(w.Unmerge(w.ctx, m, lose.ID)), "customer.unmerge_later")
	// what goes on by itself does not stand in the way
	keep, lose = merged()
	_, err = w.FollowUp(w.ctx, w.as("a"), NewFollowUp{Customer: keep.ID, Note: "asked"})
	w.must(err)
	w.must(w.Engine.Undo(w.ctx, m, 0))
	if w.get(lose.ID).Name != "王晓明" || w.get(keep.ID).LastFollowUp.IsZero() {
		t.Error("the merge was not taken back, or the new follow-up with it")
	}
	w.refused(second(w.Unmerge(w.ctx, m, lose.ID)), "customer.not_merged")
}

var phones int

func anyPhone() string { phones++; return fmt.Sprintf("139%08d", phones) }

// TestTwoMergeAtOnce: one wins, the other is told.
func TestTwoMergeAtOnce(t *testing.T) {
	w := school(t)
	for range 20 {
		a, b := w.add(w.as("a"), "王小明", anyPhone()), w.add(w.as("a"), "王晓明", anyPhone())
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, pair := range [][2]int64{{a.ID, b.ID}, {b.ID, a.ID}} {
			wg.Go(func() { _, errs[i] = w.Merge(w.ctx, w.as("manager"), pair[0], pair[1], nil, false) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none: %v", errs)
		}
		for _, err := range errs {
			if f, ok := fault.As(err); err != nil && (!ok || f.Key != "customer.merged_into") {
				t.Errorf("the other is told %v", err)
			}
		}
	}
}

// TestMergedAndTakenBackIsAsBefore: whatever the two had, afterwards every table
// is as it was.
func TestMergedAndTakenBackIsAsBefore(t *testing.T) {
	w := school(t)
	w.sql(`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, 'x', 1, 1)`)
	w.sql(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`)
	for i := 1; i <= 3; i++ {
		w.sql(`INSERT INTO classes (id, code, course_id, campus_id, kind, term, capacity, template_id, created_at, updated_at) VALUES ($1, $2, 1, 1, 'weekend', $1, 9, 1, 1, 1)`, i, fmt.Sprint("python-s", i))
	}
	admin := w.as("admin")
	rapid.Check(t, func(t *rapid.T) {
		one := func(label string) Customer {
			n := NewCustomer{Name: rapid.SampledFrom([]string{"王小明", "单雄信", "Kate"}).Draw(t, label), Phone: anyPhone(), Source: rapid.SampledFrom([]string{"baidu", "zhihu"}).Draw(t, "source"),
				Owner: rapid.SampledFrom([]int64{w.ids["a"], w.ids["b"], w.ids["c"]}).Draw(t, "owner"), Memo: rapid.SampledFrom([]string{"", "m"}).Draw(t, "memo"),
				Tags: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID[string]).Draw(t, "tags"), Courses: rapid.SampledFrom([][]int64{nil, {1}, {1, 2}}).Draw(t, "courses")}
			if rapid.Bool().Draw(t, "qq") {
				n.QQ = strings.TrimPrefix(anyPhone(), "1")
			}
			c, err := w.Add(w.ctx, admin, n)
			w.must(err)
			for range rapid.IntRange(0, 2).Draw(t, "follow-ups") {
				w.later(time.Minute)
				_, err := w.FollowUp(w.ctx, admin, NewFollowUp{Customer: c.ID, Note: "x", Intention: "no_plan"})
				w.must(err)
			}
			return c
		}
		keep, lose := one("keep"), one("lose")
		third, err := w.Add(w.ctx, admin, NewCustomer{Name: "李雷", Phone: anyPhone(), Source: "referral", ReferredBy: lose.ID})
		w.must(err)
		for i, id := range []int64{keep.ID, lose.ID} {
			class := rapid.IntRange(0, 3).Draw(t, "class")
			if class > 0 {
				w.sql(`INSERT INTO enrollments (customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
					VALUES ($1, $2, $3, 'invited', 1, $4, 1, 1, 1)`, id, class, w.ids["a"], fmt.Sprint(id, i))
			}
		}
		before := w.dump(keep.ID)
		take := rapid.SliceOfDistinct(rapid.SampledFrom(MergeFields), rapid.ID[string]).Draw(t, "take")
		if _, err := w.Merge(w.ctx, admin, keep.ID, lose.ID, take, false); err != nil {
			t.Fatal(err)
		}
		if w.get(third.ID).ReferredBy != keep.ID || w.count(`SELECT count(*) FROM follow_ups WHERE customer_id = $1`, lose.ID) != 0 {
			t.Fatal("not everything moved")
		}
		if err := w.DB.Check(w.ctx); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "by undo") {
			err = w.Engine.Undo(w.ctx, admin, 0)
		} else {
			_, err = w.Unmerge(w.ctx, admin, lose.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		if after := w.dump(keep.ID); after != before {
			t.Fatalf("take %v\n%s", take, differing(before, after))
		}
	})
}

func differing(a, b string) (out string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range x {
		if !slices.Contains(y, l) {
			out += "- " + l + "\n"
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out += "+ " + l + "\n"
		}
	}
	return out
}

// dump is every row of the school, but for what only grows: the trail, the
// merges, spent numbers, and version and time of change of one customer.
func (w *world) dump(changed int64) string {
	w.t.Helper()
	var lines []string
	w.must(w.DB.Read(w.ctx, func(tx *db.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, name := range tables {
			if slices.Contains([]string{"audit", "customer_merges", "spent_ids", "notifications"}, name) {
				continue
			}
			rows, err := allRows(tx, name)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if name == "customers" && r["id"] == changed {
					delete(r, "version")
					delete(r, "updated_at")
				}
				lines = append(lines, name+" "+fmt.Sprint(r))
			}
		}
		return nil
	}))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func allRows(tx *db.Tx, table string) ([]resource.WholeRow, error) {
	return resource.WholeRows(tx, table, "1", 1)
}
