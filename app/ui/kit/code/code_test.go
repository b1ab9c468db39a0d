package code

import (
	"strings"
	"testing"
)

func joined(lines [][]Piece) string {
	var out []string
	for _, l := range lines {
		s := ""
		for _, p := range l {
			s += p.Text
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestSplit(t *testing.T) {
	const python = "# 注释\ndef f(x):\n    return \"你好\" + str(1)\n"
	lines := Split("hw1.py", python)
	if joined(lines) != python || lines[0][0].Kind != Comment || lines[1][0].Kind != Keyword {
		t.Errorf("%+v", lines)
	}
	for _, name := range []string{"python", "a.go", "b.c", "page.html", "q.sql", "Makefile", "run.sh", "x.json", "", "no-such", "说明.txt"} {
		if got := joined(Split(name, python)); got != python {
			t.Errorf("%s: %q", name, got)
		}
	}
	long := strings.Repeat("x", 3000)
	if got := Split("a.js", long); len(got) != 1 || got[0][0].Kind != Plain {
		t.Error("a line of a minified file is lexed")
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("a.py", "def f():\n  pass")
	f.Add("a.html", "<a href='x'>\r\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if got := joined(Split(name, text)); got != text {
			t.Errorf("%q: %q became %q", name, text, got)
		}
	})
}
