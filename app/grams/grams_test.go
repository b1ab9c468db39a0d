package grams

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"列表推导式":                        "列 列表 表 表推 推 推导 导 导式 式",
		"Python 怎么读文件?":                "python 怎 怎么 么 么读 读 读文 文 文件 件",
		"用C++写, os.path.join() 报错.":    "用 c++ 写 os.path.join 报 报错 错",
		"C# ... _ ++ __init__ e-mail":  "c# __init__ e mail",
		"":                             "",
		strings.Repeat("a", 40) + " 一": strings.Repeat("a", 24) + " 一",
	} {
		if got := strings.Join(Text(text, 100), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if n := len(Text(strings.Repeat("天地玄黄宇宙洪荒", 50), 7)); n != 7 {
		t.Errorf("%d grams, want 7", n)
	}
}

func TestWanted(t *testing.T) {
	for text, want := range map[string]string{
		"列表推导式":  "列表 表推 推导 导式",
		"锁 lock": "锁 lock",
	} {
		if got := strings.Join(Wanted(text, 100), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Everything that is looked for is found in a text that holds it.
func FuzzWantedIsInText(f *testing.F) {
	f.Add("怎么 read 文件", "a")
	f.Add("c++", "用c++写")
	f.Fuzz(func(t *testing.T, words, more string) {
		have := map[string]bool{}
		for _, g := range Text(words+" "+more, 1<<20) {
			have[g] = true
		}
		for _, g := range Wanted(words, 1<<20) {
			if !have[g] {
				t.Errorf("%q: %q is not in the text", words, g)
			}
		}
	})
}
