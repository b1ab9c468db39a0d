package input

import (
	"strings"
	"testing"

	"cohort/app/ui/kit/width"
)

func TestAreaKeysAndWrapping(t *testing.T) {
	for _, c := range []struct {
		set, keys string
		w         int
		view      string // rows, "|" is the cursor
	}{
		{"", "张三", 9, "张三|"},
		{"", "a enter b", 9, "a/b|"},
		{"一二三四五六", "", 9, "一二三四/五六|"}, // 8 cells and the cursor's
		{"一二三四五六", "up", 9, "一二|三四/五六"},
		{"一二三四", "", 9, "一二三四|"},
		{"一二三四", "五", 9, "一二三四/五|"},
		{"one two three", "", 9, "one two /three|"},
		{"一二三四五六", "up end", 9, "一二三四/五六|"}, // the end of the line, not of the row
		{"一二三四五六", "up home", 9, "|一二三四/五六"},
		{"长一点的行\na\n又是长的行", "up up", 20, "长一点的行|/a/又是长的行"}, // through a short row, back to the column
		{"abcdef\nx\nabcdef", "left left up up", 9, "abcd|ef/x/abcdef"},
		{"abcdef\nx\nabcdef", "left left up left up", 9, "|abcdef/x/abcdef"},
		{"one two three\naaaaaaaa", "up up", 9, "one two| /three/aaaaaaaa"}, // stays in the row that wraps
		{"ab\ncd", "up up", 9, "ab|/cd"},
		{"ab\ncd", "home backspace", 9, "ab|cd"},
		{"ab\ncd", "up delete", 9, "ab|cd"},
		{"ab\ncd", "up ctrl+k", 9, "ab|cd"},
		{"ab\ncd", "up home ctrl+k", 9, "|/cd"},
		{"a\n\nb", "up", 9, "a/|/b"},
		{"ab\n", "", 9, "ab/|"},
		{"averylongwordwithoutspace", "", 9, "averylon/gwordwit/houtspac/e|"},
	} {
		a := NewArea(1000)
		a.Set(c.set)
		a.View(c.w, 6)
		typeArea(a, strings.Fields(c.keys)...)
		x, y := a.Cursor(c.w, 6)
		rows := strings.Split(a.View(c.w, 6), "\n")
		for i, r := range rows {
			if width.Of(r) != c.w {
				t.Errorf("%q: row %d is %d cells", c.keys, i, width.Of(r))
			}
			if i == y {
				head := width.Head(r, x)
				r = head + "|" + strings.TrimPrefix(r, head)
			}
			rows[i] = r
		}
		got := strings.Join(rows, "/")
		for strings.Contains(got, " /") && !strings.Contains(c.view, " /") {
			got = strings.ReplaceAll(got, " /", "/")
		}
		got, exp := strings.TrimRight(got, "/ "), c.view
		if squeeze(got) != squeeze(exp) {
			t.Errorf("%q %q: %q, want %q", c.set, c.keys, got, exp)
		}
	}
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestAreaScrolls(t *testing.T) {
	a := NewArea(1000)
	a.Set("1\n2\n3\n4\n5\n6")
	if v := squeeze(a.View(5, 3)); v != "4\n5\n6" {
		t.Errorf("at the end %q", v)
	}
	typeArea(a, "up", "up", "up")
	if v := squeeze(a.View(5, 3)); v != "3\n4\n5" {
		t.Errorf("three up %q", v)
	}
	typeArea(a, "pgup", "pgup")
	if v := squeeze(a.View(5, 3)); v != "1\n2\n3" || !a.AtTop() || a.AtBottom() {
		t.Errorf("at the top %q", v)
	}
	typeArea(a, "pgdown", "pgdown", "pgdown")
	if x, y := a.Cursor(5, 3); x != 1 || y != 2 || !a.AtBottom() {
		t.Errorf("cursor at %d,%d", x, y)
	}
}

func BenchmarkAreaKey(b *testing.B) {
	a := NewArea(10_000)
	a.Set(strings.Repeat("今天和家长谈了课程安排，约定周六试听。", 200))
	keys := press("x", "backspace")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a.Update(keys[i%2])
		a.View(80, 10)
		a.Cursor(80, 10)
	}
}
