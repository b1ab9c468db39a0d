package mail

import (
	"context"
	"errors"
	"time"

	"cohort/db"
)

// How the worker paces itself.
const (
	poll     = 2 * time.Second // how often it looks by itself; Wake makes it look at once
	batch    = 50              // mails over one connection
	lease    = 15 * time.Minute
	leaseEnd = time.Minute // no mail is begun with less than this left of the lease

	firstWait = time.Minute // after the first failed try of a mail, doubling
	lastWait  = 6 * time.Hour
	maxTries  = 12 // then a mail is dead: some twenty hours after the first
)

// wait is the pause after the n-th failed try.
func wait(n int) time.Duration {
	if n > 16 {
		return lastWait
	}
	return min(firstWait<<max(0, n-1), lastWait)
}

// Run sends mail until ctx ends. Without a server it only waits for that. A mail under way at the end gets some seconds
// to finish; the others are given back.
func (s *Service) Run(ctx context.Context) {
	if !s.cfg.Set() {
		s.log.Info("mail: no server is set; mails wait in the outbox", "variable", Variable)
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		if s.round(ctx) {
			continue
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// round sends one batch. more says that there may be another one to send at once.
func (s *Service) round(ctx context.Context) (more bool) {
	if s.paused() {
		return false
	}
	mails, err := s.claim(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.Error("mail: cannot claim", "err", err)
	}
	if err != nil || len(mails) == 0 {
		return false
	}
	left, err := s.deliver(ctx, mails)
	if len(left) > 0 {
		s.write(ctx, "give back", func(tx *db.Tx) error { return release(tx, left) })
	}
	if err != nil {
		s.stop(ctx, err)
		return false
	}
	return len(mails) == batch && len(left) == 0
}

// claim leases the mails that are due. It asks a reader first, so that an idle outbox costs the writer nothing.
func (s *Service) claim(ctx context.Context) (mails []Mail, err error) {
	some := false
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		some, err = due(tx)
		return err
	})
	if err != nil || !some {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		mails, err = claim(tx, s.cfg.domain(), batch, tx.Now.Add(lease))
		return err
	})
	return mails, err
}

// deliver sends the mails over one connection, or a new one after each loss. It returns those it did not try, and why
// it cannot go on, if so.
func (s *Service) deliver(ctx context.Context, mails []Mail) (left []Mail, err error) {
	var talk sender
	defer func() {
		if talk != nil {
			talk.close()
		}
	}()
	end := s.db.Now().Add(lease - leaseEnd)
	for i, m := range mails {
		if ctx.Err() != nil || s.db.Now().After(end) {
			return mails[i:], nil
		}
		if talk == nil {
			if talk, err = s.dial(ctx); err != nil {
				return mails[i:], err
			}
		}
		err := talk.send(m)
		var f failure
		if err == nil {
			s.sent(ctx, m)
		} else if errors.As(err, &f); f.ours {
			return mails[i:], err
		} else {
			s.failed(ctx, m, err, f.permanent)
		}
		if f.hungUp {
			talk.close()
			talk = nil
		}
	}
	return nil, nil
}

// write runs one short transaction that must happen even when the program is ending.
func (s *Service) write(ctx context.Context, what string, f func(tx *db.Tx) error) {
	if err := s.db.Write(context.WithoutCancel(ctx), f); err != nil {
		s.log.Error("mail: cannot "+what, "err", err)
	}
}
