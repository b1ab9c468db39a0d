package kit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"

	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

// formOf shows a form on top of the list, and gives what it submits.
func formOf(t *testing.T, fields []kit.Field, save func(kit.Submit) error) (*kittest.Driver, *kit.Form, *kit.Submit) {
	t.Helper()
	var got kit.Submit
	f := kit.NewForm(kit.FormSpec{Name: "demo.add", Fields: fields, Save: func(_ context.Context, s kit.Submit) (kit.Cmd, error) {
		got = s
		if save != nil {
			return nil, save(s)
		}
		return nil, nil
	}})
	_, d := demo(t, 20)
	d.Send(kit.Push(f))
	return d, f, &got
}

func TestFormFillsEveryKind(t *testing.T) {
	d0, d := demo(t, 20)
	d.Keys("n").Everywhere()
	d.Type("王五").Keys("tab").Type("13900001111")
	d.Keys("tab").Type("zhi").Keys("enter").See("zhihu") // a long choice opens by typing
	d.Keys("tab", "right", "right").See("(o) enrolled")
	d.Keys("tab", "enter").See("Owner", "韩梅梅").Type("ali").Keys("enter").See("Alice")
	d.Keys("tab", "enter").Keys("tab").Type("前").Keys("tab", "enter").See("python, 前端")
	d.Keys("tab").Type("+3d").See("2026-11-25 Wed").Keys("enter").See("2026-11-25       Wed")
	d.Keys("up", "down").Type("5,980.5").Keys("tab").See("5980.50")
	d.Keys("space").See("[x] yes").Keys("tab").Type("备注").Keys("enter").Type("第二行").Everywhere()
	d.Keys("ctrl+s").See("saved", "王五")
	if p, err := d0.Find(21); err != nil || p.Owner != "Alice" || p.Source != "zhihu" {
		t.Errorf("saved %+v, %v", p, err)
	}
}

func TestFormValues(t *testing.T) {
	d, _, got := formOf(t, []kit.Field{
		{Name: "a", Label: "demo.name"}, {Name: "fee", Label: "demo.fee", Kind: kit.KindMoney}, {Name: "next", Label: "demo.next", Kind: kit.KindDate},
		{Name: "vip", Label: "demo.vip", Kind: kit.KindBool}, {Name: "shown", Label: "demo.made", Kind: kit.KindShow, Value: kit.Value{Text: "fixed"}},
		{Name: "gone", Label: "demo.memo", Hidden: func(v kit.Values) bool { return !v.Bool("vip") }},
	}, nil)
	d.Type(" x ").Keys("tab").Type("￥1,234.5").Keys("tab").Type("周五").Keys("tab").SeeNot("Memo").Keys("space").See("Memo")
	d.Keys("tab").Type("m").Keys("ctrl+s").See("saved")
	v := got.Values
	if v.Text("a") != "x" || v.Fen("fee") != 123450 || v.Day("next") != "2026-11-27" || !v.Bool("vip") || v.Text("gone") != "m" {
		t.Errorf("values %+v", v)
	}
	if _, there := v["shown"]; there {
		t.Error("a read-only field was handed to Save")
	}
	if strings.Join(got.Changed, " ") != "a fee next vip gone" {
		t.Errorf("changed %v", got.Changed)
	}
}

func TestFormRefusals(t *testing.T) {
	_, d := demo(t, 20)
	d.Keys("n", "ctrl+s").See("! required").Everywhere()
	d.Type("wrong").SeeNot("! required\n  Phone").Keys("tab", "tab").Type("b").Keys("enter", "ctrl+s")
	d.See("! too long: at most 3", `! "x" is not a number`, "! the school is busy").Everywhere()
	d.Keys("shift+tab", "shift+tab").Type("!").SeeNot("too long")
	d.Keys("tab", "tab", "tab", "tab", "tab", "tab").Type("soon").Keys("ctrl+s").See(`! "soon" is not a date`)
}

func TestCheckWhileTyping(t *testing.T) {
	d0, d := demo(t, 20)
	p, _ := d0.Find(7)
	d.Keys("n").Type("x").Keys("tab").Type(p.Phone).See("! customer exists: owned by Alice", "^N notify the owner").Everywhere()
	d.Keys("ctrl+n").See("Alice was notified")
	d.Keys("tab").Type("b").Keys("enter", "ctrl+s").See("! customer exists") // it stops saving
	if d0.Saves != 0 {
		t.Error("saved in spite of the check")
	}
	d.Keys("backspace").SeeNot("customer exists").Keys("ctrl+s").See("saved")
}

// The newest check wins: an answer about what stood there before is dropped.
func TestLateCheckIsDropped(t *testing.T) {
	d0, d := demo(t, 20)
	p, _ := d0.Find(7)
	slow := make(chan struct{})
	d0.Delay = func(what string) {
		if what == "check "+p.Phone {
			<-slow
		}
	}
	d.Keys("n").Type("x").Keys("tab")
	d.Paste(p.Phone[:10]).Press(p.Phone[10:])
	d.Clock.Step(time.Second)
	d.Glance().Press("9").Glance()
	d.Clock.Step(time.Second)
	d.Glance()
	close(slow)
	d.Settle()
	d.SeeNot("customer exists")
}

func TestStaleMergesWhatDoesNotCollide(t *testing.T) {
	d0, d := demo(t, 20)
	d.Keys("enter", "e").Keys("end").Type("明")
	d0.Change(1, func(p *kittest.Person) { p.Memo = "theirs" })
	d.Keys("ctrl+s").See("filled in", "王小明明", "theirs")
	d.Keys("ctrl+s").See("saved")
	if p, _ := d0.Find(1); p.Name != "王小明明" || p.Memo != "theirs" {
		t.Errorf("%+v", p)
	}
}

func TestStaleAsksFieldByField(t *testing.T) {
	for _, theirs := range []bool{false, true} {
		d0, d := demo(t, 20)
		d.Keys("enter", "e").Keys("end").Type("明")
		d0.Change(1, func(p *kittest.Person) { p.Name = "王大明" })
		d.Keys("ctrl+s").See("somebody changed Name too", "mine: 王小明明", "theirs: 王大明").Everywhere()
		want := "王小明明"
		if theirs {
			d.Keys("down")
			want = "王大明"
		}
		d.Keys("enter").See("save again").Keys("ctrl+s").See("saved")
		if p, _ := d0.Find(1); p.Name != want {
			t.Errorf("%+v, want %s", p, want)
		}
	}
}

func TestRelationWithNew(t *testing.T) {
	_, d := demo(t, 20)
	d.Keys("n", "tab", "tab", "tab", "tab", "enter").Type("Carol").See("nothing found", "+ new customer")
	d.Keys("enter").See("Owner", "Carol").Keys("backspace").SeeNot("Carol")
}

func TestSteps(t *testing.T) {
	_, d := demo(t, 20)
	d.Keys("2").See("[1 About you]").Keys("ctrl+s").See("! required").Everywhere()
	d.Type("科比").Keys("ctrl+s").See("[2 Course]").Everywhere()
	d.Keys("pgup").See("[1 About you]", "科比").Keys("pgdown").Type("b").Keys("enter", "ctrl+s").See("[3 The rest]", "^S submit")
	d.Keys("ctrl+s").See("Cohort > Customers", "saved")
}

// An error on a step that is not on screen brings that step up.
func TestStepWithAnErrorComesUp(t *testing.T) {
	f := kit.NewForm(kit.FormSpec{Name: "demo.enroll",
		Steps: []kit.Step{{Name: "demo.step.you", Fields: []kit.Field{{Name: "name", Label: "demo.name"}}}, {Name: "demo.step.rest", Fields: []kit.Field{{Name: "memo", Label: "demo.memo"}}}},
		Save: func(context.Context, kit.Submit) (kit.Cmd, error) {
			return nil, fault.Field("name", "fault.too_long", "max", 3)
		}})
	_, d := demo(t, 5)
	d.Send(kit.Push(f))
	d.Keys("ctrl+s", "ctrl+s").See("[1 About you]", "too long")
}

// A form that is longer than the window keeps the focused field in sight.
func TestLongFormScrolls(t *testing.T) {
	var fields []kit.Field
	for i := range 30 {
		fields = append(fields, kit.Field{Name: string(rune('a' + i)), Label: "demo.memo", Value: kit.Value{Text: "v" + string(rune('a'+i))}})
	}
	d, _, _ := formOf(t, fields, nil)
	for i := range 30 {
		if !strings.Contains(d.Row(">  ")+d.Row("> Memo"), "v"+string(rune('a'+i))) {
			t.Fatalf("field %d is focused and not seen:\n%s", i, d.Text())
		}
		if d.Root.View().Cursor == nil {
			t.Fatal("no cursor")
		}
		d.Keys("tab")
	}
}

// The cursor stands behind what was typed, counted in cells.
func TestCursorInAField(t *testing.T) {
	d, _, _ := formOf(t, []kit.Field{{Name: "a", Label: "demo.name"}}, nil)
	x := d.Root.View().Cursor.X
	d.Type("王小明ab")
	if got := d.Root.View().Cursor.X - x; got != 8 {
		t.Errorf("the cursor moved %d cells, want 8", got)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	d, _, got := formOf(t, []kit.Field{{Name: "p", Label: "demo.name", Kind: kit.KindPassword}}, nil)
	d.Type("hunter22").SeeNot("hunter").See("********").Keys("ctrl+s").See("saved")
	if got.Values["p"].Text != "hunter22" {
		t.Errorf("%q", got.Values["p"].Text)
	}
}

func TestTypingAheadIntoAFormThatLoads(t *testing.T) {
	d0, d := demo(t, 20)
	gate := make(chan struct{})
	d0.Delay = func(what string) {
		if what == "load" {
			<-gate
		}
	}
	d.Keys("enter").Press("e", "end", "!", "?").Now("loading")
	close(gate)
	d.Settle()
	d.See("王小明!?")
}

func TestParseDay(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // a Sunday
	for in, want := range map[string]string{
		"": "", "2026-12-01": "2026-12-01", "2026/12/1": "2026-12-01", "20261201": "2026-12-01", "2026年12月1日": "2026-12-01",
		"12-1": "2026-12-01", "11-1": "2027-11-01", "+3d": "2026-11-25", "+2w": "2026-12-06", "+1m": "2026-12-22", "-1d": "2026-11-21", "+3": "2026-11-25",
		"today": "2026-11-22", "明天": "2026-11-23", "mon": "2026-11-23", "sun": "2026-11-29", "周五": "2026-11-27", "Fri": "2026-11-27",
	} {
		if got, ok := kit.ParseDay(in, now); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, bad := range []string{"x", "2026-13-01", "2026-02-30", "+", "+d", "+99999d", "12", "1-2-3-4"} {
		if got, ok := kit.ParseDay(bad, now); ok {
			t.Errorf("%q was read as %q", bad, got)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]int64{"5980": 598000, "5,980.5": 598050, "¥0.01": 1, "-12.34": -1234, "￥ 1，000": 100000} {
		if got, ok := kit.ParseMoney(in); !ok || got != want {
			t.Errorf("%q: %d %v, want %d", in, got, ok, want)
		}
		if back, _ := kit.ParseMoney(kit.Fen(want).Text); back != want {
			t.Errorf("%d does not come back: %d", want, back)
		}
	}
	for _, bad := range []string{"", "x", "1.234", "1.2.3", "--1", "1e5", "."} {
		if got, ok := kit.ParseMoney(bad); ok {
			t.Errorf("%q was read as %d", bad, got)
		}
	}
}

// Typing goes on while a form is saved: it stays open with what came after.
func TestTypedWhileSaving(t *testing.T) {
	d0, d := demo(t, 20)
	gate := make(chan struct{})
	d0.Delay = func(what string) {
		if what == "save" {
			<-gate
		}
	}
	d.Keys("enter", "e", "end").Type("一").Press("ctrl+s", "二")
	close(gate)
	d.Settle()
	d.See("what you typed meanwhile", "王小明一二").Keys("ctrl+s").See("saved")
	if p, _ := d0.Find(1); p.Name != "王小明一二" || d.Root.Depth() != 2 {
		t.Errorf("%+v at depth %d", p, d.Root.Depth())
	}
}

// A screen is replaced in its place, also when another lies on it by then; what
// closes later goes on in the name of what is there.
func TestReplaceBelowAnotherScreen(t *testing.T) {
	_, d := demo(t, 20)
	over := &initial{Message: kit.Message{Name: "kit.ok"}}
	under := &asker{Message: kit.Message{Name: "kit.copied"}}
	under.ask = func() kit.Cmd {
		return kit.Batch(kit.Push(over), kit.Replace(&asker{Message: kit.Message{Name: "kit.saved"}}))
	}
	d.Send(kit.Push(under))
	d.Keys("o").See("Customers > saved > OK").Keys("esc").See("Customers > saved").SeeNot("> OK")
}

// The other ways to save: go on with the same record, or with another new one.
func TestSaveAndGoOn(t *testing.T) {
	d0, d := demo(t, 20)
	d.Keys("enter", "e").See("^R save, go on").Keys("ctrl+u").Type("甲").Keys("ctrl+r").See("saved").SeeNot("not saved")
	d.Type("乙").See("not saved").Keys("ctrl+r").See("saved").SeeNot("not saved")
	if p, _ := d0.Find(1); p.Name != "甲乙" || d0.Saves != 2 {
		t.Errorf("saved %+v after %d", p, d0.Saves)
	}
	d.Keys("esc").See("甲乙")
}

// TestAShortChoiceIsTyped: by what an option begins with, else by its place.
func TestAShortChoiceIsTyped(t *testing.T) {
	d, _, got := formOf(t, []kit.Field{
		{Name: "mark", Label: "demo.fee", Kind: kit.KindChoice, Options: []kit.Option{{Value: "5", Label: "5 very good"}, {Value: "4", Label: "4 good"}, {Value: "1", Label: "1 bad"}}},
		{Name: "sex", Label: "demo.name", Kind: kit.KindChoice, Options: []kit.Option{{Value: "m", Label: "男"}, {Value: "f", Label: "女"}}},
		{Name: "way", Label: "demo.memo", Kind: kit.KindChoice, Options: []kit.Option{{Value: "a", Label: "Card"}, {Value: "b", Label: "cash"}, {Value: "c", Label: "bank"}}},
	}, nil)
	d.Keys("4", "9", "tab", "2", "tab", "c", "c", "x").Keys("ctrl+s").See("saved")
	if v := got.Values; v.Text("mark") != "4" || v.Text("sex") != "f" || v.Text("way") != "b" {
		t.Errorf("%+v", v)
	}

}
