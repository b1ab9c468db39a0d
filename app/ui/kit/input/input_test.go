package input

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

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

// The cell that Cursor names is where an emulator's cursor stands after the text before it.

// tmux, the emulator with the most users, has the cursor where we say.

// TestAProposalIsWrittenOver: what is typed takes its place, any other key makes it one's own.
func TestAProposalIsWrittenOver(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string
	}{
		{nil, "+1w"},
		{[]string{"f", "ri"}, "fri"},
		{[]string{"end", "x"}, "+1wx"},
		{[]string{"left", "backspace", "2"}, "+2w"},
		{[]string{"backspace"}, ""},
		{[]string{"delete", "-"}, "-"},
		{[]string{"a", "ctrl+y"}, "a+1w"}, // and can be brought back
		{[]string{"enter", "x"}, "x"},     // the form's key, not the field's
	} {
		l := NewLine(20)
		l.Propose("+1w")
		if got := typeLine(l, c.keys...).Value(); got != c.want {
			t.Errorf("%v: %q, want %q", c.keys, got, c.want)
		}
	}
	l := NewLine(20)
	if l.Propose("+1w"); !l.Proposed() || typeLine(l, "x").Proposed() {
		t.Error("is no proposal before, or one after")
	}
	l.Propose("+1w")
	if l.Set("+2d"); l.Proposed() {
		t.Error("what was set is a proposal")
	}
}
