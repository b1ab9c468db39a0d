package kit

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct{ query, field, value, want string }{
		{"", "source", "baidu", "source:baidu"},
		{"王 owner:me", "source", "baidu", "王 owner:me source:baidu"},
		{"source:zhihu 王 source:qq", "source", "baidu", "source:baidu 王"},
		{"source:baidu owner:me", "source", "", "owner:me"},
		{"source:baidu", "name", "王 小明", `source:baidu name:"王 小明"`},
		{`name:"a b" x`, "name", "c", "name:c x"},
		{"-source:baidu", "source", "qq", "-source:baidu source:qq"},
		{"source：baidu", "source", "qq", "source:qq"},
		{`say "source:no" y`, "source", "a", `say "source:no" y source:a`},
		{"x", "q", `a"b c`, `x q:"ab c"`},
		{`open "quote`, "q", "1", `open "quote" q:1`},
	} {
		got := SetTerm(c.query, c.field, c.value)
		if got != c.want {
			t.Errorf("SetTerm(%q, %s, %q) = %q, want %q", c.query, c.field, c.value, got, c.want)
		}
		if v, ok := Term(got, c.field); ok != (c.value != "") || v != strings.ReplaceAll(c.value, `"`, "") {
			t.Errorf("Term(%q, %s) = %q, %v", got, c.field, v, ok)
		}
	}
}

func TestFuzzy(t *testing.T) {
	list := []Option{{Label: "new customer"}, {Label: "Customers"}, {Label: "quit", Note: "cust"}, {Label: "copy us the text"}, {Label: "过期客户"}}
	var got []string
	for _, o := range Fuzzy("cust", list) {
		got = append(got, o.Label)
	}
	if strings.Join(got, ", ") != "Customers, new customer, quit, copy us the text" {
		t.Errorf("%q", got)
	}
	if n := len(Fuzzy("客户", list)); n != 1 {
		t.Errorf("客户 found %d", n)
	}
	for text, want := range map[string]string{"kh": "过期客户", "guoqi": "过期客户", "gqkh": "过期客户", "stale": "过期客户", "zz": ""} {
		got := ""
		for _, o := range Fuzzy(text, append(list[:4:4], Option{Label: "过期客户", Also: "stale"})) {
			got += o.Label
		}
		if got != want {
			t.Errorf("%s found %q, want %q", text, got, want)
		}
	}
	if n := len(Fuzzy(" ", list)); n != len(list) {
		t.Errorf("blank found %d", n)
	}
}

func TestSliceCutsWideCharactersToBlanks(t *testing.T) {
	for _, c := range []struct {
		s    string
		a, b int
		want string
	}{{"王小明", 0, 4, "王小"}, {"王小明", 1, 5, " 小 "}, {"王小明", 3, 9, " 明   "}, {"ab", 1, 4, "b  "}, {"", 2, 4, "  "}, {"abc", 5, 7, "  "}} {
		if got := slice(c.s, c.a, c.b); got != c.want || width.Of(got) != c.b-c.a {
			t.Errorf("slice(%q, %d, %d) = %q, want %q", c.s, c.a, c.b, got, c.want)
		}
	}
}

func TestLayoutUsesTheRoom(t *testing.T) {
	cols := []Column{{Width: 10, Share: 1, Max: 20}, {Width: 10, Drop: 1}, {Width: 10, Drop: 2}, {Width: 5, Share: 2}}
	for w := 8; w < 200; w++ {
		ws := layout(cols, w)
		if n := used(ws); n > w || w > 60 && n != w {
			t.Fatalf("%d cells: %v uses %d", w, ws, n)
		}
		if w >= 19 && (ws[0] == 0 || ws[3] == 0) {
			t.Fatalf("%d cells: %v dropped a column that never goes", w, ws)
		}
		if ws[1] == 0 && ws[2] != 0 {
			t.Fatalf("%d cells: %v dropped the wrong one", w, ws)
		}
	}
}

// Every colour used for text can be read on black and on white: contrast 3.9 at
// least on both, where 4.58 is the most that one colour can have.
func TestColoursOnDarkAndLight(t *testing.T) {
	th := NewTheme(Color256)
	for tone := Plain; tone <= Bad; tone++ {
		m := regexp.MustCompile(`38;5;(\d+)`).FindStringSubmatch(string(th.Tone(tone)))
		if m == nil {
			continue
		}
		n := 0
		for _, c := range m[1] {
			n = n*10 + int(c-'0')
		}
		l := luminance(n)
		if black, white := (l+0.05)/0.05, 1.05/(l+0.05); black < 3.8 || white < 3.8 {
			t.Errorf("tone %d: contrast %.1f on black, %.1f on white", tone, black, white)
		}
	}
}

func luminance(n int) float64 {
	n -= 16
	steps := []float64{0, 95, 135, 175, 215, 255}
	lin := func(v float64) float64 {
		v /= 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(steps[n/36]) + 0.7152*lin(steps[n/6%6]) + 0.0722*lin(steps[n%6])
}

func TestNoColourHasNoColour(t *testing.T) {
	th := NewTheme(NoColor)
	for tone := Plain; tone <= Bad; tone++ {
		if strings.Contains(string(th.Tone(tone)), "3") && th.Tone(tone) != "3" {
			t.Errorf("tone %d is %q", tone, th.Tone(tone))
		}
	}
	get := func(kv map[string]string) func(string) string { return func(k string) string { return kv[k] } }
	for _, c := range []struct {
		term string
		env  map[string]string
		want Profile
	}{{"xterm-256color", nil, Color256}, {"xterm-256color", map[string]string{"NO_COLOR": "1"}, NoColor}, {"dumb", nil, NoColor}, {"", nil, NoColor},
		{"linux", nil, Color16}, {"xterm", nil, Color16}, {"xterm", map[string]string{"COLORTERM": "truecolor"}, Color256}, {"vt100", nil, NoColor}, {"screen", nil, Color16}} {
		if got := ProfileOf(c.term, get(c.env)); got != c.want {
			t.Errorf("%s %v: %d, want %d", c.term, c.env, got, c.want)
		}
	}
}

// Every key the kit says is in the catalogue in both languages, and every word
// of the kit is said somewhere.
func TestWords(t *testing.T) {
	files, _ := filepath.Glob("*.go")
	said := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"((?:kit|fault|list|time)\.[a-z_.0-9]+)"`).FindAllStringSubmatch(string(b), -1) {
			said[m[1]] = true
		}
	}
	for key := range said {
		if strings.HasSuffix(key, ".") {
			continue
		}
		for _, l := range i18n.Langs {
			if i18n.Catalogue()[key][l] == "" {
				t.Errorf("%s has no words in %s", key, l)
			}
		}
	}
	for _, key := range i18n.Keys("kit.") {
		if !said[key] && !strings.HasPrefix(key, "kit.key.") && !strings.HasPrefix(key, "kit.date.") {
			t.Errorf("%s is said nowhere", key)
		}
	}
}

// Chrome keeps to glyphs that every terminal shows in one cell.
func TestChromeIsASCII(t *testing.T) {
	for _, key := range i18n.Keys("kit.") {
		for l, s := range i18n.Catalogue()[key] {
			for _, c := range s {
				if c >= 0x80 && width.Rune(c) != 2 {
					t.Errorf("%s in %s: %q is not safe", key, l, c)
				}
			}
		}
	}
}

func TestClashes(t *testing.T) {
	bad := Clashes([]Action{{ID: "a", Keys: []string{"n", "x"}}, {ID: "b", Keys: []string{"x"}}, {ID: "c", Keys: []string{"q"}}})
	if strings.Join(bad, "; ") != "q: c and the root; x: b and a" {
		t.Errorf("%q", bad)
	}
}

func TestMarkdown(t *testing.T) {
	e := Env{Printer: i18n.Printer{Lang: i18n.Chinese}, Theme: NewTheme(NoColor)}
	plain := func(s string, w int) string {
		var out []string
		for _, l := range Markdown(e, s, w) {
			if width.Of(l) > w {
				t.Errorf("%q is wider than %d", l, w)
			}
			out = append(out, Strip(l))
		}
		return strings.Join(out, "\n")
	}
	for in, want := range map[string]string{
		"# 标题\n正文 *斜* **粗**":                "标题\n\n正文 斜 粗",
		"第一行\n第二行":                          "第一行第二行",
		"one\ntwo":                          "one two",
		"- a\n- b\n  1. c\n  2. d":          "- a\n- b\n  1. c\n  2. d",
		"> 引用\n> 二":                         "| 引用二",
		"[学校](https://x.cn)":                "学校 (https://x.cn)",
		"https://x.cn":                      "https://x.cn",
		"| 甲 | b |\n| - | -: |\n| 1 | 22 |": "甲   b\n1   22",
		"```\n你好  x\n```":                   "  你好  x",
		"a\x1b[31mb":                        "ab",
	} {
		if got := plain(in, 30); got != want {
			t.Errorf("%q is drawn\n%s\nwant\n%s", in, got, want)
		}
	}
	if got := plain("一二三四五六七八九十,一二三", 10); got != "一二三四五\n六七八九\n十,一二三" {
		t.Errorf("wrapped:\n%s", got)
	}
}
