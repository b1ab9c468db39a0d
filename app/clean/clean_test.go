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

func TestSafeLeavesWhatIsClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb ": "a\tb ", "王小明\n  x": "王小明\n  x", "é 全，角": "é 全，角", "\x1b[31mred": "red", "a\u202eb": "ab", "x\x80": "x", "a\rb": "a\nb", "a\u009b5mb": "ab",
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
	if got := string(JSON([]byte("{\"a\":\"\u009b\u202e王\U000e0041\ufe0f\"}\n"))); got != `{"a":"\u009b\u202e王\udb40\udc41\ufe0f"}`+"\n" {
		t.Errorf("%s", got)
	}
	for in, want := range map[string]string{"../../x": "_.._x", "a/b\\c:d": "a_b_c_d", "..": "_", "\x1b[2J": "_", "身份证 1.jpg": "身份证 1.jpg"} {
		if got := FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
}
