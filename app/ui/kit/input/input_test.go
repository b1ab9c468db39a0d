package input

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"cohort/app/ui/kit/width"
)

// press makes key messages from names; anything else is typed character by character.
func press(keys ...string) []tea.Msg {
	codes := map[string]rune{
		"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome,
		"end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "enter": tea.KeyEnter,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "tab": tea.KeyTab, "esc": tea.KeyEscape,
	}
	var out []tea.Msg
	for _, k := range keys {
		mod := tea.KeyMod(0)
		name := k
		if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
			name, mod = rest, mod|tea.ModCtrl
		}
		if rest, ok := strings.CutPrefix(name, "alt+"); ok {
			name, mod = rest, mod|tea.ModAlt
		}
		if code, ok := codes[name]; ok {
			out = append(out, tea.KeyPressMsg{Code: code, Mod: mod})
			continue
		}
		for _, r := range name {
			msg := tea.KeyPressMsg{Code: r, Mod: mod}
			if mod == 0 {
				msg.Text = string(r)
			}
			out = append(out, msg)
		}
	}
	return out
}

func typeLine(l *Line, keys ...string) *Line {
	for _, m := range press(keys...) {
		l.Update(m)
	}
	return l
}

func typeArea(a *Area, keys ...string) *Area {
	for _, m := range press(keys...) {
		a.Update(m)
	}
	return a
}

func TestLineKeys(t *testing.T) {
	for _, c := range []struct {
		keys string
		want string // "|" is the cursor
	}{
		{"张三", "张三|"},
		{"张三 left 小", "张小|三"},
		{"abc home x", "x|abc"},
		{"abc ctrl+a x end y", "xabcy|"},
		{"abc ctrl+b ctrl+b ctrl+f x", "abx|c"},
		{"张三 backspace", "张|"},
		{"张三 ctrl+h ctrl+h ctrl+h", "|"},
		{"张三 left delete", "张|"},
		{"张三 home ctrl+d ctrl+d ctrl+d", "|"},
		{"one,two alt+b x", "one,x|two"},
		{"one,two home alt+f x", "onex|,two"},
		{"one,two ctrl+w", "one,|"},
		{"one,two ctrl+left ctrl+left alt+d", "|,two"},
		{"one,two left left ctrl+k", "one,t|"},
		{"one,two left left ctrl+u", "|wo"},
		{"one,two ctrl+w home ctrl+y", "two|one,"},
		{"张三，李四 ctrl+w", "张三，|"},
		{"abc enter tab esc up down ctrl+v alt+x", "abc|"},
	} {
		l := typeLine(NewLine(50), strings.Fields(c.keys)...)
		got := string(l.runes[:l.pos]) + "|" + string(l.runes[l.pos:])
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.keys, got, c.want)
		}
	}
}

// A character and its accent are one step.
func TestMarksGoWithTheirCharacter(t *testing.T) {
	l := NewLine(10)
	l.Set("ae\u0301b")
	typeLine(l, "left", "left")
	if l.pos != 1 || l.Cursor(8) != 1 {
		t.Errorf("at %d", l.pos)
	}
	typeLine(l, "right", "backspace")
	if l.Value() != "ab" {
		t.Errorf("%q left", l.Value())
	}
}

func TestChanged(t *testing.T) {
	l := NewLine(3)
	for i, c := range []struct {
		msg  tea.Msg
		want bool
	}{
		{press("a")[0], true}, {press("left")[0], false}, {press("backspace")[0], false}, {press("delete")[0], true},
		{tea.PasteMsg{Content: "abcd"}, true}, {press("x")[0], false}, {tea.PasteMsg{Content: "\x1b[m"}, false},
		{tea.WindowSizeMsg{}, false}, {press("ctrl+y")[0], false},
	} {
		if got := l.Update(c.msg); got != c.want {
			t.Errorf("message %d: changed %v", i, got)
		}
	}
	if l.Value() != "abc" {
		t.Errorf("value %q", l.Value())
	}
}

func TestPasteIsCleanedAndLimited(t *testing.T) {
	l := NewLine(10)
	l.Update(tea.PasteMsg{Content: "张\x1b[31m三\r\n\u202e李\u200b四\t" + strings.Repeat("长", 1<<20)})
	if got := l.Value(); got != "张三 李四 长长长长" {
		t.Errorf("line %q", got)
	}
	a := NewArea(10)
	a.Update(tea.PasteMsg{Content: "张\x1b[31m三\r\n\u202e李\r四\tabcdefgh"})
	if got := a.Value(); got != "张三\n李\n四 abc" {
		t.Errorf("area %q", got)
	}
	l.Set("\x1b]0;x\aab\ncd")
	if got := l.Value(); got != "ab cd" {
		t.Errorf("set %q", got)
	}
}

// 100 KB that arrive as single keys, as without bracketed paste, take no time worth measuring.
func TestUnbracketedPaste(t *testing.T) {
	l, a := NewLine(200), NewArea(10_000)
	start := time.Now()
	for _, m := range press(strings.Repeat("长文本 abc。", 12_000)) {
		l.Update(m)
		a.Update(m)
	}
	a.View(60, 10)
	if l.Len() != 200 || a.Len() != 10_000 {
		t.Errorf("%d and %d characters", l.Len(), a.Len())
	}
	t.Log(time.Since(start))
}

func TestLineViewScrolls(t *testing.T) {
	l := NewLine(100)
	l.Set("张三李四王五赵六")
	for _, c := range []struct {
		keys, view string
		x          int
	}{
		{"", "四王五赵六", 10}, // 11 cells: the cursor's cell stays free
		{"left left left left", "四王五赵六", 2},
		{"left left", "李四王五赵", 0}, // scrolled
		{"home", "张三李四王", 0},
		{"right right right right right", "张三李四王", 10},
		{"end", "四王五赵六", 10},
		{"backspace backspace backspace", "张三李四王", 10},
		{"backspace", "张三李四", 8},
	} {
		typeLine(l, strings.Fields(c.keys)...)
		view, x := l.View(11, true), l.Cursor(11)
		if width.Of(view) != 11 || x != c.x || strings.TrimSpace(view) != c.view {
			t.Errorf("%s: %q cursor %d, want %q %d", c.keys, view, x, c.view, c.x)
		}
	}
	l.Set("张三李四王五赵六")
	if v := l.View(7, false); v != "张三李 " {
		t.Errorf("without focus %q", v)
	}
}

func TestMask(t *testing.T) {
	l := NewLine(20)
	l.Mask(true)
	typeLine(l, "密码ab", "left")
	if v, x := l.View(8, true), l.Cursor(8); v != "****    " || x != 3 {
		t.Errorf("%q, cursor %d", v, x)
	}
	typeLine(l, "ctrl+u", "ctrl+y")
	if l.Value() != "b" {
		t.Errorf("a password came back: %q", l.Value())
	}
}

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

// The cell that Cursor names is where an emulator's cursor stands after the text before it.
func TestCursorIsInTheRightCell(t *testing.T) {
	char := rapid.StringOf(rapid.RuneFrom([]rune("ab 张三，。é(-\n")))
	names := []string{"left", "right", "home", "end", "backspace", "delete", "alt+b", "alt+f", "ctrl+w", "ctrl+k", "up", "down", "enter"}
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(2, 30).Draw(t, "w"), rapid.IntRange(1, 6).Draw(t, "h")
		l, a := NewLine(60), NewArea(200)
		s := char.Draw(t, "text")
		l.Set(s)
		a.Set(s)
		for _, k := range rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(names), rapid.SampledFrom([]string{"张", "a", " "}))).Draw(t, "keys") {
			typeLine(l, k)
			typeArea(a, k)
			checkLine(t, l, w)
			checkArea(t, a, w, h)
		}
	})
}

func checkLine(t *rapid.T, l *Line, w int) {
	view, x := l.View(w, true), l.Cursor(w)
	if width.Of(view) != w || x < 0 || x >= w {
		t.Fatalf("view %q (%d cells), cursor %d of %d", view, width.Of(view), x, w)
	}
	e := vt.NewEmulator(w+2, 1)
	_, _ = e.Write([]byte(string(l.runes[l.first:l.pos])))
	if got := e.CursorPosition().X; got != x {
		t.Fatalf("cursor in cell %d, the emulator's in %d, after %q", x, got, string(l.runes[l.first:l.pos]))
	}
	if !strings.HasPrefix(view, string(l.runes[l.first:l.pos])) {
		t.Fatalf("%q does not show the text before the cursor, %q", view, string(l.runes[l.first:l.pos]))
	}
}

func checkArea(t *rapid.T, a *Area, w, h int) {
	view := a.View(w, h)
	x, y := a.Cursor(w, h)
	rows := strings.Split(view, "\n")
	if len(rows) != h || x < 0 || x >= w || y < 0 || y >= h {
		t.Fatalf("%d rows, cursor %d,%d in %d×%d", len(rows), x, y, w, h)
	}
	for _, r := range rows {
		if width.Of(r) != w {
			t.Fatalf("row %q is %d cells of %d", r, width.Of(r), w)
		}
	}
	var shown strings.Builder // all rows together are the text
	for _, r := range a.rows {
		shown.WriteString(string(a.runes[r.from:r.next]))
	}
	if shown.String() != a.Value() {
		t.Fatalf("rows hold %q, the text is %q", shown.String(), a.Value())
	}
	r := a.rows[a.top+y]
	if got := width.Of(string(a.runes[r.from:a.pos])); got != x && x != w-1 {
		t.Fatalf("cursor %d behind %q", x, string(a.runes[r.from:a.pos]))
	}
}

// tmux, the emulator with the most users, has the cursor where we say.
func TestCursorInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux")
	}
	l := NewLine(60)
	typeLine(l, "张三，Li四", "left", "left")
	x := l.Cursor(30)
	socket := fmt.Sprintf("cohort-%s-%d", t.Name(), time.Now().UnixNano())
	tmux := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-L", socket}, args...)...).CombinedOutput()
		if err != nil {
			t.Skipf("tmux does not run here: %v %s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	print := fmt.Sprintf("printf '%s'; sleep 60", string(l.runes[l.first:l.pos]))
	tmux("new-session", "-d", "-x", "80", "-y", "5", print)
	defer tmux("kill-server")
	got := ""
	for end := time.Now().Add(10 * time.Second); got != fmt.Sprint(x) && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got = tmux("display", "-p", "#{cursor_x}")
	}
	if got != fmt.Sprint(x) {
		t.Errorf("we say cell %d, tmux %s", x, got)
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
