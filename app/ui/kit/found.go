package kit

import (
	"strings"
	"unicode/utf8"
)

// foundStyle sets off what a search has found: a line below it, which shows in
// sixteen colours and in none, on a selected row as on any other.
const foundStyle Style = "4"

// plainWords are the words of a query that stand for themselves, in small
// letters: no conditions, and nothing that is left out.
func plainWords(query string) (list []string) {
	for _, p := range pieces(query) {
		w := lower(strings.ReplaceAll(p, `"`, ""))
		if strings.HasPrefix(p, "-") || !strings.HasPrefix(p, `"`) && strings.ContainsAny(p, ":\uff1a") {
			continue
		}
		if w != "" {
			list = append(list, w)
		}
	}
	return list
}

// everywhere says that a word is one letter or digit, which setting off in every
// date and number would tell nobody anything.
func everywhere(word string) bool { return len(word) == 1 }

// lower makes small letters of A to Z only, so that every byte stays in its
// place; text without any is given back as it is.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			return strings.Map(func(r rune) rune {
				if 'A' <= r && r <= 'Z' {
					return r + 'a' - 'A'
				}
				return r
			}, s)
		}
	}
	return s
}

// paintFound writes text in a style, and sets off what the words match.
func paintFound(base Style, text string, words []string) string {
	if len(words) == 0 || !utf8.ValidString(text) {
		return base.S(text)
	}
	var b strings.Builder
	small := lower(text)
	for from := 0; ; {
		at, n := firstOf(small[from:], words)
		if n == 0 {
			if from == 0 {
				return base.S(text)
			}
			return b.String() + base.S(text[from:])
		}
		b.WriteString(base.S(text[from : from+at]))
		b.WriteString(base.And(foundStyle).S(text[from+at : from+at+n]))
		from += at + n
	}
}

// firstOf says where the first of the words begins, the longest of those that
// begin there, and how long it is; n is 0 where there is none.
func firstOf(text string, words []string) (at, n int) {
	for _, w := range words {
		if i := strings.Index(text, w); i >= 0 && (n == 0 || i < at || i == at && len(w) > n) {
			at, n = i, len(w)
		}
	}
	return at, n
}
