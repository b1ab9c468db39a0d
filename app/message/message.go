// Package message is the outbox of what goes to people's QQ and the school's QQ group, by a OneBot v11 endpoint that the
// school runs, and to its web hook. A message is a row written with what it reports; a worker sends it (package outbox).
// It is off until an administrator sets an address.
//
// Delivery is at least once. Every try of a message carries the same key, in the header X-Cohort-Key and, in the plain
// style, in its JSON, by which the other side can know it for the same message.
package message

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/app/setting"
	"cohort/db"
)

// Channel is a way out of the school.
type Channel string

// The channels. QQ and Group share one endpoint.
const (
	QQ    Channel = "qq"    // a person's QQ; the target is the number
	Group Channel = "group" // the school's QQ group; likewise
	Hook  Channel = "hook"  // the web hook; no target
)

// Message is one row of the outbox.
type Message struct {
	ID        int64
	Channel   Channel
	Account   int64 // whom it is for; 0: a group or hook
	Target    string
	Kind      string // of the notification
	Body      string
	Key       string // the same on every try
	State     outbox.State
	Tries     int
	NextAt    time.Time // when it will be tried next, if queued
	LastError string
	CreatedAt time.Time
	SentAt    time.Time // zero: never
}

// Number is the message's id, for the worker.
func (m Message) Number() int64 { return m.ID }

// Tried says how often it was tried.
func (m Message) Tried() int { return m.Tries }

// Receiver is the number it goes to, or the channel's name.
func (m Message) Receiver() string {
	if m.Target == "" {
		return string(m.Channel)
	}
	return m.Target
}

// maxBody bounds a message, in bytes. WeCom takes 2,048, the others more.
const maxBody = 2000

// Tell sends a notification to an account within tx, as [cohort/app/notify.Send] does. The kinds are "message_dead" (to,
// error) and "message_paused" (server, error).
type Tell func(tx *db.Tx, to int64, kind, link string, args ...any) error

// Deps is what the service is made of.
type Deps struct {
	DB     *db.DB
	Bus    *bus.Bus
	Config func() Config
	Tell   Tell
	Log    *slog.Logger
}

// Service is the outbox's workers and its log.
type Service struct {
	Deps
	qq, hook outbox.Worker[Message]
}

// New makes the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Service{Deps: d}
	s.prepare(&s.qq, QQ, Group)
	s.prepare(&s.hook, Hook)
	return s
}

// prepare sets a worker up for the channels that share an endpoint.
func (s *Service) prepare(w *outbox.Worker[Message], channels ...Channel) {
	first := channels[0]
	w.Name, w.Resource, w.DB, w.Bus, w.Log, w.Store = "message", "messages", s.DB, s.Bus, s.Log, store{channels}
	w.Ready = func() bool { return s.Config().Set(first) }
	w.Server = func() string { return s.Config().Server(first) }
	w.Dial = func(ctx context.Context) (outbox.Talk[Message], error) { return s.talk(ctx), nil }
	w.Refuse = func(error) bool { return false }
	w.Words = s.words
	w.Dead = func(tx *db.Tx, m Message, why string) error {
		return s.tellAdmins(tx, "message_dead", address(m.ID), "to", m.Receiver(), "error", why)
	}
	w.Paused = func(tx *db.Tx, why string) error {
		return s.tellAdmins(tx, "message_paused", "messages", "server", w.Server(), "error", why)
	}
}

// Run sends messages until ctx ends. A change of settings ends every pause.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.qq.Run(ctx) })
	wg.Go(func() { s.hook.Run(ctx) })
	wg.Go(func() { s.watch(ctx) })
	wg.Wait()
}

func (s *Service) watch(ctx context.Context) {
	sub := s.Bus.Subscribe()
	defer sub.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sub.C:
			events, lost := sub.Take()
			if lost || slices.ContainsFunc(events, func(e bus.Event) bool { return e.Resource == setting.Resource }) {
				s.Anew()
			}
		}
	}
}

// Queue writes a message into the outbox within tx, and wakes the worker after the commit. Dedup names the business act:
// queued is false when there is one of it already. The body is cleaned and cut to what every channel takes.
func (s *Service) Queue(tx *db.Tx, dedup string, m Message) (id int64, queued bool, err error) {
	m.Body = cut(clean.Text(m.Body), maxBody)
	if dedup == "" || m.Body == "" {
		return 0, false, errors.New("message: without dedup or body")
	}
	m.Key = strings.ToLower(rand.Text())
	id, queued, err = insert(tx, dedup, m)
	if queued {
		tx.AfterCommit(func() {
			s.worker(m.Channel).Wake()
			s.Bus.Publish(bus.Event{Resource: "messages", ID: id, Verb: "added"})
		})
	}
	return id, queued, err
}

func (s *Service) worker(c Channel) *outbox.Worker[Message] {
	if c == Hook {
		return &s.hook
	}
	return &s.qq
}

// Anew lets the workers begin again after a change of settings.
func (s *Service) Anew() {
	s.qq.Anew()
	s.hook.Anew()
}

// Get gives one message with its body.
func (s *Service) Get(ctx context.Context, by policy.Actor, id int64) (m Message, err error) {
	if err := by.Need("view", "messages", nil); err != nil {
		return m, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = get(tx, id)
		return err
	})
	return m, err
}

// Retry sends a message again. A dead one is queued anew as the same message, a sent one with a key of its own; one that
// waits is tried at once. A pause ends with it.
func (s *Service) Retry(ctx context.Context, by policy.Actor, id int64) (m Message, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := by.Need("retry", "messages", nil); err != nil {
			return err
		}
		old, err := get(tx, id)
		if err != nil {
			return err
		}
		if m, err = requeue(tx, old); err != nil {
			return err
		}
		if err := audit.Write(tx, by, "retry", "messages", id, audit.Change{Field: "state", Old: string(old.State), New: string(outbox.Queued)}); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.worker(m.Channel).Resume()
			s.Bus.Publish(bus.Event{Resource: "messages", ID: id, Verb: "changed"})
		})
		return nil
	})
	return m, err
}

// Status tells how a channel does.
type Status struct {
	Channel Channel // QQ stands for the group, too
	Server  string  // "": none is set, messages wait
	Paused  bool    // nothing is sent before Until, because of Error
	Error   string  // why the last round could not send at all, "" when it could
	Until   time.Time
	Waiting int // queued messages, counted up to 10,000
}

// Status tells of QQ and of the hook. It asks for the right to list messages.
func (s *Service) Status(ctx context.Context, by policy.Actor) (list []Status, err error) {
	if err := by.NeedAny("list", "messages"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		for _, c := range []Channel{QQ, Hook} {
			w := s.worker(c)
			rest := w.Rest()
			n, err := waiting(tx, c)
			if err != nil {
				return err
			}
			list = append(list, Status{Channel: c, Server: w.Server(), Paused: rest.Refused, Error: rest.Why, Until: rest.Until, Waiting: n})
		}
		return nil
	})
	return list, err
}

// tellAdmins sends a notice to every active account with the role admin.
func (s *Service) tellAdmins(tx *db.Tx, kind, link string, args ...any) error {
	ids, err := admins(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.Tell(tx, id, kind, link, args...); err != nil {
			return err
		}
	}
	return nil
}

// words is an error as it may be stored and shown: one line, without what is secret of the settings.
func (s *Service) words(err error) string {
	text := err.Error()
	for _, secret := range s.Config().secrets() {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return cut(clean.Line(text), 400)
}

// cut shortens a text to at most limit bytes, between characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}
