package notify

import (
	"slices"
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// What may be told once only is told once, to each account by itself.
func TestSendOnce(t *testing.T) {
	d, b, s := school(t)
	once := func(to int64, dedup string) (sent bool) {
		err := d.Write(ctx, func(tx *db.Tx) (err error) {
			sent, err = SendOnce(tx, b, to, dedup, "mail_paused", "", "error", "x")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return sent
	}
	for i, c := range []struct {
		to    int64
		dedup string
		sent  bool
	}{{1, "digest 2026-11-20", true}, {1, "digest 2026-11-20", false}, {2, "digest 2026-11-20", true}, {1, "digest 2026-11-21", true}, {1, "", true}, {1, "", true}} {
		if got := once(c.to, c.dedup); got != c.sent {
			t.Errorf("%d: sent %v, want %v", i, got, c.sent)
		}
	}
	if n, _ := s.Unread(ctx, account(1)); n != 4 {
		t.Errorf("%d unread", n)
	}
}

// A page and what is newer than its last row fit together; ticks are taken off and put on again, one's own only.
func TestBackAndForthAndUnread(t *testing.T) {
	d, b, s := school(t)
	for range 7 {
		send(t, d, b, 1, "mail_paused", "", "error", "x")
	}
	old, err := s.List(ctx, account(1), false, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := s.Newer(ctx, account(1), false, old[4].ID, 10)
	if err != nil || !slices.Equal(ids(newer), []int64{old[3].ID, old[2].ID, old[1].ID, old[0].ID}) {
		t.Errorf("%v, %v", ids(newer), err)
	}
	if all, err := s.Newer(ctx, account(1), false, 0, 10); err != nil || len(all) != 7 || all[0].ID > all[6].ID {
		t.Errorf("%v, %v", ids(all), err)
	}
	if err := s.Read(ctx, account(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Unmark(ctx, account(1), old[1].ID); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.List(ctx, account(1), true, 0, 0); !slices.Equal(ids(list), []int64{old[1].ID}) {
		t.Errorf("unread: %v", ids(list))
	}
	if err := s.Unmark(ctx, account(2), old[1].ID); fault.Of(err) != fault.NotFound {
		t.Errorf("another's: %v", err)
	}
}

// One chooses among the kinds that may come to one, by ways that they may go; others' choices are others'.
func TestChoices(t *testing.T) {
	d, b, s := school(t)
	sales := policy.Actor{Account: 1, Rights: &policy.Rights{}}
	admin := policy.System
	admin.Account = 2
	has := func(by policy.Actor, kind string) bool {
		list, err := s.Choices(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(list, func(c Choice) bool { return c.Kind == kind })
	}
	if has(sales, "mail_dead") || has(sales, "grade") || !has(sales, "login_failures") || !has(admin, "mail_dead") {
		t.Error("the kinds do not follow the rights")
	}
	for _, c := range []struct {
		kind string
		way  Channel
		want fault.Kind
	}{{"mail_dead", ByQQ, fault.NotFound}, {"nonsense", ByQQ, fault.NotFound}, {"login_failures", "pigeon", fault.Invalid}} {
		if err := s.Choose(ctx, sales, c.kind, c.way, true); fault.Of(err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
	if err := s.Choose(ctx, admin, "mail_dead", ByMail, true); fault.Of(err) != fault.Invalid {
		t.Errorf("a mail about a mail that cannot be sent: %v", err)
	}
	for range 2 {
		if err := s.Choose(ctx, sales, All, ByMail, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Choose(ctx, sales, "login_failures", ByMail, false); err != nil {
		t.Fatal(err)
	}
	send(t, d, b, 1, "login_failures", "", "n", 1, "when", "", "addr", "")
	send(t, d, b, 1, "recovery_used", "", "left", 1, "addr", "")
	send(t, d, b, 2, "recovery_used", "", "left", 1, "addr", "")
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE accounts SET email = login || '@school.example'`); err != nil {
			return err
		}
		list, err := Pending(tx, 10)
		var mailed []string
		for _, w := range list {
			mailed = append(mailed, w.Kind+" "+w.Email+w.QQ)
		}
		if want := []string{"login_failures ", "recovery_used a@school.example", "recovery_used "}; !slices.Equal(mailed, want) {
			t.Errorf("%q, want %q", mailed, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
