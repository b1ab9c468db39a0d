// Package org is the school's own house: campuses, departments, accounts, keys
// and roles, and the log-in that all ways in share.
package org

import (
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"sync/atomic"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/session"
	"cohort/db"
)

// Options say how the service behaves. The zero value is right for a real
// school.
type Options struct {
	Engine    *resource.Engine          // knows what rules may name; nil: one of its own
	AllowDemo bool                      // demo passwords work: only while listening on loopback
	SSH       func(login string) string // the command line that reaches the school, for mails; nil: ssh LOGIN@localhost
	Lang      i18n.Lang                 // of mails to people who have not chosen one; "": Chinese
	Hashers   int                       // password hashes at the same time; 0: one per core
	Secret    []byte                    // 32 bytes that the database does not hold: seals second factors and mails; nil: one for this run
	Queue     mail.Queuer               // puts a mail into the outbox; nil: mail.Sealing of Secret
	Mark      string                    // tells this process from others that serve the same school; "": there are none
	Place     func() string             // what people call this process; nil: Mark
	Log       *slog.Logger              // nil: slog.Default()
}

// Service holds the rules of this noun. Make one with New.
type Service struct {
	db       *db.DB
	bus      *bus.Bus
	opt      Options
	hash     *hasher
	rights   *cache
	failures *failures
	guesses  guesses
	sessions atomic.Pointer[session.Registry] // set once the server runs
	apart    atomic.Bool                      // other processes cannot be told just now
}

// New makes the service. It listens on b for as long as the program runs.
func New(d *db.DB, b *bus.Bus, o Options) *Service {
	if o.Hashers <= 0 {
		o.Hashers = runtime.GOMAXPROCS(0)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Lang == "" {
		o.Lang = i18n.Chinese
	}
	if len(o.Secret) == 0 {
		o.Secret = random(32)
	}
	if o.SSH == nil {
		o.SSH = func(login string) string { return "ssh " + login + "@localhost" }
	}
	if o.Queue == nil {
		o.Queue = mail.Sealing(o.Secret)
	}
	if o.Engine == nil {
		o.Engine = &resource.Engine{DB: d}
	}
	s := &Service{
		db: d, bus: b, opt: o,
		hash:     newHasher(o.Hashers, current),
		rights:   newCache(b.Subscribe()),
		failures: newFailures(),
	}
	s.register(&o.Engine.Registry)
	return s
}

// publish tells open sessions after the commit. Rights are forgotten first, so
// that whoever hears the event reads new ones.
func (s *Service) publish(tx *db.Tx, events ...bus.Event) {
	tx.AfterCommit(func() {
		s.Invalidate()
		for _, e := range events {
			s.bus.Publish(e)
		}
	})
}

// mail tells the owner of an account his one-time password, where he has an
// address.
func (s *Service) mail(tx *db.Tx, template string, a Account, password string) error {
	return s.tellSecret(tx, a, template, strconv.FormatInt(a.Version, 10), password, "ssh", s.opt.SSH(a.Login), "login", a.Login, "password", password)
}

// tell mails the owner of an account, where he has an address, in his language.
// once tells this mail from others of its template.
func (s *Service) tell(tx *db.Tx, a Account, template, once string, args ...any) error {
	return s.tellSecret(tx, a, template, once, "", args...)
}

// tellSecret is tell with a word in it that nobody else may read.
func (s *Service) tellSecret(tx *db.Tx, a Account, template, once, secret string, args ...any) error {
	if a.Email == "" {
		return nil
	}
	lang, ok := i18n.ParseLang(a.Lang)
	if !ok {
		lang = s.opt.Lang
	}
	subject, body := mail.Render(lang, template, append([]any{"name", a.Name}, args...)...)
	_, _, err := s.opt.Queue(tx, mail.Message{
		Dedup: fmt.Sprintf("%s:%d:%s", template, a.ID, once), To: a.Email, Template: template, Lang: lang,
		Subject: subject, Body: body, Secrets: []string{secret}, Resource: "accounts", RecordID: a.ID,
	})
	return err
}

// self says whether by is a person who may act on his own account: not an
// applicant, not the system, and not one who must change his password first.
func self(by policy.Actor) error {
	switch {
	case by.Account == 0 || by.Rights == nil:
		return policy.Forbidden("change", "accounts")
	case by.Rights.MustChange:
		return fault.New(fault.Forbidden, "org.must_change")
	case by.Rights.MustEnroll:
		return fault.New(fault.Forbidden, "org.must_enroll")
	}
	return nil
}

func stale() error { return fault.New(fault.Stale, "fault.stale") }
