package mail

import (
	"strings"
	"time"

	"cohort/app/clean"
	"cohort/app/i18n"
)

// Render says a template in a language, with times in the machine's zone; [RenderTo] takes any reader. args are name,
// value pairs. An argument on a line of its own may be empty: the gap closes.
//
//	template        arguments
//	invite          name, class, price (i18n.Money), ssh, scp, expires (i18n.Day), consultant
//	returned        name, class, reason, remarks (lines "file: remark", or ""), ssh, scp, consultant
//	approved_new    name, class, ssh, login, password
//	approved_again  name, class, ssh, login
//	duplicate       name (the owner), who (the colleague), customer, contact (masked)
//	account         name, ssh, login, password
//	reset           name, ssh, login, password
//	activation      name, ssh, login, expires (i18n.Day)
//	second_reset    name, who (did it), ssh
//	notification    name, text (what was told), open (the command line that leads there)
//	handover        name (who takes over), who (did it), from, customers, due, enrollments, classes (numbers), reason
//
// ssh and scp are whole command lines to copy; name is how the receiver is addressed.
func Render(lang i18n.Lang, template string, args ...any) (subject, body string) {
	return RenderTo(i18n.Printer{Lang: lang, Zone: time.Local}, template, args...)
}

// RenderTo is [Render] for a reader: his language, the school's time zone.
func RenderTo(p i18n.Printer, template string, args ...any) (subject, body string) {
	subject = cleanLine(p.T("mail."+template+".subject", args...), maxSubject)
	body = clean.Text(p.T("mail."+template+".body", args...))
	for strings.Contains(body, "\n\n\n") {
		body = strings.ReplaceAll(body, "\n\n\n", "\n\n")
	}
	return subject, body + "\n"
}
