package enrollment

import (
	"context"
	"fmt"
	"strconv"

	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/db"
)

// mail writes a mail to the applicant into the outbox, in his language. secret is a word in it that nobody else may
// read, or "".
func (s *Service) mail(tx *db.Tx, e Enrollment, template, to, dedup, secret string, args ...any) error {
	p := i18n.Printer{Lang: s.langOf(e), Zone: s.Zone}
	subject, body := mail.RenderTo(p, template, args...)
	queue := mail.Sealing(s.Secret)
	if s.Mail != nil {
		queue = s.Mail.Queue
	}
	_, _, err := queue(tx, mail.Message{Dedup: dedup, To: to, Template: template, Lang: p.Lang, Subject: subject, Body: body, Secrets: []string{secret},
		Resource: "enrollments", RecordID: e.ID})
	return err
}

// dedup names one business act.
func dedup(act string, e Enrollment, more ...any) string {
	name := fmt.Sprintf("enrollment %d %s", e.ID, act)
	for _, m := range more {
		name += fmt.Sprint(" ", m)
	}
	return name
}

func (s *Service) langOf(e Enrollment) i18n.Lang {
	if l, ok := i18n.ParseLang(e.Lang); ok {
		return l
	}
	return s.Lang
}

// notify tells colleagues about an enrollment, each once and nobody about what
// he did himself.
func (s *Service) notify(tx *db.Tx, by policy.Actor, e Enrollment, to []int64, kind string, args ...any) error {
	told := map[int64]bool{0: true, by.Account: true}
	args = append([]any{"name", e.called(), "class", e.ClassCode}, args...)
	for _, account := range to {
		if told[account] {
			continue
		}
		told[account] = true
		if err := notify.Send(tx, s.Bus, account, kind, "enrollments/"+strconv.FormatInt(e.ID, 10), args...); err != nil {
			return err
		}
	}
	return nil
}

// approvers finds who may approve an enrollment, before the transaction that
// tells them.
func (s *Service) approvers(ctx context.Context, id int64) (out []int64, err error) {
	var list []int64
	var row policy.Row
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		e, err := byID(tx, id)
		if err != nil || e.ID == 0 {
			return err
		}
		e.State = Submitted
		if row, err = rowOf(tx, e); err != nil {
			return err
		}
		list, err = approverIDs(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, account := range list {
		by, err := s.Org.Actor(ctx, account, policy.Worker, "")
		if err == nil && by.May("approve", "enrollments", row) {
			out = append(out, account)
		}
	}
	return out, nil
}

// rowOf is the enrollment as row rules see it.
func rowOf(tx *db.Tx, e Enrollment) (policy.Row, error) {
	who, err := customer.Get(tx, e.Customer)
	if err != nil {
		return nil, err
	}
	dept, err := department(tx, e.Consultant)
	return policy.Row{
		"customer": policy.Int(e.Customer), "class": policy.Int(e.Class), "course": policy.Int(e.Course), "campus": policy.Int(e.Campus),
		"owner": nonZero(who.Owner), "consultant": nonZero(e.Consultant), "department": nonZero(dept),
		"source": {who.Source}, "state": {string(e.State)},
	}, err
}

// yuan writes an amount for the audit trail.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }
