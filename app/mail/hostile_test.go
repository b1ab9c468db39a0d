package mail

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"cohort/app/hostiletest"
	"cohort/app/i18n"
)

// TestNoTextBreaksOutOfAMail renders every template with attacks for its arguments: a subject of one line, a body in which
// nothing acts.
func TestNoTextBreaksOutOfAMail(t *testing.T) {
	for template, names := range templates {
		for _, text := range hostiletest.Texts {
			var args []any
			for _, name := range strings.Fields(names) {
				args = append(args, name, text)
			}
			for _, lang := range i18n.Langs {
				subject, body := Render(lang, template, args...)
				if bad, found := hostiletest.Acts(subject + body); found || strings.Contains(subject, "\n") || len(subject) > maxSubject {
					t.Errorf("%s: %q", template, bad)
				}
			}
		}
	}
}

// headers are all that a mail has.
var headers = []string{"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

// TestNoTextWritesAHeader composes mails of which every part is an attack, as if the outbox had been written to past all
// cleaning: no header comes of it, no further receiver, and the body is the body.
func TestNoTextWritesAHeader(t *testing.T) {
	looked := 0
	for _, text := range hostiletest.Texts {
		c := Config{From: netmail.Address{Name: text, Address: "school@example.com"}}
		for _, m := range []Mail{
			{To: "li@example.com", Subject: text, Body: text, MessageID: "<1@example.com>", Lang: "zh-CN"},
			{To: "li@example.com", Subject: "x", Body: "y", MessageID: text, Lang: text},
			{To: text, Subject: text, Body: text, MessageID: "<1@example.com>", Lang: "en"},
			{To: "li@example.com\r\nBcc: all@evil.example", Subject: "x", Body: "y", MessageID: "<1@example.com>", Lang: "en"},
			{To: "li@example.com, all@evil.example", Subject: "x", Body: "y", MessageID: "<1@example.com>", Lang: "en"},
		} {
			msg, err := c.compose(m)
			if err != nil {
				continue // no address: it goes nowhere
			}
			var b bytes.Buffer
			if _, err := msg.WriteTo(&b); err != nil {
				continue
			}
			lookAt(t, m, b.Bytes())
			looked++
		}
	}
	if looked < 2*len(hostiletest.Texts) {
		t.Errorf("only %d mails were composed", looked)
	}
}

func lookAt(t *testing.T, m Mail, raw []byte) {
	t.Helper()
	what := fmt.Sprintf("%.80q to %q", m.Subject, m.To)
	got, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, raw)
	}
	for name, values := range got.Header {
		if !slices.Contains(headers, name) || len(values) != 1 {
			t.Errorf("%s writes %s: %q", what, name, values)
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if i := bytes.IndexFunc(head, func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' && r != '\t' || r > '~' }); i >= 0 {
		t.Errorf("%s: the header holds %q", what, head[i:min(len(head), i+10)])
	}
	if list, err := got.Header.AddressList("To"); err != nil || len(list) != 1 || m.To == "li@example.com" && list[0].Address != m.To {
		t.Errorf("%s goes to %v, %v", what, list, err)
	}
	if list, err := got.Header.AddressList("From"); err != nil || len(list) != 1 || list[0].Address != "school@example.com" {
		t.Errorf("%s comes from %v, %v", what, list, err)
	}
	if _, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject")); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if body, err := io.ReadAll(got.Body); err != nil || len(body) == 0 {
		t.Errorf("%s has no body: %v", what, err)
	}
}
