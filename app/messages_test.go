package app

import (
	"context"
	"io"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
)

// postbox is a real SMTP server that hands on what it gets.
type postbox chan *mail.Message

func (p postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &postman{p}, nil }

type postman struct{ to postbox }

func (*postman) Reset()                               {}
func (*postman) Logout() error                        { return nil }
func (*postman) Mail(string, *smtp.MailOptions) error { return nil }
func (*postman) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (m *postman) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(msg.Body)
	msg.Body = strings.NewReader(string(body))
	m.to <- msg
	return err
}

func newPostbox(t *testing.T) (postbox, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := make(postbox, 10)
	server := smtp.NewServer(p)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return p, "smtp://" + l.Addr().String() + "?tls=none&from=school@cohort.example"
}

// The whole way, with all workers running: somebody chooses e-mail for the digest and for one kind; the morning comes, and
// a colleague hands him a customer; both arrive at a mail server, and nothing else does.
func TestMorningAndNotificationByMail(t *testing.T) {
	box, url := newPostbox(t)
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC) // 10:00 in Shanghai
	a := openApp(t, func(c *Config) {
		c.SMTP, c.Lang, c.Public = url, "en", "school.example"
		c.Clock = func() time.Time { return now }
	})
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.DB.Write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{
			`INSERT INTO accounts (id, login, name, email, created_at, updated_at) VALUES (100, 'lilei', '李雷', 'lilei@school.example', 0, 0)`,
			`INSERT INTO account_roles (account_id, role_id) SELECT 100, id FROM roles WHERE name = 'sales'`,
			`INSERT INTO customers (id, name, phone, source_id, owner_id, next_follow_up_on, touched_at, created_at, updated_at)
				VALUES (1, '王小明', '13800000001', (SELECT min(id) FROM sources), 100, '2026-11-26', 0, 0, 0)`,
		} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	}))
	by, err := a.Org.Actor(ctx, 100, policy.Command, "")
	must(err)
	must(a.Notify.Choose(ctx, by, "digest", notify.ByMail, true))
	must(a.Notify.Choose(ctx, by, "new_owner", notify.ByMail, true))
	must(a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := notify.Send(tx, a.Bus, 100, "approved", "", "name", "x", "class", "y", "who", "z"); err != nil { // not chosen
			return err
		}
		return notify.Send(tx, a.Bus, 100, "new_owner", "customers/1", "who", "韩梅梅", "customer", "王小明")
	}))
	run, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { a.Run(run); close(done) }()
	defer func() { stop(); <-done }()
	got := map[string]bool{}
	for range 2 {
		select {
		case m := <-box:
			body, err := io.ReadAll(m.Body)
			must(err)
			got[m.Header.Get("Message-Id")] = strings.Contains(string(body), "Hello ") && m.Header.Get("To") == "<lilei@school.example>" && m.Header.Get("Auto-Submitted") == "auto-generated"
		case <-time.After(time.Minute):
			t.Fatal("no mail")
		}
	}
	if len(got) != 2 {
		t.Errorf("the same mail twice: %v", got)
	}
	for id, fine := range got {
		if !fine {
			t.Errorf("%s is not as it should be", id)
		}
	}
	var n int
	must(a.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM mails WHERE template = 'notification' AND (subject LIKE 'today: 1 to follow up%王小明%' OR subject LIKE '韩梅梅 made you%')`).Scan(&n)
	}))
	if n != 2 {
		t.Errorf("%d mails as expected", n)
	}
}
