package customer

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/resource"
)

// The kinds of contacts.
const (
	QQ     = "qq"
	WeChat = "wechat"
	Phone  = "phone"
	Email  = "email"
)

// Kinds lists the kinds of contacts in the order in which a contact of unknown
// kind is looked for.
var Kinds = []string{Phone, QQ, WeChat, Email}

var (
	qqForm      = regexp.MustCompile(`^[1-9][0-9]{4,11}$`)
	weChatForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]{5,19}$`)
	mobileForm  = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	landForm    = regexp.MustCompile(`^0[1-9][0-9]{8,10}$`)
	serviceForm = regexp.MustCompile(`^[48]00[0-9]{7}$`)
	foreignForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	digitsForm  = regexp.MustCompile(`^\+?[0-9]+$`)
)

// Normalize gives the one form in which a contact is stored and compared. An
// empty text is an empty contact. The same text normalised twice is the same.
func Normalize(kind, text string) (string, *fault.Fault) {
	s := fold(text)
	if s == "" {
		return "", nil
	}
	var ok bool
	switch kind {
	case QQ:
		s, ok = normalQQ(s)
	case WeChat:
		s, ok = normalWeChat(s)
	case Phone:
		s, ok = normalPhone(s)
	case Email:
		s, ok = normalEmail(s)
	}
	if !ok {
		return "", fault.Field(kind, "customer.bad_"+kind)
	}
	return s, nil
}

// storedAs gives contacts of a kind in their stored form, "" for what is none.
func storedAs(kind string) func(string) string {
	return func(text string) string {
		s, _ := Normalize(kind, text)
		return s
	}
}

// fold takes out what input methods and copying leave in a contact: full-width
// forms, blanks at the ends, what draws nothing.
func fold(text string) string {
	return strings.TrimSpace(width.Fold.String(clean.Line(text)))
}

// squeeze drops the blanks and dashes that people write into numbers.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("()./\u30fc\u2212", r) {
			return -1
		}
		return r
	}, s)
}

func normalQQ(s string) (string, bool) {
	s = squeeze(strings.ToLower(s))
	s = strings.TrimLeft(strings.TrimPrefix(s, QQ), ":")
	return s, qqForm.MatchString(s)
}

// normalWeChat keeps dashes, which a WeChat ID may hold. A phone number is a
// WeChat name for many; it belongs under phone, but is accepted as it is.
func normalWeChat(s string) (string, bool) {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	if p := squeeze(s); digitsForm.MatchString(p) {
		p, ok := normalPhone(p)
		return p, ok && mobileForm.MatchString(p)
	}
	return s, weChatForm.MatchString(s)
}

func normalPhone(s string) (string, bool) {
	s = squeeze(s)
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if rest, ok := strings.CutPrefix(s, "+86"); ok {
		if serviceForm.MatchString(rest) || mobileForm.MatchString(rest) {
			return rest, true
		}
		if rest = "0" + strings.TrimPrefix(rest, "0"); landForm.MatchString(rest) {
			return rest, true
		}
		return s, false
	}
	if rest := strings.TrimPrefix(s, "86"); rest != s && mobileForm.MatchString(rest) {
		return rest, true
	}
	return s, mobileForm.MatchString(s) || landForm.MatchString(s) || serviceForm.MatchString(s) || foreignForm.MatchString(s)
}

func normalEmail(s string) (string, bool) {
	s = strings.ToLower(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s && "<"+a.Address+">" != s {
		return s, false
	}
	user, host, _ := strings.Cut(a.Address, "@")
	ok := len(a.Address) <= 254 && user != "" && strings.Contains(host, ".") && !strings.ContainsAny(a.Address, " \"<>(),:;\\[]") && strings.Count(a.Address, "@") == 1
	return a.Address, ok
}

// guesses gives the contacts that a text of unknown kind can be, by kind.
func guesses(kind, text string) (map[string]string, *fault.Fault) {
	kinds := Kinds
	if kind != "" {
		kinds = []string{kind}
	}
	out := map[string]string{}
	for _, k := range kinds {
		s, bad := Normalize(k, text)
		if bad != nil && kind != "" {
			return nil, bad
		}
		if bad == nil && s != "" {
			out[k] = s
		}
	}
	if len(out) == 0 {
		return nil, fault.Field(kind, "customer.bad_contact")
	}
	return out, nil
}

// MaskContact hides enough of a contact to be of no use, and leaves enough to
// be recognised by who knows it.
func MaskContact(kind, s string) string {
	switch kind {
	case Phone:
		return resource.MaskMiddle(3, 4)(s)
	case Email:
		user, host, ok := strings.Cut(s, "@")
		if !ok {
			return "****"
		}
		return string([]rune(user)[:1]) + "****@" + host
	case QQ, WeChat:
		return resource.MaskMiddle(2, 2)(s)
	}
	return "****"
}

func maskOf(kind string) func(string) string {
	return func(s string) string { return MaskContact(kind, s) }
}

// MaskName leaves the family name: 王**.
func MaskName(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[:1]) + "**"
}

// MaskID hides the birth date and more of an ID number, star for digit.
func MaskID(s string) string {
	r := []rune(s)
	if len(r) < 10 {
		return "****"
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}
