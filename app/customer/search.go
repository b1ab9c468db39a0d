package customer

import (
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
)

// The searches by contact: as much of its beginning as tells it from most
// others, the last four digits of a phone, and any four characters and more of
// its middle. Each asks an index. The engine binds them to the rows where the
// actor sees the field whole: else masked digits could be guessed.

const (
	tail      = 4 // digits of a phone that people remember
	minDigits = 4 // of a number's beginning
	minText   = 3 // characters of a name's or an address's beginning
)

// phoneTail is the expression that the index customers_phone_tail is on.
const phoneTail = "substr(customers.phone, length(customers.phone) - 3)"

// findContacts gives the ways to a kind of contacts.
func findContacts(kind string) func(word string, bounded bool) []resource.Way {
	return func(word string, bounded bool) (ways []resource.Way) {
		s := contactWord(kind, word)
		if kind == Phone && len(s) == tail {
			ways = append(ways, resource.Way{Row: func(args policy.Args) string {
				return "(customers.phone <> '' AND " + phoneTail + " = " + args.Add(s) + ")"
			}})
		}
		if len(s) >= leastOf[kind] && !(kind == WeChat && looksLikeNumber(s)) {
			ways = append(ways, resource.Way{Row: func(args policy.Args) string { return resource.Prefix("customers."+kind, s, args) }})
		}
		if len(s) >= minPart {
			ways = append(ways, middle(kind, s, bounded))
		}
		return ways
	}
}

// leastOf is how much of a contact's beginning tells it from most others.
var leastOf = map[string]int{Phone: minDigits, QQ: minDigits, WeChat: minText, Email: minText}

// ShortContact says whether a word may be meant as a part of a contact and is too
// short to be looked for in any of them.
func ShortContact(word string) bool {
	s := contactWord(Email, word)
	return s != "" && len(s) < minPart
}

// contactWord is a word as contacts of a kind are kept, "" for what can be no
// part of one.
func contactWord(kind, word string) string {
	s := strings.ToLower(fold(word))
	switch {
	case !isASCII(s):
		return ""
	case kind == Phone || kind == QQ:
		return numberWord(kind, squeeze(s))
	case kind == WeChat && strings.Contains(s, "@"):
		return ""
	}
	return s
}

func numberWord(kind, s string) string {
	if !digitsForm.MatchString(s) || kind == QQ && strings.HasPrefix(s, "+") {
		return ""
	}
	if p, ok := normalPhone(s); kind == Phone && ok {
		return p
	}
	return s
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0
}
