package mail

import (
	"context"
	"log/slog"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/app/seal"
	"cohort/db"
)

// State is where a mail stands.
type State = outbox.State

// The states. A sent one was taken by the server; a dead one was given up.
const (
	Queued = outbox.Queued
	Sent   = outbox.Sent
	Dead   = outbox.Dead
)

// Mail is one row of the outbox.
type Mail struct {
	ID        int64
	To        string
	Template  string
	Lang      string
	Subject   string
	Body      string // "" in lists; stars for what only the receiver may read
	MessageID string
	State     State
	Tries     int
	NextAt    time.Time // when it will be tried next, if queued
	LastError string    // the server's own words, "" for none
	Resource  string
	RecordID  int64
	CreatedAt time.Time
	SentAt    time.Time // zero: never
	sealed    string    // see migration 0100
}

// Number is the mail's id, for the worker.
func (m Mail) Number() int64 { return m.ID }

// Tried says how often it was tried.
func (m Mail) Tried() int { return m.Tries }

// Receiver is its address.
func (m Mail) Receiver() string { return m.To }

// Tell sends a notification to an account within tx, as [cohort/app/notify.Send] does. The kinds are "mail_dead" (to,
// error) and "mail_paused" (error).
type Tell func(tx *db.Tx, to int64, kind, link string, args ...any) error

// Service is the outbox's worker and its log.
type Service struct {
	db     *db.DB
	bus    *bus.Bus
	tell   Tell
	cfg    Config
	log    *slog.Logger
	worker outbox.Worker[Mail]
	box    *seal.Box // nil: no mail may hold a secret
}

// New makes the service. tell, for notices to the administrators, bus and log may be nil.
func New(d *db.DB, b *bus.Bus, tell Tell, cfg Config, log *slog.Logger) *Service {
	if b == nil {
		b = &bus.Bus{}
	}
	if tell == nil {
		tell = func(*db.Tx, int64, string, string, ...any) error { return nil }
	}
	if log == nil {
		log = slog.Default()
	}
	s := &Service{db: d, bus: b, tell: tell, cfg: cfg, log: log}
	s.worker = outbox.Worker[Mail]{Name: "mail", Resource: "mails", DB: d, Bus: b, Log: log, Store: store{cfg},
		Ready: cfg.Set, Server: cfg.Server, Dial: s.dial, Refuse: refuses, Words: s.words,
		Dead: func(tx *db.Tx, m Mail, why string) error {
			return s.tellAdmins(tx, "mail_dead", link(m.ID), "to", m.To, "error", why)
		},
		Paused: func(tx *db.Tx, why string) error { return s.tellAdmins(tx, "mail_paused", "mails", "error", why) },
	}
	return s
}

// Run sends mail until ctx ends. Without a server it only waits for that.
func (s *Service) Run(ctx context.Context) {
	if !s.cfg.Set() {
		s.log.Info("mail: no server is set; mails wait in the outbox", "variable", Variable)
		<-ctx.Done()
		return
	}
	go s.wiping(ctx)
	s.worker.Run(ctx)
}

// Queue is the package's [Queue], and wakes the worker after the commit.
func (s *Service) Queue(tx *db.Tx, m Message) (id int64, queued bool, err error) {
	id, queued, err = queue(tx, m, s.box)
	if queued {
		tx.AfterCommit(func() {
			s.Wake()
			s.bus.Publish(bus.Event{Resource: "mails", ID: id, Verb: "added"})
		})
	}
	return id, queued, err
}

// Wake makes the worker look for mail at once. It never waits.
func (s *Service) Wake() { s.worker.Wake() }

// MaxPage bounds a page of [Service.List].
const MaxPage = 200

// List gives the outbox, the newest first, without bodies, at most limit mails (1 to MaxPage; else 50): those before the
// mail with the id before, or from the newest where it is 0; of one state, or of all where it is "".
func (s *Service) List(ctx context.Context, by policy.Actor, state string, before int64, limit int) (list []Mail, err error) {
	if err := by.NeedAny("list", "mails"); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > MaxPage {
		limit = 50
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = page(tx, state, before, limit)
		return err
	})
	return list, err
}

// Get gives one mail with its body.
func (s *Service) Get(ctx context.Context, by policy.Actor, id int64) (m Mail, err error) {
	if err := by.Need("view", "mails", nil); err != nil {
		return m, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = get(tx, id)
		return err
	})
	return m, err
}

// Retry sends a mail again. A dead one is queued anew as the same mail, a sent one as a new mail with a Message-ID of
// its own; one that waits is tried at once. A pause of the queue ends with it. What held a secret cannot be sent a second
// time: the secret is gone.
func (s *Service) Retry(ctx context.Context, by policy.Actor, id int64) (m Mail, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := by.Need("retry", "mails", nil); err != nil {
			return err
		}
		old, err := get(tx, id)
		if err != nil {
			return err
		}
		if old.sealed == wiped {
			return wipedAlready()
		}
		if m, err = requeue(tx, old); err != nil {
			return err
		}
		if err := audit.Write(tx, by, "retry", "mails", id, audit.Change{Field: "state", Old: string(old.State), New: string(Queued)}); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.worker.Resume()
			s.bus.Publish(bus.Event{Resource: "mails", ID: id, Verb: "changed"})
		})
		return nil
	})
	return m, err
}

// Status tells how the outbox does.
type Status struct {
	Server  string // "" : none is set, mails wait
	Paused  bool   // nothing is sent before Until, because of Error
	Error   string // why the last round could not send at all, "" when it could
	Until   time.Time
	Waiting int // queued mails, counted up to 10,000
}

// Status asks for the same right as List.
func (s *Service) Status(ctx context.Context, by policy.Actor) (st Status, err error) {
	if err := by.NeedAny("list", "mails"); err != nil {
		return st, err
	}
	rest := s.worker.Rest()
	st = Status{Server: s.cfg.Server(), Paused: rest.Refused, Error: rest.Why, Until: rest.Until}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		st.Waiting, err = waiting(tx)
		return err
	})
	return st, err
}
