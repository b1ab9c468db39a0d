package line

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"cohort/app/ui/kit/width"
)

// paper is a screen painted into an emulator, without a program.
type paper struct {
	*screen
	vt *vt.Emulator
	n  int // bytes of the last frame
	b  string
}

func newPaper(w, h int, p colorprofile.Profile) *paper {
	e := vt.NewEmulator(w, h)
	return &paper{screen: newScreen(Options{Profile: p}, func(error) {}), vt: e}
}

func (p *paper) paint(s shot) {
	b := p.frame(nil, s)
	p.n, p.b = len(b), string(b)
	if s.size.Width != p.vt.Width() || s.size.Height != p.vt.Height() {
		p.vt.Resize(s.size.Width, s.size.Height)
	}
	_, _ = p.vt.Write(b)
}

// Random views and sizes one after the other: the emulator shows exactly the view each time, and the cursor.
func TestScreenShowsTheView(t *testing.T) {
	part := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("abc 12 张三李四，。（）ｱかな한")), 0, 30, -1),
		rapid.SampledFrom([]string{Link("tel:13812345678", "138 张"), closeLink, "\x1b[7m", "\x1b[m", "\x1b[0m", "\x1b[1;38;2;9;9;9m", "  ", "      ", "“”", "—", "…", "é", "\x1b[44m"}),
		rapid.SampledFrom([]string{"\x1b[2J", "\x1b]2;x\a", "\u202e", "\u200b", "\r", "\t", "\x1b", "\x1b[5;5H", "\x1b[4:3m"}), // not to be drawn
	)
	rapid.Check(t, func(t *rapid.T) {
		p := newPaper(40, 10, rapid.SampledFrom([]colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII}).Draw(t, "profile"))
		size := Size{40, 10}
		for range rapid.IntRange(1, 6).Draw(t, "frames") {
			if rapid.IntRange(0, 4).Draw(t, "resize") == 0 {
				size = Size{rapid.IntRange(1, 50).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h")}
			}
			var lines []string
			for range rapid.IntRange(0, 14).Draw(t, "lines") {
				lines = append(lines, strings.Join(rapid.SliceOfN(part, 0, 5).Draw(t, "line"), ""))
			}
			v := tea.NewView(strings.Join(lines, "\n"))
			if rapid.Bool().Draw(t, "cursor") {
				v.Cursor = tea.NewCursor(rapid.IntRange(-2, 60).Draw(t, "x"), rapid.IntRange(-2, 20).Draw(t, "y"))
			}
			p.paint(shot{view: v, size: size, clear: rapid.IntRange(0, 5).Draw(t, "clear") == 0})
			check(t, p, lines, v.Cursor, size)
			p.paint(shot{view: v, size: size})
			if p.n != 0 {
				t.Fatalf("the same view again costs %q", p.b)
			}
		}
	})
}

func check(t *rapid.T, p *paper, lines []string, cur *tea.Cursor, size Size) {
	got := rows(p.vt)
	for y := range size.Height {
		exp := ""
		if y < len(lines) {
			exp = expect(lines[y], size.Width)
		}
		if got[y] != exp {
			t.Fatalf("row %d of %v shows\n%q, want\n%q; sent %q", y, size, got[y], exp, p.b)
		}
	}
	if cur != nil {
		at := p.vt.CursorPosition()
		if at.X != min(max(cur.X, 0), size.Width-1) || at.Y != min(max(cur.Y, 0), size.Height-1) {
			t.Fatalf("cursor at %v, want %v within %v", at, cur.Position, size)
		}
	}
}

// expect is what a line looks like in w cells: cut, without what is not text, in whole characters.
func expect(l string, w int) string {
	out, used := "", 0
	for i := 0; i < len(l); {
		if l[i] == 0x1b {
			i += width.Escape(l[i:])
			continue
		}
		r := []rune(l[i:])[0]
		i += len(string(r))
		if !width.Printable(r) {
			continue
		}
		if used+width.Rune(r) > w {
			break
		}
		out += string(r)
		used += width.Rune(r)
	}
	return strings.TrimRight(out, " ")
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, line, want string
		profile          colorprofile.Profile
	}{
		{"plain", "ab", "ab\x1b[K", colorprofile.TrueColor},
		{"padding is an erase", "ab   ", "ab\x1b[K", colorprofile.TrueColor},
		{"full", "abcdefghij", "abcdefghij", colorprofile.TrueColor},
		{"too long", "abcdefghijk", "abcdefghij", colorprofile.TrueColor},
		{"a wide character in the last cell", "abcdefghi张", "abcdefghi\x1b[K", colorprofile.TrueColor},
		{"the same, styled", "\x1b[7mabcdefghi张", "\x1b[7mabcdefghi \x1b[m", colorprofile.TrueColor},
		{"styled padding stays", "\x1b[7ma  \x1b[m  ", "\x1b[7ma  \x1b[m\x1b[K", colorprofile.TrueColor},
		{"an end without a beginning", "a\x1b[m", "a\x1b[K", colorprofile.TrueColor},
		{"column by spaces", "a\x1b[5Gb", "a   b\x1b[K", colorprofile.TrueColor},
		{"no column backward", "abc\x1b[2Gd", "abcd\x1b[K", colorprofile.TrueColor},
		{"nor behind an ambiguous rune", "“bc\x1b[2Gd", "“bcd\x1b[K", colorprofile.TrueColor},
		{"column behind an ambiguous rune", "“\x1b[5Gb", "“   \x1b[5Gb\x1b[K", colorprofile.TrueColor},
		{"gap behind an ambiguous rune", "…  b  c", "…  \x1b[4Gb  c\x1b[K", colorprofile.TrueColor},
		{"one space is text", "— b", "— b\x1b[K", colorprofile.TrueColor},
		{"no gap behind Chinese", "张  b", "张  b\x1b[K", colorprofile.TrueColor},
		{"cursor moves and titles", "a\x1b[2J\x1b[3;3H\x1b]2;x\ab", "ab\x1b[K", colorprofile.TrueColor},
		{"controls", "a\r\t\a\u0085\u202eb", "ab\x1b[K", colorprofile.TrueColor},
		{"broken bytes", "a\xffb", "a?b\x1b[K", colorprofile.TrueColor},
		{"256 colours", "\x1b[38;2;255;0;0ma\x1b[m", "\x1b[38;5;196ma\x1b[m\x1b[K", colorprofile.ANSI256},
		{"16 colours", "\x1b[1;38;2;255;0;0ma\x1b[m", "\x1b[1;91ma\x1b[m\x1b[K", colorprofile.ANSI},
		{"no colours", "\x1b[1;31ma\x1b[m", "\x1b[1ma\x1b[m\x1b[K", colorprofile.ASCII},
	} {
		s := newScreen(Options{Profile: c.profile}, func(error) {})
		s.size = Size{10, 5}
		if got := string(s.draw(nil, c.line)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A picture is sent once, again when it moved or the screen was cleared, and removed when the view has it no more.
func TestPictures(t *testing.T) {
	p := newPaper(40, 10, colorprofile.TrueColor)
	size := Size{40, 10}
	pic := Picture{ID: 7, X: 3, Y: 2, W: 4, H: 2, Payload: "\x1b_Gpicture\x1b\\", Clear: "\x1b_Ggone\x1b\\"}
	paint := func(content string, clear bool, pics ...Picture) string {
		p.paint(shot{view: tea.NewView(content), size: size, pictures: pics, clear: clear})
		return p.b
	}
	has := func(what, got string, payloads, clears int) {
		t.Helper()
		if n := strings.Count(got, pic.Payload); n != payloads {
			t.Errorf("%s: sent %d times: %q", what, n, got)
		}
		if n := strings.Count(got, pic.Clear); n != clears {
			t.Errorf("%s: removed %d times: %q", what, n, got)
		}
	}
	has("new", paint("a", false, pic), 1, 0)
	if !strings.Contains(p.b, "\x1b[3;4H"+pic.Payload) {
		t.Errorf("not at its place: %q", p.b)
	}
	has("again", paint("a", false, pic), 0, 0)
	has("other text", paint("b\nc\nd\ne", false, pic), 0, 0)
	pic.X++
	has("moved", paint("b", false, pic), 1, 1)
	has("cleared", paint("b", true, pic), 1, 1)
	size = Size{30, 10}
	has("resized", paint("b", false, pic), 1, 1)
	has("gone", paint("b", false), 0, 1)
	pic.X = 28
	has("does not fit", paint("b", false, pic), 0, 0)
	pic.X = 3
	_ = paint("b", false, pic)
	p.leaveTo(t, func(all string) { has("left", all, 0, 1) })
}

// leaveTo ends the screen and hands over what was written.
func (p *paper) leaveTo(t *testing.T, f func(string)) {
	t.Helper()
	var b strings.Builder
	p.out = &b
	p.leave()
	f(b.String())
}

// Sixel has no removal: its lines are written again when it goes, and it is when they were.
func TestPicturesInCells(t *testing.T) {
	p := newPaper(40, 10, colorprofile.TrueColor)
	pic := Picture{ID: 7, X: 3, Y: 1, W: 4, H: 2, Payload: "\x1bPqpicture\x1b\\"}
	paint := func(content string, pics ...Picture) {
		p.paint(shot{view: tea.NewView(content), size: Size{40, 10}, pictures: pics})
	}
	paint("0\n1\n2\n3", pic)
	paint("x\n1\n2\n3", pic)
	if strings.Contains(p.b, pic.Payload) {
		t.Errorf("sent again for a line above: %q", p.b)
	}
	paint("x\n1\nx\n3", pic)
	if !strings.Contains(p.b, pic.Payload) {
		t.Errorf("not sent again for a line beneath: %q", p.b)
	}
	paint("x\n1\nx\n3")
	if !strings.Contains(p.b, "\x1b[2H1\x1b[K\x1b[3Hx\x1b[K") || strings.Contains(p.b, "\x1b[4H") {
		t.Errorf("its lines, and only they, must be written again: %q", p.b)
	}
	pic.Y = 8 // the last row would scroll
	paint("x\n1\nx\n3", pic)
	if strings.Contains(p.b, pic.Payload) {
		t.Errorf("in the last row: %q", p.b)
	}
}

func TestCursorIsHiddenWhileLinesAreWritten(t *testing.T) {
	p := newPaper(40, 10, colorprofile.TrueColor)
	paint := func(content string, c *tea.Cursor) string {
		v := tea.NewView(content)
		v.Cursor = c
		p.paint(shot{view: v, size: Size{40, 10}})
		return p.b
	}
	for i, c := range []struct {
		content string
		cur     *tea.Cursor
		want    string
	}{
		{"a", tea.NewCursor(1, 0), enter + "\x1b[1Ha\x1b[K\x1b[1;2H\x1b[?25h"},
		{"a", tea.NewCursor(2, 0), "\x1b[1;3H"},
		{"b", tea.NewCursor(2, 0), "\x1b[?25l\x1b[1Hb\x1b[K\x1b[1;3H\x1b[?25h"},
		{"b", nil, "\x1b[?25l"},
		{"c", nil, "\x1b[1Hc\x1b[K"},
		{"c", tea.NewCursor(0, 3), "\x1b[4H\x1b[?25h"},
	} {
		if got := paint(c.content, c.cur); got != c.want {
			t.Errorf("frame %d: %q, want %q", i, got, c.want)
		}
	}
}

func TestMouseModeIsSwitched(t *testing.T) {
	p := newPaper(40, 10, colorprofile.TrueColor)
	mouse := func(m tea.MouseMode) string {
		v := tea.NewView("x")
		v.MouseMode = m
		p.paint(shot{view: v, size: Size{40, 10}})
		return p.b
	}
	_ = mouse(tea.MouseModeNone)
	for i, c := range []struct {
		mode tea.MouseMode
		want string
	}{{tea.MouseModeCellMotion, mouseOn}, {tea.MouseModeAllMotion, ""}, {tea.MouseModeNone, mouseOff}, {tea.MouseModeAllMotion, mouseOn}} {
		if got := mouse(c.mode); got != c.want {
			t.Errorf("step %d: %q, want %q", i, got, c.want)
		}
	}
	p.leaveTo(t, func(all string) {
		if all != mouseOff+leave {
			t.Errorf("left with %q", all)
		}
	})
}

func TestClamp(t *testing.T) {
	for in, want := range map[Size]Size{
		{0, 0}: {80, 24}, {80, 0}: {80, 24}, {-1, 5}: {80, 24}, {1, 1}: {20, 5}, {3000, 1000}: {500, 200}, {120, 40}: {120, 40},
	} {
		if got := in.Clamp(); got != want {
			t.Errorf("%v becomes %v, want %v", in, got, want)
		}
	}
}

func ExampleSize_Clamp() {
	fmt.Println(Size{3000, 1000}.Clamp())
	// Output: {500 200}
}
