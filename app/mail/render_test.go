package mail

import (
	"strings"
	"testing"
	"time"

	"cohort/app/i18n"
)

// templates are the arguments that each promises to need, as in the table of Render.
var templates = map[string]string{
	"invite":         "name class price ssh scp expires consultant",
	"returned":       "name class reason remarks ssh scp consultant",
	"approved_new":   "name class ssh login password",
	"approved_again": "name class ssh login",
	"duplicate":      "name who customer contact",
	"account":        "name ssh login password",
	"reset":          "name ssh login password",
	"activation":     "name ssh login expires",
	"second_reset":   "name who ssh",
	"handover":       "name who from customers due enrollments classes reason",
	"notification":   "name text open",
}

func TestTemplatesSayAllTheirArguments(t *testing.T) {
	for template, names := range templates {
		var args []any
		for _, name := range strings.Fields(names) {
			args = append(args, name, "<"+name+">")
		}
		for _, lang := range i18n.Langs {
			subject, body := Render(lang, template, args...)
			if strings.ContainsAny(subject+body, "{}«") || strings.Contains(subject, "\n") || subject == "" {
				t.Errorf("%s, %s: %q\n%s", template, lang, subject, body)
			}
			for _, name := range strings.Fields(names) {
				if !strings.Contains(body, "<"+name+">") {
					t.Errorf("%s, %s does not say %s:\n%s", template, lang, name, body)
				}
			}
			for _, command := range []string{"ssh", "scp"} {
				if strings.Contains(names, command) && !strings.Contains(body, "\n    <"+command+">\n") {
					t.Errorf("%s, %s: %s is not on a line of its own:\n%s", template, lang, command, body)
				}
			}
		}
	}
	for _, key := range i18n.Keys("mail.") {
		if template, part, _ := strings.Cut(strings.TrimPrefix(key, "mail."), "."); part == "subject" && templates[template] == "" {
			t.Errorf("template %s is not in the table", template)
		}
	}
}

func TestEmptyArgumentsLeaveNoGap(t *testing.T) {
	_, body := Render(i18n.English, "returned", "name", "Li", "class", "c", "reason", "r", "remarks", "", "ssh", "s", "scp", "s", "consultant", "x")
	if strings.Contains(body, "\n\n\n") || !strings.HasPrefix(body, "Hello Li,\n\n") || !strings.HasSuffix(body, "!\n") {
		t.Errorf("%q", body)
	}
}

func TestRenderToAReader(t *testing.T) {
	p := i18n.Printer{Lang: i18n.Chinese, Zone: time.FixedZone("CST", 8*3600)}
	expires := i18n.Day(time.Date(2026, 12, 5, 18, 0, 0, 0, time.UTC))
	_, body := RenderTo(p, "invite", "name", "王小明", "class", "python-s9", "price", i18n.Money(598000), "ssh", "ssh x", "scp", "scp y",
		"expires", expires, "consultant", "李雷")
	for _, want := range []string{"王小明,您好!", "¥5,980.00", "2026-12-06", "李雷"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// An argument that looks like a placeholder or has many lines stays what it is.
func TestArgumentsAreNotTemplates(t *testing.T) {
	subject, body := Render(i18n.English, "duplicate", "name", "{password}", "who", "A\r\nBcc: x@y", "customer", "{name}", "contact", "1")
	if !strings.HasPrefix(body, "Hello {password},\n") || strings.Contains(subject, "\n") || !strings.HasSuffix(subject, "{name}") {
		t.Errorf("%q\n%s", subject, body)
	}
}
