package kit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
	"cohort/app/ui/kit/width"
)

func demo(t testing.TB, n int) (*kittest.Demo, *kittest.Driver) {
	t.Helper()
	d := kittest.NewDemo(n)
	return d, kittest.New(t, d.Options(i18n.English))
}

func TestStackOfScreens(t *testing.T) {
	_, d := demo(t, 60)
	d.See("Cohort > Customers", "王小明", "1-20 of 60", "2 unread")
	d.Keys("j", "enter").See("Customers > 刘思远")
	d.Keys("esc").SeeNot("> 刘思远").See("1-20 of 60")
	if h := d.Highlighted(); !strings.HasPrefix(h, "刘思远") {
		t.Errorf("highlighted after coming back: %q", h)
	}
	d.Keys("esc").See("1-20 of 60") // the last screen stays
}

// Keys that come faster than the screen belong to what they were meant for:
// enter opens, the next keys are the new screen's.
func TestKeysTypedAhead(t *testing.T) {
	_, d := demo(t, 60)
	d.Burst("j", "j", "enter", "e").See("Customers > 黄雨欣 > edit")
	d.Burst("esc", "esc", "j").See("1-20 of 60")
	if h := d.Highlighted(); !strings.HasPrefix(h, "周子涵") {
		t.Errorf("highlighted: %q", h)
	}
}

// A screen that asks, to be held back by the test.
type asker struct {
	kit.Message
	ask  func() kit.Cmd
	said []string
}

func (a *asker) Actions() []kit.Action {
	return []kit.Action{{ID: "kit.open", Keys: []string{"o"}, Run: a.ask}}
}

func rootOf(t *testing.T, s kit.Screen) *kittest.Driver {
	return kittest.New(t, kit.Options{Home: func() kit.Screen { return s }, Name: "x"})
}

func TestLateRepliesFindNobody(t *testing.T) {
	gates := []chan string{make(chan string, 1), make(chan string, 1)}
	n := 0
	a := &asker{}
	a.ask = func() kit.Cmd {
		gate := gates[n]
		n++
		return kit.Ask("q", func(context.Context) (string, error) { return <-gate, nil },
			func(s string, _ error) kit.Cmd { a.said = append(a.said, s); return nil })
	}
	d := rootOf(t, a)
	d.Press("o")
	gates[1] <- "second"
	gates[0] <- "first"
	d.Keys("o") // runs the second; the first was superseded before it was run
	if len(a.said) != 1 || a.said[0] != "second" {
		t.Errorf("answers taken: %q, want only the newest", a.said)
	}
}

func TestAnswersOfAScreenThatWasLeft(t *testing.T) {
	gate := make(chan struct{})
	var ended error
	taken := false
	a := &asker{}
	a.ask = func() kit.Cmd {
		return kit.Push(&initial{Message: kit.Message{Name: "kit.ok"}, cmd: kit.Ask("q", func(ctx context.Context) (int, error) {
			<-ctx.Done()
			ended = ctx.Err()
			close(gate)
			return 1, nil
		}, func(int, error) kit.Cmd { taken = true; return nil })})
	}
	d := rootOf(t, a)
	d.Press("o").Glance().Press("esc")
	<-gate
	if taken || !errors.Is(ended, context.Canceled) {
		t.Errorf("taken %v, context ended with %v", taken, ended)
	}
	if d.Root.Depth() != 1 {
		t.Errorf("depth %d", d.Root.Depth())
	}
}

type initial struct {
	kit.Message
	cmd kit.Cmd
}

func (i *initial) Init() kit.Cmd { return i.cmd }
func (i *initial) Actions() []kit.Action {
	return []kit.Action{{ID: "kit.close", Keys: []string{"esc"}, Run: func() kit.Cmd { return kit.Close() }}}
}

// What is being written is not broken off by leaving, and its refusal is said.
func TestWriteGoesOnWhenLeft(t *testing.T) {
	gate := make(chan struct{})
	done := make(chan error, 1)
	a := &asker{}
	a.ask = func() kit.Cmd {
		return kit.Push(&initial{cmd: kit.Do("w", func(ctx context.Context) error {
			<-gate
			done <- ctx.Err()
			return fault.New(fault.Conflict, "fault.busy")
		}, func(error) kit.Cmd { t.Error("the screen that has gone got an answer"); return nil })})
	}
	d := rootOf(t, a)
	d.Press("o").Glance().Press("esc")
	close(gate)
	d.Settle()
	if err := <-done; err != nil {
		t.Errorf("the write's context ended: %v", err)
	}
	d.See("the school is busy")
}

func TestSecondWriteIsHeldBack(t *testing.T) {
	d0, d := demo(t, 10)
	gate := make(chan struct{})
	d0.Delay = func(what string) {
		if what == "save" {
			<-gate
		}
	}
	d.Keys("n").Type("王五").Keys("tab", "tab").Type("b").Keys("enter")
	d.Press("ctrl+s")
	d.Press("ctrl+s")
	d.Press("shift+tab")
	d.Press("7")
	if s := d.Root.Said(); !strings.Contains(s, "still running") {
		t.Errorf("said %q", s)
	}
	close(gate)
	d.Settle()
	d.See("saved")
	if d0.Saves != 1 {
		t.Errorf("%d saves", d0.Saves)
	}
}

func TestUnsavedWorkIsAskedAbout(t *testing.T) {
	_, d := demo(t, 10)
	d.Keys("n", "esc").See("1-10 of 10") // nothing typed: nothing asked
	d.Keys("n").Type("王五").Keys("esc").See("unsaved changes", "Name")
	d.Keys("enter").See("unsaved changes") // enter does not throw work away
	d.Keys("esc").SeeNot("unsaved changes").See("王五", "new customer")
	d.Keys("esc", "y").See("1-10 of 10")
	d.Keys("n").Type("x").Keys("ctrl+c").See("unsaved changes").Keys("y")
	if !d.Ended {
		t.Error("did not quit")
	}
}

func TestTwoUnsavedFormsAskTwice(t *testing.T) {
	_, d := demo(t, 10)
	d.Keys("n").Type("one")
	d.Send(kit.OpenMsg{Address: "people/1"})
	d.Keys("e").Keys("end").Type("two").Keys("ctrl+c").See("2 screens", "new customer", "edit")
	d.Keys("y").See("2 screens")
	if d.Ended {
		t.Fatal("quit after one answer")
	}
	d.Keys("y")
	if !d.Ended {
		t.Error("did not quit after two answers")
	}
}

func TestQuitWaitsForWrites(t *testing.T) {
	gate := make(chan struct{})
	a := &asker{}
	a.ask = func() kit.Cmd {
		return kit.Do("w", func(context.Context) error { <-gate; return nil }, func(error) kit.Cmd { return nil })
	}
	d := rootOf(t, a)
	d.Press("o")
	if d.Press("q").Glance(); d.Ended {
		t.Fatal("quit while writing")
	}
	close(gate)
	d.Settle()
	if !d.Ended {
		t.Error("did not quit after the write")
	}
}

// A dialog that comes unasked takes no key at first.
func TestGrace(t *testing.T) {
	d := rootOf(t, &asker{})
	d.Post(kit.Show(&kit.Confirm{Name: "kit.ok", Body: []any{"really?"}}))
	d.Press("esc").See("really?").Settle()
	d.Keys("esc").SeeNot("really?") // settling waits until the grace is over

	a := &asker{ask: func() kit.Cmd { return kit.Show(&kit.Confirm{Name: "kit.ok", Body: []any{"asked for"}}) }}
	d = rootOf(t, a)
	d.Press("o", "esc").SeeNot("asked for") // one that was asked for takes keys at once
}

func TestWhyNotIsSaid(t *testing.T) {
	_, d := demo(t, 10)
	d.SeeNot("x export")
	d.Keys("x").See("you may not export here")
	d.Advance(11 * time.Second).SeeNot("you may not")
}

func TestPalette(t *testing.T) {
	_, d := demo(t, 10)
	d.Keys("ctrl+k").See("commands").Type("new cu").Keys("enter").See("Customers > new customer")
	d.Keys("esc", ":").Type("zzz").See("nothing found").Keys("enter").See("nothing found")
	d.Keys("esc").SeeNot("nothing found")
	d.Keys(":").Type("export").Keys("enter").See("you may not export") // greyed out there too
}

func TestKeyList(t *testing.T) {
	_, d := demo(t, 10)
	d.Resize(120, 45).Keys("?").See("new customer", "^K", "show or hide the menu")
	d.Keys("esc").Keys("n", "f1").See("next field").SeeNot(":  ^K")
}

func TestMenu(t *testing.T) {
	_, d := demo(t, 10)
	d.SeeNot("Enrollment")
	d.Keys("l").See("> 王小明").Keys("h").SeeNot("> 王小明").Keys("left").See("Enrollment").Keys("right").SeeNot("School")
	d.Keys("m").See("Enrollment", "School").Keys("j", "enter").See("Cohort > Enrollment", "1 About you")
	d.Keys("esc").See("Cohort > Enrollment")
	d.Resize(120, 36).See("2 Enrollment").Keys("ctrl+b").SeeNot("2 Enrollment")
	d.Keys("ctrl+b").Type("x").See("2 Enrollment", "x")
	d.Keys("ctrl+k").Type("customers").Keys("enter").See("unsaved changes").Keys("y").See("Cohort > Customers")
	d.Keys("3").See("Short list", "Press n to add the first")
}

func TestOpenAddress(t *testing.T) {
	_, d := demo(t, 10)
	d.Send(kit.OpenMsg{Address: "people/3"})
	d.See("Customers > 黄雨欣")
	d.Send(kit.OpenMsg{Address: "nowhere"})
	d.See("no such record")
}

func TestCopy(t *testing.T) {
	_, d := demo(t, 10)
	d.Keys("enter", "y").See("ssh -p 2222 enroll-3xk@school.example", "sent to your clipboard")
	if d.Clip != "ssh -p 2222 enroll-3xk@school.example" {
		t.Errorf("clipboard: %q", d.Clip)
	}
	d.Keys("esc").SeeNot("enroll-3xk")
}

func TestIdle(t *testing.T) {
	demo := kittest.NewDemo(5)
	o := demo.Options(i18n.English)
	o.Idle, o.IdleWarn = 10*time.Minute, time.Minute
	d := kittest.New(t, o)
	d.Advance(8 * time.Minute).Keys("j").Advance(8*time.Minute + 30*time.Second).SeeNot("away")
	d.Advance(50*time.Second).See("you have been away", "minute")
	d.Keys("j").SeeNot("away").Advance(5 * time.Minute)
	if d.Ended {
		t.Fatal("logged out though a key was pressed")
	}
	d.Advance(10 * time.Minute)
	if !d.Ended {
		t.Error("still there after ten idle minutes")
	}
}

func TestGoodbye(t *testing.T) {
	_, d := demo(t, 5)
	d.Send(kit.Goodbye{Text: i18n.W("kit.idle.out")})
	d.See("logged out").SeeNot("Customers")
	d.Advance(4 * time.Second)
	if !d.Ended {
		t.Error("the program goes on")
	}
}

func TestEventsReachScreensAndBadge(t *testing.T) {
	n, heard := 1, 0
	demo := kittest.NewDemo(5)
	o := demo.Options(i18n.English)
	o.Unread = func(context.Context) (int, error) { return n, nil }
	o.OnEvents = func(list []bus.Event, _ bool) kit.Cmd {
		heard += len(list)
		if list[0].Resource == "accounts" {
			return kit.End("kit.idle.out")
		}
		return nil
	}
	d := kittest.New(t, o)
	d.See("1 unread")
	n = 7
	demo.Bus.Publish(bus.Event{Resource: "notes"})
	d.See("7 unread")
	demo.Bus.Publish(bus.Event{Resource: "accounts"})
	d.See("logged out")
	if heard != 2 {
		t.Errorf("heard %d events", heard)
	}
}

func TestSpinnerAfterABlink(t *testing.T) {
	d0, d := demo(t, 5)
	gate := make(chan struct{})
	d0.Delay = func(string) { <-gate }
	d.Press("ctrl+r")
	if strings.Contains(d.Text(), "loading") {
		t.Error("a spinner at once")
	}
	d.Clock.Step(300 * time.Millisecond)
	if !strings.Contains(d.Text(), "loading") {
		t.Errorf("no spinner:\n%s", d.Text())
	}
	close(gate)
	d.Settle()
	d.SeeNot("loading")
}

func TestPasteOnlyWhereOneTypes(t *testing.T) {
	_, d := demo(t, 10)
	d.Paste("qqqq").See("1-10 of 10")
	d.Keys("/").Paste("思远").See("1-1 of 1")
	h := &hearing{}
	rootOf(t, h).Paste("secret")
	if len(h.pastes) != 0 {
		t.Error("a screen where nobody types got a paste")
	}
}

type hearing struct {
	kit.Message
	pastes []string
}

func (h *hearing) Update(msg tea.Msg) kit.Cmd {
	if p, ok := msg.(tea.PasteMsg); ok {
		h.pastes = append(h.pastes, p.Content)
	}
	return nil
}

// A dialog's box is straight, whatever lies under it.
func TestDialogBoxIsStraight(t *testing.T) {
	for _, n := range []int{0, 3, 400} {
		_, d := demo(t, n)
		d.Keys("ctrl+k").See("commands")
		left, right, rows := -1, -1, 0
		for _, l := range d.Lines() {
			a, b := strings.Index(l, "|"), strings.LastIndex(l, "|")
			if a < 0 || a == b {
				continue
			}
			x, y := width.Of(l[:a]), width.Of(l[:b])
			if left >= 0 && (x != left || y != right) {
				t.Fatalf("crooked:\n%s", d.Text())
			}
			left, right, rows = x, y, rows+1
		}
		if rows < 8 {
			t.Fatalf("no box:\n%s", d.Text())
		}
	}
}

func TestTooSmall(t *testing.T) {
	_, d := demo(t, 10)
	d.Resize(59, 24).See("60x15").Resize(60, 14).See("60x15").Resize(20, 5).Resize(60, 15).See("王小明")
}

func TestLanguageChangesAtOnce(t *testing.T) {
	_, d := demo(t, 10)
	d.Lang(i18n.Chinese).See("客户", "姓名", "第 1-10 条").SeeNot("Customers")
}
