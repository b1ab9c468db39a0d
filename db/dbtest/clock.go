package dbtest

import (
	"sync"
	"time"
)

// Clock is a school's clock that a test moves by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// At is a clock that stands at an instant.
func At(now time.Time) *Clock { return &Clock{now: now} }

// Now reads it; it is a db.Options.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves it on, or back.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
