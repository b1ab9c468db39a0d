package notify

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

var ctx = context.Background()

// school opens a database with the accounts 1 and 2, and a clock that goes on by a second with each transaction.
func school(t testing.TB) (*db.DB, *bus.Bus, *Service) {
	t.Helper()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	d, err := db.Open(ctx, db.Options{Path: dbtest.Path(t), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES (1, 'a', 'A', 0, 0), (2, 'b', 'B', 0, 0)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bus.Bus{}
	return d, b, New(d, b)
}

func account(id int64) policy.Actor { return policy.Actor{Account: id, Rights: &policy.Rights{}} }

func send(t testing.TB, d *db.DB, b *bus.Bus, to int64, kind, link string, args ...any) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) error { return Send(tx, b, to, kind, link, args...) }); err != nil {
		t.Fatal(err)
	}
}

func ids(list []Notification) (out []int64) {
	for _, n := range list {
		out = append(out, n.ID)
	}
	return out
}

func TestSendIsHeardAndRead(t *testing.T) {
	d, b, s := school(t)
	sub := b.Subscribe()
	defer sub.Close()
	send(t, d, b, 1, "duplicate", "customers/42", "who", "韩梅梅", "customer", "王小明")

	events, _ := sub.Take()
	if len(events) != 1 || events[0] != (bus.Event{Resource: "notifications", ID: 1, Verb: "notified", Account: 1}) {
		t.Errorf("events %+v", events)
	}
	list, err := s.List(ctx, account(1), false, 0, 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	n := list[0]
	if n.Kind != "duplicate" || n.Link != "customers/42" || n.At.IsZero() || !n.ReadAt.IsZero() {
		t.Errorf("%+v", n)
	}
	for lang, want := range map[i18n.Lang]string{
		i18n.Chinese: "韩梅梅 遇到了您的客户 王小明,可能正在咨询:请尽快联系。",
		i18n.English: "韩梅梅 met your customer 王小明, who may be asking right now: get in touch soon.",
	} {
		if got := n.Text(i18n.Printer{Lang: lang}); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestNothingIsToldOfWhatIsRolledBack(t *testing.T) {
	d, b, s := school(t)
	sub := b.Subscribe()
	defer sub.Close()
	_ = d.Write(ctx, func(tx *db.Tx) error {
		if err := Send(tx, b, 1, "new_owner", "", "customer", "x", "who", "y"); err != nil {
			t.Error(err)
		}
		return fmt.Errorf("no")
	})
	events, _ := sub.Take()
	if n, err := s.Unread(ctx, account(1)); n != 0 || err != nil || len(events) != 0 {
		t.Errorf("unread %d, events %v, %v", n, events, err)
	}
}

func TestSendRefuses(t *testing.T) {
	d, b, _ := school(t)
	for name, f := range map[string]func(tx *db.Tx) error{
		"a kind without words": func(tx *db.Tx) error { return Send(tx, b, 1, "nonsense", "") },
		"an unknown account":   func(tx *db.Tx) error { return Send(tx, b, 99, "mail_paused", "", "error", "x") },
		"nobody":               func(tx *db.Tx) error { return Send(tx, b, 0, "mail_paused", "", "error", "x") },
		"an odd argument":      func(tx *db.Tx) error { return Send(tx, b, 1, "mail_paused", "", "error") },
		"a name not a text":    func(tx *db.Tx) error { return Send(tx, b, 1, "mail_paused", "", 1, "x") },
		"a struct":             func(tx *db.Tx) error { return Send(tx, b, 1, "mail_paused", "", "error", struct{}{}) },
		"nil":                  func(tx *db.Tx) error { return Send(tx, b, 1, "mail_paused", "", "error", nil) },
		"a struct in a word": func(tx *db.Tx) error {
			return Send(tx, b, 1, "mail_paused", "", "error", i18n.W("yes", "x", struct{}{}))
		},
	} {
		if err := d.Write(ctx, f); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Every page together gives each notification once, newest first, also where the clock stood still or went back.
func TestPages(t *testing.T) {
	d, _, s := school(t)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i, at := range []int64{50, 50, 50, 20, 90, 90, 10} {
			if _, err := insert(tx, 1, "mail_paused", "", "", ""); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE notifications SET created_at = $1, read_at = $2 WHERE id = $3`, at, i%2, i+1); err != nil {
				return err
			}
		}
		_, err := insert(tx, 2, "mail_paused", "", "", "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for unread, want := range map[bool][]int64{false: {6, 5, 3, 2, 1, 4, 7}, true: {5, 3, 1, 7}} {
		var got []int64
		for before := int64(0); ; {
			list, err := s.List(ctx, account(1), unread, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			got = append(got, ids(list)...)
			before = got[len(got)-1]
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("unread only %v: %v, want %v", unread, got, want)
		}
	}
	if list, _ := s.List(ctx, account(1), false, 8, 10); len(list) != 0 {
		t.Errorf("a cursor at somebody else's gives %v", ids(list))
	}
}

func TestReadOnlyOnesOwn(t *testing.T) {
	d, b, s := school(t)
	for range 3 {
		send(t, d, b, 1, "mail_paused", "", "error", "x")
	}
	send(t, d, b, 2, "mail_paused", "", "error", "x")

	if err := s.Read(ctx, account(1), 1, 4); fault.Of(err) != fault.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if err := s.Read(ctx, account(1), 1, 99); fault.Of(err) != fault.NotFound {
		t.Errorf("none at all: %v", err)
	}
	if n, _ := s.Unread(ctx, account(1)); n != 3 {
		t.Errorf("%d unread after two refusals, want 3", n)
	}
	sub := b.Subscribe()
	defer sub.Close()
	if err := s.Read(ctx, account(1), 2, 2); err != nil {
		t.Fatal(err)
	}
	if events, _ := sub.Take(); len(events) != 1 || events[0].Account != 1 || events[0].Verb != "read" {
		t.Errorf("events %v", events)
	}
	if err := s.Read(ctx, account(1), 2); err != nil {
		t.Fatal("again:", err)
	}
	if events, _ := sub.Take(); len(events) != 0 {
		t.Errorf("nothing changed, and yet %v", events)
	}
	if list, _ := s.List(ctx, account(1), true, 0, 9); !reflect.DeepEqual(ids(list), []int64{3, 1}) {
		t.Errorf("unread %v", ids(list))
	}
	if err := s.Read(ctx, account(1)); err != nil {
		t.Fatal(err)
	}
	mine, _ := s.Unread(ctx, account(1))
	theirs, _ := s.Unread(ctx, account(2))
	if mine != 0 || theirs != 1 {
		t.Errorf("unread %d and %d, want 0 and 1", mine, theirs)
	}
	if list, _ := s.List(ctx, account(1), false, 0, 9); len(list) != 3 || list[0].ReadAt.IsZero() {
		t.Errorf("read ones: %+v", list)
	}
}

func TestReadManyAtOnce(t *testing.T) {
	d, b, s := school(t)
	var all []int64
	err := d.Write(ctx, func(tx *db.Tx) error {
		for range 1201 {
			if err := Send(tx, b, 1, "mail_paused", "", "error", "x"); err != nil {
				return err
			}
			all = append(all, int64(len(all)+1))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Read(ctx, account(1), all...); err != nil {
		t.Fatal(err)
	}
	if n, _ := s.Unread(ctx, account(1)); n != 0 {
		t.Errorf("%d unread", n)
	}
}

func TestWhoMayNot(t *testing.T) {
	_, _, s := school(t)
	for name, by := range map[string]policy.Actor{
		"must change": {Account: 1, Rights: &policy.Rights{MustChange: true}},
		"applicant":   policy.Applicant(5, policy.Files, ""),
		"no rights":   {Account: 1},
		"system":      policy.System,
	} {
		if _, err := s.List(ctx, by, false, 0, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("%s lists: %v", name, err)
		}
		if err := s.Read(ctx, by); fault.Of(err) != fault.Forbidden {
			t.Errorf("%s reads: %v", name, err)
		}
		if n, err := s.Unread(ctx, by); n != 0 || err != nil {
			t.Errorf("%s: %d unread, %v", name, n, err)
		}
	}
}

// The status line asks on every frame: the partial index must answer alone; the list must not sort.
func TestPlans(t *testing.T) {
	dbtest.SQLiteOnly(t)
	d, _, _ := school(t)
	for query, want := range map[string]string{
		`SELECT count(*) FROM notifications WHERE account_id = $1 AND read_at = 0`: "COVERING INDEX notifications_unread",
		`SELECT id FROM notifications WHERE account_id = $1 AND (created_at, id) < (SELECT created_at, id FROM notifications WHERE id = 5 AND account_id = $1)
			ORDER BY created_at DESC, id DESC LIMIT 50`: "notifications_account",
	} {
		plan := explain(t, d, query)
		if !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN notifications") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

func explain(t *testing.T, d *db.DB, query string) (plan string) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("EXPLAIN QUERY PLAN "+query, 1)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id, parent, x int
			var line string
			if err := rows.Scan(&id, &parent, &x, &line); err != nil {
				return err
			}
			plan += line + "\n"
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// The words of each kind name exactly the arguments that the package promises, in both languages.
func TestWordsOfEachKind(t *testing.T) {
	kinds := map[string]string{
		"duplicate": "who customer", "submitted": "name class", "documents": "name class n", "approved": "name class who",
		"returned": "name class who reason", "new_owner": "customer who", "mail_dead": "to error", "mail_paused": "error",
		"login_failures": "n when addr",
	}
	for kind, names := range kinds {
		var args []any
		for _, name := range strings.Fields(names) {
			args = append(args, name, "<"+name+">")
		}
		for _, lang := range i18n.Langs {
			text := Notification{Kind: kind, Args: args}.Text(i18n.Printer{Lang: lang})
			if strings.ContainsAny(text, "{}«\n") {
				t.Errorf("%s, %s: %q", kind, lang, text)
			}
			for _, name := range strings.Fields(names) {
				if !strings.Contains(text, "<"+name+">") {
					t.Errorf("%s, %s: %q does not say %s", kind, lang, text, name)
				}
			}
		}
	}
}

func BenchmarkUnread(b *testing.B) {
	d, _, s := school(b)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i := range 20000 {
			if _, err := insert(tx, int64(1+i%2), "mail_paused", "", "", ""); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE notifications SET read_at = 1 WHERE id > 40`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n, err := s.Unread(ctx, account(1)); n != 20 || err != nil {
			b.Fatal(n, err)
		}
	}
}
