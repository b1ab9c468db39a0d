package customer

import (
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
)

// The searches by contact: as much of its beginning as tells it from most
// others, and the last four digits of a phone. Each asks an index.

const (
	tail      = 4 // digits of a phone that people remember
	minDigits = 5 // of a number's beginning
	minText   = 3 // characters of a name's or an address's beginning
)

// phoneTail is the expression that the index customers_phone_tail is on.
const phoneTail = "substr(customers.phone, length(customers.phone) - 3)"

func findPhone(word string, args policy.Args) string {
	s := squeeze(fold(word))
	if !digitsForm.MatchString(s) {
		return ""
	}
	if p, ok := normalPhone(s); ok {
		s = p
	}
	switch {
	case len(s) == tail:
		return "(customers.phone <> '' AND " + phoneTail + " = " + args.Add(s) + ")"
	case len(s) >= minDigits:
		return resource.Prefix("customers.phone", s, args)
	}
	return ""
}

func findQQ(word string, args policy.Args) string {
	s := squeeze(fold(word))
	if len(s) < minDigits || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return resource.Prefix("customers.qq", s, args)
}

func findWeChat(word string, args policy.Args) string {
	s := strings.ToLower(fold(word))
	if len(s) < minText || !isASCII(s) || strings.Contains(s, "@") || looksLikeNumber(s) {
		return ""
	}
	return resource.Prefix("customers.wechat", s, args)
}

func findEmail(word string, args policy.Args) string {
	s := strings.ToLower(fold(word))
	if len(s) < minText || !isASCII(s) {
		return ""
	}
	return resource.Prefix("customers.email", s, args)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0
}
