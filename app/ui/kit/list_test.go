package kit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

func TestListMoves(t *testing.T) {
	_, d := demo(t, 400)
	d.Keys("G").See("of 400")
	if h := d.Highlighted(); h == "" || !strings.Contains(d.Text(), "381-400 of 400") {
		t.Fatalf("at the end: %q\n%s", h, d.Text())
	}
	d.Keys("g").See("1-20 of 400")
	for range 30 {
		d.Burst("pgdown", "j")
	}
	d.See("-400 of 400").Keys("k").Keys("G").See("381-400 of 400")
	for range 30 {
		d.Burst("ctrl+u", "k")
	}
	d.See("1-20 of 400")
}

// Every row comes once and in order, whichever way one walks.
func TestListPagesWithoutGaps(t *testing.T) {
	d0 := kittest.NewDemo(1300)
	l := d0.People()
	o := d0.Options(i18n.English)
	o.Home = func() kit.Screen { return l }
	d := kittest.New(t, o)
	walk := func(key string, n int) {
		for range n {
			d.Keys(key)
			for i, r := range l.Rows()[1:] {
				if r.ID != l.Rows()[i].ID+1 {
					t.Fatalf("row %d follows %d", r.ID, l.Rows()[i].ID)
				}
			}
		}
	}
	walk("pgdown", 40)
	d.See("801-820 of 1,300")
	if r, _ := l.Current(); r.ID != 801 {
		t.Fatalf("at %d", r.ID)
	}
	if n := len(l.Rows()); n > 600 {
		t.Errorf("%d rows held", n)
	}
	walk("pgup", 20)
	if r, _ := l.Current(); r.ID != 401 {
		t.Fatalf("at %d after going back", r.ID)
	}
	d.Keys("G")
	walk("pgup", 50)
	if r, _ := l.Current(); r.ID != 301 && r.ID != 300 {
		t.Fatalf("at %d after walking up from the end", r.ID)
	}
	d.Keys("g").See("1-20 of 1,300")
}

func TestListKeepsItsPlace(t *testing.T) {
	d0, d := demo(t, 400)
	for range 3 {
		d.Keys("pgdown")
	}
	d.Keys("j", "j")
	was, line := d.Highlighted(), -1
	for i, l := range d.Lines() {
		if strings.Contains(l, strings.Fields(was)[0]) && strings.Contains(l, strings.Fields(was)[1]) {
			line = i
		}
	}
	for i := range 5 {
		d0.Insert(kittest.Person{Name: fmt.Sprintf("New %d", i)})
	}
	d.See("of 405")
	if now := d.Highlighted(); now != was {
		t.Errorf("highlighted %q, was %q", now, was)
	}
	if !strings.Contains(d.Lines()[line], strings.Fields(was)[1]) {
		t.Errorf("the row moved on the screen:\n%s", d.Text())
	}
	if d.Row("of 405") == "" || !strings.Contains(d.Text(), "66-85 of 405") {
		t.Errorf("place:\n%s", d.Text())
	}
}

// A row that goes leaves the highlight on its neighbour.
func TestListLosesARow(t *testing.T) {
	d0, d := demo(t, 60)
	d.Keys("/").Type("owner:李雷").Keys("enter").Keys("j", "j")
	d0.Change(3, func(p *kittest.Person) { p.Owner = "Bob" })
	d.See("1-14 of 14").SeeNot("黄雨欣")
	if h := d.Highlighted(); h == "" {
		t.Errorf("nothing highlighted:\n%s", d.Text())
	}
}

// Typing goes on while the query runs, and the newest answer wins.
func TestSearchAsYouType(t *testing.T) {
	d0, d := demo(t, 400)
	slow := make(chan struct{})
	d0.Delay = func(what string) {
		if what == "page 王" {
			<-slow
		}
	}
	d.Press("/", "王").Glance()
	d.Clock.Step(200 * time.Millisecond)
	d.Glance().Now("search 王")
	d.Press("小", "明").Glance()
	d.Clock.Step(200 * time.Millisecond)
	d.Glance().Now("search 王小明")
	close(slow)
	d.Settle()
	d.See("王小明").SeeNot("王思远").Keys("esc").See("1-20 of 400").SeeNot("search 王")
}

func TestSearchRefused(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("/").Type("bad:1").See("there is no condition", "search bad:1").Everywhere()
	d.Keys("enter", "G").See("bad:1").SeeNot("«")
	if h := d.Highlighted(); h == "" { // the rows before stay, and can be walked through to their end
		t.Errorf("nothing is highlighted:\n%s", d.Text())
	}
	d.Keys("backspace").See("1-20 of 60").SeeNot("no condition")
}

func TestFilterMenuComposesTheQuery(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("f").Type("sour").Keys("enter").See("baidu").Keys("tab", "tab", "enter").See("search source:baidu,qq_group")
	d.Keys("f").Type("last").Keys("enter").Type("month").Keys("enter").See("source:baidu,qq_group last:this_month")
	d.Keys("f").Type("owner").Keys("enter").Type("ali").Keys("enter").See("owner:Alice")
	d.Keys("f").Type("vip").Keys("enter", "enter").See("vip:yes")
	d.Keys("f").Type("vip").Keys("enter").See("any").Keys("up", "up", "enter").SeeNot("vip:")
	d.Keys("f").Type("phone").Keys("enter").Type("138 00").Keys("enter").See(`phone:"138 00"`)
	d.Keys("f").Type("my cust").Keys("enter").See("search owner:李雷").SeeNot("phone:")
	d.Keys("f").Type("clear").Keys("enter").See("1-20 of 60")
}

func TestSort(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("s").Type("name").Keys("enter").See("sort:name", "Name ^")
	d.Keys(">").See("sort:last", "Last contact ^").Keys("<").See("sort:name")
	d.Keys("s").Type("desc").Keys("enter").See("sort:-name", "Name v")
}

func TestMarkAndAct(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("space", "space", "space", "space", "space").See("5 marked", "* 王小明")
	d.Keys("c").See("4 done, 1 refused", "马浩然: somebody changed this record")
	d.Keys("esc").See("1 marked", "* 马浩然").Keys("esc").SeeNot("marked") // what was refused stays marked
	d.Keys("space", "esc").SeeNot("marked").See("1-20 of 60")
	d.Keys("g", "c").See("done: 1")
	d.Keys("A").See("60 marked").Keys("A").SeeNot("60 marked")
}

func TestEmptyLists(t *testing.T) {
	_, d := demo(t, 60)
	d.Keys("/").Type("nobody here").See("Nothing matches").Keys("enter", "backspace").See("1-20 of 60")
	d.Keys("3").See("Press n to add the first").Everywhere()
}

func TestCapped(t *testing.T) {
	_, d := demo(t, 10_500)
	d.See("1-20 of 10,000+").Keys("G", "k").See("10,000+ in all")
}

func TestColumnsDropFrom120To80(t *testing.T) {
	_, d := demo(t, 60)
	d.Resize(120, 36).Keys("ctrl+b").See("Memo", "Fee")
	d.Resize(80, 24).SeeNot("Memo", "Fee").See("Owner", "Last contact")
	d.Resize(60, 24).SeeNot("Source").See("Status", "Last contact")
}

// TestFoundIsSetOffInRows: what a plain word has found is underlined, in rows and
// in the selected one, and no more once the search is gone.
func TestFoundIsSetOffInRows(t *testing.T) {
	_, d := demo(t, 400)
	d.Keys("/").Type("王小").Keys("enter").See("王小明")
	if s := d.Root.View().Content; !strings.Contains(s, ";4m王小\x1b[m") || !strings.Contains(s, "[7;4m王小") {
		t.Errorf("not set off: %q", s)
	}
	d.Keys("/", "ctrl+u", "enter").See("of 400")
	if s := d.Root.View().Content; strings.Contains(s, "4m王小") {
		t.Errorf("still set off: %q", s)
	}
}
