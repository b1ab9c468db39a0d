// Package mail is the outbox: a mail is a row written in the transaction of what it reports, and a worker sends it
// afterwards, tries again with growing pauses, and gives up loudly.
//
// Delivery is at least once. A crash between sending and marking sends a second time, under the same Message-ID, by
// which mailboxes know it for the same mail.
package mail

import (
	"crypto/rand"
	"errors"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/seal"
	"cohort/db"
)

// Message is a mail to be written into the outbox.
type Message struct {
	Dedup    string // names the business act: a second mail of the same act is not written
	To       string // one address, "a@b" or "Name <a@b>"; only the address is kept
	Template string // for the log: which words these are
	Lang     i18n.Lang
	Subject  string   // one line
	Body     string   // plain text, as from Render
	Secrets  []string // parts of Body that only the receiver may read; they wait sealed, see [Sealing]
	Resource string   // what it is about, for the log: "enrollments"
	RecordID int64
}

// Bounds of a mail, in bytes.
const (
	maxSubject = 500
	maxBody    = 256 << 10
	maxAddress = 254 // RFC 5321, 4.5.3.1.3, less the angle brackets
)

// unsentDomain ends a Message-ID until the first try, at which the sender's domain takes its place for good.
const unsentDomain = "cohort.invalid"

// Queue writes a mail into the outbox within tx. queued is false, with the id of the one that is there, when a mail with
// the same Dedup has been written before. An address that cannot be one is an invalid fault, "mail.bad_address" on the
// field "email". Nothing of subject or address can reach another header: line ends and control characters go.
//
// A message with Secrets is for [Sealing] or [Service.Queue]. The worker finds the mail within seconds; [Service.Queue] also wakes it at once.
func Queue(tx *db.Tx, m Message) (id int64, queued bool, err error) { return queue(tx, m, nil) }

func queue(tx *db.Tx, m Message, b *seal.Box) (id int64, queued bool, err error) {
	m.To, err = Address(m.To)
	if err != nil {
		return 0, false, err
	}
	m.Subject, m.Body = cleanLine(m.Subject, maxSubject), clean.Text(m.Body)
	switch {
	case m.Dedup == "":
		return 0, false, errors.New("mail: a message without Dedup")
	case m.Subject == "" || m.Body == "":
		return 0, false, errors.New("mail: a message without subject or body")
	case len(m.Body) > maxBody:
		return 0, false, errors.New("mail: the body is too long")
	}
	sealed, err := hide(&m, b)
	if err != nil {
		return 0, false, err
	}
	return insert(tx, m, sealed, newMessageID())
}

// Address checks an address as people type it and returns it bare: "Li Lei <li@school.example>" gives
// "li@school.example".
func Address(s string) (string, error) {
	bad := fault.Field("email", "mail.bad_address", "value", cleanLine(s, 100))
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil {
		return "", bad.Because(err)
	}
	at := strings.LastIndexByte(a.Address, '@')
	if at <= 0 || at == len(a.Address)-1 || len(a.Address) > maxAddress || strings.ContainsFunc(a.Address, unsafeInAddress) {
		return "", bad
	}
	return a.Address, nil
}

func unsafeInAddress(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>"(),;:\`, r)
}

// newMessageID makes an id of 128 random bits or more.
func newMessageID() string { return "<" + strings.ToLower(rand.Text()) + "@" + unsentDomain + ">" }

// cleanLine makes one line of clean text of at most limit bytes, cut between characters.
func cleanLine(s string, limit int) string {
	s = clean.Line(s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}
