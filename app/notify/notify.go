// Package notify keeps what the school has to tell each account: written in the transaction of what it reports, said in
// the reader's language when it is read, and announced to open sessions after the commit.
//
// The kinds, with the arguments that each needs (name, value pairs):
//
//	duplicate       who, customer          a colleague tried to enter one's customer
//	submitted       name, class            an applicant submitted the enrollment
//	documents       name, class, n         documents of an applicant arrived
//	approved        name, class, who       an enrollment one looks after was approved
//	returned        name, class, who, reason
//	new_owner       customer, who          one has become a customer's consultant
//	claimed         who, customer, days    a colleague claimed one's stale customer
//	released        who, customer, reason  somebody put one's customer back to the pool
//	lost_customer   who, customer, class   a colleague's enrollment was approved first: the customer is who's now
//	won_customer    who, customer, class   the same for that colleague; who had the customer
//	won_from_pool   customer, class        the same where nobody had the customer
//	handover        who, from, customers, due, enrollments, classes (numbers): somebody's work is now one's own
//	recovery_used   left (a number), addr: a recovery code opened one's account
//	mail_dead       to, error              a mail was given up
//	mail_paused     error                  no mail can be sent until somebody helps
//	question_asked  who, title             a student of one's asked
//	question_answered who, title           one's question has an answer
//	answer_accepted who, title             one's answer was accepted
//	survey_open     class, who             what do you think of who
//	survey_closed   class, n               n students said what they think of one
//	login_failures  n, when, addr          failed log-ins on one's account; when is an i18n.Ago
//	message_dead    to, error              a message to QQ or the hook was given up
//	message_paused  server, error          no message can be sent there until somebody helps
//	digest          due, overdue, stale (numbers), names: what one's day brings, in the morning
//	untouched       n, days (numbers), names: leads nobody has followed up for so long
package notify

import (
	"context"
	"fmt"
	"time"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Send tells the account to something, within tx: kind is a message key after "notify.", link the address of a record
// such as "customers/42" or "", args name, value pairs for the message. After the commit it publishes "notified" for the
// account on b, which may be nil.
//
// A value is text, a number, a truth value, a []string, a [time.Time], a [time.Duration] or one of i18n's Word, Day,
// Ago, Money and Size, and comes back as such; anything else is an error, as is a kind without words or an account that
// does not exist.
//
// What the account has chosen to be told of by e-mail or QQ as well, and what the school's group and hook are told,
// follows from the row itself: see [Pending].
func Send(tx *db.Tx, b *bus.Bus, to int64, kind string, link string, args ...any) error {
	_, err := SendOnce(tx, b, to, "", kind, link, args...)
	return err
}

// SendOnce is Send for what may be told to an account once only: dedup names it, such as "digest 2026-11-20". sent is
// false where that has been told before. With dedup "" it is Send.
func SendOnce(tx *db.Tx, b *bus.Bus, to int64, dedup, kind, link string, args ...any) (sent bool, err error) {
	if !i18n.Has("notify." + kind) {
		return false, fmt.Errorf("notify: no words for kind %q", kind)
	}
	text, err := encode(args)
	if err != nil {
		return false, fmt.Errorf("notify: %s: %w", kind, err)
	}
	id, err := insert(tx, to, kind, text, link, dedup)
	if db.NoRows(err) && dedup != "" {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("notify: %s to account %d: %w", kind, to, err)
	}
	if b != nil {
		tx.AfterCommit(func() { b.Publish(bus.Event{Resource: "notifications", ID: id, Verb: "notified", Account: to}) })
	}
	return true, nil
}

// Notification is one thing told to one account.
type Notification struct {
	ID     int64
	Kind   string
	Args   []any // name, value pairs
	Link   string
	At     time.Time
	ReadAt time.Time // zero: unread
}

// Text says it to a reader.
func (n Notification) Text(p i18n.Printer) string { return p.T("notify."+n.Kind, n.Args...) }

// Service reads and ticks off one's own notifications. They need no grant, and nobody reaches those of another; an
// account that must change its password first is refused.
type Service struct {
	db  *db.DB
	bus *bus.Bus
}

// New makes the service; b may be nil.
func New(d *db.DB, b *bus.Bus) *Service { return &Service{db: d, bus: b} }

// MaxPage bounds a page of [Service.List].
const MaxPage = 200

// List gives the actor's notifications, the newest first, at most limit (1 to MaxPage; else 50): those before the
// notification with the id before, or from the newest where it is 0.
func (s *Service) List(ctx context.Context, by policy.Actor, unreadOnly bool, before int64, limit int) (list []Notification, err error) {
	if err := may(by); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > MaxPage {
		limit = 50
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = page(tx, by.Account, unreadOnly, before, limit)
		return err
	})
	return list, err
}

// Newer is List the other way: those after the notification with the id after, or from the oldest where it is 0, the
// nearest to it first.
func (s *Service) Newer(ctx context.Context, by policy.Actor, unreadOnly bool, after int64, limit int) (list []Notification, err error) {
	if err := may(by); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > MaxPage {
		limit = 50
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = newer(tx, by.Account, unreadOnly, after, limit)
		return err
	})
	return list, err
}

// Unread counts the actor's unread notifications. It is cheap enough for every frame's status line, and 0 for who may
// not read any.
func (s *Service) Unread(ctx context.Context, by policy.Actor) (n int, err error) {
	if may(by) != nil {
		return 0, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		n, err = unread(tx, by.Account)
		return err
	})
	return n, err
}

// Read ticks off the notifications, or all of the actor's where no id is given. It is not found, and nothing is ticked
// off, when one of them is not his. The actor's other sessions hear of it.
func (s *Service) Read(ctx context.Context, by policy.Actor, ids ...int64) error {
	if err := may(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tick(tx, by.Account, ids)
		if err != nil || n == 0 || s.bus == nil {
			return err
		}
		tx.AfterCommit(func() { s.bus.Publish(bus.Event{Resource: "notifications", Verb: "read", Account: by.Account}) })
		return nil
	})
}

// Unmark makes notifications unread again. It is not found, and nothing changes, when one of them is not his.
func (s *Service) Unmark(ctx context.Context, by policy.Actor, ids ...int64) error {
	if err := may(by); err != nil || len(ids) == 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := untick(tx, by.Account, ids)
		if err != nil || n == 0 || s.bus == nil {
			return err
		}
		tx.AfterCommit(func() { s.bus.Publish(bus.Event{Resource: "notifications", Verb: "read", Account: by.Account}) })
		return nil
	})
}

// may refuses who must change his password, and who has no account of his own.
func may(by policy.Actor) error {
	if by.Account <= 0 || by.Rights == nil || by.Rights.Barred() {
		return policy.Forbidden("list", "notifications")
	}
	return nil
}
