package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/notify"
	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/db"
)

func TestForwardedAsChosen(t *testing.T) {
	b := newBot(t, "")
	s := newSchool(t, b.config())
	s.choose(2, "10001", "grade qq", "grade mail", "new_owner qq", "duplicate mail")
	s.choose(3, "10002", "new_owner mail", "grade qq")
	s.tell(2, "grade", "lessons/7", "class", "python-s9", "n", 1, "score", "A")
	s.tell(3, "new_owner", "customers/42", "who", "李雷", "customer", "王小明")
	s.tell(2, "duplicate", "customers/1", "who", "x", "customer", "y") // mailed by itself: not twice
	s.tell(1, "grade", "", "class", "c", "n", 1, "score", "A")         // has chosen nothing
	s.forwardAll()
	s.forwardAll()
	s.round()
	got := b.all()
	if len(got) != 1 || got[0].to != 10001 || got[0].text != "[Cohort] python-s9 第 1 节的成绩出来了:A\nssh -t lilei@school.example open lessons/7" {
		t.Errorf("%+v", got)
	}
	mails, err := s.mails.List(ctx, policy.System, "", 0, 50)
	if err != nil || len(mails) != 2 {
		t.Fatalf("%v, %v", mails, err)
	}
	if m := mails[1]; m.To != "lilei@school.example" || m.Template != "notification" || m.Subject != "python-s9 第 1 节的成绩出来了:A" {
		t.Errorf("%+v", m)
	}
	m, err := s.mails.Get(ctx, policy.System, mails[0].ID)
	if err != nil || m.To != "han@school.example" || !strings.Contains(m.Body, "Hello Han,\n\n李雷 made you the consultant of 王小明.") || !strings.Contains(m.Body, "ssh -t han@school.example open customers/42") {
		t.Errorf("%+v, %v", m, err)
	}
}

// The group and the hook are told once what several people are told at the same moment, and only the kinds they want.
func TestGroupIsToldOnce(t *testing.T) {
	b, h := newBot(t, ""), newHook(t, `{"errcode":0}`)
	c := b.config()
	c.GroupKinds, c.Hook, c.Style, c.HookKinds = []string{"submitted"}, h.URL, WeCom, []string{notify.All}
	s := newSchool(t, c)
	s.write(func(tx *db.Tx) error {
		for _, to := range []int64{1, 2, 3} {
			if err := notify.Send(tx, s.bus, to, "submitted", "enrollments/1", "name", "王小明", "class", "linux-40"); err != nil {
				return err
			}
		}
		return notify.Send(tx, s.bus, 2, "grade", "", "class", "c", "n", 1, "score", "A")
	})
	s.tell(1, "message_dead", "", "to", "x", "error", "y") // would go round in circles
	s.forwardAll()
	s.round()
	s.round()
	if got := b.all(); len(got) != 1 || got[0].text != "[Cohort] A, 李雷, Han: 王小明 submitted the enrollment for linux-40; it waits for review." {
		t.Errorf("%+v", got)
	}
	if h.calls != 2 {
		t.Errorf("the hook was called %d times", h.calls)
	}
}

// forgetful loses some marks, as a crash between send and mark does.
type forgetful struct {
	store
	lose func() bool
}

func (f forgetful) MarkSent(tx *db.Tx, m Message) error {
	if f.lose() {
		return errors.New("crash")
	}
	return f.store.MarkSent(tx, m)
}

// Whatever fails, and wherever the program dies: each notification chosen for QQ arrives at least once, always under one
// key of its own, and nothing arrives that was not chosen. Forwarding twice at the same time changes nothing.
func TestAtLeastOnceUnderOneKey(t *testing.T) {
	b := newBot(t, "")
	s := newSchool(t, b.config())
	rapid.Check(t, func(r *rapid.T) {
		s.empty()
		b.set(func(b *bot) { b.got, b.status, b.answer = nil, 0, nil })
		luck := rapid.IntRange(0, 9)
		s.messages.qq.Store = forgetful{store{[]Channel{QQ, Group}}, func() bool { return luck.Draw(r, "crash") < 2 }}
		s.choose(2, "10001", "grade qq")
		s.choose(3, "10002", "new_owner qq")
		want := map[string]bool{}
		for i := range rapid.IntRange(1, 12).Draw(r, "notifications") {
			to := int64(rapid.IntRange(1, 3).Draw(r, "to"))
			kind := rapid.SampledFrom([]string{"grade", "new_owner"}).Draw(r, "kind")
			mark := fmt.Sprintf("mark%d.", i)
			s.tell(to, kind, "", "class", mark, "n", 1, "score", "A", "who", mark, "customer", "c")
			if to == 2 && kind == "grade" || to == 3 && kind == "new_owner" {
				want[mark] = true
			}
			if rapid.Bool().Draw(r, "forward now") {
				s.forwardAll()
			}
		}
		s.forwardAll()
		for range 8 {
			trouble := luck.Draw(r, "trouble")
			b.set(func(b *bot) {
				b.status, b.answer = 0, nil
				switch trouble {
				case 0:
					b.status = 502
				case 1:
					b.answer = func(said) (string, int, string) { return "failed", 103, "" }
				case 2:
					b.answer = func(said) (string, int, string) { return "async", 1, "" }
				}
			})
			s.round()
			s.clock.Pass(outbox.Lease)
		}
		b.set(func(b *bot) { b.status, b.answer = 0, nil })
		s.messages.qq.Store = store{[]Channel{QQ, Group}}
		for range 3 { // the longest back-off is over
			s.clock.Pass(6 * time.Hour)
			s.round()
		}
		checkDelivered(r, b.all(), want)
	})
}

func checkDelivered(r *rapid.T, got []said, want map[string]bool) {
	keys, marks := map[string]string{}, map[string]string{}
	for _, g := range got {
		mark := ""
		for m := range want {
			if strings.Contains(g.text, m) {
				mark = m
			}
		}
		if mark == "" {
			r.Fatalf("nobody chose %+v", g)
		}
		if keys[mark] != "" && keys[mark] != g.key || marks[g.key] != "" && marks[g.key] != mark {
			r.Fatalf("%s under the keys %s and %s", mark, keys[mark], g.key)
		}
		keys[mark], marks[g.key] = g.key, mark
	}
	for m := range want {
		if keys[m] == "" {
			r.Fatalf("%s never arrived", m)
		}
	}
}

// Two programs forward at the same time: each notification goes once.
func TestTwoForwarders(t *testing.T) {
	b := newBot(t, "")
	s := newSchool(t, b.config())
	s.choose(2, "10001", "grade qq")
	for i := range 20 {
		s.tell(2, "grade", "", "class", fmt.Sprint(i), "n", 1, "score", "A")
	}
	second := *s.forward
	done := make(chan error, 2)
	for _, f := range []*Forwarder{s.forward, &second} {
		go func() { _, err := f.Round(ctx); done <- err }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	s.round()
	if got := b.all(); len(got) != 20 {
		t.Errorf("%d messages", len(got))
	}
}
