package mail

import (
	"context"

	"cohort/app/bus"
	"cohort/db"
)

// sent marks a mail that the server took.
func (s *Service) sent(ctx context.Context, m Mail) {
	s.answered()
	s.write(ctx, "mark as sent", func(tx *db.Tx) error {
		s.changed(tx, m.ID)
		return markSent(tx, m)
	})
}

// failed puts a mail off or gives it up, telling the administrators.
func (s *Service) failed(ctx context.Context, m Mail, cause error, permanent bool) {
	s.answered()
	why := s.words(cause)
	tries := m.Tries + 1
	dead := permanent || tries >= maxTries
	s.log.Warn("mail: not sent", "id", m.ID, "template", m.Template, "tries", tries, "dead", dead, "err", why)
	s.write(ctx, "mark as failed", func(tx *db.Tx) error {
		s.changed(tx, m.ID)
		if !dead {
			return markFailed(tx, m, Queued, tries, why, tx.Now.Add(wait(tries)))
		}
		if err := markFailed(tx, m, Dead, tries, why, tx.Now); err != nil {
			return err
		}
		return s.tellAdmins(tx, "mail_dead", link(m.ID), "to", m.To, "error", why)
	})
}

func (s *Service) changed(tx *db.Tx, id int64) {
	tx.AfterCommit(func() { s.bus.Publish(bus.Event{Resource: "mails", ID: id, Verb: "changed"}) })
}

// tellAdmins sends a notice to every active account with the role admin.
func (s *Service) tellAdmins(tx *db.Tx, kind, link string, args ...any) error {
	ids, err := admins(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.tell(tx, id, kind, link, args...); err != nil {
			return err
		}
	}
	return nil
}
