package sheet

import (
	"strings"
	"unicode/utf8"
)

// opens says that a spreadsheet program might take a text for a formula. A
// Chinese or Japanese Excel takes the signs at full width as well.
func opens(s string) bool {
	s = strings.TrimLeft(s, "'")
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}

// Guard puts an apostrophe before what might be taken for a formula: what was
// typed into a form must not run on the machine of who opens an export. Bare
// takes it off again: Bare(Guard(s)) is s.
func Guard(s string) string {
	if opens(s) {
		return "'" + s
	}
	return s
}

// Bare gives a text as it was before Guard.
func Bare(s string) string {
	if strings.HasPrefix(s, "'") && opens(s) {
		return s[1:]
	}
	return s
}
