package mail

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

var ctx = context.Background()

// school is a database with an administrator (account 1), a retired one (2) and a seller (3), and its outbox.
type school struct {
	t     testing.TB
	db    *db.DB
	bus   *bus.Bus
	clock *dbtest.Clock
	mail  *Service
	log   *strings.Builder
}

// newSchool opens one whose mail goes to url.
func newSchool(t testing.TB, url string) *school {
	t.Helper()
	return openSchool(t, dbtest.Path(t), url, time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC))
}

func openSchool(t testing.TB, path, url string, now time.Time) *school {
	t.Helper()
	s := &school{t: t, bus: &bus.Bus{}, clock: dbtest.At(now), log: &strings.Builder{}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	if s.db, err = db.Open(ctx, db.Options{Path: path, Clock: s.clock.Now, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	s.write(func(tx *db.Tx) error {
		for _, text := range []string{
			`INSERT INTO accounts (id, login, name, active, created_at, updated_at)
				VALUES (1, 'admin', 'A', 1, 0, 0), (2, 'retired', 'R', 0, 0, 0), (3, 'sales', 'S', 1, 0, 0) ON CONFLICT DO NOTHING`,
			`INSERT INTO roles (id, name, created_at, updated_at) VALUES (1, 'admin', 0, 0), (2, 'sales', 0, 0) ON CONFLICT DO NOTHING`,
			`INSERT INTO account_roles (account_id, role_id) VALUES (1, 1), (2, 1), (3, 2) ON CONFLICT DO NOTHING`,
		} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	cfg, err := ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	tell := func(tx *db.Tx, to int64, kind, link string, args ...any) error {
		return notify.Send(tx, s.bus, to, kind, link, args...)
	}
	s.mail = New(s.db, s.bus, tell, cfg, slog.New(slog.NewTextHandler(s.log, nil)))
	return s
}

func (s *school) write(f func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(ctx, f); err != nil {
		s.t.Fatal(err)
	}
}

// queue writes a plain mail and returns its id.
func (s *school) queue(dedup, to string) (id int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) (err error) {
		id, _, err = s.mail.Queue(tx, Message{Dedup: dedup, To: to, Template: "account", Lang: i18n.English, Subject: "Hello", Body: "Hello, " + dedup})
		return err
	})
	return id
}

// round runs the worker until it has nothing more to do now.
func (s *school) round() {
	s.t.Helper()
	for range 100 {
		if !s.mail.worker.Round(ctx) {
			return
		}
	}
	s.t.Fatal("the worker does not come to rest")
}

func (s *school) get(id int64) Mail {
	s.t.Helper()
	m, err := s.mail.Get(ctx, policy.System, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *school) want(id int64, state State, tries int) {
	s.t.Helper()
	if m := s.get(id); m.State != state || m.Tries != tries {
		s.t.Errorf("mail %d is %s after %d tries (%s), want %s after %d", id, m.State, m.Tries, m.LastError, state, tries)
	}
}

func (s *school) status() Status {
	s.t.Helper()
	st, err := s.mail.Status(ctx, policy.System)
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// told lists what an account was told, as "kind link: text".
func (s *school) told(account int64) (list []string) {
	s.t.Helper()
	by := policy.Actor{Account: account, Rights: &policy.Rights{}}
	all, err := notify.New(s.db, s.bus).List(ctx, by, false, 0, 200)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, n := range all {
		list = append(list, fmt.Sprintf("%s %s: %s", n.Kind, n.Link, n.Text(i18n.Printer{Lang: i18n.English})))
	}
	return list
}

// url is the value of COHORT_SMTP for a postbox.
func (p *postbox) url(parameters string) string {
	login := ""
	if p.password != "" {
		login = "school:" + p.password + "@"
	}
	if p.ca != "" {
		parameters += "&ca=" + p.ca
	}
	return "smtp://" + login + p.addr + "?from=Cohort%20<no-reply@school.example>&" + parameters
}
