package line

import (
	"testing"
)

func TestMailbox(t *testing.T) {
	var m Mailbox
	m.Post("a", 1)
	m.Post("b", 1)
	m.Post("a", 2)
	for _, want := range []any{2, 1} {
		if got, ok := m.take(); !ok || got != want {
			t.Errorf("took %v, %v; want %v", got, ok, want)
		}
	}
	if _, ok := m.take(); ok {
		t.Error("took something from an empty mailbox")
	}
	for i := range 3 * maxKinds {
		m.Post(i, i)
	}
	if got, _ := m.take(); got != 2*maxKinds {
		t.Errorf("the oldest of an overfull mailbox is %v", got)
	}
}

func TestMailReachesTheProgram(t *testing.T) {
	mail := new(Mailbox)
	mail.Post("early", "before the start")
	got := make(chan string, 10)
	newClient(t, 40, 10).run(relay{nil, got}, func(o *Options) { o.Mail = mail })
	if s := <-got; s != "before the start" {
		t.Errorf("got %q", s)
	}
	mail.Post("late", "afterwards")
	if s := <-got; s != "afterwards" {
		t.Errorf("got %q", s)
	}
}
