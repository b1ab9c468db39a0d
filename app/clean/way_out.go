package clean

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Safe gives a text as it is, unless it holds what no stored text should hold: then it gives what [Text] makes of it. It is
// for the way out, where texts are clean already and only the database may have been written to past all cleaning.
func Safe(s string) string {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c <= '~' || c == '\n' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if han := r >= 0x4e00 && r <= 0x9fff; !han && (r == utf8.RuneError && n == 1 || hidden(r) && r != '\t') {
			return Text(s)
		}
		i += n
	}
	return s
}

// JSON escapes what encoding/json leaves as it is and a terminal obeys: 8-bit controls, direction marks, what is not seen.
// A program reads the same text. b are whole JSON values: what is to be escaped can stand within strings only.
func JSON(b []byte) []byte {
	if bytes.IndexFunc(b, obeyed) < 0 {
		return b
	}
	var out bytes.Buffer
	for _, r := range string(b) {
		if !obeyed(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			_, _ = fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}

func obeyed(r rune) bool {
	return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) || r < ' ' && r != '\n'
}

// FileName makes one name of a file out of a text, for archives that are unpacked elsewhere: no path, nothing hidden.
func FileName(s string) string {
	s = strings.Trim(strings.NewReplacer("/", "_", "\\", "_", ":", "_").Replace(Line(s)), ". ")
	if s == "" {
		return "_"
	}
	return s
}
