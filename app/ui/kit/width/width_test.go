package width

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// Our fast ranges must say what the library says that lipgloss and the emulators use.
func TestRuneAgreesWithTheLibrary(t *testing.T) {
	if os.Getenv("RUNEWIDTH_EASTASIAN") != "" {
		t.Skip("RUNEWIDTH_EASTASIAN changes the library's mind, and ours not")
	}
	for r := rune(0x20); r < 0x30000; r++ {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		if got, want := Rune(r), ansi.StringWidthWc(string(r)); got != want {
			t.Errorf("Rune(%U) = %d, the library says %d", r, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "张三": 4, "a张b": 4, "\x1b[1;31m张\x1b[m": 2, "e\u0301": 1, "“好”": 4, "\xff": 1,
		"\x1b]2;title\a好": 2, "，。": 4,
	} {
		if got := Of(s); got != want {
			t.Errorf("Of(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestCutAndFit(t *testing.T) {
	for _, c := range []struct {
		s    string
		w    int
		cut  string
		fit  string
		left string
	}{
		{"abcdef", 6, "abcdef", "abcdef", "abcdef"},
		{"abcdef", 5, "abc..", "abc..", "abc.."},
		{"abcdef", 2, "ab", "ab", "ab"},
		{"abcdef", 0, "", "", ""},
		{"abcdef", -3, "", "", ""},
		{"张三李四", 8, "张三李四", "张三李四", "张三李四"},
		{"张三李四", 7, "张三..", "张三.. ", " 张三.."},
		{"张三李四", 6, "张三..", "张三..", "张三.."},
		{"张三李四", 3, "..", ".. ", " .."},
		{"张三李四", 1, "", " ", " "},
		{"12", 5, "12", "12   ", "   12"},
		{"\x1b[1m张三李四\x1b[m", 6, "\x1b[1m张三..\x1b[m", "\x1b[1m张三..\x1b[m", "\x1b[1m张三..\x1b[m"},
	} {
		if got := Cut(c.s, c.w); got != c.cut {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.s, c.w, got, c.cut)
		}
		if got := Fit(c.s, c.w); got != c.fit {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.s, c.w, got, c.fit)
		}
		if got := FitLeft(c.s, c.w); got != c.left {
			t.Errorf("FitLeft(%q, %d) = %q, want %q", c.s, c.w, got, c.left)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, one, lines string }{
		{"nothing to do", "张三 abc", "张三 abc", "张三 abc"},
		{"colour", "\x1b[31m红\x1b[0m", "红", "红"},
		{"title", "a\x1b]0;owned\x07b", "ab", "ab"},
		{"title ended by ST", "a\x1b]0;owned\x1b\\b", "ab", "ab"},
		{"a title without an end keeps the text", "a\x1b]0;rest", "a0;rest", "a0;rest"},
		{"a lone escape", "a\x1b", "a", "a"},
		{"escape before Chinese", "\x1b张", "张", "张"},
		{"charset", "\x1b(0qqq", "qqq", "qqq"},
		{"C1 as UTF-8", "a\u009b31mb", "a31mb", "a31mb"},
		{"bell, backspace, delete", "a\a\b\x7fb", "ab", "ab"},
		{"breaks and tabs", "a\r\nb\nc\rd\te", "a b c d e", "a\nb\nc\nd e"},
		{"bidi", "a\u202e\u2066\u2069\u200f\u061cb", "ab", "ab"},
		{"zero width, joiner, selector, BOM", "a\u200b\u200d\ufe0f\ufeff\u2060b", "ab", "ab"},
		{"tags", "a\U000e0041b", "ab", "ab"},
		{"a family is its members", "👨\u200d👩", "👨👩", "👨👩"},
		{"skin tone", "👍\U0001f3fd", "👍", "👍"},
		{"fillers", "\u3164a\u034fb\u115f", "ab", "ab"},
		{"an accent stays", "e\u0301", "e\u0301", "e\u0301"},
		{"broken bytes", "a\xffb\xe5\xbc", "a?b??", "a?b??"},
		{"the replacement character itself", "\ufffd", "\ufffd", "\ufffd"},
	} {
		if got := Clean(c.in); got != c.one {
			t.Errorf("%s: Clean(%q) = %q, want %q", c.name, c.in, got, c.one)
		}
		if got := CleanLines(c.in); got != c.lines {
			t.Errorf("%s: CleanLines(%q) = %q, want %q", c.name, c.in, got, c.lines)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s    string
		w    int
		want string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 8, "one two|three"},
		{"extraordinarily", 5, "extra|ordin|arily"},
		{"报名三年级数学班", 6, "报名三|年级数|学班"},
		{"报名三年级数学班", 7, "报名三|年级数|学班"},
		{"张三，李四。王五", 4, "张|三，|李|四。|王五"},
		{"他说“好”", 6, "他说|“好”"},
		{"line one\n\n第二段", 20, "line one||第二段"},
		{"班级 Go 语言入门", 8, "班级 Go|语言入门"},
		{"张三", 1, ".|."},
		{"a b", 1, "a|b"},
	} {
		if got := strings.Join(Wrap(c.s, c.w), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.s, c.w, got, c.want)
		}
	}
}

// Whatever the text: Fit is exact, Cut no wider than asked, Wrap no wider and complete.
func TestFitAndWrapAreExact(t *testing.T) {
	runes := rapid.RuneFrom([]rune("ab 张三，。“”e\u0301\u200dé👍—…-(（)）\x1b[1m;31"))
	text := rapid.OneOf(rapid.StringOfN(runes, 0, 20, -1), rapid.StringOfN(runes, 20, 60, -1))
	rapid.Check(t, func(t *rapid.T) {
		s, w := text.Draw(t, "s"), rapid.IntRange(0, 30).Draw(t, "w")
		if got := Of(Fit(s, w)); got != w {
			t.Fatalf("Fit(%q, %d) is %d cells", s, w, got)
		}
		if got := Of(FitLeft(s, w)); got != w {
			t.Fatalf("FitLeft(%q, %d) is %d cells", s, w, got)
		}
		if got := Of(Cut(s, w)); got > w {
			t.Fatalf("Cut(%q, %d) is %d cells", s, w, got)
		}
		if w < 2 {
			return
		}
		plain := Clean(s)
		lines := Wrap(plain, w)
		for _, l := range lines {
			if Of(l) > w {
				t.Fatalf("Wrap(%q, %d): %q is %d cells", plain, w, l, Of(l))
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(plain) {
			t.Fatalf("Wrap(%q, %d) lost text: %q", plain, w, got)
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"张三", "\x1b[31m", "\x1b]0;x\a", "a\x1b\x1b[31m\u009b", "\xff\x1b", "\x1bP\x1b\\", "\u202ex"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = min(max(w, 0), 500)
		for _, got := range []string{Clean(s), CleanLines(s)} {
			if !utf8.ValidString(got) {
				t.Fatalf("not UTF-8: %q", got)
			}
			for _, r := range got {
				if r != '\n' && !Printable(r) {
					t.Fatalf("%U left in %q of %q", r, got, s)
				}
			}
			if again := CleanLines(got); again != got {
				t.Fatalf("cleaning twice: %q, then %q", got, again)
			}
		}
		if got := Clean(s); strings.Contains(got, "\n") {
			t.Fatalf("line break in %q", got)
		}
		if got := Of(Fit(s, w)); got != w {
			t.Fatalf("Fit(%q, %d) is %d cells: %q", s, w, got, Fit(s, w))
		}
	})
}

func TestNoAllocationWhenNothingChanges(t *testing.T) {
	for _, s := range []string{"plain ASCII text", "三年级数学提高班，周六上午"} {
		n := testing.AllocsPerRun(100, func() {
			if Clean(s) != s || Of(s) == 0 || Cut(s, 80) != s || Fit(s, Of(s)) != s {
				t.Fatal("changed")
			}
		})
		if n != 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	for name, s := range map[string]string{"ascii": "Li Si, third grade", "chinese": "三年级数学提高班周六上午"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fit(s, 30)
			}
		})
	}
}

func BenchmarkClean(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Clean("三年级数学提高班，周六上午 09:00 于东校区")
	}
}
