package message

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohort/app/bus"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/notify"
	"cohort/db"
)

// Forwarder puts notifications into the outboxes of mail and messages, as each receiver and the school have chosen.
type Forwarder struct {
	DB       *db.DB
	Bus      *bus.Bus
	Messages *Service
	Mail     func(tx *db.Tx, m mail.Message) (id int64, queued bool, err error)
	Printer  func(i18n.Lang) i18n.Printer
	Lang     i18n.Lang                 // of whom has chosen none
	SSH      func(login string) string // how one logs in, such as "ssh lilei@school.example"
	Log      *slog.Logger
}

// How the forwarder paces itself.
const (
	forwardPoll  = 5 * time.Second // what another process told; our own events come at once
	forwardBatch = 200
)

// Run forwards until ctx ends.
func (f *Forwarder) Run(ctx context.Context) error {
	sub := f.Bus.Subscribe()
	defer sub.Close()
	tick := time.NewTicker(forwardPoll)
	defer tick.Stop()
	for ctx.Err() == nil {
		if more, err := f.Round(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("notifications: cannot forward", "err", err)
		} else if more {
			continue
		}
		if !f.wait(ctx, sub, tick.C) {
			break
		}
	}
	return nil
}

// wait returns when something was told, or after a while; false when ctx ends.
func (f *Forwarder) wait(ctx context.Context, sub *bus.Sub, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick:
			return true
		case <-sub.C:
			events, lost := sub.Take()
			if lost || slices.ContainsFunc(events, func(e bus.Event) bool { return e.Verb == "notified" }) {
				return true
			}
		}
	}
}

// Round forwards what waits; more says that there may be more. It asks a reader first.
func (f *Forwarder) Round(ctx context.Context) (more bool, err error) {
	var list []notify.Waiting
	err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = notify.Pending(tx, forwardBatch)
		return err
	})
	if err != nil || len(list) == 0 {
		return false, err
	}
	config := f.Messages.Config()
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		for _, w := range list {
			if still, err := notify.Forwarded(tx, w.ID); err != nil || !still {
				if err != nil {
					return err
				}
				continue
			}
			if err := f.forward(tx, config, w, list); err != nil {
				return err
			}
		}
		return nil
	})
	return len(list) == forwardBatch, err
}

// forward queues one notification by every way that is wanted.
func (f *Forwarder) forward(tx *db.Tx, c Config, w notify.Waiting, all []notify.Waiting) error {
	key := "notify:" + strconv.FormatInt(w.ID, 10)
	if w.Email != "" {
		if err := f.mail(tx, key, w); err != nil {
			return err
		}
	}
	if w.QQ != "" {
		m := Message{Channel: QQ, Account: w.Account, Target: w.QQ, Kind: w.Kind, Body: f.text(w)}
		if _, _, err := f.Messages.Queue(tx, key, m); err != nil {
			return err
		}
	}
	if c.Set(Group) && c.Group != "" && wants(c.GroupKinds, w.Kind) {
		if err := f.everybody(tx, Message{Channel: Group, Target: c.Group}, w, all); err != nil {
			return err
		}
	}
	if c.Set(Hook) && wants(c.HookKinds, w.Kind) {
		return f.everybody(tx, Message{Channel: Hook}, w, all)
	}
	return nil
}

func (f *Forwarder) lang(l i18n.Lang) i18n.Lang {
	if l == "" {
		return f.Lang
	}
	return l
}

// text is a notification as QQ shows it: what is told, and how to get there.
func (f *Forwarder) text(w notify.Waiting) string {
	p := f.Printer(f.lang(w.Lang))
	return p.T("telling.message", "text", w.Text(p), "open", f.open(w))
}

// open is the command that leads to what is told, or into the school.
func (f *Forwarder) open(w notify.Waiting) string {
	if w.Link == "" {
		return f.SSH(w.Login)
	}
	return strings.Replace(f.SSH(w.Login), "ssh ", "ssh -t ", 1) + " open " + quoted(w.Link)
}

// quoted keeps a shell from reading a link such as "customers?owner:me sort:next".
func quoted(link string) string {
	if strings.ContainsAny(link, "? ") {
		return `"'` + link + `'"`
	}
	return link
}

// mail queues the notification's mail. An address that cannot be one is logged: its owner sees the rest on his screen.
func (f *Forwarder) mail(tx *db.Tx, key string, w notify.Waiting) error {
	p := f.Printer(f.lang(w.Lang))
	to, err := mail.Address(w.Email)
	if err != nil {
		f.Log.Warn("notifications: no address to mail to", "account", w.Account)
		return nil
	}
	subject, body := mail.RenderTo(p, "notification", "name", w.Name, "text", w.Text(p), "open", f.open(w))
	_, _, err = f.Mail(tx, mail.Message{Dedup: key, To: to, Template: "notification", Lang: p.Lang, Subject: subject, Body: body,
		Resource: "notifications", RecordID: w.ID})
	return err
}

// everybody tells the group or the hook once what several were told at the same moment, and names them.
func (f *Forwarder) everybody(tx *db.Tx, m Message, w notify.Waiting, all []notify.Waiting) error {
	same := func(x notify.Waiting) bool {
		return x.Kind == w.Kind && x.Link == w.Link && x.Stored == w.Stored && x.At.Equal(w.At)
	}
	var names []string
	for _, x := range all {
		if same(x) {
			names = append(names, x.Name)
		}
	}
	p := f.Printer(f.Lang)
	sum := sha256.Sum256([]byte(strings.Join([]string{w.Kind, w.Link, w.Stored, strconv.FormatInt(w.At.UnixMilli(), 10)}, "\x00")))
	m.Kind, m.Body = w.Kind, p.T("telling.to_all", "names", names, "text", w.Text(p))
	_, _, err := f.Messages.Queue(tx, string(m.Channel)+":"+hex.EncodeToString(sum[:]), m)
	return err
}
