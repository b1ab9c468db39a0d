// Package clean takes out of text from people what no stored text should hold:
// escape sequences, control characters, direction marks, joiners and other
// characters that draw nothing but change what is drawn.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes one line: line breaks, tabs and runs of blanks become one blank,
// and there is none at the ends.
func Line(s string) string {
	if simple(s) {
		return s
	}
	return strings.Join(strings.Fields(visible(s, false)), " ")
}

// Text makes text of several lines: line breaks are "\n", a tab is four blanks,
// lines have no blanks at their ends, and there is no empty line at either end
// of the text.
func Text(s string) string {
	lines := strings.Split(visible(s, true), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// simple says that a line is clean for certain: printing ASCII without blanks
// at the ends or two in a row.
func simple(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// visible drops what is not to be seen. Broken bytes go too.
func visible(s string, lines bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == escape || r == csi8 {
			i += sequence(s[i:], n)
			continue
		}
		i += n
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\n"):
		case r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			b.WriteByte(map[bool]byte{true: '\n', false: ' '}[lines])
		case r == '\t':
			b.WriteString(map[bool]string{true: "    ", false: " "}[lines])
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r == utf8.RuneError && n == 1 || hidden(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

const (
	escape = 0x1b
	csi8   = 0x9b // ESC [ as one character
)

// hidden says that a character draws nothing of its own: controls, format
// characters (direction marks, joiners, tags), selectors, fillers, private and
// unassigned ones.
func hidden(r rune) bool {
	switch r {
	case 0x34f, 0x115f, 0x1160, 0x3164, 0xffa0:
		return true
	}
	return unicode.In(r, unicode.C, unicode.Variation_Selector) || !unicode.IsGraphic(r)
}

// sequence gives the length of the escape sequence that s begins with; n is the
// length of its first character. One that does not end takes only its
// beginning, never the text behind it.
func sequence(s string, n int) int {
	if s[0] != escape {
		return parameters(s, n)
	}
	if len(s) < 2 {
		return 1
	}
	switch c := s[1]; {
	case c == '[':
		return parameters(s, 2)
	case strings.IndexByte("]PX^_", c) >= 0:
		return toEnd(s)
	case c >= 0x20 && c <= 0x7e:
		return 2
	}
	return 1
}

// parameters passes over the parameters of a control sequence and its last
// character.
func parameters(s string, i int) int {
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// toEnd gives the length of a sequence that ends with BEL or ESC \.
func toEnd(s string) int {
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case s[i] == escape && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case s[i] == escape || s[i] == '\n':
			return 2
		}
	}
	return 2
}
