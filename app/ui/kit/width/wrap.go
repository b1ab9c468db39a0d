package width

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks s into lines of at most w cells, at line breaks, at spaces, and between Chinese characters; a word longer
// than a line is broken anywhere. No line begins with closing punctuation or ends with an opening one where that can be
// helped. s is text without escape sequences: clean before, style afterwards. An empty s is one empty line.
func Wrap(s string, w int) []string {
	w = max(w, 1)
	var out []string
	for {
		line, rest, more := strings.Cut(s, "\n")
		out = wrapLine(out, line, w)
		if !more {
			return out
		}
		s = rest
	}
}

func wrapLine(out []string, s string, w int) []string {
	if len(s) <= w && plain(s) {
		return append(out, s)
	}
	for {
		n := Break(s, w)
		if n >= len(s) {
			if Of(s) > w { // spaces that hang over the edge
				s = strings.TrimRight(s, " ")
			}
			return append(out, narrowed(s, w))
		}
		out = append(out, narrowed(strings.TrimRight(s[:n], " "), w))
		s = strings.TrimLeft(s[n:], " ")
		if s == "" {
			return out
		}
	}
}

// narrowed keeps the promise of w cells where even one character is too wide.
func narrowed(s string, w int) string {
	if w == 1 && Of(s) > 1 {
		return "."
	}
	return s
}

// Break returns how many bytes of s, which has no line break, belong on a first line of w cells: all of them when they
// fit, at least one character otherwise. Spaces that hang over the edge belong to the line they end.
func Break(s string, w int) int {
	used, best := 0, 0
	prev := rune(-1)
	for i, r := range s {
		if prev >= 0 && mayBreak(prev, r) {
			best = i
		}
		c := Rune(r)
		if r == utf8.RuneError {
			c = 1
		}
		if used+c > w && r != ' ' {
			switch {
			case best > 0:
				return best
			case i > 0:
				return i
			}
			_, n := utf8.DecodeRuneInString(s)
			return n
		}
		used += c
		prev = r
	}
	return len(s)
}

const (
	noStart = "，。、；：！？）》】」』”’〉〕％·…—,.;:!?)]}%"
	noEnd   = "（《【「『“‘〈〔￥([{$"
)

// mayBreak says whether a line may end between a and b.
func mayBreak(a, b rune) bool {
	switch {
	case a >= 0x4e00 && a <= 0x9fff && b >= 0x4e00 && b <= 0x9fff: // most of them
		return true
	case b == ' ' || Rune(b) == 0:
		return false
	case a == ' ':
		return true
	case strings.ContainsRune(noStart, b) || strings.ContainsRune(noEnd, a):
		return false
	}
	return Rune(a) == 2 || Rune(b) == 2 || a == '-'
}
