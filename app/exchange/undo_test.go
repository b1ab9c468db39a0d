package exchange_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db/dbtest"
)

// TestKilledInTheMiddle ends a run as a kill would, with parts of it committed:
// the next start takes them back.
func TestKilledInTheMiddle(t *testing.T) {
	s := newSchool(t)
	by := s.actor("admin")
	old := s.add("customers", "name", "旧名", "phone", "13100000005", "source", "zhihu")
	b := s.take(by, "customers", faulty(manyRows/2, 100))
	s.set(by, b.ID, "both", "")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = s.Exchange.Import(bg, by, b.ID, func(done, total int) {
			if done > manyRows/4 {
				runtime.Goexit()
			}
		})
	}()
	<-ended
	if n := s.count("customers"); n < manyRows/5 || n > manyRows/2-10 {
		t.Fatalf("not in the middle: %d customers", n)
	}
	s.must(s.Close())
	s.open()
	row, _, err := s.Engine.Show(bg, policy.System, "customers", old)
	if err != nil || row.Title != "旧名" || s.count("customers") != 1 || s.count("name_grams WHERE customer_id <> $1", old) != 0 {
		t.Errorf("%d customers, the old one is %q, %v", s.count("customers"), row.Title, err)
	}
	if b, err = s.Exchange.Batch(bg, by, b.ID); err != nil || b.State != exchange.TakenBack || b.Kept != 0 {
		t.Errorf("%+v %v", b, err)
	}
	again := s.run(by, s.take(by, "customers", faulty(manyRows/2, 100)).ID)
	if s.count("customers") != 1+again.Added {
		t.Error("what was taken back is in the way")
	}
}

// TestTakenForDead has a run taken back while it is under way, as another process does that cannot reach this one: the run
// ends, and leaves nothing.
func TestTakenForDead(t *testing.T) {
	dbtest.SQLiteOnly(t) // on PostgreSQL the lock that the run holds would have to be lost first
	s := newSchool(t)
	by := s.actor("admin")
	b := s.take(by, "customers", faulty(manyRows/2, 100))
	s.set(by, b.ID, "both", "")
	taken := false
	_, err := s.Exchange.Import(bg, by, b.ID, func(done, total int) {
		if done > manyRows/4 && !taken {
			taken = true
			s.must(s.Exchange.Recover(bg))
		}
	})
	if f, ok := fault.As(err); !taken || !ok || f.Kind != fault.Stale {
		t.Errorf("taken %v, %v", taken, err)
	}
	if n := s.count("customers"); n != 0 {
		t.Errorf("%d customers are left", n)
	}
	if b, err = s.Exchange.Batch(bg, by, b.ID); err != nil || b.State != exchange.TakenBack {
		t.Errorf("%+v %v", b, err)
	}
}

// TestUndo takes an import back, but for what was touched since.
func TestUndo(t *testing.T) {
	s := newSchool(t)
	by := s.actor("admin")
	old := s.add("customers", "name", "旧名", "phone", "13100000005", "source", "zhihu", "memo", "alt", "tags", "vip")
	b := s.take(by, "customers", "name,phone,source,memo,tags\n甲,13200000001,baidu,,\n乙,13200000002,baidu,,\n新名,131-0000-0005,baidu,neu,\"vip, 老\"\n丙,13200000003,baidu,,\n")
	s.set(by, b.ID, "both", "")
	if b = s.run(by, b.ID); b.Added != 3 || b.Changed != 1 {
		t.Fatalf("%+v\n%s", b, strings.Join(s.rows(by, b.ID), "\n"))
	}
	list, err := s.Engine.Match(bg, by, "customers", fieldsOf(s, "phone"), map[string]any{"phone": "13200000002"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	s.must(s.Engine.Change(bg, by, "customers", list[0], 0, map[string]string{"memo": "touched"}))
	if _, err := s.Exchange.Undo(bg, s.actor("sales_a"), b.ID, nil); fault.Of(err) != fault.NotFound {
		t.Error("somebody else:", err)
	}
	b, err = s.Exchange.Undo(bg, by, b.ID, nil)
	if err != nil || b.State != exchange.Undone || b.Kept != 1 {
		t.Fatalf("%+v %v\n%s", b, err, strings.Join(s.rows(by, b.ID), "\n"))
	}
	rows := strings.Join(s.rows(by, b.ID), "\n")
	if s.count("customers") != 2 || !strings.Contains(rows, "3 add 乙||changed since the import") {
		t.Errorf("%d customers\n%s", s.count("customers"), rows)
	}
	row, _, err := s.Engine.Show(bg, by, "customers", old)
	if err != nil || row.Title != "旧名" || row.Values["memo"].Raw != "alt" || row.Values["source"].Code != "zhihu" || fmt.Sprint(row.Values["tags"].Raw) != "[vip]" {
		t.Errorf("%+v %v", row, err)
	}
	if _, err := s.Exchange.Undo(bg, by, b.ID, nil); !fault.Is(err, "import.wrong_state") {
		t.Error("twice:", err)
	}
}
