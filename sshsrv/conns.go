package sshsrv

import (
	"slices"
	"sync"
)

// conns counts connections.
type conns struct {
	mu      sync.Mutex
	total   int
	waiting int // connections not yet logged in
	byAddr  map[string]*visitors
}

// visitors are the connections that count as one address's.
type visitors struct {
	total   int
	waiting []*link // not yet logged in, the oldest first
}

// enter counts a connection if there is room. Where too many have not logged in
// yet, the address that has most of them gives one up, the oldest, and the caller
// closes it: a flood drowns itself, and who comes from elsewhere gets in.
func (c *conns) enter(l *link, limits Limits) (room bool, instead *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.byAddr[l.block]
	if from == nil {
		from = &visitors{}
	}
	if c.total >= limits.ConnsTotal || from.total >= limits.ConnsPerAddr || len(from.waiting) >= limits.HandshakesPerAddr {
		return false, nil
	}
	if c.waiting >= limits.Handshakes {
		if instead = c.oldestOfMost(len(from.waiting)); instead == nil {
			return false, nil
		}
	}
	c.total, c.waiting = c.total+1, c.waiting+1
	from.total++
	from.waiting = append(from.waiting, l)
	c.byAddr[l.block] = from
	return true, instead
}

// oldestOfMost gives who waits longest at the address where most wait, if more
// than so many do. It looks at all addresses, but only while the door is full.
func (c *conns) oldestOfMost(than int) (l *link) {
	for _, v := range c.byAddr {
		if len(v.waiting) > than {
			l, than = v.waiting[0], len(v.waiting)
		}
	}
	return l
}

// loggedIn frees a place among those who have not, if l still has one.
func (c *conns) loggedIn(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.byAddr[l.block]
	if v == nil {
		return // it has closed
	}
	if i := slices.Index(v.waiting, l); i >= 0 {
		v.waiting = slices.Delete(v.waiting, i, i+1)
		c.waiting--
	}
}

func (c *conns) leave(addr string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if v := c.byAddr[addr]; v.total > 1 {
		v.total--
	} else {
		delete(c.byAddr, addr)
	}
}
