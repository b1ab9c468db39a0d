package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"  王小明  ":                    "王小明",
		"a\tb\r\nc":                  "a b c",
		"\x1b[31mred\x1b[0m":         "red",
		"\x1b]0;title\x07name":       "name",
		"\x1b]0;no end name":         "0;no end name",
		"a\u202eb\u200dc\ufe0fd":     "abcd",
		"\u3000全\u3000角\u3000":       "全 角",
		"bad\xff\xfebyte":            "badbyte",
		"\u009b31mred":               "red",
		"nul\x00 bell\x07 del\x7f x": "nul bell del x",
		"\x1b":                       "",
		"café":                       "café",
		"=HYPERLINK(\"x\")":          "=HYPERLINK(\"x\")",
		"a  b":                       "a b",
		"line\u2028separator":        "line separator",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\rc\n\n":     "a\nb\nc",
		"\n\n  indented  ":  "  indented",
		"x\ty":              "x    y",
		"\x1b[2Jgone\u202e": "gone",
		"# 大纲\n\n1. 一 \n":   "# 大纲\n\n1. 一",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[1mb", "\u202e王", "a \t\n b", "\x1b]8;;x\x1b\\y", "\xc2", "\u009b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, text := Line(s), Text(s)
		if Line(line) != line || Text(text) != text {
			t.Fatalf("not the same twice: %q → %q, %q", s, line, text)
		}
		for _, out := range []string{line, strings.ReplaceAll(text, "\n", "")} {
			if !utf8.ValidString(out) || strings.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Fatalf("%q leaves %q", s, out)
			}
		}
	})
}
