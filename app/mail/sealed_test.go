package mail

import (
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

const password = "kx7f-2m9q-t5wd"

// secretMail queues a mail that tells a password.
func (s *school) secretMail() (id int64) {
	s.t.Helper()
	s.mail.Seal([]byte("the school's key"))
	s.write(func(tx *db.Tx) (err error) {
		id, _, err = s.mail.Queue(tx, Message{Dedup: "d", To: "a@example.com", Template: "account", Subject: "Hello",
			Body: "Log in: ssh li@school\nPassword: " + password, Secrets: []string{"", password}})
		return err
	})
	return id
}

// holds says whether the row of a mail shows the password or could give it back.
func (s *school) holds(id int64) (shown, kept bool) {
	s.t.Helper()
	var body, sealed string
	s.write(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT body, sealed FROM mails WHERE id = $1`, id).Scan(&body, &sealed)
	})
	return strings.Contains(body+sealed+s.get(id).Body, password), len(sealed) > 1
}

func TestSecretsWaitSealedAndAreWipedWhenSent(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.secretMail()
	if shown, kept := s.holds(id); shown || !kept || !strings.Contains(s.get(id).Body, "Password: "+stars) {
		t.Errorf("while it waits: shown %v, kept %v: %s", shown, kept, s.get(id).Body)
	}
	s.round()
	s.want(id, Sent, 1)
	if all := p.all(); len(all) != 1 || !strings.Contains(all[0].body, password) {
		t.Errorf("the receiver reads %+v", all)
	}
	if shown, kept := s.holds(id); shown || kept {
		t.Errorf("after it was sent: shown %v, kept %v", shown, kept)
	}
	if _, err := s.mail.Retry(ctx, policy.System, id); !fault.Is(err, "mail.wiped") {
		t.Errorf("sent a second time: %v", err)
	}
	if strings.Contains(s.log.String(), password) {
		t.Error("the log holds the password")
	}
}

func TestSecretsOfDeadMailsAreWipedAfterAWeek(t *testing.T) {
	p := &postbox{onRcpt: func(string) error { return never }}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.secretMail()
	s.round()
	s.want(id, Dead, 1)
	s.clock.Pass(keepSealed - time.Minute)
	s.mail.wipe(ctx)
	if _, kept := s.holds(id); !kept {
		t.Error("wiped too early")
	}
	s.clock.Pass(2 * time.Minute)
	s.mail.wipe(ctx)
	if shown, kept := s.holds(id); shown || kept {
		t.Errorf("after a week: shown %v, kept %v", shown, kept)
	}
	if _, err := s.mail.Retry(ctx, policy.System, id); !fault.Is(err, "mail.wiped") {
		t.Errorf("sent again: %v", err)
	}
}

// A mail that another school's key sealed is given up, not sent with stars in it.
func TestSecretThatDoesNotOpen(t *testing.T) {
	p := &postbox{}
	p.start(t, false, false)
	s := newSchool(t, p.url("tls=none"))
	id := s.secretMail()
	s.mail.Seal([]byte("another key"))
	s.round()
	s.want(id, Dead, 1)
	if len(p.all()) != 0 {
		t.Error("it was sent")
	}
}

func TestSecretsWithoutAKeyAreRefused(t *testing.T) {
	s := newSchool(t, "")
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := Queue(tx, Message{Dedup: "d", To: "a@example.com", Subject: "s", Body: password, Secrets: []string{password}})
		return err
	})
	if err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("%v", err)
	}
}
