package message

import (
	"context"
	"crypto/rand"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Test sends a message at once, past the outbox, and says what came of it: by QQ to the number, or the school's group
// where it is "", or to the hook. It is audited.
func (s *Service) Test(ctx context.Context, by policy.Actor, c Channel, number string, p i18n.Printer) error {
	if err := by.NeedAny("test", "messages"); err != nil {
		return err
	}
	m, err := s.sample(c, number, by, p)
	if err != nil {
		return err
	}
	t := s.talk(ctx)
	defer t.Close()
	sent := t.Send(m)
	result := "sent"
	if sent != nil {
		result = s.words(sent)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Write(tx, by, "test", "messages", 0, audit.Change{Field: "channel", New: string(m.Channel)}, audit.Change{Field: "result", New: result})
	})
	if sent != nil {
		return fault.New(fault.Conflict, "message.test_failed", "server", s.Config().Server(c), "error", result)
	}
	if err == nil {
		s.worker(c).Resume()
	}
	return err
}

// sample makes the message of a test, or says what is missing.
func (s *Service) sample(c Channel, number string, by policy.Actor, p i18n.Printer) (m Message, err error) {
	config := s.Config()
	m = Message{Channel: c, Kind: "test", Key: strings.ToLower(rand.Text()), CreatedAt: s.DB.Now(), Body: p.T("message.test", "name", by.Name)}
	switch {
	case c != QQ && c != Hook:
		return m, fault.New(fault.Invalid, "message.no_channel", "channel", string(c))
	case !config.Set(c) && c == Hook:
		return m, fault.New(fault.Conflict, "message.no_hook")
	case !config.Set(c):
		return m, fault.New(fault.Conflict, "message.no_qq")
	case c == Hook:
		return m, nil
	}
	if m.Target, err = QQNumber(number); err != nil {
		return m, err
	}
	if m.Target == "" {
		m.Channel, m.Target = Group, config.Group
	}
	if m.Target == "" {
		return m, fault.New(fault.Conflict, "message.no_number")
	}
	return m, nil
}
