package line

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A client that stops reading holds up the painter only.
func TestBlockedReader(t *testing.T) {
	for _, stock := range []bool{false} { // bubbletea's own does block: that is why
		var updates atomic.Int64
		c := newClient(t, 80, 24)
		mail := new(Mailbox)
		n := 0
		c.run(probe{
			update: func(msg tea.Msg) { updates.Add(1); n++ },
			view:   func() tea.View { return tea.NewView(fmt.Sprint(n)) },
		}, func(o *Options) { o.Stock, o.Mail = stock, mail })
		c.await("first frame", func() bool { return c.writes > 0 })
		gate := make(chan struct{})
		c.mu.Lock()
		c.blocked = gate
		c.mu.Unlock()
		before := updates.Load()
		for range 500 {
			c.keys("x")
			mail.Post("tick", "tick")
		}
		for end := time.Now().Add(patience); updates.Load() < before+500; {
			if time.Now().After(end) {
				t.Fatalf("only %d updates while the client does not read", updates.Load()-before)
			}
			time.Sleep(time.Millisecond)
		}
		c.mu.Lock()
		c.blocked = nil
		c.mu.Unlock()
		close(gate)
		c.keys("\x03")
		if err := c.ends(); err != nil {
			t.Error(err)
		}
		c.restored()
	}
}

// A write that stays blocked ends the session, and Run returns although the write does not.
func TestStuckReaderEndsTheSession(t *testing.T) {
	for _, stock := range []bool{false, true} {
		c := newClient(t, 80, 24)
		gate := make(chan struct{})
		defer close(gate)
		c.blocked = gate
		c.run(table{}, func(o *Options) { o.Stuck, o.Stock = 50*time.Millisecond, stock })
		if err := c.ends(); !errors.Is(err, ErrStuck) {
			t.Errorf("stock %v: ended with %v", stock, err)
		}
	}
}
