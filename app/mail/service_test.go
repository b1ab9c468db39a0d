package mail

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"

	"cohort/app/outbox"
	"cohort/db/dbtest"
)

func TestRetry(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return never }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	s.want(id, Dead, 1)
	first := s.get(id)
	p.set(func() { p.onRcpt = nil })

	m, err := s.mail.Retry(ctx, policy.System, id)
	if err != nil || m.State != Queued || m.Tries != 0 || m.MessageID != first.MessageID || m.Body != first.Body || m.LastError != "" {
		t.Errorf("a dead one: %+v, %v", m, err)
	}
	s.round()
	s.want(id, Sent, 1)
	m, err = s.mail.Retry(ctx, policy.System, id)
	if err != nil || m.State != Queued || m.Tries != 0 || m.MessageID == first.MessageID || m.Body != first.Body || !m.SentAt.IsZero() {
		t.Errorf("a sent one: %+v, %v", m, err)
	}
	s.round()
	s.want(id, Sent, 1)
	all := p.all()
	if len(all) != 2 || all[0].id != first.MessageID || all[1].id == all[0].id || all[1].id != s.get(id).MessageID {
		t.Errorf("arrived: %d", len(all))
	}
}

func TestRetryDoesNotWait(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return later }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	s.want(id, Queued, 1)
	p.set(func() { p.onRcpt = nil })
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want(id, Sent, 2)
}

func TestRetryEndsAPause(t *testing.T) {
	p := &postbox{onMail: func(string) error { return refused }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.queue("d", "a@example.com")
	s.round()
	for range 3 { // and does not bother the administrator each time
		if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
			t.Fatal(err)
		}
		s.round()
	}
	if told := s.told(1); len(told) != 1 || p.connections() != 4 {
		t.Errorf("told %q, %d connections", told, p.connections())
	}
	p.set(func() { p.onMail = nil })
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want(id, Sent, 1)
}

func TestLateMarkDoesNotTouchARetry(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	var late Mail
	s.write(func(tx *db.Tx) error {
		list, err := store{Config{From: mail.Address{Address: "a@school.example"}}}.Claim(tx, 10, tx.Now.Add(outbox.Lease))
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%v, %w", list, err)
		}
		late = list[0]
		return store{}.MarkSent(tx, late)
	})
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error { return store{}.MarkSent(tx, late) })
	s.want(id, Queued, 0)
	s.write(func(tx *db.Tx) error {
		return store{}.MarkFailed(tx, late, Dead, outbox.Outcome{Tries: 1, Why: never.Error()})
	})
	s.want(id, Queued, 0)
}

func TestRetryIsAudited(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	if _, err := s.mail.Retry(ctx, policy.System, id); err != nil {
		t.Fatal(err)
	}
	var action string
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT action FROM audit WHERE resource = 'mails' AND record_id = $1`, id).Scan(&action)
	})
	if err != nil || action != "retry" {
		t.Errorf("%q, %v", action, err)
	}
}

func TestPagesOfTheLog(t *testing.T) {
	s := newSchool(t, "")
	for i := range 7 {
		s.queue(fmt.Sprint(i), "a@example.com")
	}
	s.write(func(tx *db.Tx) error {
		for id, at := range []int64{0, 50, 50, 50, 20, 90, 90, 10} {
			state := []State{Queued, Dead}[id%2]
			if _, err := tx.Exec(`UPDATE mails SET created_at = $1, state = $2 WHERE id = $3`, at, string(state), id); err != nil {
				return err
			}
		}
		return nil
	})
	for state, want := range map[string]string{"": "[6 5 3 2 1 4 7]", "dead": "[5 3 1 7]", "sent": "[]"} {
		got := []int64{}
		for before := int64(0); ; {
			list, err := s.mail.List(ctx, policy.System, state, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, m := range list {
				if m.Body != "" {
					t.Error("a list with bodies")
				}
				got = append(got, m.ID)
			}
			before = got[len(got)-1]
		}
		if fmt.Sprint(got) != want {
			t.Errorf("state %q: %v, want %s", state, got, want)
		}
	}
}

func TestWhoMayReadTheLog(t *testing.T) {
	s := newSchool(t, "")
	id := s.queue("d", "a@example.com")
	grant := func(actions ...string) policy.Actor {
		var g []policy.Grant
		for _, a := range actions {
			g = append(g, policy.Grant{Resource: "mails", Action: a})
		}
		return policy.Actor{Account: 3, Login: "sales", Rights: policy.NewRights(nil, policy.Scope{}, g)}
	}
	for name, c := range map[string]struct {
		by                        policy.Actor
		list, view, retry, status fault.Kind
	}{
		"nothing":    {grant(), fault.Forbidden, fault.NotFound, fault.NotFound, fault.Forbidden},
		"list":       {grant("list"), 0, fault.NotFound, fault.NotFound, 0},
		"view":       {grant("view"), fault.Forbidden, 0, fault.Forbidden, fault.Forbidden},
		"everything": {grant("list", "view", "retry"), 0, 0, 0, 0},
	} {
		_, list := s.mail.List(ctx, c.by, "", 0, 0)
		_, view := s.mail.Get(ctx, c.by, id)
		_, retry := s.mail.Retry(ctx, c.by, id)
		_, status := s.mail.Status(ctx, c.by)
		for verb, got := range map[string][2]any{"list": {list, c.list}, "view": {view, c.view}, "retry": {retry, c.retry}, "status": {status, c.status}} {
			err, _ := got[0].(error)
			if want := got[1].(fault.Kind); fault.Of(err) != want || (err == nil) != (want == 0) {
				t.Errorf("%s: %s: %v, want %v", name, verb, err, want)
			}
		}
	}
	if _, err := s.mail.Get(ctx, policy.System, 99); fault.Of(err) != fault.NotFound {
		t.Errorf("no such mail: %v", err)
	}
	if _, err := s.mail.Retry(ctx, policy.System, 99); fault.Of(err) != fault.NotFound {
		t.Errorf("no such mail: %v", err)
	}
}

// What the worker asks every two seconds and what the log's pages ask must not read the whole outbox.
func TestPlans(t *testing.T) {
	dbtest.SQLiteOnly(t)
	s := newSchool(t, "")
	for query, want := range map[string]string{
		`SELECT 1 FROM mails WHERE state = 'queued' AND next_at <= $1 AND leased_until <= $1 LIMIT 1`: "mails_due",
		`SELECT id, subject FROM mails WHERE 1 = 1 AND (created_at, id) < (SELECT created_at, id FROM mails WHERE id = $1)
			ORDER BY created_at DESC, id DESC LIMIT 50`: "mails_created",
	} {
		plan := ""
		s.write(func(tx *db.Tx) error {
			rows, err := tx.Query("EXPLAIN QUERY PLAN "+query, 1)
			if err != nil {
				return err
			}
			for rows.Next() {
				var a, b, c int
				var line string
				if err := rows.Scan(&a, &b, &c, &line); err != nil {
					return err
				}
				plan += line + "\n"
			}
			return rows.Err()
		})
		if !strings.Contains(plan, "USING INDEX "+want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}
