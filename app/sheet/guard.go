package sheet

import "strings"

// opens says that a spreadsheet program might take a text for a formula.
func opens(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
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
