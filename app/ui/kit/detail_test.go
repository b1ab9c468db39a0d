package kit_test

import (
	"context"
	"strings"
	"testing"

	"cohort/app/fault"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
	"cohort/app/ui/kit/line"
)

func TestDetail(t *testing.T) {
	d0, d := demo(t, 20)
	d.Keys("enter").See("Name", "王小明", "Related", "History").Everywhere()
	if h := d.Highlighted(); !strings.HasPrefix(h, "Owner") {
		t.Errorf("first thing to open: %q", h)
	}
	d.Keys("enter").See("+- Owner").Keys("esc")
	d.Keys("j", "j").Keys("enter").See("王小明 > 刘思远").Keys("esc", "G").See("Payments", "Nothing here yet", "100%")
	d.Keys("g").See("Phone")
	d0.Change(1, func(p *kittest.Person) { p.Name = "王改名" })
	d.See("Customers > 王改名")
}

func TestDetailThatIsNotThere(t *testing.T) {
	_, d := demo(t, 5)
	d.Send(kit.OpenMsg{Address: "people/99"})
	d.See("no such record").Everywhere().Keys("esc").See("1-5 of 5")
}

func TestDangerNeedsAWord(t *testing.T) {
	_, d := demo(t, 5)
	d.Keys("enter", "D").See("type delete to go on").Everywhere().Keys("enter").See("type delete")
	d.Type("delete").See("enter yes").Keys("enter").See("1-5 of 5", "done")
}

// Pictures move with the lines, and go when they are not wholly in sight or a
// dialog lies over them.
func TestPicturesInADetail(t *testing.T) {
	page := kit.DetailPage{Title: "docs", Sections: []kit.Section{{Draw: func(_ kit.Env, w int) kit.Drawn {
		lines := make([]string, 30)
		lines[4] = "the picture's first line"
		return kit.Drawn{Lines: lines, Pictures: []line.Picture{{ID: 1, X: 2, Y: 4, W: 10, H: 5, Payload: "p"}}}
	}}}}
	s := kit.NewDetail(kit.DetailSpec{Name: "kit.ok", Load: func(context.Context) (kit.DetailPage, error) { return page, nil }})
	_, d := demo(t, 5)
	d.Send(kit.Push(s))
	at := func() int {
		d.Root.View()
		if p := d.Root.Pictures(); len(p) > 0 {
			if !strings.Contains(d.Lines()[p[0].Y], "first line") {
				t.Errorf("the picture at %d is not at its line:\n%s", p[0].Y, d.Text())
			}
			return p[0].Y
		}
		return -1
	}
	if y := at(); y != 5 {
		t.Errorf("at %d", y)
	}
	d.Keys("j", "j")
	if y := at(); y != 3 {
		t.Errorf("after scrolling at %d", y)
	}
	if d.Keys("?"); len(d.Root.Pictures()) != 0 {
		t.Error("a picture over a dialog")
	}
	d.Keys("esc").Keys("j", "j", "j")
	if y := at(); y != -1 {
		t.Errorf("half out of sight it is still at %d", y)
	}
}

func TestPromptAndChoose(t *testing.T) {
	got := ""
	a := &asker{ask: func() kit.Cmd {
		return kit.Show(&kit.Prompt{Name: "kit.ok", Body: []any{"why?"}, Check: func(s string) error {
			if s == "" {
				return fault.Field("reason", "fault.required")
			}
			return nil
		}, Then: func(s string) kit.Cmd {
			return kit.Choose("kit.sort", []kit.Option{{Value: "1", Label: "one"}, {Value: "2", Label: "two", Off: fault.New(fault.Conflict, "fault.busy")}},
				func(o kit.Option) kit.Cmd { got = s + o.Value; return nil })
		}})
	}}
	d := rootOf(t, a)
	d.Keys("o").See("why?").Keys("enter").See("required").Type("因为").Everywhere().Keys("enter")
	d.See("one").Type("tw").Keys("enter").See("the school is busy").Keys("backspace", "backspace", "enter")
	if got != "因为1" || d.Root.Depth() != 1 {
		t.Errorf("got %q at depth %d", got, d.Root.Depth())
	}
}

func TestViewerScrolls(t *testing.T) {
	var lines []string
	for i := range 60 {
		lines = append(lines, strings.Repeat("字", 50)+kit.ID(int64(i)))
	}
	d := rootOf(t, &asker{ask: func() kit.Cmd { return kit.Show(&kit.Viewer{Key: "kit.ok", Lines: lines}) }})
	d.Keys("o").Everywhere().Keys("G").See("59").Keys("g").SeeNot("59").Keys("space", "j").Everywhere().Keys("esc").SeeNot("字")
}

// A long list of what would go scrolls, and enter does not answer it.
func TestLongDangerScrolls(t *testing.T) {
	var lines []string
	for i := range 60 {
		lines = append(lines, "row "+kit.ID(int64(i)))
	}
	done := false
	d := rootOf(t, &asker{ask: func() kit.Cmd {
		return kit.Show(&kit.Confirm{Name: "kit.ok", Body: []any{strings.Join(lines, "\n")}, Danger: true, Then: func() kit.Cmd { done = true; return nil }})
	}})
	d.Keys("o").See("row 0").SeeNot("row 59").Everywhere().Keys("enter", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown").See("row 59").Everywhere()
	if done {
		t.Fatal("enter answered it")
	}
	if d.Keys("y"); !done {
		t.Error("y did not")
	}
}
