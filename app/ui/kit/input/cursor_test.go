package input

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"cohort/app/ui/kit/width"
)

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

func TestCursorInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("COHORT_REQUIRE_CLIENTS") != "" {
			t.Fatal("tmux is missing")
		}
		t.Skip("no tmux")
	}
	l := NewLine(60)
	typeLine(l, "张三，Li四", "left", "left")
	x := l.Cursor(30)
	socket := fmt.Sprintf("cohort-%s-%d", t.Name(), time.Now().UnixNano())
	tmux := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-L", socket}, args...)...).CombinedOutput()
		if err != nil {
			if os.Getenv("COHORT_REQUIRE_CLIENTS") != "" {
				t.Fatalf("tmux: %v %s", err, out)
			}
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
