package kit

import (
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
	"pgregory.net/rapid"
)

func plainEnv() Env { return Env{Printer: i18n.Printer{Lang: i18n.English}, Theme: NewTheme(NoColor)} }

// TestColumnsMakeRoom: what one column does not need goes to one that is cut.
func TestColumnsMakeRoom(t *testing.T) {
	cols := []Column{{Name: "x.code", Width: 16, Share: 1}, {Name: "x.course", Width: 16, Share: 1}, {Name: "x.n", Width: 4, Right: true}}
	rows := []Row{{Cells: []Cell{{Text: "linux"}, {Text: "Linux and the cloud, for beginners"}, {Text: "7"}}}}
	ws := layout(cols, 60)
	if ws[1] >= 34 {
		t.Fatalf("nothing is cut: %v", ws)
	}
	fit(plainEnv(), cols, ws, rows, 60)
	if ws[1] != 34 || used(ws) > 60 || ws[0] < len("linux") {
		t.Errorf("%v", ws)
	}
}

// TestFitKeepsTheWidth: whatever the cells, the row is no wider than before and
// no column that was read whole is cut.
func TestFitKeepsTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "columns")
		var cols []Column
		var cells []Cell
		for range n {
			cols = append(cols, Column{Name: "x.c", Width: rapid.IntRange(1, 20).Draw(t, "width"), Share: rapid.IntRange(0, 3).Draw(t, "share"), Drop: rapid.IntRange(0, 2).Draw(t, "drop")})
			cells = append(cells, Cell{Text: strings.Repeat("客", rapid.IntRange(0, 20).Draw(t, "cells"))})
		}
		w := rapid.IntRange(1, 100).Draw(t, "w")
		before := layout(cols, w)
		after := append([]int{}, before...)
		fit(plainEnv(), cols, after, []Row{{Cells: cells}}, w)
		if used(after) > max(w, used(before)) {
			t.Fatalf("%v became %v in %d", before, after, w)
		}
		for i := range cols {
			whole := before[i] >= max(1, width.Of(cells[i].Text))
			if (before[i] == 0) != (after[i] == 0) || after[i] < 0 || whole && after[i] < width.Of(cells[i].Text) {
				t.Fatalf("column %d: %v became %v", i, before, after)
			}
		}
	})
}

// TestWhatIsCutIsTold: the highlighted row's text is written whole below.
func TestWhatIsCutIsTold(t *testing.T) {
	long := strings.Repeat("word ", 20) + "end"
	l := NewList(ListSpec{Columns: []Column{{Name: "x.a", Width: 10}, {Name: "x.b", Width: 30, Share: 1, Tell: true}}})
	l.rows, l.loaded, l.w, l.h = []Row{{ID: 1, Cells: []Cell{{Text: "a"}, {Text: long}}}, {ID: 2, Cells: []Cell{{Text: "b"}, {Text: "short"}}}}, true, 80, 10
	l.env = plainEnv()
	v := l.View(l.env, 80, 10)
	if text := strings.Join(v.Lines, "\n"); len(v.Lines) > 10 || !strings.Contains(Strip(v.Lines[len(v.Lines)-1]), "word end") {
		t.Errorf("%d lines:\n%s", len(v.Lines), text)
	}
	if l.at = 1; strings.Contains(strings.Join(l.View(l.env, 80, 10).Lines, "\n"), "word end") {
		t.Error("tells of another row")
	}
	if n := len(l.foot(l.env, 200)); n != 0 {
		t.Errorf("%d lines where nothing is cut", n)
	}
}
