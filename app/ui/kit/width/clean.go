package width

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const esc = 0x1b

// Clean makes one line of text safe to store and to draw: escape sequences, control characters, bidi marks, zero-width
// characters, joiners and variation selectors go, a line break or a tab becomes a space, a broken byte a "?". It
// returns s itself when nothing is to be done.
func Clean(s string) string { return clean(s, false) }

// CleanLines is Clean for text of several lines: line breaks stay, as "\n".
func CleanLines(s string) string { return clean(s, true) }

func clean(s string, lines bool) string {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !(fine(r, n) || lines && r == '\n') {
			break
		}
		i += n
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		i += cleanOne(&b, s[i:], lines)
	}
	return b.String()
}

// cleanOne writes what remains of the first character of s and returns the bytes it took.
func cleanOne(b *strings.Builder, s string, lines bool) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case fine(r, n):
		b.WriteString(s[:n])
	case r == esc:
		return Escape(s)
	case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029:
		if r == '\r' && len(s) > 1 && s[1] == '\n' {
			n = 2
		}
		b.WriteByte(map[bool]byte{true: '\n', false: ' '}[lines])
	case r == '\t':
		b.WriteByte(' ')
	case r == utf8.RuneError && n == 1:
		b.WriteByte('?')
	}
	return n
}

// fine says whether a decoded rune of n bytes may stay as it is.
func fine(r rune, n int) bool {
	if r >= 0x20 && r < 0x7f || certainlyWide(r) {
		return true
	}
	return !(r == utf8.RuneError && n == 1) && Printable(r)
}

// Printable says whether r may be drawn: no control, no format character (joiners, bidi, tags), no selector, no filler
// that draws nothing, no skin tone (one terminal joins it to the emoji before it, the next draws it by itself).
func Printable(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return false
	case r < 0x300:
		return r != 0xad
	case r == 0x34f || r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x2028 || r == 0x2029:
		return false
	case r >= 0x1f3fb && r <= 0x1f3ff:
		return false
	}
	return !unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Cs, unicode.Noncharacter_Code_Point)
}

// Escape returns the length in bytes of the escape sequence that s begins with; s[0] must be ESC. A sequence that does
// not end swallows its introduction only, never the text behind it.
func Escape(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch c := s[1]; {
	case c == '[':
		return csi(s)
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		return text(s)
	case c >= 0x20 && c <= 0x2f: // intermediates, then a final byte
		i := 2
		for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
			i++
		}
		if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
			i++
		}
		return i
	case c >= 0x30 && c <= 0x7e:
		return 2
	}
	return 1
}

// csi returns the length of ESC [ parameters intermediates final.
func csi(s string) int {
	i := 2
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// text returns the length of a sequence that ends in BEL or ESC \ (window titles, pictures).
func text(s string) int {
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case s[i] == esc && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case s[i] == esc || s[i] == '\n':
			return 2
		}
	}
	return 2
}

// whole says whether seq, which Escape measured, is a sequence with its end.
func whole(seq string) bool {
	if len(seq) < 2 {
		return false
	}
	switch end := seq[len(seq)-1]; seq[1] {
	case '[':
		return len(seq) > 2 && end >= 0x40
	case ']', 'P', 'X', '^', '_':
		return len(seq) > 2
	default:
		return end >= 0x30
	}
}
