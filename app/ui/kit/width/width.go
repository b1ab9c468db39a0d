// Package width measures and cuts text by terminal cells, and cleans text that people wrote before it is drawn or
// stored. One rule for everybody: a rune is as wide as wcwidth says, Chinese takes two cells, a combining mark none,
// East Asian "ambiguous" runes one. It is the only place in the project that knows cell widths.
//
// Functions that measure or cut ignore escape sequences; nothing here depends on the environment of the server
// process (LANG, RUNEWIDTH_EASTASIAN).
package width

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// mark ends a text that was cut. Two dots are two cells everywhere; "…" is one or two, depending on the terminal.
const mark = ".."

var narrow = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// Rune returns the cells that r takes: 0, 1 or 2. Controls take none.
func Rune(r rune) int {
	switch {
	case r >= 0x20 && r < 0x7f:
		return 1
	case certainlyWide(r):
		return 2
	case r < 0xa0:
		return 0
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	return narrow.RuneWidth(r)
}

// Sure says whether every terminal agrees on the width of r: ASCII, and the Chinese, Japanese and Korean ranges that
// no setting changes. After other runes a terminal's cursor may stand elsewhere than we believe.
func Sure(r rune) bool { return r >= 0x20 && r < 0x7f || certainlyWide(r) }

// certainlyWide holds the ranges that make up nearly all Chinese text.
func certainlyWide(r rune) bool {
	switch {
	case r < 0x3000:
		return false
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3400 && r <= 0x4dbf, r >= 0xac00 && r <= 0xd7a3:
		return true
	case r <= 0x3029, r >= 0x3041 && r <= 0x3096, r >= 0x30a0 && r <= 0x30ff, r >= 0xff01 && r <= 0xff60:
		return true
	}
	return false
}

// Of returns the cells that s takes on one line.
func Of(s string) int {
	if plain(s) {
		return len(s)
	}
	w := 0
	for i := 0; i < len(s); {
		if s[i] == esc {
			i += Escape(s[i:])
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		w += seen(r, n)
		i += n
	}
	return w
}

// Cut returns s in at most w cells, with ".." at the end when something was cut off and w is 3 or more. A wide
// character is never split; escape sequences behind the cut stay, so that styles end.
func Cut(s string, w int) string {
	if len(s) <= w && plain(s) || Of(s) <= w {
		return s
	}
	tail := mark
	if w < 3 {
		tail = ""
	}
	return cut(s, max(w, 0)-len(tail), tail)
}

// Head returns the beginning of s in at most w cells, without a mark.
func Head(s string, w int) string {
	if len(s) <= w && plain(s) || Of(s) <= w {
		return s
	}
	return cut(s, max(w, 0), "")
}

func cut(s string, room int, tail string) string {
	if plain(s) {
		return s[:room] + tail
	}
	var b strings.Builder
	b.Grow(len(s))
	used, over := 0, false
	for i := 0; i < len(s); {
		n := 0
		if s[i] == esc {
			if n = Escape(s[i:]); !whole(s[i : i+n]) {
				i += n
				continue
			}
		} else {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if c := seen(r, n); !over && used+c > room {
				over = true
				b.WriteString(tail)
			} else {
				used += c
			}
			if over {
				i += n
				continue
			}
		}
		b.WriteString(s[i : i+n])
		i += n
	}
	return b.String()
}

// Pad fills s with spaces on the right up to w cells; a longer s stays as it is.
func Pad(s string, w int) string {
	if n := w - Of(s); n > 0 {
		return s + Spaces(n)
	}
	return s
}

// PadLeft fills s with spaces on the left up to w cells: numbers.
func PadLeft(s string, w int) string {
	if n := w - Of(s); n > 0 {
		return Spaces(n) + s
	}
	return s
}

// Fit returns s in exactly w cells: cut or padded on the right. Less than zero cells are none.
func Fit(s string, w int) string { return Pad(closed(Cut(s, w)), w) }

// FitLeft returns s in exactly w cells, padded on the left.
func FitLeft(s string, w int) string { return PadLeft(closed(Cut(s, w)), w) }

// closed drops escape sequences that s breaks off in: they would take in what is written behind s.
func closed(s string) string {
	i := strings.LastIndexByte(s, esc)
	if i < 0 || i+Escape(s[i:]) < len(s) || whole(s[i:]) {
		return s
	}
	return closed(s[:i])
}

const blanks = "                                                                                "

// Spaces returns n spaces.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blanks):
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// seen is the width with which a decoded rune of n bytes is drawn: a broken byte is drawn as "?".
func seen(r rune, n int) int {
	if r == utf8.RuneError && n == 1 {
		return 1
	}
	return Rune(r)
}

// plain says whether s is printable ASCII only: one byte, one cell.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
