package line

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// console holds the keys of the Linux console that the decoder does not know.
var console = map[string]rune{
	"\x1b[[A": tea.KeyF1, "\x1b[[B": tea.KeyF2, "\x1b[[C": tea.KeyF3, "\x1b[[D": tea.KeyF4, "\x1b[[E": tea.KeyF5,
}

// complete returns the length of the first key, character or sequence in b, and whether all of it has come; if not, the
// length of the part.
func complete(b []byte) (n int, whole bool) {
	switch {
	case b[0] == 0x1b:
		return completeEscape(b)
	case b[0] < utf8.RuneSelf:
		return 1, true
	case !utf8.FullRune(b):
		return len(b), false
	}
	_, n = utf8.DecodeRune(b)
	return n, true
}

func completeEscape(b []byte) (int, bool) {
	if len(b) == 1 {
		return 1, false
	}
	switch b[1] {
	case '[':
		return completeCSI(b)
	case 'O':
		i := 2
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return min(i+1, len(b)), i < len(b)
	case ']', 'P', '_', '^', 'X':
		return completeText(b)
	case 0x1b: // the escape key twice, or alt with a key that is a sequence
		if len(b) == 2 || b[2] != '[' && b[2] != 'O' {
			return 1, len(b) > 2
		}
	}
	n, whole := complete(b[1:]) // a key with alt
	return n + 1, whole
}

// completeCSI: ESC [ parameters intermediates final; X10's mouse has three bytes more.
func completeCSI(b []byte) (int, bool) {
	i := 2
	if i < len(b) && b[i] == '[' {
		return min(4, len(b)), len(b) >= 4
	}
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x3f && i < 64 {
		i++
	}
	switch {
	case i == len(b):
		return i, false
	case b[i] == 'M' && i == 2:
		return min(6, len(b)), len(b) >= 6
	case b[i] < 0x40 || b[i] > 0x7e: // broken off: what follows is something else
		return i, true
	}
	return i + 1, true
}

// completeText: up to BEL or ESC \, as terminals answer.
func completeText(b []byte) (int, bool) {
	for i := 2; i < len(b); i++ {
		if b[i] == 0x07 || b[i] == '\\' && b[i-1] == 0x1b {
			return i + 1, true
		}
	}
	return len(b), len(b) > maxSequence
}
