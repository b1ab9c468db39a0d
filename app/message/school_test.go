package message

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
	"cohort/app/mail"
	"cohort/app/notify"
	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

var ctx = context.Background()

// school has an administrator (account 1) and two sellers (2, 3), its outboxes and what fills them.
type school struct {
	t        testing.TB
	db       *db.DB
	bus      *bus.Bus
	clock    *dbtest.Clock
	config   Config
	messages *Service
	mails    *mail.Service
	forward  *Forwarder
	log      *strings.Builder
}

func newSchool(t testing.TB, c Config) *school {
	t.Helper()
	return openSchool(t, dbtest.Path(t), c)
}

func openSchool(t testing.TB, path string, c Config) *school {
	t.Helper()
	s := &school{t: t, bus: &bus.Bus{}, clock: dbtest.At(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)), config: c, log: &strings.Builder{}}
	var err error
	if s.db, err = db.Open(ctx, db.Options{Path: path, Clock: s.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	s.write(func(tx *db.Tx) error {
		for _, text := range []string{
			`INSERT INTO accounts (id, login, name, email, active, lang, created_at, updated_at) VALUES (1, 'admin', 'A', '', 1, '', 0, 0),
				(2, 'lilei', '李雷', 'lilei@school.example', 1, 'zh', 0, 0), (3, 'han', 'Han', 'han@school.example', 1, 'en', 0, 0) ON CONFLICT DO NOTHING`,
			`INSERT INTO roles (id, name, created_at, updated_at) VALUES (1, 'admin', 0, 0) ON CONFLICT DO NOTHING`,
			`INSERT INTO account_roles (account_id, role_id) VALUES (1, 1) ON CONFLICT DO NOTHING`,
		} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	log := slog.New(slog.NewTextHandler(s.log, nil))
	tell := func(tx *db.Tx, to int64, kind, link string, args ...any) error {
		return notify.Send(tx, s.bus, to, kind, link, args...)
	}
	s.messages = New(Deps{DB: s.db, Bus: s.bus, Config: func() Config { return s.config }, Tell: tell, Log: log})
	s.mails = mail.New(s.db, s.bus, tell, mail.Config{}, log)
	s.forward = &Forwarder{DB: s.db, Bus: s.bus, Messages: s.messages, Mail: s.mails.Queue, Lang: i18n.English, Log: log,
		Printer: func(l i18n.Lang) i18n.Printer { return i18n.Printer{Lang: l, Zone: time.UTC, Now: s.clock.Now} },
		SSH:     func(login string) string { return "ssh " + login + "@school.example" }}
	return s
}

func (s *school) write(f func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(ctx, f); err != nil {
		s.t.Fatal(err)
	}
}

func (s *school) queue(dedup string, m Message) (id int64) {
	s.t.Helper()
	s.write(func(tx *db.Tx) (err error) {
		id, _, err = s.messages.Queue(tx, dedup, m)
		return err
	})
	return id
}

// round runs both workers until they have nothing more to do now.
func (s *school) round() {
	s.t.Helper()
	for range 100 {
		if !s.messages.qq.Round(ctx) && !s.messages.hook.Round(ctx) {
			return
		}
	}
	s.t.Fatal("the workers do not come to rest")
}

// hasty makes talks that wait for an answer no longer than d.
func (s *school) hasty(d time.Duration) func(context.Context) (outbox.Talk[Message], error) {
	return func(ctx context.Context) (outbox.Talk[Message], error) {
		t := s.messages.talk(ctx)
		t.client.Timeout = d
		return t, nil
	}
}

func (s *school) get(id int64) Message {
	s.t.Helper()
	m, err := s.messages.Get(ctx, policy.System, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *school) want(id int64, state string, tries int) {
	s.t.Helper()
	if m := s.get(id); string(m.State) != state || m.Tries != tries {
		s.t.Errorf("message %d is %s after %d tries (%s), want %s after %d", id, m.State, m.Tries, m.LastError, state, tries)
	}
}

func (s *school) status(c Channel) Status {
	s.t.Helper()
	list, err := s.messages.Status(ctx, policy.System)
	if err != nil {
		s.t.Fatal(err)
	}
	if c == Hook {
		return list[1]
	}
	return list[0]
}

// told lists what an account was told, as "kind link: text".
func (s *school) told(account int64) (list []string) {
	s.t.Helper()
	all, err := notify.New(s.db, s.bus).List(ctx, policy.Actor{Account: account, Rights: &policy.Rights{}}, false, 0, 200)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, n := range all {
		list = append(list, fmt.Sprintf("%s %s: %s", n.Kind, n.Link, n.Text(i18n.Printer{Lang: i18n.English})))
	}
	return list
}

// choose notes what an account wants, and its QQ number.
func (s *school) choose(account int64, qq string, kinds ...string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		for _, k := range kinds {
			name, way, _ := strings.Cut(k, " ")
			if _, err := tx.Exec(`INSERT INTO notify_choices (account_id, kind, channel) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, account, name, way); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO account_wishes (account_id, qq) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET qq = excluded.qq`, account, qq)
		return err
	})
}

func (s *school) tell(account int64, kind, link string, args ...any) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error { return notify.Send(tx, s.bus, account, kind, link, args...) })
}

func (s *school) forwardAll() {
	s.t.Helper()
	for {
		more, err := s.forward.Round(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// empty makes the school as it was at the beginning.
func (s *school) empty() {
	s.write(func(tx *db.Tx) error {
		for _, table := range []string{"messages", "notifications", "notify_choices", "account_wishes"} {
			if _, err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		return nil
	})
	s.messages.Anew()
}
