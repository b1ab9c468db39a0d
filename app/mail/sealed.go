package mail

import (
	"context"
	"errors"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/outbox"
	"cohort/app/seal"
	"cohort/db"
)

// stars stand in the log for what only the receiver may read.
const stars = "********"

// wiped marks a mail whose secret is gone.
const wiped = "-"

// keepSealed is how long the secret of a mail that was given up can still be sent again.
const keepSealed = 7 * 24 * time.Hour

// Queuer writes a mail into the outbox.
type Queuer func(tx *db.Tx, m Message) (id int64, queued bool, err error)

func box(secret []byte) *seal.Box {
	b := seal.New(secret, "mails")
	return &b
}

// Sealing is [Queue] for mails that hold secrets: they wait sealed with the school's key.
func Sealing(secret []byte) Queuer {
	b := box(secret)
	return func(tx *db.Tx, m Message) (int64, bool, error) { return queue(tx, m, b) }
}

// Seal gives the service the school's key, with which secrets wait in the outbox. Call it before Run and Queue.
func (s *Service) Seal(secret []byte) { s.box = box(secret) }

// hide puts the secrets of a message away: the body keeps stars, sealed the whole.
func hide(m *Message, b *seal.Box) (sealed string, err error) {
	body := m.Body
	for _, secret := range m.Secrets {
		if secret != "" {
			body = strings.ReplaceAll(body, secret, stars)
		}
	}
	if body == m.Body {
		return "", nil
	}
	if b == nil {
		return "", errors.New("mail: a message with secrets, and no key to seal them with")
	}
	sealed, err = b.Seal(m.To, m.Body)
	m.Body = body
	return sealed, err
}

// Whole gives the body as its receiver reads it; secret is the school's key. It is for those who hold the key.
func Whole(secret []byte, to, body, sealed string) (string, error) {
	return whole(box(secret), to, body, sealed)
}

func whole(b *seal.Box, to, body, sealed string) (string, error) {
	switch {
	case sealed == "":
		return body, nil
	case sealed == wiped:
		return "", wipedAlready()
	case b == nil:
		return "", seal.ErrDamaged
	}
	return b.Open(to, sealed)
}

// wipedAlready says why a mail cannot be sent a second time.
func wipedAlready() *fault.Fault { return fault.New(fault.Conflict, "mail.wiped") }

// dial connects to the server; what is sent over the line is opened first.
func (s *Service) dial(ctx context.Context) (outbox.Talk[Mail], error) {
	talk, err := s.cfg.dial(ctx)
	if err != nil {
		return nil, err
	}
	return opening{talk, s}, nil
}

// opening sends mails as their receivers are to read them.
type opening struct {
	outbox.Talk[Mail]
	s *Service
}

// Send sends one mail. One whose secret does not open cannot be sent, now or later.
func (o opening) Send(m Mail) (err error) {
	if m.Body, err = whole(o.s.box, m.To, m.Body, m.sealed); err != nil {
		return outbox.Failure{Text: err.Error(), Permanent: true}
	}
	return o.Talk.Send(m)
}

// wiping wipes every hour until ctx ends.
func (s *Service) wiping(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		s.wipe(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// wipe takes the secrets of mails that were given up long ago. Those that were sent lost theirs at once.
func (s *Service) wipe(ctx context.Context) {
	due := s.db.Now().Add(-keepSealed)
	some := false
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		some, err = stale(tx, due)
		return err
	})
	if err == nil && some {
		err = s.db.Write(ctx, func(tx *db.Tx) error { return wipeStale(tx, due) })
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("mail: cannot wipe old secrets", "err", err)
	}
}
