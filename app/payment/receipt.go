package payment

import (
	"context"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cohort/app/clean"
	"cohort/app/i18n"
	"cohort/app/paper"
	"cohort/app/policy"
	"cohort/db"
)

// Receipt is one payment as it is handed to who paid.
type Receipt struct {
	Payment
	Course, Campus  string
	Price           int64
	PaidThen        int64  // in all, with this entry
	CorrectsReceipt string // number of the receipt that this one takes back
	Void            string // number of the receipt that took this one back
}

// Receipt gives the receipt of a payment to who may view it.
func (s *Service) Receipt(ctx context.Context, by policy.Actor, id int64) (r Receipt, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "payments", id); err != nil {
			return err
		}
		r, err = receiptOf(tx, id)
		return err
	})
	return r, err
}

// Numbered gives the payment that a receipt number belongs to, to who may view
// it.
func (s *Service) Numbered(ctx context.Context, by policy.Actor, receipt string) (id int64, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if id, err = byReceipt(tx, receipt); err != nil {
			return err
		}
		return s.Engine.Need(tx, by, "view", "payments", id)
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

func receiptOf(tx *db.Tx, id int64) (r Receipt, err error) {
	if r.Payment, err = byID(tx, id); err != nil {
		return r, err
	}
	a, err := agreedOf(tx, r.Enrollment)
	if err != nil {
		return r, err
	}
	r.Course, r.Campus, r.Price = a.course, a.campus, a.price
	if r.PaidThen, err = paidUpTo(tx, r.Payment); err != nil {
		return r, err
	}
	for _, other := range []struct {
		id int64
		to *string
	}{{r.Corrects, &r.CorrectsReceipt}, {r.CorrectedBy, &r.Void}} {
		if other.id == 0 {
			continue
		}
		p, err := byID(tx, other.id)
		if err != nil {
			return r, err
		}
		*other.to = p.Receipt
	}
	return r, nil
}

// title says what the paper is.
func (r Receipt) title(p i18n.Printer) string {
	switch {
	case r.Corrects != 0:
		return p.T("payment.receipt.correction")
	case r.Kind == Refund:
		return p.T("payment.receipt.refund")
	}
	return p.T("payment.receipt.title")
}

// Line is one label and value of a receipt.
type Line struct {
	Key   string // message key of the label
	value any
}

// Say gives the value in the reader's language.
func (l Line) Say(p i18n.Printer) string { return p.Value(l.value) }

// Lines are all that stands on the receipt, in its order.
func (r Receipt) Lines() (list []Line) {
	add := func(key string, value any) {
		if value != "" {
			list = append(list, Line{key, value})
		}
	}
	add("field.receipt", r.Receipt)
	add("field.at", r.At)
	add("payment.receipt.customer", r.Customer)
	add("field.class", r.Class)
	add("field.course", r.Course)
	add("field.campus", r.Campus)
	add("payment.receipt.for", i18n.W("choice.payment."+r.Kind))
	add("field.amount", i18n.Money(r.Amount))
	add("payment.receipt.words", Capitals(r.Amount))
	add("field.method", methodWord(r.Method))
	add("field.corrects", r.CorrectsReceipt)
	add("field.remark", r.Note)
	add("field.price", i18n.Money(r.Price))
	add("payment.receipt.paid_then", i18n.Money(r.PaidThen))
	add("payment.receipt.owing_then", i18n.Money(r.Price-r.PaidThen))
	add("field.taken_by", r.TakenBy)
	return list
}

// methodWord says a way of paying; one that was written in before they were a
// list is said as it stands.
func methodWord(method string) any {
	if key := "choice.method." + method; i18n.Has(key) {
		return i18n.W(key)
	}
	return method
}

// rows are labels and what stands behind them, one line each: a name that is two would be a line of its own.
func (r Receipt) rows(p i18n.Printer) (list [][2]string) {
	for _, l := range r.Lines() {
		list = append(list, [2]string{p.T(l.Key), clean.Line(l.Say(p))})
	}
	return list
}

// Text is the receipt as plain lines, its columns aligned by cells.
func (r Receipt) Text(p i18n.Printer) string {
	list := r.rows(p)
	w := 0
	for _, kv := range list {
		w = max(w, ansi.StringWidth(kv[0]))
	}
	var b strings.Builder
	b.WriteString(r.title(p) + "\n\n")
	for _, kv := range list {
		b.WriteString(kv[0] + strings.Repeat(" ", w-ansi.StringWidth(kv[0])+2) + kv[1] + "\n")
	}
	if r.Void != "" {
		b.WriteString("\n" + p.T("payment.receipt.void", "receipt", r.Void) + "\n")
	}
	return b.String()
}

// PDF is the receipt as a page of A5 with its font in it.
func (r Receipt) PDF(p i18n.Printer) ([]byte, error) {
	page := paper.Page{Title: r.title(p), Number: r.Receipt, Rows: r.rows(p), Made: r.At, Sign: p.T("payment.receipt.sign")}
	if r.Void != "" {
		page.Stamp = p.T("payment.receipt.void", "receipt", r.Void)
	}
	return page.PDF()
}
