package org

import (
	"context"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/mail"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

// cheap makes tests quick; what argon2 costs is not their subject.
var cheap = params{memory: 8, passes: 1, lanes: 1}

// school is a service over a database of its own, with the ready-made roles and
// the administrator "boss".
type school struct {
	*Service
	t     testing.TB
	clock *dbtest.Clock
	boss  policy.Actor
}

var bg = context.Background()

func newSchool(t testing.TB, o Options) *school {
	t.Helper()
	c := dbtest.At(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: c.Now, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	o.Log = quiet
	s := &school{Service: New(d, &bus.Bus{}, o), t: t, clock: c}
	s.hash = newHasher(2, cheap)
	if err := s.EnsureRoles(bg); err != nil {
		t.Fatal(err)
	}
	s.boss = s.actor(s.add("boss", "admin").ID)
	return s
}

// add makes an account whose password is "<login> is my name", already its own.
func (s *school) add(login string, roles ...string) Account {
	s.t.Helper()
	return s.addNew(NewAccount{Login: login, Name: "Name of " + login, Roles: roles})
}

func (s *school) addNew(n NewAccount) Account {
	s.t.Helper()
	a, _, err := s.AddAccount(bg, policy.System, n)
	if err != nil {
		s.t.Fatal(err)
	}
	hash, err := s.hash.make(bg, passwordOf(n.Login))
	if err != nil {
		s.t.Fatal(err)
	}
	s.sql(`UPDATE accounts SET password_hash = $2, must_change = 0 WHERE id = $1`, a.ID, hash)
	s.Invalidate()
	return s.get(a.ID)
}

func passwordOf(login string) string { return login + " is my name" }

func (s *school) get(id int64) Account {
	s.t.Helper()
	a, err := s.GetAccount(bg, policy.System, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *school) actor(id int64) policy.Actor {
	s.t.Helper()
	by, err := s.Actor(bg, id, policy.Screen, "192.0.2.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return by
}

// sql writes behind the service's back.
func (s *school) sql(text string, args ...any) {
	s.t.Helper()
	err := s.db.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	})
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

// number reads one number.
func (s *school) number(text string, args ...any) (n int64) {
	s.t.Helper()
	err := s.db.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) })
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return n
}

// letter is the newest mail of a template as its receiver reads it. In the table nobody can read the secret.
func (s *school) letter(template, secret string) (whole string) {
	s.t.Helper()
	if n := s.number(`SELECT count(*) FROM mails WHERE body LIKE '%' || $1 || '%' OR sealed LIKE '%' || $1 || '%'`, secret); n != 0 {
		s.t.Errorf("the mail %s shows its secret in the table", template)
	}
	err := s.db.Read(bg, func(tx *db.Tx) error {
		var to, body, sealed string
		err := tx.QueryRow(`SELECT to_addr, body, sealed FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1`, template).Scan(&to, &body, &sealed)
		if err != nil {
			return err
		}
		whole, err = mail.Whole(s.opt.Secret, to, body, sealed)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return whole
}

// history gives the audit entries of an account, the oldest first.
func (s *school) history(id int64) (actions []string) {
	s.t.Helper()
	list, err := audit.Entries(bg, s.db, "accounts", id, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := len(list) - 1; i >= 0; i-- {
		actions = append(actions, list[i].Action)
	}
	return actions
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if key == "" && err != nil || key != "" && !fault.Is(err, key) {
		t.Errorf("error %v, want key %q", err, key)
	}
}

func (s *school) department(name string, parent int64) int64 {
	s.t.Helper()
	d, err := s.AddDepartment(bg, policy.System, Department{Name: name, Parent: parent})
	if err != nil {
		s.t.Fatal(err)
	}
	return d.ID
}

// TestEveryMethodHasAnActor keeps the contract: a method without one asks
// nobody's rights. The list names those that run before there is an actor, and
// the program's own start and worker.
func TestEveryMethodHasAnActor(t *testing.T) {
	without := map[string]bool{
		"LogIn": true, "KeyKnown": true, "NameKnown": true, "LoggedInByKey": true, "LoggedInByCertificate": true, "Rights": true, "Actor": true, "Remembered": true, "Invalidate": true,
		"EnsureRoles": true, "Activation": true, "SecondWanted": true, "SecondStep": true, "Bootstrap": true, "OneTime": true, "Run": true,
	}
	service, actor := reflect.TypeFor[*Service](), reflect.TypeFor[policy.Actor]()
	for i := range service.NumMethod() {
		m := service.Method(i)
		has := m.Type.NumIn() > 2 && m.Type.In(2) == actor
		if has == without[m.Name] {
			t.Errorf("%s: has an actor as second parameter: %v", m.Name, has)
		}
		delete(without, m.Name)
	}
	for name := range without {
		t.Errorf("%s is named but is no method", name)
	}
}
