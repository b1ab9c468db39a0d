package kit_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestRangesAndEmptiness(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("f").Type("fee").Keys("enter").See("from ... to ...", "not empty").Keys("enter").See("Fee: from ... to ...").Everywhere()
	d.Type("100").Keys("tab").Type("900").Keys("ctrl+s").See("search fee:100..900")
	d.Keys("f").Type("fee").Keys("enter").Type("from").Keys("enter", "tab", "ctrl+u", "ctrl+s").See("search fee:>=100")
	d.Keys("f").Type("last").Keys("enter").Type("not em").Keys("enter").See("last:any")
	d.Keys("f").Type("last").Keys("enter").Type("from").Keys("enter").Type("2026-11-01").Keys("enter").Type("+3d").Keys("ctrl+s").See("last:2026-11-01..20")
	d.Keys("f").Type("last").Keys("enter").Type("type").Keys("enter").See("longer ago").Keys("ctrl+u").Type(">30d").Keys("enter").See("last:>30d")
}

func TestSavedLists(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("S").See("there are no conditions yet")
	d.Keys("f").See("from Baidu (shared by Alice)").Everywhere().Keys("enter").See("search source:baidu")
	d.Keys("/").Type("sort:-name").Keys("enter", "S").See("save this list", "source:baidu sort:-name").Everywhere()
	d.Type("Baidu by name").Keys("tab").Keys("right", "ctrl+s").See("kept as")
	d.Keys("backspace", "f").Type("by name").See("Baidu by name (shared with sales)").Keys("enter").See("search source:baidu sort:-name")
	d.Keys("y")
	if d.Clip != "source:baidu sort:-name" {
		t.Errorf("copied %q", d.Clip)
	}
	d.Keys("esc", "backspace", "/").Paste(d.Clip).Keys("enter").See("search source:baidu sort:-name")
	d.Keys("f").Type("by name").Keys("ctrl+x").See("Delete the saved list").Everywhere().Keys("y").See("is deleted")
	d.Keys("f").SeeNot("Baidu by name (shared with sales)")
}

func TestColumnsOfOnesOwn(t *testing.T) {
	d0, d := demo(t, 60)
	d.SeeNot("Memo").Keys("C").See("8 chosen").Everywhere()
	d.Keys("right").Keys("down", "tab", "tab", "tab", "tab").See("4 chosen") // phone, source, status and owner go
	d.Keys("up", "ctrl+down").See("1 Last contact", "2 Name").Keys("ctrl+up").Everywhere().Keys("enter").See("Memo", "kept for you").SeeNot("Phone")
	if got := strings.Join(d0.Prefs.Columns, " "); got != "name last fee memo" {
		t.Errorf("kept %q", got)
	}
	if row := d.Row("王小明"); !strings.Contains(row, "刚刚") || strings.Contains(row, "138") {
		t.Errorf("the cells of other columns: %q", row)
	}
	d.Keys("P").Type("10").Keys("enter").See("1-10 of 60").Keys("pgdown").See("11-20 of 60").Everywhere()
	d.Keys("C", "ctrl+r", "enter").See("Phone")
	if len(d0.Prefs.Columns) != 0 || d0.Prefs.Page != 10 {
		t.Errorf("kept %v", d0.Prefs)
	}
}

func TestBothPanesScroll(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("C", "right")
	for range 7 {
		d.Keys("down")
	}
	if h := d.Highlighted(); !strings.Contains(h, "Memo") {
		t.Errorf("highlighted %q", h)
	}
	d.Resize(60, 15).See("Memo").Keys("left").Type("sour").See("[x] Source").Keys("tab", "tab").See("8 chosen").Keys("right", "right").See("8 Source")
}

// What is refused of many is listed, scrolls, and stays marked.
func TestAllThatMatch(t *testing.T) {
	_, d := demo(t, 300)
	d.Keys("A").See("all 300 that match are marked", "300 marked")
	d.Keys("c").See("240 done, 60 refused").Everywhere().Keys("G").See("+ ").Keys("enter").See("60 marked")
	d.Keys("/").Type("source:zhihu").Keys("enter").SeeNot("60 marked").Keys("A").See(fmt.Sprintf("%d marked", 50))
}
